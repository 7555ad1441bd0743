//! Licenses: the result of an activation, immutable but for its state.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use time::{Date, OffsetDateTime};

use crate::access::Source;
use crate::attribute::{Attribute, check_member};
use crate::error::{Error, Result};
use crate::host::Host;
use crate::id::{CustomerId, LicenseId, OrderRef, ProductId, UserId};
use crate::product::Feature;
use crate::terms::{Terms, names};
use crate::user::Stamps;

/// Longest name of a file.
const MAX_FILE_NAME: usize = 100;

names! {
    /// Why a license exists.
    LicenseKind {
        /// An order was activated.
        Activation = "ACTIVATION",
        /// Made by staff without an order.
        Manual = "MANUAL",
        /// A short one in an emergency.
        Emergency = "EMERGENCY",
    }
}

names! {
    /// Where a license stands. Expired is no state.
    LicenseState {
        /// In force.
        Active = "ACTIVE",
        /// The vendor asked for its removal; still in force.
        RemovalRequested = "REMOVAL_REQUESTED",
        /// Taken out; final.
        Removed = "REMOVED",
        /// Another one took its place; final.
        Replaced = "REPLACED",
    }
}

names! {
    /// Who removed a license.
    RemovedBy {
        /// The vendor's staff.
        Staff = "STAFF",
        /// The customer.
        Customer = "CUSTOMER",
    }
}

/// One file of a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The file's name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes, shared: they are handed out again and again.
    pub bytes: Arc<[u8]>,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
}

impl File {
    /// A file and its digest.
    pub fn new(name: String, media_type: String, bytes: Vec<u8>) -> Self {
        let sha256 = Sha256::digest(&bytes).into();
        Self {
            name,
            media_type,
            bytes: bytes.into(),
            sha256,
        }
    }

    /// Checks name and media type, which go into headers and onto disks.
    ///
    /// # Errors
    /// `InvalidRequest`.
    pub fn check(&self) -> Result<()> {
        if !is_file_name(&self.name) || saved_as(&self.name) != self.name {
            let message = "A file's name has up to 100 letters, digits, dots, dashes and \
                           underscores. It begins with neither dot nor dash and is no device's.";
            return Err(Error::invalid("name", message));
        }
        let is_sign = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
        check_member("mediaType", &self.media_type)?;
        if !self.media_type.bytes().all(is_sign) {
            let message = "A media type is like text/plain.";
            return Err(Error::invalid("mediaType", message));
        }
        Ok(())
    }

    /// Whether the bytes were taken away: the digest of those that it had is left.
    pub fn is_erased(&self) -> bool {
        self.bytes.is_empty() && self.sha256 != <[u8; 32]>::from(Sha256::digest(b""))
    }

    /// The bytes as text, only if they are clean: UTF-8 without carriage returns and control
    /// signs but tab and line feed, which XML and every client keep as they are.
    pub fn text(&self) -> Option<&str> {
        if self.is_erased() {
            return None;
        }
        let text = std::str::from_utf8(&self.bytes).ok()?;
        let clean = |sign: char| match sign {
            '\t' | '\n' => true,
            '\u{fffe}' | '\u{ffff}' => false,
            _ => !sign.is_control(),
        };
        (text.is_ascii()
            && text
                .bytes()
                .all(|b| b >= b' ' && b != 0x7f || b == b'\t' || b == b'\n')
            || text.chars().all(clean))
        .then_some(text)
    }
}

/// `[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}`
pub fn is_file_name(name: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    name.len() <= MAX_FILE_NAME
        && name.bytes().next().is_some_and(word)
        && name.bytes().all(|byte| word(byte) || byte == b'.')
}

/// What Windows takes for a device, whatever its case and whatever follows a dot.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// The name under which a file does no harm where it is saved: plain signs, none that commands take
/// for an option or hide, and no device's.
pub fn saved_as(name: &str) -> String {
    let plain = |sign: char| match sign {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' => sign,
        _ => '_',
    };
    let name: String = name.chars().map(plain).collect();
    let stem = name.split('.').next().unwrap_or_default();
    let is_device = DEVICES
        .iter()
        .any(|device| device.eq_ignore_ascii_case(stem));
    if is_device || name.starts_with(['-', '.']) {
        format!("_{name}")
    } else {
        name
    }
}

/// A feature as granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantedFeature {
    /// The feature's name.
    pub name: String,
    /// The highest version.
    pub version: Option<String>,
    /// How many; 0 = uncounted.
    pub count: u64,
    /// Last good day in effect.
    #[serde(with = "optional_date")]
    pub expires_on: Option<Date>,
    /// Last day of maintenance in effect.
    #[serde(with = "optional_date")]
    pub maintenance_until: Option<Date>,
}

/// Which generator wrote a license.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneratorStamp {
    /// Name, as products use it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its artefact, in hex.
    pub digest: String,
}

/// Which signer signed a license.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignerStamp {
    /// Name in the operator's configuration.
    pub name: String,
    /// As in JOSE; `command` for a vendor's kit.
    pub algorithm: String,
    /// SHA-256 of the public key, in hex; of the program for a command.
    pub fingerprint: String,
}

/// How a license was asked back and removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    /// When staff asked for it.
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    pub requested_at: Option<OffsetDateTime>,
    /// When it was taken out.
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    pub removed_at: Option<OffsetDateTime>,
    /// By whom.
    pub by: Option<RemovedBy>,
    /// Which user, if staff.
    pub user: Option<UserId>,
    /// Why.
    pub reason: Option<String>,
}

/// What a license without an order is issued by, so that it can be issued anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deal {
    /// The terms.
    pub terms: Terms,
    /// What is granted.
    pub features: Vec<Feature>,
}

/// The result of one activation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct License {
    /// Identifier; its serial number.
    pub id: LicenseId,
    /// Counts changes of its state, from 1.
    pub revision: u32,
    /// Absent: manual.
    pub order: Option<OrderRef>,
    /// The first order of the family, under which the store keeps it.
    pub root: Option<OrderRef>,
    /// What it is issued by, where no order tells; absent where it was imported or erased as well.
    pub deal: Option<Arc<Deal>>,
    /// Whose.
    pub customer: CustomerId,
    /// Of what.
    pub product: ProductId,
    /// The product's code when it was issued.
    pub product_code: String,
    /// The product's name when it was issued.
    pub product_name: String,
    /// The name printed, if one is.
    pub licensee: Option<String>,
    /// Its machines, in normal form.
    pub hosts: Vec<Host>,
    /// Its files, never changed. Empty where they were not asked for.
    pub files: Vec<File>,
    /// Values given at activation.
    pub parameters: Vec<Attribute>,
    /// Why it exists.
    pub kind: LicenseKind,
    /// Where it stands.
    pub state: LicenseState,
    /// UTC, whole seconds.
    pub issued_at: OffsetDateTime,
    /// The day that its dates count from.
    pub activated_on: Date,
    /// First day; absent = at once.
    pub starts_on: Option<Date>,
    /// Last good day; absent = never ends.
    pub expires_on: Option<Date>,
    /// Last day of maintenance.
    pub maintenance_until: Option<Date>,
    /// What it grants.
    pub features: Vec<GrantedFeature>,
    /// Who wrote it; absent where it was imported.
    pub generator: Option<GeneratorStamp>,
    /// Who signed it.
    pub signers: Vec<SignerStamp>,
    /// SHA-256 of the generator's request document.
    pub input_digest: Option<[u8; 32]>,
    /// Of a dry run: it is stored nowhere, and a text of its generator is not for use.
    pub is_dry: bool,
    /// Through which interface it came.
    pub source: Source,
    /// How it was asked back and removed.
    pub removal: Option<Removal>,
    /// The license that it replaced.
    pub replaces: Option<LicenseId>,
    /// The license that replaced it.
    pub replaced_by: Option<LicenseId>,
    /// The caller's own id.
    pub external_ref: Option<String>,
    /// The caller's own data.
    pub attributes: Vec<Attribute>,
    /// When and by whom.
    pub stamps: Stamps,
}

impl License {
    /// Whether it keeps its claim and its place in the count.
    pub fn is_live(&self) -> bool {
        self.kind != LicenseKind::Emergency && self.is_in_force()
    }

    /// Whether it was neither removed nor replaced.
    pub const fn is_in_force(&self) -> bool {
        matches!(
            self.state,
            LicenseState::Active | LicenseState::RemovalRequested
        )
    }
}

mod optional_date {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
    use time::Date;

    #[expect(
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "the signature that serde asks for"
    )]
    pub(super) fn serialize<S: Serializer>(
        date: &Option<Date>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        date.map(crate::date::format).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Date>, D::Error> {
        let text: Option<String> = Option::deserialize(deserializer)?;
        text.map(|text| crate::date::parse(&text).ok_or_else(|| D::Error::custom("not a date")))
            .transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_within_a_directory() {
        assert!(is_file_name("license.lic"));
        assert!(is_file_name("-a.b_c"));
        for name in [
            "",
            ".",
            "..",
            ".hidden",
            "a/b",
            "a b",
            "ä",
            &"a".repeat(101),
        ] {
            assert!(!is_file_name(name), "{name}");
        }
    }

    #[test]
    fn saved_files_are_neither_options_nor_devices() {
        for name in [
            "license.lic",
            "a-b",
            "console",
            "com10.txt",
            "nulls.txt",
            "a.con",
        ] {
            assert_eq!(saved_as(name), name);
        }
        for (name, saved) in [
            ("-rf", "_-rf"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("Lpt9.a.b", "_Lpt9.a.b"),
            (".profile", "_.profile"),
            ("a \"b\".lic", "a__b_.lic"),
        ] {
            assert_eq!(saved_as(name), saved);
            let file = File::new(name.to_owned(), "text/plain".to_owned(), vec![1]);
            assert_eq!(
                file.check().unwrap_err().field.as_deref(),
                Some("name"),
                "{name}"
            );
        }
    }

    #[test]
    fn only_clean_text_travels_as_text() {
        let text = |bytes: &[u8]| {
            File::new("a".into(), "text/plain".into(), bytes.to_vec())
                .text()
                .map(str::to_owned)
        };
        assert_eq!(text(b"a\tb\n").as_deref(), Some("a\tb\n"));
        assert_eq!(text("Müller\n".as_bytes()).as_deref(), Some("Müller\n"));
        for unclean in [
            &b"a\r\nb"[..],
            b"a\0",
            b"\x7f",
            b"\xff",
            "\u{85}".as_bytes(),
            "\u{ffff}".as_bytes(),
        ] {
            assert_eq!(text(unclean), None);
        }
    }
}
