//! Names of elements and attributes, checked by the letter of XML 1.0 and its namespaces.

use super::{Result, XmlError, limits};

/// Splits a qualified name into prefix (may be empty) and local name.
pub(super) fn split(name: &str) -> Result<(&str, &str)> {
    if name.len() > limits::NAME {
        return Err(XmlError::new(
            "The message has a name of more than 256 bytes.",
        ));
    }
    match name.split_once(':') {
        None if is_part(name) => Ok(("", name)),
        Some((prefix, local)) if is_part(prefix) && is_part(local) => Ok((prefix, local)),
        _ => Err(XmlError::new("The message has a malformed name.")),
    }
}

fn is_part(part: &str) -> bool {
    let bytes = part.as_bytes();
    match bytes.first() {
        Some(first) if first.is_ascii() => {
            (first.is_ascii_alphabetic() || *first == b'_') && rest(part)
        }
        Some(_) => part.chars().next().is_some_and(is_start) && rest(part),
        None => false,
    }
}

fn rest(part: &str) -> bool {
    let ascii = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    part.as_bytes().iter().all(ascii) || part.chars().all(is_inner)
}

fn is_start(sign: char) -> bool {
    matches!(sign,
        'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}'
        | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}'
        | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
        | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}'
        | '\u{10000}'..='\u{effff}')
}

fn is_inner(sign: char) -> bool {
    is_start(sign)
        || matches!(sign,
            '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_split_at_their_colon() {
        assert_eq!(split("a:b"), Ok(("a", "b")));
        assert_eq!(split("order-id.2"), Ok(("", "order-id.2")));
        assert_eq!(split("größe:ü"), Ok(("größe", "ü")));
        for wrong in [
            "", ":a", "a:", "a:b:c", "1a", "-a", "a b", "a:1", "a\"b", "a=b", "·a", "a×b",
        ] {
            assert!(split(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn long_names_are_refused() {
        assert!(split(&"n".repeat(256)).is_ok());
        assert!(split(&"n".repeat(257)).is_err());
    }
}
