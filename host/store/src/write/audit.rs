//! The audit log: one hash chain a writer.
//!
//! Each entry holds the hash of the one before and its own, over all its members; the first entry
//! of a chain names the heads of the others, so that whole chains can't be taken away unseen.
//! Values are never kept, only keyed digests of them. The head moves in memory after COMMIT: where
//! it is not known whether a transaction is there, a new chain begins.

use std::borrow::Cow;

use aws_lc_rs::{constant_time, digest, hmac};
use lds_domain::audit::AuditEntry;
use lds_domain::id::{EventId, Id};
use lds_domain::ports::{Clock, Random};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::failure::Failure;
use crate::keys::Keys;
use crate::row::{Hex, Millis, RowId, hex, row};
use crate::rows::{Text, text};

/// Other chains that the first entry of a chain names; each of them names others in turn.
pub(super) const MOST_HEADS: u32 = 256;
/// Bytes of the digest of a value.
const VALUE_DIGEST: usize = 16;

row! {
    /// An entry.
    AuditRow<'a> in "audit" {
        chain: RowId as Id,
        seq: i64 as Int,
        time: i64 as Int,
        actor: Text<'a> as Text,
        address: Option<Text<'a>> as Text,
        source: Text<'a> as Text,
        action: Text<'a> as Text,
        subject: Text<'a> as Text,
        request_id: Option<Text<'a>> as Text,
        changes: Text<'a> as Text,
        reason: Option<Text<'a>> as Text,
        heads: Option<Text<'a>> as Text,
        previous: Hex<'a> as Bytes,
        hash: Hex<'a> as Bytes,
    }
}

/// The last entry of a chain.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Head(pub(crate) RowId, pub(crate) i64, pub(crate) Hex<'static>);

/// A chain and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    id: Uuid,
    seq: u64,
    hash: [u8; 32],
}

impl Chain {
    /// A chain without entries.
    pub(crate) fn new(clock: &dyn Clock, random: &dyn Random) -> Self {
        Self {
            id: EventId::generate(clock, random).uuid(),
            seq: 0,
            hash: [0; 32],
        }
    }

    /// Its name.
    pub(crate) const fn id(&self) -> RowId {
        RowId(self.id)
    }

    /// Whether it has no entry yet.
    pub(crate) const fn is_new(&self) -> bool {
        self.seq == 0
    }

    /// The number of its last entry.
    pub(crate) const fn seq(&self) -> u64 {
        self.seq
    }

    /// Appends an entry; `heads` are given with the first one.
    pub(crate) fn append<'a>(
        &mut self,
        entry: &'a AuditEntry,
        keys: &Keys,
        heads: Option<&[Head]>,
    ) -> Result<AuditRow<'a>, Failure> {
        self.seq += 1;
        let heads = heads.map(serde_json::to_string).transpose()?;
        let mut row = AuditRow {
            chain: self.id(),
            seq: number(self.seq),
            time: Millis::number(entry.time),
            actor: Cow::Borrowed(&entry.actor),
            address: text(entry.address.as_ref()),
            source: Cow::Borrowed(entry.source.name()),
            action: Cow::Borrowed(entry.action),
            subject: Cow::Borrowed(&entry.subject),
            request_id: text(entry.request_id.as_ref()),
            changes: Cow::Owned(changes(entry, &keys.audit_values)?),
            reason: text(entry.reason.as_ref()),
            heads: heads.map(Cow::Owned),
            previous: Hex(Cow::Owned(self.hash.to_vec())),
            hash: Hex::default(),
        };
        self.hash = row.digest();
        row.hash = Hex(Cow::Owned(self.hash.to_vec()));
        Ok(row)
    }

    /// The head, signed.
    pub(crate) fn signed(&self, keys: &Keys, at: i64) -> (RowId, SignedHead) {
        let mut head = SignedHead(
            number(self.seq),
            Hex(self.hash.to_vec().into()),
            at,
            Hex::default(),
        );
        head.3 = Hex(Cow::Owned(
            head.signature(self.id(), keys).sign().as_ref().to_vec(),
        ));
        (self.id(), head)
    }
}

/// The last entry of a chain when it was signed: `[seq, hash, signed at, signature]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SignedHead(
    pub(crate) i64,
    pub(crate) Hex<'static>,
    pub(crate) i64,
    pub(crate) Hex<'static>,
);

impl SignedHead {
    /// Whether the installation's key signed it as the head of this chain.
    pub(crate) fn is_signed(&self, chain: RowId, keys: &Keys) -> bool {
        let signature = self.signature(chain, keys).sign();
        constant_time::verify_slices_are_equal(signature.as_ref(), &self.3.0).is_ok()
    }

    fn signature(&self, chain: RowId, keys: &Keys) -> hmac::Context {
        let mut context = hmac::Context::with_key(&keys.audit_heads);
        context.update(chain.0.as_bytes());
        context.update(&self.0.to_le_bytes());
        context.update(&self.1.0);
        context.update(&self.2.to_le_bytes());
        context
    }
}

/// Entries are counted far below this.
fn number(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// `[member, digest before?, digest after?]` of each changed member.
fn changes(entry: &AuditEntry, key: &hmac::Key) -> Result<String, Failure> {
    let digest = |member: &str, value: Option<&String>| {
        value.map(|value| {
            let mut context = hmac::Context::with_key(key);
            context.update(member.as_bytes());
            context.update(&[0]);
            context.update(value.as_bytes());
            hex(&context.sign().as_ref()[..VALUE_DIGEST])
        })
    };
    let changes: Vec<_> = entry
        .changes
        .iter()
        .map(|change| {
            let member = change.member.as_str();
            (
                member,
                digest(member, change.before.as_ref()),
                digest(member, change.after.as_ref()),
            )
        })
        .collect();
    Ok(serde_json::to_string(&changes)?)
}

impl AuditRow<'_> {
    /// SHA-256 over all members but the hash, each after its length, so that none runs into
    /// another.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let row = self;
        let mut context = digest::Context::new(&digest::SHA256);
        let mut part = |bytes: Option<&[u8]>| {
            let length = bytes.map_or(0, |bytes| bytes.len() as u64 + 1);
            context.update(&length.to_le_bytes());
            context.update(bytes.unwrap_or_default());
        };
        let optional = |text: &Option<Text<'_>>| text.as_ref().map(|text| text.as_bytes().to_vec());
        part(Some(row.chain.0.as_bytes()));
        part(Some(&row.seq.to_le_bytes()));
        part(Some(&row.time.to_le_bytes()));
        part(Some(row.actor.as_bytes()));
        part(optional(&row.address).as_deref());
        part(Some(row.source.as_bytes()));
        part(Some(row.action.as_bytes()));
        part(Some(row.subject.as_bytes()));
        part(optional(&row.request_id).as_deref());
        part(Some(row.changes.as_bytes()));
        part(optional(&row.reason).as_deref());
        part(optional(&row.heads).as_deref());
        part(Some(&row.previous.0));
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        hash
    }
}
