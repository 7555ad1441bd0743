//! Hosts: what identifies a machine, in the normal form that the server makes.

use regex::Regex;
use serde::{Deserialize, Serialize};

use crate::attribute::is_line;
use crate::error::{Code, Error, Result, instead, shown};
use crate::terms::{HostLock, LicenseType, MAX_HOSTS, Terms};

/// Longest host value, in bytes.
pub const MAX_VALUE: usize = 255;

/// One identifier of a machine; `value` is in normal form once a [`HostTypes`] has made it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Host {
    /// The host type's name, as in `ETHERNET`.
    #[serde(rename = "type")]
    pub host_type: String,
    /// The value.
    pub value: String,
    /// The machine's name; no part of a match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A license server's port; no part of a match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
}

/// How a normal form is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Lower case; blanks, `-`, `:`, `.` dropped.
    Hex,
    /// Lower case.
    Lower,
    /// Upper case.
    Upper,
    /// As it is.
    Exact,
}

impl Form {
    /// The normal form of a value, trimmed first.
    pub fn apply(self, value: &str) -> String {
        let value = value.trim();
        match self {
            Self::Hex => value
                .chars()
                .filter(|sign| !sign.is_whitespace() && !matches!(sign, '-' | ':' | '.'))
                .flat_map(char::to_lowercase)
                .collect(),
            Self::Lower => value.to_lowercase(),
            Self::Upper => value.to_uppercase(),
            Self::Exact => value.to_owned(),
        }
    }
}

/// A declared host type. Names are server-wide: the first installed declaration fixes form and
/// pattern.
#[derive(Clone, Debug)]
pub struct HostType {
    /// The name, as in `ETHERNET`.
    pub name: String,
    /// For people.
    pub label: String,
    /// How a normal form is made.
    pub form: Form,
    /// What the whole normal form must match.
    pub pattern: Option<Regex>,
    /// An example value.
    pub example: Option<String>,
    /// Where to find it.
    pub help: Option<String>,
}

impl HostType {
    /// Makes the normal form and checks it.
    ///
    /// # Errors
    /// `HostInvalid` at `value`.
    pub fn normalize(&self, value: &str) -> Result<String> {
        let invalid = |message: String| Error::new(Code::HostInvalid, message).at("value");
        if value.len() > MAX_VALUE || value.trim().is_empty() {
            return Err(invalid(format!(
                "A value of 1 to {MAX_VALUE} characters is needed."
            )));
        }
        if !is_line(value) {
            return Err(invalid("Control characters are not allowed.".to_owned()));
        }
        let normal = self.form.apply(value);
        let fits = !normal.is_empty()
            && self
                .pattern
                .as_ref()
                .is_none_or(|pattern| pattern.is_match(&normal));
        if fits {
            Ok(normal)
        } else {
            Err(invalid(self.hint()))
        }
    }

    fn hint(&self) -> String {
        match &self.example {
            Some(example) => format!("This is no {}. An example is {example}.", self.label),
            None => format!("This is no {}.", self.label),
        }
    }
}

/// Compiles a declared pattern so that it must match the whole value. Linear in time; no
/// look-around, no back references.
pub fn whole_pattern(pattern: &str) -> std::result::Result<Regex, String> {
    regex::RegexBuilder::new(&format!("^(?:{pattern})$"))
        .size_limit(1 << 20)
        .build()
        .map_err(|error| error.to_string())
}

/// The normal forms of all hosts of a request; `member` is the list's name on the wire, `types` gives
/// a declaration or tells which there are ([`unsupported`]).
///
/// # Errors
/// `HostTypeUnsupported`, `HostInvalid`, with `field` `host[i]…`.
pub fn normalize(
    member: &str,
    hosts: &[Host],
    types: impl Fn(&str) -> Result<HostTypeRef>,
) -> Result<Vec<Host>> {
    if hosts.len() > MAX_HOSTS {
        let message = format!("At most {MAX_HOSTS} hosts are allowed.");
        return Err(Error::new(Code::LimitExceeded, message).at(member));
    }
    let normal = |(i, host)| one(host, &types).map_err(|e| e.within(&format!("{member}[{i}]")));
    hosts.iter().enumerate().map(normal).collect()
}

/// A shared declaration.
pub type HostTypeRef = std::sync::Arc<HostType>;

fn one(host: &Host, types: &impl Fn(&str) -> Result<HostTypeRef>) -> Result<Host> {
    let host_type = types(&host.host_type)?;
    crate::attribute::check_optional("name", host.name.as_deref())?;
    Ok(Host {
        value: host_type.normalize(&host.value)?,
        ..host.clone()
    })
}

/// `HostTypeUnsupported` at `type`, with the types that are taken.
pub fn unsupported<'a>(name: &str, taken: impl IntoIterator<Item = &'a str>) -> Error {
    let (name, instead) = (shown(name), instead(taken));
    let message = format!("The host type {name} is not taken here{instead}");
    Error::new(Code::HostTypeUnsupported, message).at("type")
}

/// Checks normalised hosts against the terms.
///
/// # Errors
/// `HostMissing`, `HostTypeUnsupported`, `HostInvalid` with `field`.
pub fn check_against(hosts: &[Host], terms: &Terms) -> Result<()> {
    if terms.host_lock == HostLock::None {
        return match hosts {
            [] => Ok(()),
            _ => Err(Error::invalid(
                "host",
                "This license is not bound to a machine: leave the host out.",
            )),
        };
    }
    for (i, host) in hosts.iter().enumerate() {
        let at = format!("host[{i}]");
        if !terms
            .host_rules
            .iter()
            .any(|rule| rule.host_type == host.host_type)
        {
            let taken = terms.host_rules.iter().map(|rule| rule.host_type.as_str());
            return Err(unsupported(&host.host_type, taken).within(&at));
        }
        if hosts[..i].iter().any(|other| same(other, host)) {
            return Err(
                Error::new(Code::HostInvalid, "The host is given twice.").at(format!("{at}.value"))
            );
        }
    }
    check_counts(hosts, terms)
}

fn check_counts(hosts: &[Host], terms: &Terms) -> Result<()> {
    for rule in &terms.host_rules {
        let count = hosts
            .iter()
            .filter(|host| host.host_type == rule.host_type)
            .count();
        if count < rule.min as usize {
            return Err(missing(&format!(
                "A host of type {} is needed.",
                rule.host_type
            )));
        }
        if count > rule.max as usize {
            let message = format!(
                "At most {} of type {} are allowed.",
                rule.max, rule.host_type
            );
            return Err(Error::new(Code::HostInvalid, message).at("host"));
        }
    }
    if hosts.len() < terms.min_hosts as usize {
        let types: Vec<_> = terms
            .host_rules
            .iter()
            .map(|rule| rule.host_type.as_str())
            .collect();
        return Err(missing(&format!(
            "A host is needed ({}); {} at least.",
            types.join(", "),
            terms.min_hosts
        )));
    }
    if terms.license_type == LicenseType::Floating && !matches!(hosts.len(), 1 | 3) {
        return Err(Error::new(
            Code::HostInvalid,
            "A floating license has one or three license servers.",
        )
        .at("host"));
    }
    Ok(())
}

fn missing(message: &str) -> Error {
    Error::new(Code::HostMissing, message).at("host")
}

/// Whether two hosts are the same one: name and port are no part of it.
pub fn same(a: &Host, b: &Host) -> bool {
    a.host_type == b.host_type && a.value == b.value
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ethernet() -> HostType {
        HostType {
            name: "ETHERNET".into(),
            label: "Ethernet address".into(),
            form: Form::Hex,
            pattern: Some(whole_pattern("[0-9a-f]{12}").unwrap()),
            example: None,
            help: None,
        }
    }

    #[test]
    fn spellings_of_one_address_are_one_host() {
        for spelled in [
            "00-11-22-AA-BB-CC",
            "001122aabbcc",
            " 00:11:22:aa:bb:cc ",
            "0011.22AA.BBCC",
        ] {
            assert_eq!(ethernet().normalize(spelled).unwrap(), "001122aabbcc");
        }
    }

    #[test]
    fn a_pattern_fits_the_whole_value() {
        assert_eq!(
            ethernet().normalize("001122aabbccdd").unwrap_err().code,
            Code::HostInvalid
        );
        assert!(whole_pattern("a|b").unwrap().is_match("a"));
        assert!(!whole_pattern("a|b").unwrap().is_match("ab"));
        assert!(whole_pattern("(?=x)").is_err());
    }

    proptest! {
        #[test]
        fn a_normal_form_stays_as_it_is(value in ".{0,40}", form in 0..4) {
            let form = [Form::Hex, Form::Lower, Form::Upper, Form::Exact][usize::try_from(form).unwrap()];
            let once = form.apply(&value);
            prop_assert_eq!(form.apply(&once), once.clone());
        }
    }
}
