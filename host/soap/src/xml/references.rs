//! Character references, the five predefined entities and line ends. Other entities do not exist
//! here, as no document type is read.

use std::borrow::Cow;

use super::{Result, XmlError};

/// Whether XML 1.0 has the character.
pub(super) const fn is_character(sign: char) -> bool {
    matches!(sign, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// What `&reference;` stands for.
pub(super) fn resolve(reference: &str) -> Result<char> {
    match reference {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => numeric(reference),
    }
}

fn numeric(reference: &str) -> Result<char> {
    let number = reference.strip_prefix('#').ok_or(XmlError::new(
        "The message uses an entity that is not defined.",
    ))?;
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    // `from_str_radix` would take a sign.
    let code = match digits.as_bytes().first() {
        Some(b'+' | b'-') | None => None,
        Some(_) => u32::from_str_radix(digits, radix).ok(),
    };
    code.and_then(char::from_u32)
        .filter(|sign| is_character(*sign))
        .ok_or(XmlError::new(
            "The message has a character reference to no character.",
        ))
}

/// Text between tags: `\r\n` and `\r` are line feeds, `]]>` can't occur.
pub(super) fn text(raw: &str) -> Result<Cow<'_, str>> {
    if raw.contains("]]>") {
        return Err(XmlError::new("The message has ]]> outside of CDATA."));
    }
    Ok(line_ends(raw))
}

/// Line ends as XML has them.
pub(super) fn line_ends(raw: &str) -> Cow<'_, str> {
    if raw.contains('\r') {
        Cow::Owned(raw.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(raw)
    }
}

/// An attribute's value: references resolved, blanks of all kinds made spaces.
pub(super) fn attribute(raw: &str) -> Result<Cow<'_, str>> {
    if !raw
        .bytes()
        .any(|byte| byte < b' ' || byte == b'&' || byte == b'<')
    {
        return Ok(Cow::Borrowed(raw));
    }
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '<', '\t', '\n', '\r']) {
        value.push_str(&rest[..at]);
        rest = one_attribute_sign(&rest[at..], &mut value)?;
    }
    value.push_str(rest);
    Ok(Cow::Owned(value))
}

fn one_attribute_sign<'a>(text: &'a str, value: &mut String) -> Result<&'a str> {
    match text.as_bytes() {
        [b'<', ..] => Err(XmlError::new("The message has a < in an attribute.")),
        [b'&', ..] => {
            let (reference, rest) = text[1..].split_once(';').ok_or(XmlError::new(
                "The message has an & that begins no reference.",
            ))?;
            value.push(resolve(reference)?);
            Ok(rest)
        }
        [b'\r', b'\n', ..] => {
            value.push(' ');
            Ok(&text[2..])
        }
        _ => {
            value.push(' ');
            Ok(&text[1..])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_stand_for_characters() {
        assert_eq!(resolve("amp"), Ok('&'));
        assert_eq!(resolve("#252"), Ok('ü'));
        assert_eq!(resolve("#xFC"), Ok('ü'));
        assert_eq!(resolve("#x1F600"), Ok('\u{1f600}'));
    }

    #[test]
    fn references_to_nothing_are_refused() {
        for reference in [
            "nbsp",
            "xxe",
            "",
            "#",
            "#x",
            "#0",
            "#x0",
            "#1",
            "#xD800",
            "#xFFFE",
            "#x110000",
            "#+65",
            "#-1",
            "#99999999999",
            "#X41",
        ] {
            assert!(resolve(reference).is_err(), "{reference}");
        }
    }

    #[test]
    fn attributes_are_normalised() {
        assert_eq!(attribute("a\r\nb\tc&#10;&lt;").unwrap(), "a b c\n<");
        assert!(matches!(
            attribute("plain").unwrap(),
            Cow::Borrowed("plain")
        ));
        for wrong in ["a<b", "a&b", "&undefined;", "&"] {
            assert!(attribute(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn line_ends_are_line_feeds() {
        assert_eq!(text("a\r\nb\rc\n").unwrap(), "a\nb\nc\n");
        assert!(text("a]]>b").is_err());
    }
}
