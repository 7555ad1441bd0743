//! Lower-case hexadecimal.

/// Two digits a byte.
pub(crate) fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(DIGITS[usize::from(digit)]))
        .collect()
}

/// The bytes of a text that [`encode`] could have written.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let digit = |sign: u8| match sign {
        b'0'..=b'9' => Some(sign - b'0'),
        b'a'..=b'f' => Some(sign - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    if rest.is_empty() {
        pairs.iter().map(byte).collect()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        assert_eq!(super::decode("000aff"), Some(vec![0, 10, 255]));
        for text in ["0", "0A", "0g", "é"] {
            assert_eq!(super::decode(text), None, "{text}");
        }
    }

    #[test]
    fn writes_two_digits_a_byte() {
        assert_eq!(super::encode(&[0, 10, 255]), "000aff");
    }
}
