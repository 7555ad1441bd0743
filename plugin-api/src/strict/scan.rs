//! The end of the plain part of a string, eight bytes at a time: most of a document is text.

const ONES: u64 = u64::MAX / 255;
const HIGH: u64 = ONES << 7;
const WIDTH: usize = 8;

/// How many bytes come before the first quote, backslash or control character.
pub(super) fn plain(bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<WIDTH>();
    for (index, word) in words.iter().enumerate() {
        let marks = marks(u64::from_le_bytes(*word));
        if marks != 0 {
            return Some(index * WIDTH + marks.trailing_zeros() as usize / 8);
        }
    }
    let stop = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    let position = rest.iter().position(stop)?;
    Some(words.len() * WIDTH + position)
}

/// The high bit of the first byte that stops; bits above it mean nothing.
const fn marks(word: u64) -> u64 {
    let quote = word ^ (ONES * b'"' as u64);
    let backslash = word ^ (ONES * b'\\' as u64);
    let zero_in_quote = quote.wrapping_sub(ONES) & !quote;
    let zero_in_backslash = backslash.wrapping_sub(ONES) & !backslash;
    let below_blank = word.wrapping_sub(ONES * 0x20) & !word;
    (zero_in_quote | zero_in_backslash | below_blank) & HIGH
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::plain;

    proptest! {
        #[test]
        fn finds_the_first_of_any_bytes(bytes in prop::collection::vec(
            prop_oneof![any::<u8>(), 0x20u8..=0x23, 0x5bu8..=0x5d, Just(b'a'), Just(b'a')], 0..64,
        )) {
            let first = bytes.iter().position(|&byte| byte < 0x20 || byte == b'"' || byte == b'\\');
            prop_assert_eq!(plain(&bytes), first);
        }

        #[test]
        fn finds_it_behind_a_long_text(length in 0usize..100, stop in prop_oneof![0u8..0x20, Just(b'"'), Just(b'\\')]) {
            let mut bytes = vec![0xc3; length];
            bytes.push(stop);
            bytes.extend([b'"'; 9]);
            prop_assert_eq!(plain(&bytes), Some(length));
        }
    }
}
