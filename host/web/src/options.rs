//! What an operator can set about HTTP. Reading it from files is the binary's business.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use lds_domain::token::Network;

use crate::http::body;
use crate::http::connection;

/// Everything that can be set about the public interfaces.
#[derive(Clone, Debug)]
pub struct Options {
    /// The URL that callers see; absent: told by each request.
    pub public_url: Option<String>,
    /// Proxies whose word on addresses and hosts is taken.
    pub trusted_proxies: Vec<Network>,
    /// Bytes of a request's body, packed and unpacked.
    pub body_limit: usize,
    /// Time until the headers of the next request are there, waiting included.
    pub header_timeout: Duration,
    /// Time until the body is there.
    pub body_timeout: Duration,
    /// Connections at once; more wait.
    pub max_connections: usize,
    /// How the portal presents itself.
    pub branding: Branding,
    /// Other license servers that have texts written here.
    pub generator: GeneratorService,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            public_url: None,
            trusted_proxies: Vec::new(),
            body_limit: 4 << 20,
            header_timeout: Duration::from_mins(1),
            body_timeout: Duration::from_secs(30),
            max_connections: 1024,
            branding: Branding::default(),
            generator: GeneratorService::default(),
        }
    }
}

impl Options {
    pub(crate) fn connection_limits(&self) -> connection::Limits {
        connection::Limits {
            connections: self.max_connections,
            head_time: self.header_timeout,
            proxies: self.trusted_proxies.clone().into(),
        }
    }

    pub(crate) const fn body_limits(&self) -> body::Limits {
        body::Limits {
            size: self.body_limit,
            time: self.body_timeout,
        }
    }
}

/// The service for other license servers.
#[derive(Clone, Debug, Default)]
pub struct GeneratorService {
    /// Who needs no credentials.
    pub addresses: Vec<Network>,
    /// License technologies and their generators; any other is the generator of its name.
    pub technologies: BTreeMap<String, String>,
}

impl GeneratorService {
    /// Whether an address alone is enough.
    pub(crate) fn lets_in(&self, address: IpAddr) -> bool {
        self.addresses.iter().any(|network| network.holds(address))
    }
}

/// How the portal presents itself. Nothing of the vendor is invented.
#[derive(Clone, Debug)]
pub struct Branding {
    /// The name on every page.
    pub name: String,
    /// An e-mail address for questions.
    pub support_email: Option<String>,
}

impl Default for Branding {
    fn default() -> Self {
        Self {
            name: "License portal".to_owned(),
            support_email: None,
        }
    }
}
