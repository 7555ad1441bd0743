//! From a license to text: fields, quotes, wrapping. What the values may be was decided before.

use lds_plugin_api::document::Problem;

use crate::model::{Attribute, Grant, License, Server, Signature, Vendor};

/// Columns of a line, a tab being eight.
const COLUMNS: usize = 78;
const TAB: usize = 8;
/// Characters of a line when its parts are joined.
const LONG: usize = 2000;
const TOO_LONG: usize = 4000;

/// The text; `mark` is a comment above it.
pub fn text(license: &License, mark: Option<&str>) -> String {
    let mut text = String::with_capacity(512);
    if let Some(mark) = mark {
        text.push_str("# ");
        text.push_str(mark);
        text.push('\n');
    }
    for fields in lines(license) {
        wrap(&mut text, &fields);
    }
    text
}

/// Warns of long lines, refuses longer ones.
pub(crate) fn lengths(license: &License) -> Result<Vec<Problem>, Problem> {
    let mut warnings = Vec::new();
    for (grant, fields) in license
        .grants
        .iter()
        .map(|grant| (grant, self::grant(grant)))
    {
        let length: usize = fields.iter().map(|field| field.len() + 1).sum();
        if length > LONG {
            let message = format!("The line of {} has {length} characters.", grant.name);
            let problem = Problem::new("LONG_LINE", message);
            if length > TOO_LONG {
                return Err(problem);
            }
            warnings.push(problem);
        }
    }
    Ok(warnings)
}

/// The fields of each line.
fn lines(license: &License) -> impl Iterator<Item = Vec<String>> {
    let use_server = license.use_server.then(|| vec!["USE_SERVER".to_owned()]);
    license
        .servers
        .iter()
        .map(server)
        .chain(license.vendors.iter().map(vendor))
        .chain(use_server)
        .chain(license.grants.iter().map(grant))
}

fn server(server: &Server) -> Vec<String> {
    let mut fields = vec![
        "SERVER".to_owned(),
        server.host.clone(),
        server.host_id.clone(),
    ];
    fields.extend(server.port.map(|port| port.to_string()));
    fields
}

fn vendor(vendor: &Vendor) -> Vec<String> {
    let mut fields = vec!["VENDOR".to_owned(), vendor.name.clone()];
    fields.extend(vendor.path.clone());
    fields.extend(
        vendor
            .options
            .as_ref()
            .map(|file| format!("OPTIONS={file}")),
    );
    fields.extend(vendor.port.map(|port| format!("PORT={port}")));
    fields
}

fn grant(grant: &Grant) -> Vec<String> {
    let expiry = grant.expiry.map(|day| day.to_string());
    let count = match grant.count {
        0 => "uncounted".to_owned(),
        count => count.to_string(),
    };
    let mut fields = vec![
        grant.line.word().to_owned(),
        grant.name.clone(),
        grant.vendor.clone(),
        grant.version.clone(),
        expiry.unwrap_or_else(|| "permanent".to_owned()),
        count,
    ];
    fields.extend(grant.attributes.iter().map(attribute));
    fields.extend(signature(&grant.signature));
    fields
}

fn attribute(attribute: &Attribute) -> String {
    let word = &attribute.word;
    match &attribute.value {
        None => word.clone(),
        Some(value) if value.contains(' ') => format!("{word}=\"{value}\""),
        Some(value) => format!("{word}={value}"),
    }
}

fn signature(signature: &Signature) -> Option<String> {
    match signature {
        Signature::Missing => None,
        Signature::Placeholder => Some("SIGN=0".to_owned()),
        Signature::Digits(digits) => Some(format!("SIGN={digits}")),
    }
}

/// Breaks between fields only, as space, backslash, newline, tab.
fn wrap(text: &mut String, fields: &[String]) {
    let mut column = 0;
    for (index, field) in fields.iter().enumerate() {
        let last = index + 1 == fields.len();
        let continuation = if last { 0 } else { " \\".len() };
        if index > 0 && column + 1 + field.len() + continuation > COLUMNS {
            text.push_str(" \\\n\t");
            column = TAB;
        } else if index > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(field);
        column += field.len();
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::wrap;

    fn wrapped(fields: &[&str]) -> String {
        let fields: Vec<_> = fields.iter().map(ToString::to_string).collect();
        let mut text = String::new();
        wrap(&mut text, &fields);
        text
    }

    #[test]
    fn breaks_between_fields_at_78_columns() {
        let (word, rest) = ("a".repeat(39), "b".repeat(38));
        assert_eq!(wrapped(&[&word, &rest]), format!("{word} {rest}\n"));
        assert_eq!(wrapped(&[&word, &word]), format!("{word} \\\n\t{word}\n"));
        assert_eq!(
            wrapped(&[&word, &rest, "c"]),
            format!("{word} \\\n\t{rest} c\n")
        );
    }
}
