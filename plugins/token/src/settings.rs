//! The settings, and the one rule that the format adds to them: RFC 7519 wants issuers and
//! audiences to be URIs where they hold a colon.

use lds_plugin_api::document::{Problem, Values};
use lds_plugin_api::{Outcome, Refusal};
use serde_json::Value;

#[derive(Debug, PartialEq)]
pub(crate) struct Settings<'a> {
    pub(crate) issuer: Option<&'a str>,
    pub(crate) audience: Vec<&'a str>,
}

impl<'a> Settings<'a> {
    /// The server has checked the types.
    pub(crate) fn of(values: &'a Values) -> Outcome<Self> {
        let audience = match values.get("audience") {
            None => Vec::new(),
            Some(Value::Array(names)) => names.iter().map(text).collect::<Outcome<_>>()?,
            Some(_) => return Err(Refusal::Input("audience is not a list".to_owned())),
        };
        Ok(Self {
            issuer: values.get("issuer").map(text).transpose()?,
            audience,
        })
    }

    pub(crate) fn problems(&self) -> Vec<Problem> {
        let issuer = self.issuer.map(|issuer| ("issuer", issuer));
        let audience = self.audience.iter().map(|name| ("audience", *name));
        issuer
            .into_iter()
            .chain(audience)
            .filter(|(_, name)| !is_name_or_uri(name))
            .map(|(setting, _)| {
                let message = ["The setting ", setting, " has a colon but is not a URI."].concat();
                Problem::new("NOT_A_URI", message).at(["/settings/", setting].concat())
            })
            .collect()
    }
}

fn text(value: &Value) -> Outcome<&str> {
    value
        .as_str()
        .ok_or_else(|| Refusal::Input("a setting is not a text".to_owned()))
}

/// `StringOrURI` of RFC 7519, section 2; the scheme as in RFC 3986, section 3.1.
fn is_name_or_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return true;
    };
    let in_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(in_scheme)
        && !rest.is_empty()
        && rest.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colon_makes_a_uri() {
        for good in [
            "Acme",
            "Müller GmbH",
            "https://acme.example",
            "urn:acme:cad",
            "",
        ] {
            assert!(is_name_or_uri(good), "{good}");
        }
        for bad in [
            "Acme: CAD",
            ":x",
            "acme:",
            "1a:x",
            "Müller:x",
            "http://a b",
            "x:\n",
        ] {
            assert!(!is_name_or_uri(bad), "{bad}");
        }
    }
}
