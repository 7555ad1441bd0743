//! `[http]` and `[http.management]`: where the server listens, and the limits of its connections.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::time::Duration;

use lds_domain::token::Network;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// `[http]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Http {
    /// Address and port.
    #[serde(deserialize_with = "address")]
    pub(crate) listen: SocketAddr,
    /// What clients call the server, where a proxy stands in front.
    pub(crate) public_url: Option<PublicUrl>,
    /// Whose word on the client's address counts.
    pub(crate) trusted_proxies: Vec<Proxy>,
    /// Largest request body, in KiB.
    pub(crate) body_kib: NonZeroU32,
    /// Time until the head of the next request is there, waiting included, in milliseconds.
    pub(crate) header_time_ms: NonZeroU32,
    /// Time for the body of a request, in milliseconds.
    pub(crate) body_time_ms: NonZeroU32,
    /// Connections at once.
    pub(crate) max_connections: NonZeroU32,
    pub(crate) management: Management,
}

/// `[http.management]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Management {
    /// Address and port of health and metrics.
    #[serde(deserialize_with = "address")]
    pub(crate) listen: SocketAddr,
}

impl Default for Http {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 8080).into(),
            public_url: None,
            trusted_proxies: Vec::new(),
            body_kib: some(4 * 1024),
            header_time_ms: some(60_000),
            body_time_ms: some(30_000),
            max_connections: some(1024),
            management: Management::default(),
        }
    }
}

/// Reads an address with a port.
pub(crate) fn read_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        format!("{text} is no IP address with a port, such as 127.0.0.1:8080 or [::]:8080")
    })
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(deserializer)?;
    read_address(&text).map_err(D::Error::custom)
}

/// With none of it the server would serve nobody.
const fn some(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

fn milliseconds(time: NonZeroU32) -> Duration {
    Duration::from_millis(time.get().into())
}

impl Default for Management {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 8081).into(),
        }
    }
}

impl Http {
    /// The settings of the web room.
    pub(crate) fn options(
        &self,
        branding: &super::branding::Branding,
        fno: &super::fno::Fno,
    ) -> lds_web::Options {
        lds_web::Options {
            public_url: self.public_url.clone().map(Into::into),
            trusted_proxies: self.trusted_proxies.iter().map(|proxy| proxy.0).collect(),
            body_limit: self.body_kib.get() as usize * 1024,
            header_timeout: milliseconds(self.header_time_ms),
            body_timeout: milliseconds(self.body_time_ms),
            max_connections: self.max_connections.get() as usize,
            branding: lds_web::Branding {
                name: branding.name.clone(),
                support_email: branding.support_email.clone(),
            },
            generator: fno.options(),
        }
    }
}

/// An address or network of proxies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Proxy(Network);

impl TryFrom<String> for Proxy {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match Network::parse(&text) {
            Some(Network { bits: 0, .. }) => Err(format!(
                "{text} is everybody, who could then claim any address: name the proxies alone"
            )),
            Some(network) => Ok(Self(network)),
            None => Err(format!(
                "{text} is no address and no network such as 10.0.0.0/8"
            )),
        }
    }
}

impl From<Proxy> for String {
    fn from(Proxy(network): Proxy) -> Self {
        network.to_string()
    }
}

/// `http://…` or `https://…`, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct PublicUrl(String);

impl TryFrom<String> for PublicUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let url = text.trim_end_matches('/');
        let rest = url
            .strip_prefix("https://")
            .or_else(|| url.strip_prefix("http://"));
        let odd = |sign: char| sign.is_whitespace() || sign.is_control() || "?#\"<>".contains(sign);
        match rest {
            Some(rest) if !rest.is_empty() && !rest.contains(odd) => Ok(Self(url.to_owned())),
            _ => Err(format!(
                "{text} is no URL such as https://licenses.example.com"
            )),
        }
    }
}

impl From<PublicUrl> for String {
    fn from(PublicUrl(url): PublicUrl) -> Self {
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_has_no_slash_at_its_end() {
        let url = PublicUrl::try_from("https://licenses.example.com/".to_owned()).unwrap();
        assert_eq!(String::from(url), "https://licenses.example.com");
    }

    #[test]
    fn not_everybody_is_a_proxy() {
        for everybody in ["0.0.0.0/0", "::/0", "10.0.0.0/0"] {
            let refused = Proxy::try_from(everybody.to_owned()).unwrap_err();
            assert!(refused.contains("is everybody"), "{refused}");
        }
        let some = Proxy::try_from("10.0.0.0/8".to_owned()).unwrap();
        assert_eq!(String::from(some), "10.0.0.0/8");
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for wrong in [
            "",
            "licenses.example.com",
            "https://",
            "ftp://example.com",
            "https://a b",
            "https://example.com/?a=b",
        ] {
            assert!(PublicUrl::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
