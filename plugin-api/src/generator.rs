//! What a plugin's author implements, and the way from bytes to it and back. Pure: it knows
//! documents and statuses, not how they are carried.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::document::{
    Description, GenerateRequest, GenerateResult, HostAnswer, HostRequest, Problem, ReadRequest,
    ReadResult, Rejection, SCHEMA, SelfTest, ValidateRequest, ValidateResult, VerifyRequest,
    VerifyResult,
};
use crate::{Op, Status, strict};

/// What an operation comes to.
pub type Outcome<T> = Result<T, Refusal>;

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The vendor's no; its text is shown to the user.
    Rejected(Problem),
    /// The input was not understood; for the log.
    Input(String),
    /// Own failure; for the log.
    Internal(String),
    /// The operation does not exist.
    Unsupported,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Rejected(problem)
    }
}

/// A generator: pure functions of their document. Date, time and seed come in the request; no file,
/// network or clock, and nothing that a call leaves behind may change the next.
///
/// List in [`Description::ops`] what is implemented beyond DESCRIBE, GENERATE and SELFTEST.
pub trait Generator {
    /// What it is; always the same.
    fn describe() -> Description;

    /// Writes a license.
    fn generate(request: GenerateRequest) -> Outcome<GenerateResult>;

    /// Checks a product or order before there is a license.
    fn validate(_request: ValidateRequest) -> Outcome<ValidateResult> {
        Err(Refusal::Unsupported)
    }

    /// Compares files with a request, by meaning.
    fn verify(_request: VerifyRequest) -> Outcome<VerifyResult> {
        Err(Refusal::Unsupported)
    }

    /// Tells what files grant; files of another format are `NOT_MINE`.
    fn read(_request: ReadRequest) -> Outcome<ReadResult> {
        Err(Refusal::Unsupported)
    }

    /// Composes a host id of parts.
    fn host(_request: HostRequest) -> Outcome<HostAnswer> {
        Err(Refusal::Unsupported)
    }

    /// Tests itself; called when the plugin is loaded.
    fn selftest() -> Outcome<SelfTest> {
        Ok(SelfTest { schema: SCHEMA })
    }
}

/// One call, bytes in and bytes out: what every carrier does, and what tests use.
pub fn call<G: Generator>(op: u32, input: &[u8]) -> (Status, Vec<u8>) {
    match answer::<G>(op, input) {
        Ok(output) => (Status::Ok, output),
        Err(refusal) => refuse(refusal),
    }
}

fn answer<G: Generator>(op: u32, input: &[u8]) -> Outcome<Vec<u8>> {
    match Op::from_number(op).ok_or(Refusal::Unsupported)? {
        Op::Describe => write(&G::describe()),
        Op::Generate => G::generate(read(input)?).and_then(|result| write(&result)),
        Op::Validate => G::validate(read(input)?).and_then(|result| write(&result)),
        Op::Verify => G::verify(read(input)?).and_then(|result| write(&result)),
        Op::Read => G::read(read(input)?).and_then(|result| write(&result)),
        Op::Host => G::host(read(input)?).and_then(|answer| write(&answer)),
        Op::SelfTest => G::selftest().and_then(|result| write(&result)),
    }
}

fn read<T: DeserializeOwned>(input: &[u8]) -> Outcome<T> {
    strict::from_slice(input).map_err(|fault| Refusal::Input(fault.to_string()))
}

fn write<T: Serialize>(document: &T) -> Outcome<Vec<u8>> {
    let mut output = Vec::with_capacity(4096);
    serde_json::to_writer(&mut output, document)
        .map_err(|error| Refusal::Internal(error.to_string()))?;
    Ok(output)
}

fn refuse(refusal: Refusal) -> (Status, Vec<u8>) {
    let (status, problem) = match refusal {
        Refusal::Rejected(problem) => (Status::Rejected, problem),
        Refusal::Input(message) => (Status::Input, Problem::new("INPUT", message)),
        Refusal::Internal(message) => (Status::Internal, Problem::new("INTERNAL", message)),
        Refusal::Unsupported => return (Status::Unsupported, Vec::new()),
    };
    let rejection = Rejection {
        schema: SCHEMA,
        code: problem.code,
        message: problem.message,
        field: problem.field,
    };
    (status, write(&rejection).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Odd;

    impl Generator for Odd {
        fn describe() -> Description {
            Description::new("odd", "1.0.0", "Example")
        }

        fn generate(request: GenerateRequest) -> Outcome<GenerateResult> {
            Err(Problem::new("NO", format!("No to \"{}\".", request.license_id)).into())
        }
    }

    #[test]
    fn a_rejection_is_a_document() {
        let input = br#"{"schema":1,"kind":"MANUAL","dryRun":false,"now":"2026-11-24T23:31:13Z","today":"2026-11-25","seed":"00","licenseId":"lic_1","product":{"code":"c","name":"n","attributes":{}},"licenseType":"FLOATING","quantity":1,"features":[],"hosts":[],"settings":{},"parameters":{},"grants":[],"later":[1]}"#;
        let (status, output) = call::<Odd>(Op::Generate.number(), input);
        assert_eq!(status, Status::Rejected);
        assert_eq!(
            output,
            br#"{"schema":1,"code":"NO","message":"No to \"lic_1\"."}"#
        );
    }

    #[test]
    fn bad_input_and_unknown_operations_have_their_status() {
        assert_eq!(call::<Odd>(Op::Generate.number(), b"{}").0, Status::Input);
        assert_eq!(
            call::<Odd>(
                Op::Host.number(),
                br#"{"schema":1,"type":"A","attributes":{}}"#
            ),
            (Status::Unsupported, Vec::new())
        );
        assert_eq!(call::<Odd>(7, b"{}").0, Status::Unsupported);
        assert_eq!(call::<Odd>(8, b"").1, br#"{"schema":1}"#);
    }
}
