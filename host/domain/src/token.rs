//! API tokens: credentials of programs.

use std::net::IpAddr;

use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::access::Scope;
use crate::attribute::{check_count, check_member};
use crate::error::{Error, Result};
use crate::id::{TokenId, UserId};
use crate::ports::Random;
use crate::terms::names;
use crate::user::Stamps;

/// Addresses of one token.
pub const MAX_ADDRESSES: usize = 16;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM_SIGNS: usize = 43;
const CHECK_SIGNS: usize = 6;
const PREFIX: &str = "lds_";

names! {
    /// Whether a token can be used, but for its expiry.
    TokenState {
        /// It can.
        Active = "ACTIVE",
        /// Never again.
        Revoked = "REVOKED",
    }
}

/// An API token; its secret is shown once and only its digest kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Identifier.
    pub id: TokenId,
    /// For people.
    pub name: String,
    /// Whose rights it carries.
    pub user: UserId,
    /// What of them.
    pub scopes: Vec<Scope>,
    /// UTC; absent = does not expire.
    pub expires_at: Option<OffsetDateTime>,
    /// Networks it is taken from, empty = everywhere.
    pub addresses: Vec<Network>,
    /// SHA-256 of the secret.
    pub digest: [u8; 32],
    /// The secret as [`crate::ports::Secrets`] sealed it; only of a token for password digests.
    pub sealed: Option<Vec<u8>>,
    /// UTC.
    pub last_used_at: Option<OffsetDateTime>,
    /// Revoked tokens are kept for the record.
    pub revoked: bool,
    /// When and by whom.
    pub stamps: Stamps,
}

/// How a token is named by whoever shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKey {
    /// By its id, beside a proof of the secret.
    Id(TokenId),
    /// By the SHA-256 of its secret.
    Digest([u8; 32]),
}

/// A proof of a secret that was shown and is good once: a password digest of WS-Security, which is
/// another one for every nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Proof(pub [u8; 20]);

/// A proof that was shown, and how long it must not be shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent {
    /// Which.
    pub proof: Proof,
    /// UTC; later it would be too old to be taken.
    pub until: OffsetDateTime,
}

impl Token {
    /// Whether it was revoked.
    pub const fn state(&self) -> TokenState {
        if self.revoked {
            TokenState::Revoked
        } else {
            TokenState::Active
        }
    }

    /// Whether it can be used at this moment from this address.
    pub fn is_good(&self, now: OffsetDateTime, address: Option<IpAddr>) -> bool {
        let inside = || {
            address
                .is_some_and(|address| self.addresses.iter().any(|network| network.holds(address)))
        };
        !self.revoked
            && self.expires_at.is_none_or(|end| now < end)
            && (self.addresses.is_empty() || inside())
    }
}

/// A new secret `lds_…`: 256 random bits and six check signs by which scanners and typists see a
/// slip.
pub fn draw_secret(random: &dyn Random) -> String {
    let body = format!("{PREFIX}{}", draw_signs(random, RANDOM_SIGNS));
    let check = check_signs(&body);
    body + &check
}

/// So many random letters and digits, of nearly six bits each.
pub(crate) fn draw_signs(random: &dyn Random, count: usize) -> String {
    let mut drawn = String::with_capacity(count);
    while drawn.len() < count {
        let mut bytes = [0_u8; 64];
        random.fill(&mut bytes);
        // Values of 248 and more would favour the first signs.
        let signs = bytes
            .into_iter()
            .filter(|byte| *byte < 248)
            .map(|b| char::from(ALPHABET[usize::from(b % 62)]));
        drawn.extend(signs.take(count - drawn.len()));
    }
    drawn
}

/// Whether a text has the form of a token's secret, check signs included.
pub fn is_well_formed(secret: &str) -> bool {
    secret.is_ascii()
        && secret.len() == PREFIX.len() + RANDOM_SIGNS + CHECK_SIGNS
        && secret.starts_with(PREFIX)
        && check_signs(&secret[..PREFIX.len() + RANDOM_SIGNS])
            == secret[PREFIX.len() + RANDOM_SIGNS..]
}

/// What is stored of a secret. It has 256 random bits, so a plain digest is enough.
pub fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

fn check_signs(body: &str) -> String {
    let hash = digest(body);
    hash[..CHECK_SIGNS]
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 62)]))
        .collect()
}

/// An address or a network in CIDR notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// The network's address.
    pub address: IpAddr,
    /// Leading bits that count.
    pub bits: u8,
}

impl Network {
    /// Reads `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32`.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Some(most), |bits| {
            bits.parse().ok().filter(|bits| *bits <= most)
        })?;
        Some(Self { address, bits })
    }

    /// Whether an address lies inside.
    pub fn holds(self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(net), IpAddr::V4(host)) => {
                prefix(u128::from(u32::from(net)) << 96, self.bits)
                    == prefix(u128::from(u32::from(host)) << 96, self.bits)
            }
            (IpAddr::V6(net), IpAddr::V6(host)) => {
                prefix(net.into(), self.bits) == prefix(host.into(), self.bits)
            }
            _ => false,
        }
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

fn prefix(address: u128, bits: u8) -> u128 {
    if bits == 0 {
        0
    } else {
        address >> (128 - u32::from(bits))
    }
}

/// Checks the members that a caller sets.
pub fn check(name: &str, scopes: &[Scope], addresses: &[Network]) -> Result<()> {
    check_member("name", name)?;
    if scopes.is_empty() {
        return Err(Error::invalid("scope", "A token has one scope at least."));
    }
    check_count("address", addresses.len(), MAX_ADDRESSES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::fixed::SeededRandom;

    #[test]
    fn a_drawn_secret_is_well_formed_and_a_slip_is_seen() {
        let secret = draw_secret(&SeededRandom::new(3));
        assert!(is_well_formed(&secret));
        for place in 0..secret.len() {
            let mut slip = secret.clone().into_bytes();
            slip[place] = if slip[place] == b'7' { b'8' } else { b'7' };
            assert!(!is_well_formed(std::str::from_utf8(&slip).unwrap()));
        }
        assert!(!is_well_formed("lds_é"));
    }

    #[test]
    fn networks_hold_their_addresses() {
        let holds =
            |net: &str, host: &str| Network::parse(net).unwrap().holds(host.parse().unwrap());
        assert!(holds("192.0.2.0/24", "192.0.2.200"));
        assert!(!holds("192.0.2.0/24", "192.0.3.1"));
        assert!(holds("0.0.0.0/0", "8.8.8.8"));
        assert!(holds("2001:db8::/32", "2001:db8:1::1"));
        assert!(holds("192.0.2.7", "::ffff:192.0.2.7"));
        assert!(Network::parse("192.0.2.0/33").is_none());
    }
}
