//! Claims: what makes a license unique in its order.
//!
//! A claim is a digest over hosts. The store keeps each (order, class, claim) once, so two
//! licenses for one machine cannot both be live, whatever nodes they are written by.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::host::{Host, same};
use crate::license::License;
use crate::terms::{HostLock, HostMatch, Terms};

/// A digest over hosts, unique within an order and class.
pub type Claim = [u8; 32];

crate::terms::names! {
    /// Claims of one class exclude each other.
    ClaimClass {
        /// Licenses that are live.
        Live = "LIVE",
        /// Emergency licenses.
        Emergency = "EMERGENCY",
    }
}

/// The claims of a license for these hosts, sorted. `hosts` are in normal form.
pub fn claims(terms: &Terms, hosts: &[Host]) -> Vec<Claim> {
    if terms.host_lock == HostLock::None {
        return vec![digest(&[])];
    }
    let sorted = sorted(hosts);
    match terms.host_match {
        HostMatch::All => vec![digest(&sorted)],
        HostMatch::AtLeast(n) => subsets(&sorted, n as usize),
    }
}

/// Whether two lists of hosts are one machine: whether licenses for them would share a claim.
pub fn same_machine(terms: &Terms, a: &[Host], b: &[Host]) -> bool {
    if terms.host_lock == HostLock::None {
        return true;
    }
    let has = |list: &[Host], host: &Host| list.iter().any(|other| same(host, other));
    match terms.host_match {
        HostMatch::All => a.iter().all(|h| has(b, h)) && b.iter().all(|h| has(a, h)),
        HostMatch::AtLeast(n) => {
            let first = |(i, host): &(usize, &Host)| !has(&a[..*i], host);
            let own = a.iter().enumerate().filter(first);
            own.filter(|(_, host)| has(b, host)).count() >= n as usize
        }
    }
}

/// The claims to look a license up by when the order's terms are not known yet: without a host
/// lock, and with all hosts equal.
pub fn likely(hosts: &[Host]) -> Vec<Claim> {
    let mut claims = vec![digest(&sorted(hosts))];
    if !hosts.is_empty() {
        claims.push(digest(&[]));
    }
    claims
}

/// Of several live licenses that match: the one with equal hosts, else most shared hosts, else
/// the oldest by (`issuedAt`, id).
pub fn best<'a>(
    matched: impl IntoIterator<Item = &'a Arc<License>>,
    hosts: &[Host],
) -> Option<&'a Arc<License>> {
    matched.into_iter().max_by_key(|license| {
        let shared = license
            .hosts
            .iter()
            .filter(|host| hosts.iter().any(|other| same(host, other)))
            .count();
        let equal = shared == hosts.len() && shared == license.hosts.len();
        (
            equal,
            shared,
            std::cmp::Reverse((license.issued_at, license.id)),
        )
    })
}

fn sorted(hosts: &[Host]) -> Vec<(&str, &str)> {
    let mut pairs: Vec<_> = hosts
        .iter()
        .map(|host| (host.host_type.as_str(), host.value.as_str()))
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

fn subsets(sorted: &[(&str, &str)], n: usize) -> Vec<Claim> {
    let mut claims = Vec::new();
    let mut chosen = Vec::with_capacity(n);
    choose(sorted, n, &mut chosen, &mut claims);
    claims.sort_unstable();
    claims
}

fn choose<'a>(
    rest: &[(&'a str, &'a str)],
    n: usize,
    chosen: &mut Vec<(&'a str, &'a str)>,
    claims: &mut Vec<Claim>,
) {
    if chosen.len() == n {
        claims.push(digest(chosen));
        return;
    }
    let missing = n - chosen.len();
    for i in 0..(rest.len() + 1).saturating_sub(missing) {
        chosen.push(rest[i]);
        choose(&rest[i + 1..], n, chosen, claims);
        chosen.pop();
    }
}

/// Each part is preceded by its length, so that no two different sets give the same bytes.
fn digest(pairs: &[(&str, &str)]) -> Claim {
    let mut hash = Sha256::new();
    for part in pairs
        .iter()
        .flat_map(|(host_type, value)| [host_type, value])
    {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::terms::{HostRule, subsets as binomial};

    fn host(value: &str) -> Host {
        Host {
            host_type: "ID".into(),
            value: value.into(),
            name: None,
            port: None,
        }
    }

    fn terms(host_match: HostMatch) -> Terms {
        Terms {
            host_lock: HostLock::Required,
            host_rules: vec![HostRule {
                host_type: "ID".into(),
                min: 0,
                max: 8,
            }],
            host_match,
            ..Terms::default()
        }
    }

    proptest! {
        #[test]
        fn two_machines_share_a_claim_exactly_when_they_share_n_hosts(
            a in proptest::collection::btree_set(0_u8..8, 2..=6),
            b in proptest::collection::btree_set(0_u8..8, 2..=6),
            n in 1_u32..=2,
        ) {
            let hosts = |set: &BTreeSet<u8>| set.iter().map(|v| host(&v.to_string())).collect::<Vec<_>>();
            let terms = terms(HostMatch::AtLeast(n));
            let (of_a, of_b) = (claims(&terms, &hosts(&a)), claims(&terms, &hosts(&b)));
            prop_assert_eq!(of_a.len() as u64, binomial(a.len() as u64, u64::from(n)));
            let shared = a.intersection(&b).count();
            prop_assert_eq!(of_a.iter().any(|c| of_b.contains(c)), shared >= n as usize);
            prop_assert_eq!(same_machine(&terms, &hosts(&a), &hosts(&b)), shared >= n as usize);
        }

        #[test]
        fn all_hosts_alike_are_one_machine(
            a in proptest::collection::vec(0_u8..3, 0..4),
            b in proptest::collection::vec(0_u8..3, 0..4),
        ) {
            let hosts = |list: &[u8]| list.iter().map(|v| host(&v.to_string())).collect::<Vec<_>>();
            let (a, b) = (hosts(&a), hosts(&b));
            for terms in [terms(HostMatch::All), Terms::default()] {
                let equal = claims(&terms, &a) == claims(&terms, &b);
                prop_assert_eq!(same_machine(&terms, &a, &b), equal);
            }
        }

        #[test]
        fn order_name_and_port_are_no_part_of_a_claim(mut values in proptest::collection::vec("[a-f0-9]{2}", 1..5)) {
            values.sort();
            values.dedup();
            let straight: Vec<_> = values.iter().map(|v| host(v)).collect();
            let turned: Vec<_> = values.iter().rev()
                .map(|v| Host { name: Some("x".into()), port: Some(27000), ..host(v) }).collect();
            let terms = terms(HostMatch::All);
            prop_assert_eq!(claims(&terms, &straight), claims(&terms, &turned));
            prop_assert_eq!(claims(&terms, &straight), vec![likely(&turned)[0]]);
        }
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let terms = terms(HostMatch::All);
        assert_ne!(
            claims(&terms, &[host("a"), host("b")]),
            claims(&terms, &[host("ab")])
        );
    }
}
