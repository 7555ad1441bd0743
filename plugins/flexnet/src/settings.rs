//! The product's settings, as the lines need them, and typed access to values of a request.

use lds_plugin_api::document::{Problem, Values};
use serde_json::Value;

use crate::rules;

/// Lengths of signatures that kits make.
pub(crate) const SIGNATURE_DIGITS: [&str; 5] = ["12", "20", "60", "84", "120"];

/// The product's settings.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) vendor: String,
    pub(crate) vendor_path: Option<String>,
    pub(crate) options_file: Option<String>,
    pub(crate) vendor_port: Option<u16>,
    pub(crate) use_server: bool,
    pub(crate) unsigned: bool,
    /// Allowed numbers of digits; never empty.
    pub(crate) signature_digits: Vec<usize>,
}

impl Settings {
    pub(crate) fn of(values: &Values) -> Result<Self, Problem> {
        let vendor = text(values, "vendor", "/settings")?.ok_or_else(|| {
            Problem::new("VENDOR", "The vendor is not set.").at("/settings/vendor")
        })?;
        checked("VENDOR", "vendor", vendor, rules::name)?;
        Ok(Self {
            vendor: vendor.to_owned(),
            vendor_path: word(values, "vendorPath")?,
            options_file: word(values, "optionsFile")?,
            vendor_port: port(values, "vendorPort")?,
            use_server: flag(values, "useServer", "/settings")?.unwrap_or(true),
            unsigned: flag(values, "unsigned", "/settings")?.unwrap_or(false),
            signature_digits: digits(values)?,
        })
    }
}

fn checked(
    code: &str,
    name: &str,
    text: &str,
    rule: fn(&str) -> Result<(), &'static str>,
) -> Result<(), Problem> {
    rule(text).map_err(|reason| {
        Problem::new(code, format!("The setting {name} {reason}.")).at(format!("/settings/{name}"))
    })
}

fn word(values: &Values, name: &str) -> Result<Option<String>, Problem> {
    let Some(text) = text(values, name, "/settings")? else {
        return Ok(None);
    };
    checked("SETTING", name, text, rules::word)?;
    Ok(Some(text.to_owned()))
}

fn port(values: &Values, name: &str) -> Result<Option<u16>, Problem> {
    number(values, name, "/settings")?
        .map(|port| u16::try_from(port).map_err(|_| wrong(name, "/settings")))
        .transpose()
}

fn digits(values: &Values) -> Result<Vec<usize>, Problem> {
    let name = "signatureDigits";
    let chosen = list(values, name, "/settings")?;
    let chosen = if chosen.is_empty() {
        SIGNATURE_DIGITS.to_vec()
    } else {
        chosen
    };
    let number = |text: &str| text.parse().map_err(|_| wrong(name, "/settings"));
    chosen.into_iter().map(number).collect()
}

/// A text; `place` is the pointer to the values.
pub(crate) fn text<'a>(
    values: &'a Values,
    name: &str,
    place: &str,
) -> Result<Option<&'a str>, Problem> {
    typed(values, name, place, Value::as_str)
}

/// A switch.
pub(crate) fn flag(values: &Values, name: &str, place: &str) -> Result<Option<bool>, Problem> {
    typed(values, name, place, Value::as_bool)
}

/// A whole number from 0 on.
pub(crate) fn number(values: &Values, name: &str, place: &str) -> Result<Option<u64>, Problem> {
    typed(values, name, place, Value::as_u64)
}

/// A list of texts; absent: empty.
pub(crate) fn list<'a>(
    values: &'a Values,
    name: &str,
    place: &str,
) -> Result<Vec<&'a str>, Problem> {
    let texts = typed(values, name, place, |value| {
        value.as_array()?.iter().map(Value::as_str).collect()
    })?;
    Ok(texts.unwrap_or_default())
}

fn typed<'a, T>(
    values: &'a Values,
    name: &str,
    place: &str,
    read: impl Fn(&'a Value) -> Option<T>,
) -> Result<Option<T>, Problem> {
    let Some(value) = values.get(name) else {
        return Ok(None);
    };
    read(value).map(Some).ok_or_else(|| wrong(name, place))
}

fn wrong(name: &str, place: &str) -> Problem {
    Problem::new("VALUE", format!("The value of {name} is not of its type."))
        .at(format!("{place}/{name}"))
}
