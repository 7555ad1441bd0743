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
        check_length("value", &item.value, MAX_TEXT).map_err(|error| error.within(&at))?;
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

/// Checks a note or a reason: up to 4000 characters.
pub fn check_text(member: &str, text: Option<&str>) -> Result<()> {
    text.map_or(Ok(()), |text| check_length(member, text, MAX_TEXT))
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

fn check_line(member: &str, text: &str) -> Result<()> {
    if text.chars().any(char::is_control) {
        return Err(Error::invalid(
            member,
            "Line breaks and control characters are not allowed.",
        ));
    }
    check_length(member, text, MAX_MEMBER)
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
