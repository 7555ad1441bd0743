//! Following one chain, entry by entry.

use lds_domain::records::{AuditFault, Verdict};

use super::report;
use crate::row::{Hex, RowId};
use crate::write::audit::{AuditRow, SignedHead};

/// Where the following of a chain stands.
pub(super) struct Follower<'a> {
    verdict: &'a mut Verdict,
    chain: RowId,
    head: Option<&'a SignedHead>,
    /// The number of the next entry.
    next: i64,
    /// The hash that the next entry must name; absent where the one before was not seen.
    previous: Option<Hex<'static>>,
}

impl<'a> Follower<'a> {
    /// Follows a chain from an entry on; the head is one whose signature is right.
    pub(super) fn new(
        verdict: &'a mut Verdict,
        chain: RowId,
        head: Option<&'a SignedHead>,
        next: i64,
    ) -> Self {
        Self {
            verdict,
            chain,
            head,
            next,
            previous: (next == 1).then(|| Hex(vec![0; 32].into())),
        }
    }

    /// Looks at the next entry that is there.
    pub(super) fn take(&mut self, row: AuditRow<'_>) {
        self.verdict.entries += 1;
        if row.seq != self.next {
            self.missing(row.seq - 1);
            self.previous = None;
        }
        if row.digest()[..] != *row.hash.0 {
            self.report(
                AuditFault::EntryChanged,
                row.seq,
                "is not as it was written",
            );
        } else if self
            .previous
            .as_ref()
            .is_some_and(|hash| *hash != row.previous)
        {
            self.report(
                AuditFault::EntryNotLinked,
                row.seq,
                "does not follow the one before",
            );
        }
        match self.head {
            Some(SignedHead(seq, hash, ..)) if *seq == row.seq && *hash != row.hash => {
                self.report(
                    AuditFault::EntryReplaced,
                    row.seq,
                    "is not the one that was signed",
                );
            }
            Some(SignedHead(seq, ..)) if *seq >= row.seq => {}
            _ => self.verdict.unsigned += 1,
        }
        self.next = row.seq.saturating_add(1);
        self.previous = Some(Hex(row.hash.0.into_owned().into()));
    }

    /// The number of the entry that would come next.
    pub(super) const fn next(&self) -> i64 {
        self.next
    }

    /// Entries from the next one on to this are not there.
    pub(super) fn missing(&mut self, last: i64) {
        let (first, chain) = (self.next, self.chain.0);
        let message = if first == last {
            format!("Entry {first} of chain {chain} is not there.")
        } else {
            format!("Entries {first} to {last} of chain {chain} are not there.")
        };
        let place = (Some(self.chain), Some(first));
        report(self.verdict, AuditFault::EntriesMissing, place, message);
    }

    fn report(&mut self, fault: AuditFault, seq: i64, what: &str) {
        let message = format!("Entry {seq} of chain {} {what}.", self.chain.0);
        report(self.verdict, fault, (Some(self.chain), Some(seq)), message);
    }
}

#[cfg(test)]
mod tests {
    use lds_domain::access::Actor;
    use lds_domain::audit::AuditEntry;
    use lds_domain::ports::fixed::{FixedClock, SeededRandom};
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;
    use crate::keys::{Keys, MasterKey};
    use crate::write::audit::Chain;

    const NOW: time::OffsetDateTime = datetime!(2026-11-25 10:00 UTC);

    /// What somebody does to a chain that lies in a database.
    #[derive(Clone, Debug)]
    enum Harm {
        /// Another reason in an entry.
        Change(usize),
        /// The same, and all hashes from there on made to fit: needs no key.
        Rewrite(usize),
        Remove(usize),
        /// Leaves so many.
        Cut(usize),
        /// Two entries in each other's place.
        Swap(usize, usize),
    }

    fn harms(count: usize) -> impl Strategy<Value = Harm> {
        let any = 0..count;
        prop_oneof![
            any.clone().prop_map(Harm::Change),
            any.clone().prop_map(Harm::Rewrite),
            any.clone().prop_map(Harm::Remove),
            any.clone().prop_map(Harm::Cut),
            (any.clone(), any)
                .prop_filter("two", |(one, other)| one != other)
                .prop_map(|(one, other)| Harm::Swap(one, other)),
        ]
    }

    fn keys() -> Keys {
        Keys::derive(&MasterKey::new([1; 32])).unwrap()
    }

    /// A chain of so many entries, signed at its end, and a few after that.
    fn chain(
        entries: &[AuditEntry],
        more: &[AuditEntry],
    ) -> (Vec<AuditRow<'static>>, RowId, SignedHead) {
        let mut chain = Chain::new(&FixedClock::new(NOW), &SeededRandom::new(1));
        let mut rows = Vec::new();
        for (n, entry) in entries.iter().enumerate() {
            let heads = (n == 0).then_some(&[][..]);
            rows.push(owned(&chain.append(entry, &keys(), heads).unwrap()));
        }
        let (id, head) = chain.signed(&keys(), 0);
        for entry in more {
            rows.push(owned(&chain.append(entry, &keys(), None).unwrap()));
        }
        (rows, id, head)
    }

    fn owned(row: &AuditRow<'_>) -> AuditRow<'static> {
        serde_json::from_value(serde_json::to_value(row).unwrap()).unwrap()
    }

    fn rehash(rows: &mut [AuditRow<'static>], from: usize) {
        for place in from..rows.len() {
            if place > from {
                rows[place].previous = rows[place - 1].hash.clone();
            }
            rows[place].hash = Hex(rows[place].digest().to_vec().into());
        }
    }

    fn harm(rows: &mut Vec<AuditRow<'static>>, harm: &Harm) {
        match *harm {
            Harm::Change(place) => rows[place].reason = Some("nothing to see".into()),
            Harm::Rewrite(place) => {
                rows[place].reason = Some("nothing to see".into());
                rehash(rows, place);
            }
            Harm::Remove(place) => drop(rows.remove(place)),
            Harm::Cut(place) => rows.truncate(place),
            Harm::Swap(one, other) => {
                let (first, second) = (rows[one].seq, rows[other].seq);
                rows.swap(one, other);
                (rows[one].seq, rows[other].seq) = (first, second);
            }
        }
    }

    /// As the verification does with the pages of a chain.
    fn followed(rows: Vec<AuditRow<'static>>, chain: RowId, head: &SignedHead) -> Verdict {
        let mut verdict = Verdict::default();
        let mut follower = Follower::new(&mut verdict, chain, Some(head), 1);
        for row in rows {
            follower.take(row);
        }
        if follower.next() <= head.0 {
            follower.missing(head.0);
        }
        verdict
    }

    fn entries(count: usize) -> Vec<AuditEntry> {
        let entry = |n: usize| AuditEntry {
            reason: Some(format!("reason {n}")),
            ..AuditEntry::new(&Actor::operator(), NOW, "storeCustomers", &n)
        };
        (0..count).map(entry).collect()
    }

    proptest! {
        #[test]
        fn whatever_is_done_to_signed_entries_is_found(
            (count, more, done) in (2_usize..20, 0_usize..4)
                .prop_flat_map(|(count, more)| (Just(count), Just(more), harms(count)))
        ) {
            let (mut rows, id, head) = chain(&entries(count), &entries(more));
            let intact = followed(rows.iter().map(owned).collect(), id, &head);
            prop_assert_eq!(&intact.problems, &[]);
            prop_assert_eq!((intact.entries, intact.unsigned), ((count + more) as u64, more as u64));
            harm(&mut rows, &done);
            prop_assert!(!followed(rows, id, &head).is_intact());
        }

        #[test]
        fn a_head_is_good_for_its_own_chain_and_key_only(other: [u8; 32]) {
            let (_, id, head) = chain(&entries(1), &[]);
            prop_assert!(head.is_signed(id, &keys()));
            prop_assert!(!head.is_signed(RowId::default(), &keys()));
            prop_assume!(other != [1; 32]);
            prop_assert!(!head.is_signed(id, &Keys::derive(&MasterKey::new(other)).unwrap()));
        }
    }
}
