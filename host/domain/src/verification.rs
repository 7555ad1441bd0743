//! Which license a text is, whether it is unchanged, and what it grants. Pure: what a generator
//! reads in a text comes through its port.

use crate::error::{Code, Error, Result};
use crate::host::{Host, same};
use crate::id::LicenseId;
use crate::license::{File, License};
use crate::terms::names;

/// Files of one license.
pub const MAX_FILES: usize = 16;

names! {
    /// What a text is to the licenses that were issued.
    Match {
        /// Byte for byte that of a license.
        Exact = "EXACT",
        /// Other bytes that say the same.
        SameMeaning = "SAME_MEANING",
        /// Made from a license, but it says something else.
        Changed = "CHANGED",
        /// None of them.
        Unknown = "UNKNOWN",
    }
}

/// `verifyLicense`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyLicense {
    /// The files of one license, or some of them.
    pub files: Vec<File>,
    /// Who is to read them; absent: whichever generator can.
    pub generator: Option<String>,
}

impl VerifyLicense {
    /// Checks number and names of the files.
    ///
    /// # Errors
    /// `InvalidRequest`, `LimitExceeded`.
    pub fn check(&self) -> Result<()> {
        check_number(&self.files)?;
        for (i, file) in self.files.iter().enumerate() {
            crate::attribute::check_member("name", &file.name)
                .and_then(|()| crate::attribute::check_member("mediaType", &file.media_type))
                .map_err(|error| error.within(&format!("file[{i}]")))?;
        }
        Ok(())
    }
}

/// Refuses a license without files, and one with too many.
///
/// # Errors
/// `InvalidRequest`, `LimitExceeded`.
pub fn check_number(files: &[File]) -> Result<()> {
    match files.len() {
        0 => Err(Error::invalid("file", "One file is needed at least.")),
        1..=MAX_FILES => Ok(()),
        _ => {
            let message = format!("At most {MAX_FILES} files are allowed.");
            Err(Error::new(Code::LimitExceeded, message).at("file"))
        }
    }
}

/// What a generator reads in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The serial number, where the text shows it.
    pub license_id: Option<String>,
    /// The machines, as they are written there.
    pub hosts: Vec<Host>,
    /// All of it, as JSON.
    pub document: String,
    /// What a user would stumble over.
    pub problems: Vec<TextProblem>,
}

/// Something in a text that a user would stumble over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextProblem {
    /// The generator's code.
    pub code: String,
    /// For people.
    pub message: String,
    /// Line of the text, from 1.
    pub line: Option<u32>,
}

/// What became of `verifyLicense`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// What the text is.
    pub matched: Match,
    /// Of which license.
    pub license: Option<License>,
    /// In what it differs, a sentence each.
    pub differences: Vec<String>,
    /// What it grants, as JSON, where a generator could read it.
    pub grant: Option<String>,
    /// What a user would stumble over.
    pub problems: Vec<TextProblem>,
}

/// The license of which each of these files is one, byte for byte: best one in force, and the
/// newest of several.
pub fn exact<'a>(licenses: &'a [License], files: &[File]) -> Option<&'a License> {
    let has = |license: &License, file: &File| {
        let mut own = license.files.iter();
        own.any(|own| own.sha256 == file.sha256)
    };
    let whole = |license: &&License| files.iter().all(|file| has(license, file));
    let whole = licenses.iter().filter(whole);
    whole.max_by_key(|license| (license.is_in_force(), license.issued_at, license.id))
}

/// The ids of licenses that stand in the texts themselves, as serial numbers do.
pub fn shown_ids(files: &[File]) -> Vec<LicenseId> {
    /// As in `lic_` and 32 digits.
    const LENGTH: usize = 36;
    let texts = files
        .iter()
        .filter_map(|file| std::str::from_utf8(&file.bytes).ok());
    let places = texts.flat_map(|text| text.match_indices("lic_").map(move |(at, _)| (text, at)));
    let ids = places.filter_map(|(text, at)| text.get(at..at + LENGTH)?.parse().ok());
    let mut ids: Vec<LicenseId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Whether a license is for just these machines.
pub fn is_for(license: &License, hosts: &[Host]) -> bool {
    let has = |list: &[Host], host: &Host| list.iter().any(|other| same(host, other));
    let own = &license.hosts;
    own.iter().all(|host| has(hosts, host)) && hosts.iter().all(|host| has(own, host))
}
