//! A license text that is looked at.

use lds_domain::license::File;
use lds_domain::verification::{TextProblem, Verification, VerifyLicense};
use lds_domain::{Error, Result};

use super::{each, list, text};
use crate::wire::license as files;
use crate::wire::verify as wire;

impl TryFrom<files::File> for File {
    type Error = Error;

    /// The digest is made of what is given: one that came along is not looked at.
    fn try_from(file: files::File) -> Result<Self> {
        let bytes = match (file.text, file.data) {
            (Some(text), None) => text.into_bytes(),
            (None, Some(data)) => data.0,
            _ => {
                let message = "A file has either text or data.";
                return Err(Error::invalid("text", message));
            }
        };
        Ok(Self::new(file.name, file.media_type, bytes))
    }
}

impl TryFrom<wire::VerifyLicenseRequest> for VerifyLicense {
    type Error = Error;

    fn try_from(request: wire::VerifyLicenseRequest) -> Result<Self> {
        Ok(Self {
            files: each("file", request.file, File::try_from)?,
            generator: request.generator,
        })
    }
}

impl From<Verification> for wire::VerifyLicenseResult {
    fn from(verification: Verification) -> Self {
        Self {
            matched: text(verification.matched),
            license: verification.license.map(From::from),
            difference: verification.differences,
            grant: verification.grant,
            problem: list(verification.problems),
            extra: Vec::new(),
        }
    }
}

impl From<TextProblem> for wire::TextProblem {
    fn from(problem: TextProblem) -> Self {
        Self {
            code: problem.code,
            message: problem.message,
            line: problem.line,
            extra: Vec::new(),
        }
    }
}
