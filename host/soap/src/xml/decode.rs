//! From bytes to text: finds the character encoding, holds the sender to what he declared, and
//! refuses characters that XML does not have.

use std::borrow::Cow;

use quick_xml::events::attributes::Attributes;

use super::references::is_character;
use super::{Result, XmlError};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

/// The text of a document in UTF-8 or UTF-16, with or without a byte-order mark; UTF-8 is
/// borrowed. `charset` is the parameter of the content type, quoted or not.
pub fn decode<'a>(bytes: &'a [u8], charset: Option<&str>) -> Result<Cow<'a, str>> {
    let (encoding, bytes) = detect(bytes);
    if let Some(charset) = charset {
        check_declared(charset.trim_matches(['"', '\'', ' ']), encoding, bytes)?;
    }
    let text = match encoding {
        Encoding::Utf8 => Cow::Borrowed(
            std::str::from_utf8(bytes)
                .map_err(|_| XmlError::new("The message is not valid UTF-8."))?,
        ),
        Encoding::Utf16Le => Cow::Owned(decode_utf16(bytes, u16::from_le_bytes)?),
        Encoding::Utf16Be => Cow::Owned(decode_utf16(bytes, u16::from_be_bytes)?),
    };
    check_characters(&text)?;
    if let Some(declared) = declared_encoding(&text) {
        check_declared(declared, encoding, bytes)?;
    }
    Ok(text)
}

/// By byte-order mark, else by how the first `<` is written.
fn detect(bytes: &[u8]) -> (Encoding, &[u8]) {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => (Encoding::Utf8, rest),
        [0xff, 0xfe, rest @ ..] => (Encoding::Utf16Le, rest),
        [0xfe, 0xff, rest @ ..] => (Encoding::Utf16Be, rest),
        [b'<', 0, ..] => (Encoding::Utf16Le, bytes),
        [0, b'<', ..] => (Encoding::Utf16Be, bytes),
        _ => (Encoding::Utf8, bytes),
    }
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String> {
    let (units, rest) = bytes.as_chunks::<2>();
    let units = units.iter().map(|pair| unit(*pair));
    let text: std::result::Result<String, _> = char::decode_utf16(units).collect();
    match text {
        Ok(text) if rest.is_empty() => Ok(text),
        _ => Err(XmlError::new("The message is not valid UTF-16.")),
    }
}

fn check_declared(declared: &str, actual: Encoding, bytes: &[u8]) -> Result<()> {
    let is = |name: &str| declared.eq_ignore_ascii_case(name);
    let true_to_it = match actual {
        Encoding::Utf8 => is("utf-8") || is("utf8") || is("us-ascii") && bytes.is_ascii(),
        Encoding::Utf16Le => is("utf-16") || is("utf-16le"),
        Encoding::Utf16Be => is("utf-16") || is("utf-16be"),
    };
    if true_to_it {
        Ok(())
    } else {
        Err(XmlError::new(
            "The message is not in the character encoding that it declares; UTF-8 and UTF-16 are taken.",
        ))
    }
}

fn declared_encoding(text: &str) -> Option<&str> {
    let declaration = text.strip_prefix("<?xml")?.split_once("?>")?.0;
    Attributes::new(declaration, 0)
        .flatten()
        .find(|attribute| attribute.key.as_ref() == "encoding")
        .and_then(|attribute| match attribute.value {
            Cow::Borrowed(value) => Some(value),
            Cow::Owned(_) => None,
        })
}

fn check_characters(text: &str) -> Result<()> {
    // Without early exit and branches, so that the compiler makes vector instructions of it; what
    // looks suspicious is looked at again.
    let suspicious = text.bytes().fold(0, |found, byte| {
        let blank = u8::from(byte == b'\n') | u8::from(byte == b'\t') | u8::from(byte == b'\r');
        found | (u8::from(byte < b' ') & !blank) | u8::from(byte == 0xef)
    });
    if suspicious != 0 && !text.chars().all(is_character) {
        return Err(XmlError::new(
            "The message has characters that XML does not allow.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "<a>Müller</a>";

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn utf8_is_borrowed_and_a_mark_dropped() {
        let marked = [b"\xef\xbb\xbf", DOCUMENT.as_bytes()].concat();
        let text = decode(&marked, Some("\"UTF-8\"")).unwrap();
        assert!(matches!(text, Cow::Borrowed(DOCUMENT)));
        assert_eq!(decode(DOCUMENT.as_bytes(), None).unwrap(), DOCUMENT);
    }

    #[test]
    fn utf16_is_known_by_mark_or_first_sign() {
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let plain = utf16(DOCUMENT, bytes);
            let marked = utf16(&format!("\u{feff}{DOCUMENT}"), bytes);
            for charset in [None, Some("utf-16"), Some("\"UTF-16\"")] {
                assert_eq!(decode(&plain, charset).unwrap(), DOCUMENT);
                assert_eq!(decode(&marked, charset).unwrap(), DOCUMENT);
            }
        }
    }

    #[test]
    fn lies_about_the_encoding_are_refused() {
        let latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>";
        assert!(decode(latin, None).is_err());
        assert!(decode(DOCUMENT.as_bytes(), Some("utf-16")).is_err());
        assert!(decode(DOCUMENT.as_bytes(), Some("us-ascii")).is_err());
        assert!(decode(b"<a/>", Some("iso-8859-1")).is_err());
        assert!(decode(&utf16(DOCUMENT, u16::to_le_bytes), Some("utf-8")).is_err());
        assert!(decode(&utf16(DOCUMENT, u16::to_le_bytes), Some("utf-16be")).is_err());
        let declared = "<?xml version='1.0' encoding='utf-16'?><a/>";
        assert!(decode(declared.as_bytes(), None).is_err());
        assert_eq!(
            decode(&utf16(declared, u16::to_be_bytes), None).unwrap(),
            declared
        );
    }

    #[test]
    fn malformed_text_and_forbidden_characters_are_refused() {
        for bytes in [
            &b"<a>\xff</a>"[..],
            b"<a>\xc0\xaf</a>",
            b"<a>\0</a>",
            b"<a>\x01</a>",
            b"<a>\x0b</a>",
        ] {
            assert!(decode(bytes, None).is_err(), "{bytes:?}");
        }
        assert!(decode("<a>\u{fffe}</a>".as_bytes(), None).is_err());
        assert!(decode("<a>\u{ffff}</a>".as_bytes(), None).is_err());
        assert!(decode("<a>\u{fffd}\t\r\n</a>".as_bytes(), None).is_ok());
        assert!(decode(b"<\0a\0/\0>", None).is_err());
        assert!(decode(&[b'<', 0, 0x00, 0xd8, b'>', 0], None).is_err());
    }
}
