//! From text to a license: what a daemon would understand, and what a user would stumble over.
//! Reads the lines that `write` writes, in any layout that a kit gives them.

mod lines;

use lds_plugin_api::document::Problem;

use crate::date;
use crate::model::{Attribute, Grant, License, Line, Server, Signature, Vendor};
use lines::{LogicalLine, logical_lines};

/// A file's license, as far as it was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// What it says.
    pub license: License,
    /// What was not understood, with lines counted from 1.
    pub problems: Vec<Problem>,
}

/// Reads a file.
pub fn license(text: &str) -> Reading {
    let mut reading = Reading::default();
    for line in logical_lines(text) {
        let number = line.number;
        if let Err(mut problem) = reading.line(&line) {
            problem.line = u32::try_from(number).ok();
            reading.problems.push(problem);
        }
    }
    reading
}

impl Reading {
    fn line(&mut self, line: &LogicalLine) -> Result<(), Problem> {
        let fields = line.fields()?;
        let Some((word, fields)) = fields.split_first() else {
            return Ok(());
        };
        match word.to_ascii_uppercase().as_str() {
            word if word.starts_with('#') => {}
            "SERVER" => self.license.servers.push(server(fields)?),
            "VENDOR" | "DAEMON" => self.license.vendors.push(vendor(fields)?),
            "USE_SERVER" => self.license.use_server = true,
            "FEATURE" => self.license.grants.push(grant(Line::Feature, fields)?),
            "INCREMENT" => self.license.grants.push(grant(Line::Increment, fields)?),
            "UPGRADE" | "PACKAGE" | "FEATURESET" => {
                return Err(Problem::new(
                    "UNSUPPORTED_LINE",
                    "This kind of line is not read.",
                ));
            }
            _ => {
                let message = "The line does not begin with a keyword and counts as a comment.";
                return Err(Problem::new("UNKNOWN_KEYWORD", message));
            }
        }
        Ok(())
    }
}

fn server(fields: &[String]) -> Result<Server, Problem> {
    let [host, host_id, rest @ ..] = fields else {
        return Err(syntax("A SERVER line has a host and a host id."));
    };
    // Keywords behind the port are the administrator's.
    let port = rest.first().filter(|field| !field.contains('='));
    Ok(Server {
        host: host.clone(),
        host_id: host_id.clone(),
        port: port.map(|port| self::port(port)).transpose()?,
    })
}

fn vendor(fields: &[String]) -> Result<Vendor, Problem> {
    let Some((name, rest)) = fields.split_first() else {
        return Err(syntax("A VENDOR line has a name."));
    };
    let mut vendor = Vendor {
        name: name.clone(),
        ..Vendor::default()
    };
    for field in rest {
        match keyword(field) {
            Some(("OPTIONS", value)) => vendor.options = Some(value.to_owned()),
            Some(("PORT", value)) => vendor.port = Some(port(value)?),
            _ if vendor.path.is_none() => vendor.path = Some(field.clone()),
            _ if vendor.options.is_none() => vendor.options = Some(field.clone()),
            _ => vendor.port = Some(port(field)?),
        }
    }
    Ok(vendor)
}

fn keyword(field: &str) -> Option<(&'static str, &str)> {
    let (word, value) = field.split_once('=')?;
    let known = ["OPTIONS", "PORT"];
    let known = known
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(word))?;
    Some((known, value))
}

fn port(text: &str) -> Result<u16, Problem> {
    text.parse()
        .map_err(|_| syntax("A port is a number up to 65535."))
}

fn grant(line: Line, fields: &[String]) -> Result<Grant, Problem> {
    let [name, vendor, version, expiry, count, options @ ..] = fields else {
        return Err(syntax(
            "A grant has feature, vendor, version, expiry and count.",
        ));
    };
    let mut grant = Grant {
        line,
        name: name.clone(),
        vendor: vendor.clone(),
        version: version.clone(),
        expiry: date::expiry(expiry).ok_or_else(|| syntax("The expiry is no date."))?,
        count: self::count(count)?,
        attributes: Vec::new(),
        signature: Signature::Missing,
    };
    for option in without_key(options) {
        self::option(&mut grant, option)?;
    }
    Ok(grant)
}

/// Before 7.1 the signature stood bare in the sixth place; kits still write it there.
fn without_key(options: &[String]) -> &[String] {
    match options {
        [key, rest @ ..] if key.len() >= 12 && key.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            rest
        }
        _ => options,
    }
}

fn option(grant: &mut Grant, field: &str) -> Result<(), Problem> {
    let attribute = match field.split_once('=') {
        Some((word, value)) => Attribute::new(word, value),
        None => Attribute::bare(field),
    };
    let is_sign = attribute.word.eq_ignore_ascii_case("SIGN");
    let same = |other: &Attribute| other.word.eq_ignore_ascii_case(&attribute.word);
    if grant.attributes.iter().any(same) || is_sign && grant.signature != Signature::Missing {
        return Err(syntax("A keyword stands twice."));
    }
    if is_sign {
        grant.signature = signature(attribute.value.as_deref().unwrap_or_default())?;
    } else {
        grant.attributes.push(attribute);
    }
    Ok(())
}

fn signature(value: &str) -> Result<Signature, Problem> {
    let digits: String = value.chars().filter(|sign| !sign.is_whitespace()).collect();
    match digits.as_str() {
        "0" => Ok(Signature::Placeholder),
        "" => Err(syntax("SIGN has no value.")),
        _ if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => Ok(Signature::Digits(digits)),
        _ => Err(syntax("SIGN is not hexadecimal.")),
    }
}

fn count(text: &str) -> Result<u64, Problem> {
    if text.eq_ignore_ascii_case("uncounted") {
        return Ok(0);
    }
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let count = text.parse().ok().filter(|_| digits);
    count.ok_or_else(|| syntax("The count is neither a number nor the word uncounted."))
}

fn syntax(message: &str) -> Problem {
    Problem::new("SYNTAX", message)
}

#[cfg(test)]
mod tests;
