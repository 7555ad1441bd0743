//! A checked result, and its completion by signers.

use lds_domain::license::SignerStamp;
use lds_plugin_api::document as doc;

use crate::error::LoadError;
use crate::grants::Grants;
use crate::limits::MAX_SIGNATURES;
use crate::names::{is_code, is_line};
use crate::signer::Signer;
use crate::status::CallStatus;

use super::files::Files;
use super::slots::{Slot, check_apart};

/// A result that keeps all rules, before any signer is called.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) files: Files,
    /// For staff.
    pub(crate) warnings: Vec<doc::Problem>,
    slots: Vec<Slot>,
    seals: Vec<Seal>,
}

#[derive(Debug)]
struct Seal {
    file: usize,
    /// The signer behind the role.
    signer: String,
}

/// A completed result.
pub(crate) struct Signed {
    pub(crate) files: Files,
    pub(crate) signers: Vec<SignerStamp>,
    /// Whether a program has changed a file: VERIFY must agree.
    pub(crate) sealed: bool,
}

/// Why a result is refused: the status and words for the log.
pub(crate) type Refused = (CallStatus, String);

impl Draft {
    /// Checks files, slots, seals and warnings against the grants.
    pub(crate) fn read(result: doc::GenerateResult, grants: &Grants) -> Result<Self, Refused> {
        let files = Files::read(result.files).map_err(bad)?;
        if result.signatures.len() > MAX_SIGNATURES {
            return Err(bad("more than 16 signatures".into()));
        }
        let slots = result
            .signatures
            .into_iter()
            .map(|slot| read_slot(slot, &files, grants))
            .collect::<Result<Vec<_>, _>>()?;
        check_apart(&slots).map_err(bad)?;
        let mut seals = Vec::with_capacity(result.seals.len());
        for seal in result.seals {
            let seal = read_seal(&seal, &files, grants)?;
            check_seal(&seal, &seals, &slots).map_err(bad)?;
            seals.push(seal);
        }
        check_problems(&result.warnings).map_err(bad)?;
        Ok(Self {
            files,
            warnings: result.warnings,
            slots,
            seals,
        })
    }

    /// Signs and seals; all or nothing.
    pub(crate) async fn complete(self, grants: &Grants) -> Result<Signed, LoadError> {
        let mut signed = Signed {
            files: self.files,
            signers: Vec::new(),
            sealed: !self.seals.is_empty(),
        };
        let mut slots = self.slots;
        // From the last place to the first, so that places stay where they are.
        slots.sort_by_key(|slot| std::cmp::Reverse(slot.place.start));
        for slot in &slots {
            signed.fill(slot, grants).await?;
        }
        for seal in &self.seals {
            signed.seal(seal, grants).await?;
        }
        Ok(signed)
    }
}

impl Signed {
    async fn fill(&mut self, slot: &Slot, grants: &Grants) -> Result<(), LoadError> {
        let grant = grants
            .sign(&slot.role)
            .ok_or_else(|| LoadError::new("a grant is gone"))?;
        let Signer::Key(key) = grants.signers().get(&grant.signer)? else {
            return Err(LoadError::new("a grant is of the wrong kind"));
        };
        let signature = key.sign(slot.algorithm, &slot.message).await?;
        let signature = slot.encode(&signature);
        let bytes = &mut self.files.0[slot.file].bytes;
        bytes.splice(slot.place.clone(), signature);
        self.note(grant.stamp());
        Ok(())
    }

    async fn seal(&mut self, seal: &Seal, grants: &Grants) -> Result<(), LoadError> {
        let Signer::Command(program) = grants.signers().get(&seal.signer)? else {
            return Err(LoadError::new("a grant is of the wrong kind"));
        };
        let stamp = SignerStamp {
            name: seal.signer.clone(),
            algorithm: "command".into(),
            fingerprint: program.fingerprint()?,
        };
        let file = &mut self.files.0[seal.file];
        file.bytes = program.seal(&file.name, &file.bytes).await?;
        self.note(stamp);
        Ok(())
    }

    /// Each signer once.
    fn note(&mut self, stamp: SignerStamp) {
        if !self.signers.contains(&stamp) {
            self.signers.push(stamp);
        }
    }
}

fn read_slot(slot: doc::SignatureSlot, files: &Files, grants: &Grants) -> Result<Slot, Refused> {
    let Some(grant) = grants.sign(&slot.signer) else {
        let note = format!("a signature by sign:{}", slot.signer);
        return Err((CallStatus::NotGranted, note));
    };
    if slot.algorithm != grant.algorithm.name() {
        return Err(bad(format!(
            "a signature of {}, but {} is granted",
            slot.algorithm, grant.algorithm
        )));
    }
    Slot::read(slot, grant.algorithm, files).map_err(bad)
}

fn read_seal(seal: &doc::Seal, files: &Files, grants: &Grants) -> Result<Seal, Refused> {
    let Some(signer) = grants.seal(&seal.signer) else {
        let note = format!("a seal by seal:{}", seal.signer);
        return Err((CallStatus::NotGranted, note));
    };
    Ok(Seal {
        file: files.place(&seal.file).map_err(bad)?,
        signer: signer.into(),
    })
}

fn check_seal(seal: &Seal, others: &[Seal], slots: &[Slot]) -> Result<(), String> {
    if others.iter().any(|other| other.file == seal.file) {
        return Err("a file is sealed twice".into());
    }
    if slots.iter().any(|slot| slot.file == seal.file) {
        return Err("a sealed file has signature slots".into());
    }
    Ok(())
}

/// Codes and messages that are shown to people.
pub(crate) fn check_problems(problems: &[doc::Problem]) -> Result<(), String> {
    let bad = |problem: &&doc::Problem| !is_code(&problem.code) || !is_line(&problem.message);
    match problems.iter().find(bad) {
        Some(_) => Err("a code or message does not have its form".into()),
        None => Ok(()),
    }
}

fn bad(note: String) -> Refused {
    (CallStatus::BadOutput, note)
}
