//! The roll of audit chains: how many were begun, and a combination of their marks, signed. It
//! changes only when a chain begins, in the same transaction, and tells of a chain that is gone
//! though no other one names it.

use aws_lc_rs::{constant_time, hmac};

use super::batch::Writing;
use crate::Shared;
use crate::connection::{Connection, ask};
use crate::failure::Failure;
use crate::keys::Keys;
use crate::row::{RowId, Rows, hex, unhex};

/// The setting that holds it.
pub(crate) const SETTING: &str = "audit_chains";

/// The roll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Roll {
    count: u64,
    marks: [u8; 32],
}

impl Roll {
    /// Of these chains.
    pub(crate) fn of(chains: &[RowId], keys: &Keys) -> Self {
        let mut roll = Self::default();
        for chain in chains {
            roll.add(*chain, keys);
        }
        roll
    }

    fn add(&mut self, chain: RowId, keys: &Keys) {
        let mut context = hmac::Context::with_key(&keys.audit_heads);
        context.update(b"chain");
        context.update(chain.0.as_bytes());
        let mark = context.sign();
        self.count += 1;
        for (sum, mark) in self.marks.iter_mut().zip(mark.as_ref()) {
            *sum ^= mark;
        }
    }

    /// The text that is kept: `count:marks:signature`.
    fn seal(&self, keys: &Keys) -> String {
        let signature = hex(self.signature(keys).as_ref());
        format!("{}:{}:{signature}", self.count, hex(&self.marks))
    }

    /// Reads the text; nothing if the installation's key did not sign it.
    pub(crate) fn open(text: &str, keys: &Keys) -> Option<Self> {
        let (count, rest) = text.split_once(':')?;
        let (marks, signature) = rest.split_once(':')?;
        let roll = Self {
            count: count.parse().ok()?,
            marks: unhex(marks)?.try_into().ok()?,
        };
        let signature = unhex(signature)?;
        constant_time::verify_slices_are_equal(roll.signature(keys).as_ref(), &signature).ok()?;
        Some(roll)
    }

    fn signature(&self, keys: &Keys) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&keys.audit_heads);
        context.update(b"chains");
        context.update(&self.count.to_le_bytes());
        context.update(&self.marks);
        context.sign()
    }
}

/// Adds a chain. `first`: no other chain has entries, so that there may be no roll yet. One that
/// is gone or was tampered with stays so: it must be found out, not mended.
pub(super) async fn enter(
    shared: &Shared,
    connection: &mut dyn Connection,
    chain: RowId,
    first: bool,
) -> Result<(), Failure> {
    let sql = &shared.statements.writes;
    let mut writing = Writing { connection };
    if first {
        let empty = Roll::default().seal(&shared.keys);
        writing.some(&sql.setting, one(&(SETTING, empty))?).await?;
    }
    writing.some(&sql.hold_setting, one(&(SETTING,))?).await?;
    let question = one(&(SETTING,))?;
    let found: Vec<(String, String)> = ask(
        writing.connection,
        &shared.statements.reads.settings,
        question,
    )
    .await?;
    let roll = found
        .first()
        .and_then(|(_, text)| Roll::open(text, &shared.keys));
    if let Some(mut roll) = roll {
        roll.add(chain, &shared.keys);
        let row = one(&(SETTING, roll.seal(&shared.keys)))?;
        writing.all(&sql.replace_setting, row).await?;
    }
    Ok(())
}

fn one(row: &impl serde::Serialize) -> Result<Rows, Failure> {
    let mut rows = Rows::default();
    rows.push(row)?;
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::keys::MasterKey;

    proptest! {
        #[test]
        fn a_roll_is_that_of_its_chains_only(ids in proptest::collection::hash_set(any::<u128>(), 1..20)) {
            let keys = Keys::derive(&MasterKey::new([1; 32])).unwrap();
            let chains: Vec<RowId> = ids.iter().map(|id| RowId(Uuid::from_u128(*id))).collect();
            let text = Roll::of(&chains, &keys).seal(&keys);
            let roll = Roll::open(&text, &keys).unwrap();
            let backwards: Vec<RowId> = chains.iter().rev().copied().collect();
            prop_assert_eq!(roll, Roll::of(&backwards, &keys));
            prop_assert_ne!(roll, Roll::of(&chains[1..], &keys));
            let other = Keys::derive(&MasterKey::new([2; 32])).unwrap();
            prop_assert_eq!(Roll::open(&text, &other), None);
            let more = text.replacen(&format!("{}:", chains.len()), &format!("{}:", chains.len() + 1), 1);
            prop_assert_eq!(Roll::open(&more, &keys), None);
        }
    }
}
