//! Name and value pairs: the caller's own data, and the values given to generators.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Longest name and ordinary member, in characters.
pub const MAX_MEMBER: usize = 255;
/// Longest note, reason and value, in characters.
pub const MAX_TEXT: usize = 4000;
/// Attributes, settings, parameters, contacts of one owner.
pub const MAX_ATTRIBUTES: usize = 100;

/// A name and its value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Attribute {
    /// The name; unique per owner where it is the caller's own data.
    pub name: String,
    /// The value, kept as given.
    pub value: String,
}

/// What a list of pairs stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// The caller's own data: each name once.
    Unique,
    /// Values for a generator: a list is the name repeated.
    Repeated,
}

/// Checks lengths, number and uniqueness.
pub fn check_attributes(member: &str, list: &[Attribute], names: Names) -> Result<()> {
    check_count(member, list.len(), MAX_ATTRIBUTES)?;
    for (i, item) in list.iter().enumerate() {
        let at = format!("{member}[{i}]");
        check_member("name", &item.name).map_err(|error| error.within(&at))?;
        check_free("value", &item.value).map_err(|error| error.within(&at))?;
        if names == Names::Unique && list[..i].iter().any(|other| other.name == item.name) {
            return Err(Error::invalid(
                format!("{at}.name"),
                "The name occurs twice.",
            ));
        }
    }
    Ok(())
}

/// Checks a compulsory member: 1 to 255 characters, no control characters.
pub fn check_member(member: &str, text: &str) -> Result<()> {
    if text.trim().is_empty() {
        return Err(Error::invalid(member, "A value is needed."));
    }
    check_line(member, text)
}

/// Checks an optional member that is given.
pub fn check_optional(member: &str, text: Option<&str>) -> Result<()> {
    text.map_or(Ok(()), |text| check_member(member, text))
}

/// Checks a note or a reason: up to 4000 characters, line breaks among them.
pub fn check_text(member: &str, text: Option<&str>) -> Result<()> {
    text.map_or(Ok(()), |text| check_free(member, text))
}

/// Checks the number of a list's items.
pub fn check_count(member: &str, count: usize, most: usize) -> Result<()> {
    if count > most {
        return Err(Error::new(
            crate::Code::LimitExceeded,
            format!("At most {most} are allowed."),
        )
        .at(member));
    }
    Ok(())
}

/// Whether a text is one line that every interface and database carries.
pub fn is_line(text: &str) -> bool {
    !text
        .chars()
        .any(|sign| sign.is_control() || is_uncarried(sign))
}

/// A text with `\u{fffd}` for every sign that no message could carry.
pub fn carried(text: &str) -> String {
    let carried = |sign| if is_uncarried(sign) { '\u{fffd}' } else { sign };
    text.chars().map(carried).collect()
}

/// What XML 1.0 has no place for, so that no message could carry it; one of them, NUL, is refused
/// by PostgreSQL as well.
const fn is_uncarried(sign: char) -> bool {
    matches!(
        sign,
        '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'
    )
}

fn check_line(member: &str, text: &str) -> Result<()> {
    if !is_line(text) {
        return Err(Error::invalid(
            member,
            "Line breaks and control characters are not allowed.",
        ));
    }
    check_length(member, text, MAX_MEMBER)
}

/// Checks a text that may have several lines.
fn check_free(member: &str, text: &str) -> Result<()> {
    if text.chars().any(is_uncarried) {
        return Err(Error::invalid(
            member,
            "Control characters other than tabs and line breaks are not allowed.",
        ));
    }
    check_length(member, text, MAX_TEXT)
}

fn check_length(member: &str, text: &str, most: usize) -> Result<()> {
    if text.len() > most && text.chars().count() > most {
        return Err(Error::invalid(
            member,
            format!("At most {most} characters are allowed."),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Char of XML 1.0, production 2, by its ranges.
    fn is_xml(sign: char) -> bool {
        matches!(
            u32::from(sign),
            0x9 | 0xa | 0xd | 0x20..=0xd7ff | 0xe000..=0xfffd | 0x1_0000..=0x10_ffff
        )
    }

    #[test]
    fn a_text_has_no_sign_that_xml_has_not() {
        for sign in '\0'..=char::MAX {
            let text = format!("a{sign}b");
            let fits = check_text("notes", Some(&text)).is_ok();
            assert_eq!(fits, is_xml(sign), "{:x}", u32::from(sign));
            assert!(fits || !is_line(&text), "{:x}", u32::from(sign));
        }
    }

    #[test]
    fn a_text_is_carried_without_what_messages_have_no_place_for() {
        assert_eq!(
            carried("a\tü\r\n\0\u{1b}\u{ffff}z"),
            "a\tü\r\n\u{fffd}\u{fffd}\u{fffd}z"
        );
    }

    #[test]
    fn a_wrong_sign_is_refused_by_the_path_of_its_member() {
        let pair = |name: &str, value: &str| Attribute {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        for (list, path) in [
            ([pair("a", "1\n2"), pair("b", "\0")], "parameter[1].value"),
            (
                [pair("a\u{ffff}", "1"), pair("b", "2")],
                "parameter[0].name",
            ),
            ([pair("a", "1"), pair("b\n", "2")], "parameter[1].name"),
        ] {
            let refused = check_attributes("parameter", &list, Names::Repeated).unwrap_err();
            assert_eq!(refused.code, crate::Code::InvalidRequest);
            assert_eq!(refused.field.as_deref(), Some(path));
        }
    }
}
