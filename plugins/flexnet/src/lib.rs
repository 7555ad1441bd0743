//! The generator `flexnet`: license files in the format of FLEXnet, which the vendor's own licensing
//! kit signs.
//!
//! `plan` makes a [`model::License`] of a request, `write` makes text of it, `read` makes a license
//! of text, `compare` tells what differs in meaning, `grants` what a text grants. A line that is slightly wrong loads and grants
//! nothing, so every text that is written is read back before it leaves. This crate never computes
//! a signature.

pub mod compare;
pub mod date;
mod describe;
mod grants;
mod keywords;
pub mod model;
mod plan;
pub mod read;
mod rules;
mod settings;
pub mod write;

use lds_plugin_api::document::{
    Description, File, GenerateRequest, GenerateResult, Problem, ReadRequest, ReadResult, SCHEMA,
    Seal, ValidateRequest, ValidateResult, VerifyRequest, VerifyResult,
};
use lds_plugin_api::{Generator, Outcome, Refusal, generator};

use compare::{Signing, differences};
use model::License;
use settings::Settings;

const FILE: &str = "license.lic";
const MEDIA_TYPE: &str = "text/plain";
const SIGNER: &str = "kit";
const CAPABILITY: &str = "seal:kit";

/// The generator.
#[derive(Debug)]
pub struct Flexnet;

#[generator]
impl Generator for Flexnet {
    fn describe() -> Description {
        describe::description()
    }

    fn generate(request: GenerateRequest) -> Outcome<GenerateResult> {
        let settings = Settings::of(&request.settings)?;
        let sealed = is_sealed(&request, &settings)?;
        let license = plan::license(&request, &settings)?;
        let warnings = write::lengths(&license)?;
        let text = write::text(&license, mark(&request, &settings));
        read_back(&license, &text)?;
        let mut result = GenerateResult::new([File::text(FILE, MEDIA_TYPE, text)]);
        result.seals.extend(sealed.then(|| Seal {
            file: FILE.to_owned(),
            signer: SIGNER.to_owned(),
        }));
        result.warnings = warnings;
        Ok(result)
    }

    fn validate(request: ValidateRequest) -> Outcome<ValidateResult> {
        Ok(ValidateResult {
            schema: SCHEMA,
            errors: plan::errors(&request),
        })
    }

    fn verify(request: VerifyRequest) -> Outcome<VerifyResult> {
        let settings = Settings::of(&request.request.settings)?;
        let license = plan::license(&request.request, &settings)?;
        let signing = if is_sealed(&request.request, &settings)? {
            Signing::Signed(&settings.signature_digits)
        } else {
            Signing::Placeholder
        };
        let differences = match text_of(&request.files) {
            Some(text) => differences(&license, &read::license(text), signing),
            None => vec![format!("the files are not one text named {FILE}")],
        };
        Ok(VerifyResult {
            schema: SCHEMA,
            same: differences.is_empty(),
            differences,
        })
    }

    fn read(request: ReadRequest) -> Outcome<ReadResult> {
        grants::read(&request)
    }
}

/// Whether the vendor's kit signs the file; a text without signatures is for nobody's use unless
/// the product says so.
fn is_sealed(request: &GenerateRequest, settings: &Settings) -> Result<bool, Problem> {
    if request.dry_run || settings.unsigned {
        return Ok(false);
    }
    if request.grants.iter().any(|grant| grant.name == CAPABILITY) {
        return Ok(true);
    }
    Err(Problem::new(
        "NO_SIGNER",
        "The vendor's signing kit is not connected, and the product is not declared unsigned.",
    )
    .at("/grants"))
}

fn mark(request: &GenerateRequest, settings: &Settings) -> Option<&'static str> {
    if request.dry_run {
        return Some("NOT FOR USE: a preview without signatures.");
    }
    settings
        .unsigned
        .then_some("NOT FOR USE: this product's licenses are not signed.")
}

fn read_back(license: &License, text: &str) -> Outcome<()> {
    match differences(license, &read::license(text), Signing::Placeholder).first() {
        None => Ok(()),
        Some(difference) => Err(Refusal::Internal(format!(
            "the text does not read back: {difference}"
        ))),
    }
}

fn text_of(files: &[File]) -> Option<&str> {
    match files {
        [file] if file.name == FILE => file.text.as_deref(),
        _ => None,
    }
}
