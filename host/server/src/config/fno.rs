//! `[fno]`: `FlexNet` Operations, which has its license texts written here.

use std::collections::BTreeMap;

use lds_domain::token::Network;
use serde::{Deserialize, Serialize};

/// `[fno]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Fno {
    /// Who needs no credentials.
    pub(crate) addresses: Vec<Address>,
    /// License technology = generator.
    pub(crate) technologies: BTreeMap<String, String>,
}

impl Fno {
    /// The settings of the web room.
    pub(crate) fn options(&self) -> lds_web::GeneratorService {
        lds_web::GeneratorService {
            addresses: self.addresses.iter().map(|address| address.0).collect(),
            technologies: self.technologies.clone(),
        }
    }
}

/// An address or network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Address(Network);

impl TryFrom<String> for Address {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match Network::parse(&text) {
            Some(Network { bits: 0, .. }) => Err(format!(
                "{text} is everybody, who could then have licenses written: name the servers alone"
            )),
            Some(network) => Ok(Self(network)),
            None => Err(format!(
                "{text} is no address and no network such as 10.0.0.0/8"
            )),
        }
    }
}

impl From<Address> for String {
    fn from(Address(network): Address) -> Self {
        network.to_string()
    }
}
