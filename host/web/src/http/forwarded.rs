//! What proxies say of the requests that they pass on: `Forwarded` (RFC 7239) and its older
//! relatives. It must not know whether the proxy is to be believed.

use std::net::{IpAddr, SocketAddr};

/// One proxy's word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hop {
    /// For whom.
    pub(crate) address: Option<IpAddr>,
    /// What the client asked for.
    pub(crate) host: Option<String>,
    /// And how.
    pub(crate) proto: Option<String>,
}

/// Reads the elements of `Forwarded`, the nearest proxy last.
pub(crate) fn parse(header: &str) -> Vec<Hop> {
    split(header, ',').into_iter().map(hop).collect()
}

fn hop(element: &str) -> Hop {
    let mut hop = Hop::default();
    for pair in split(element, ';') {
        let Some((name, value)) = pair.split_once('=') else {
            continue;
        };
        let value = value.trim().trim_matches('"');
        match name.trim().to_ascii_lowercase().as_str() {
            "for" => hop.address = node(value),
            "host" => hop.host = Some(value.to_owned()),
            "proto" => hop.proto = Some(value.to_ascii_lowercase()),
            _ => {}
        }
    }
    hop
}

/// Splits at a sign that is not inside quotes.
fn split(text: &str, sign: char) -> Vec<&str> {
    let mut quoted = false;
    text.split(|c| {
        quoted ^= c == '"';
        c == sign && !quoted
    })
    .collect()
}

/// An address as proxies write it: bare, with a port, in brackets.
pub(crate) fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = text
        .parse::<SocketAddr>()
        .map(|socket| socket.ip())
        .or_else(|_| text.trim_matches(['[', ']']).parse())
        .ok()?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_read_with_their_quotes() {
        let hops = parse(
            "for=192.0.2.43, For=\"[2001:db8::17]:4711\";PROTO=HTTPS;host=\"a.example:8443\";by=x",
        );
        assert_eq!(hops.len(), 2);
        assert_eq!(hops[0].address, "192.0.2.43".parse().ok());
        assert_eq!(hops[1].address, "2001:db8::17".parse().ok());
        assert_eq!(hops[1].proto.as_deref(), Some("https"));
        assert_eq!(hops[1].host.as_deref(), Some("a.example:8443"));
        assert_eq!(parse("for=\"a,b;c\"").len(), 1);
    }

    #[test]
    fn nodes_without_an_address_are_none() {
        assert_eq!(node("192.0.2.1:80"), "192.0.2.1".parse().ok());
        assert_eq!(node("::ffff:192.0.2.1"), "192.0.2.1".parse().ok());
        for hidden in ["unknown", "_hidden", "", "192.0.2"] {
            assert_eq!(node(hidden), None, "{hidden}");
        }
    }
}
