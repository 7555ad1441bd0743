//! Where a request comes from and what it called us: proxies are believed only where the operator
//! trusts them.

use std::net::IpAddr;

use hyper::HeaderMap;
use hyper::header::{FORWARDED, HOST};
use lds_domain::token::Network;

use super::forwarded::{self, Hop};

const FOR: &str = "x-forwarded-for";
const PROTO: &str = "x-forwarded-proto";
const FORWARDED_HOST: &str = "x-forwarded-host";
const CONTRADICTION: &str = "Forwarded and X-Forwarded-For name different clients.\n";
const NO_ADDRESS: &str = "Forwarded or X-Forwarded-For names no address of the client.\n";
/// Longest name of a host with its port.
const MAX_HOST: usize = 260;

/// The client's address: the peer's, or what trusted proxies say. Whoever is not known is not
/// taken for the proxy, which may do more than he.
///
/// # Errors
/// A sentence for whoever set up the proxies; such a request is answered with 400.
pub(crate) fn client(
    peer: IpAddr,
    headers: &HeaderMap,
    trusted: &[Network],
) -> Result<IpAddr, &'static str> {
    let peer = peer.to_canonical();
    if !is_trusted(peer, trusted) {
        return Ok(peer);
    }
    let standard = joined(headers, FORWARDED.as_str())
        .map(|text| farthest(peer, forwarded::parse(&text).iter().map(address), trusted));
    let older = joined(headers, FOR)
        .map(|text| farthest(peer, text.split(',').map(forwarded::node), trusted));
    match (standard, older) {
        // One of them was passed through unseen, and nobody knows which.
        (Some(one), Some(other)) if one != other => Err(CONTRADICTION),
        (Some(told), _) | (None, Some(told)) => told.ok_or(NO_ADDRESS),
        (None, None) => Ok(peer),
    }
}

fn address(hop: &Hop) -> Option<IpAddr> {
    hop.address
}

/// From the nearest hop back to the first one that is no trusted proxy; nothing where a trusted
/// proxy does not tell from whom it has the request.
fn farthest(
    peer: IpAddr,
    hops: impl DoubleEndedIterator<Item = Option<IpAddr>>,
    trusted: &[Network],
) -> Option<IpAddr> {
    let mut last = peer;
    for hop in hops.rev() {
        if !is_trusted(last, trusted) {
            break;
        }
        last = hop?;
    }
    Some(last)
}

fn is_trusted(address: IpAddr, trusted: &[Network]) -> bool {
    trusted.iter().any(|network| network.holds(address))
}

/// Scheme and host under which the client reached us; `None` where it named no sane host.
pub(crate) fn base_url(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> Option<String> {
    let told = if is_trusted(peer.to_canonical(), trusted) {
        told_by_proxy(headers)
    } else {
        Hop::default()
    };
    let host = match told.host {
        Some(host) => host,
        None => headers.get(HOST)?.to_str().ok()?.to_owned(),
    };
    let scheme = match told.proto.as_deref() {
        Some("https") => "https",
        _ => "http",
    };
    is_host(&host).then(|| format!("{scheme}://{host}"))
}

fn told_by_proxy(headers: &HeaderMap) -> Hop {
    let last = |name: &str| {
        let text = joined(headers, name)?;
        Some(text.rsplit(',').next()?.trim().to_owned())
    };
    joined(headers, FORWARDED.as_str())
        .and_then(|text| forwarded::parse(&text).pop())
        .unwrap_or_else(|| Hop {
            address: None,
            host: last(FORWARDED_HOST),
            proto: last(PROTO).map(|proto| proto.to_ascii_lowercase()),
        })
}

/// All values of a header that is a list.
fn joined(headers: &HeaderMap, name: &str) -> Option<String> {
    let values: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// A name or address with an optional port, and nothing that could mean something elsewhere.
fn is_host(host: &str) -> bool {
    let (name, port) = match host.rfind(']') {
        Some(end) => (&host[..=end], &host[end + 1..]),
        None => host.split_at(host.find(':').unwrap_or(host.len())),
    };
    let digits = port.strip_prefix(':');
    let port_is_good = port.is_empty() || digits.is_some_and(|port| port.parse::<u16>().is_ok());
    host.len() <= MAX_HOST && port_is_good && (is_name(name) || is_literal(name))
}

fn is_name(name: &str) -> bool {
    let sane = |sign: u8| sign.is_ascii_alphanumeric() || matches!(sign, b'-' | b'.' | b'_');
    !name.is_empty() && name.bytes().all(sane)
}

/// An IPv6 address in brackets.
fn is_literal(name: &str) -> bool {
    name.strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn trusted() -> Vec<Network> {
        vec![Network::parse("10.0.0.0/8").unwrap()]
    }

    fn client_of(peer: &str, pairs: &[(&'static str, &str)]) -> String {
        match client(peer.parse().unwrap(), &headers(pairs), &trusted()) {
            Ok(address) => address.to_string(),
            Err(text) => text.to_owned(),
        }
    }

    fn url(peer: &str, pairs: &[(&'static str, &str)]) -> Option<String> {
        base_url(peer.parse().unwrap(), &headers(pairs), &trusted())
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let pairs = [(FOR, "198.51.100.9")];
        assert_eq!(client_of("192.0.2.1", &pairs), "192.0.2.1");
        assert_eq!(client_of(PROXY, &pairs), "198.51.100.9");
        assert_eq!(client_of("::ffff:10.0.0.1", &pairs), "198.51.100.9");
    }

    #[test]
    fn what_the_client_put_in_front_is_not_believed() {
        let spoofed = [(FOR, "1.1.1.1, 198.51.100.9"), (FOR, "10.0.0.2")];
        assert_eq!(client_of(PROXY, &spoofed), "198.51.100.9");
        let standard = [("forwarded", "for=1.1.1.1, for=198.51.100.9, for=10.0.0.2")];
        assert_eq!(client_of(PROXY, &standard), "198.51.100.9");
        let both = [("forwarded", "for=198.51.100.9"), (FOR, "198.51.100.9")];
        assert_eq!(client_of(PROXY, &both), "198.51.100.9");
    }

    #[test]
    fn whoever_is_not_known_is_not_the_proxy() {
        let both = [("forwarded", "for=1.1.1.1"), (FOR, "198.51.100.9")];
        assert_eq!(client_of(PROXY, &both), CONTRADICTION);
        let hidden = [("forwarded", "for=unknown"), (FOR, "198.51.100.9")];
        assert_eq!(client_of(PROXY, &hidden), CONTRADICTION);
        for nobody in [
            "1.1.1.1, unknown",
            "",
            "198.51.100.9, 10.0.0.2, x",
            "\u{fc}",
        ] {
            assert_eq!(client_of(PROXY, &[(FOR, nobody)]), NO_ADDRESS, "{nobody}");
        }
        assert_eq!(client_of("192.0.2.1", &both), "192.0.2.1");
        assert_eq!(client_of(PROXY, &[]), PROXY);
    }

    #[test]
    fn the_address_of_the_service_is_what_the_client_called_it() {
        let plain = [("host", "a.example:8080")];
        assert_eq!(url(PROXY, &plain).as_deref(), Some("http://a.example:8080"));
        let proxied = [
            ("host", "inner"),
            (FORWARDED_HOST, "outer.example"),
            (PROTO, "HTTPS"),
        ];
        assert_eq!(
            url(PROXY, &proxied).as_deref(),
            Some("https://outer.example")
        );
        assert_eq!(url("192.0.2.1", &proxied).as_deref(), Some("http://inner"));
        let standard = [
            ("forwarded", "proto=https;host=\"o.example\""),
            ("host", "i"),
        ];
        assert_eq!(url(PROXY, &standard).as_deref(), Some("https://o.example"));
        assert_eq!(url(PROXY, &[]), None);
    }

    #[test]
    fn hosts_are_names_or_addresses() {
        for good in [
            "a",
            "a-b.example",
            "192.0.2.1:80",
            "[::1]",
            "[2001:db8::1]:443",
        ] {
            assert!(is_host(good), "{good}");
        }
        for bad in [
            "", ":80", "a:", "a:x", "a:70000", "a/b", "a b", "a\"", "a<b", "a@b", "[::1", "[a]",
            "::1", "a:80:80",
        ] {
            assert!(!is_host(bad), "{bad}");
        }
        assert!(!is_host(&"a".repeat(300)));
    }
}
