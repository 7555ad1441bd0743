//! Media types and codings that headers name.

/// Media types of SOAP messages; some clients say only that it is XML.
const SOAP: [&str; 3] = ["text/xml", "application/soap+xml", "application/xml"];

/// The charset of a SOAP message by its content type.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Charset<'a>(pub(crate) Option<&'a str>);

/// Reads a content type. `None`: no SOAP message. An empty one is taken for XML.
pub(crate) fn soap(content_type: &str) -> Option<Charset<'_>> {
    if content_type.is_empty() {
        return Some(Charset(None));
    }
    let mut parts = content_type.split(';');
    let media = parts.next()?.trim();
    let is_soap = SOAP.iter().any(|soap| media.eq_ignore_ascii_case(soap));
    is_soap.then(|| Charset(parts.find_map(charset)))
}

fn charset(parameter: &str) -> Option<&str> {
    let (name, value) = parameter.split_once('=')?;
    name.trim()
        .eq_ignore_ascii_case("charset")
        .then(|| value.trim().trim_matches(['"', '\'']))
        .filter(|charset| !charset.is_empty())
}

/// Whether an `Accept-Encoding` takes gzip.
pub(crate) fn accepts_gzip(accepted: &str) -> bool {
    accepted.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let name = name.trim();
        let refused = weight
            .trim()
            .strip_prefix("q=")
            .and_then(|weight| weight.parse::<f32>().ok())
            .is_some_and(|weight| weight <= 0.0);
        !refused && (name.eq_ignore_ascii_case("gzip") || name == "*")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn soap_comes_as_xml_of_some_kind() {
        assert_eq!(soap(""), Some(Charset(None)));
        assert_eq!(soap("text/xml"), Some(Charset(None)));
        assert_eq!(
            soap("Text/XML ; Charset=\"UTF-8\""),
            Some(Charset(Some("UTF-8")))
        );
        let with_action = "application/soap+xml; action=\"urn:a\"; charset=utf-16";
        assert_eq!(soap(with_action), Some(Charset(Some("utf-16"))));
        assert_eq!(soap("text/xml; charset="), Some(Charset(None)));
        for other in [
            "application/json",
            "multipart/related; type=\"text/xml\"",
            "application/xop+xml",
            "text/xmlx",
            " ",
        ] {
            assert_eq!(soap(other), None, "{other}");
        }
    }

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        for yes in ["gzip", "deflate, GZIP;q=0.5", "*", "br;q=1.0, gzip; q=0.8"] {
            assert!(accepts_gzip(yes), "{yes}");
        }
        for no in ["", "identity", "gzip;q=0", "gzip; q=0.0, br", "xgzip"] {
            assert!(!accepts_gzip(no), "{no}");
        }
    }
}
