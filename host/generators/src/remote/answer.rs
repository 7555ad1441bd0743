//! From what the remote service answered to documents of the interface and statuses.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lds_plugin_api::document as doc;
use lds_soap::operation::generator::{GenerateLicense, ValidateProduct};
use lds_soap::wire::generator as wire;
use lds_soap::{Operation, ReplyError, read_reply};
use serde::Serialize;

use crate::carrier::CallOutcome;
use crate::documents::encode;
use crate::names::is_line;
use crate::status::CallStatus;

/// The code of what the service says to people.
const CODE: &str = "REMOTE";
/// Characters of a line for people at most.
const MAX_LINE: usize = 500;
/// Names of faults that tell of the request, not of the service: parts of them.
const VALIDATION: [&str; 6] = [
    "Invalid",
    "Validation",
    "Rejected",
    "Unsupported",
    "LimitExceeded",
    "NotFound",
];

/// A text, or why there is none.
pub(super) fn generated(reply: &[u8]) -> CallOutcome {
    let response = match read::<GenerateLicense>(reply) {
        Ok(response) => response,
        Err(failed) => return failed,
    };
    if !response.complete {
        let note = "the service has not finished the license yet";
        return CallOutcome::failed(CallStatus::Unavailable, note);
    }
    let warning = response.message.as_deref().and_then(line);
    document(&doc::GenerateResult {
        schema: doc::SCHEMA,
        warnings: warning.map(problem).into_iter().collect(),
        files: files(response),
        ..doc::GenerateResult::default()
    })
}

/// Nothing wrong, or the service's no.
pub(super) fn validated(reply: &[u8]) -> CallOutcome {
    match read::<ValidateProduct>(reply) {
        Ok(status) if status.code.unwrap_or(0) == 0 => document(&doc::ValidateResult {
            schema: doc::SCHEMA,
            errors: Vec::new(),
        }),
        Ok(status) => rejected(status.message.as_deref().unwrap_or_default()),
        Err(failed) => failed,
    }
}

/// The vendor's no.
pub(super) fn rejected(message: &str) -> CallOutcome {
    let said = line(message);
    let rejection = doc::Rejection {
        schema: doc::SCHEMA,
        code: CODE.to_owned(),
        message: said.unwrap_or_else(|| "The product's generator refuses this.".to_owned()),
        field: None,
    };
    let mut outcome = document(&rejection);
    if outcome.status == CallStatus::Ok {
        outcome.status = CallStatus::Rejected;
    }
    outcome
}

fn read<O: Operation>(reply: &[u8]) -> Result<O::Reply, CallOutcome> {
    read_reply::<O>(reply).map_err(|error| match error {
        ReplyError::Fault { name, message } if is_validation(&name) => rejected(&message),
        ReplyError::Fault { name, message } => {
            let note = format!("the service failed with {name}: {message}");
            CallOutcome::failed(CallStatus::Unavailable, note)
        }
        ReplyError::Unreadable(note) => CallOutcome::failed(CallStatus::BadOutput, note),
    })
}

fn is_validation(name: &str) -> bool {
    VALIDATION.iter().any(|part| name.contains(part))
}

fn files(response: wire::GeneratorResponse) -> Vec<doc::File> {
    if !response.license_files.is_empty() {
        let several = response.license_files.into_iter();
        return several
            .filter_map(|file| Some(named(file.name, file.value?)))
            .collect();
    }
    let text = response.license_text.map(wire::AnyValue::Text);
    let content = text.or(response.binary_license.map(wire::AnyValue::Bytes));
    let name = response.license_file_name;
    content
        .map(|content| named(name, content))
        .into_iter()
        .collect()
}

fn named(name: Option<String>, content: wire::AnyValue) -> doc::File {
    let (text, base64, usual, media_type) = match content {
        wire::AnyValue::Text(text) => (Some(text), None, "license.txt", "text/plain"),
        wire::AnyValue::Bytes(bytes) => {
            let encoded = STANDARD.encode(bytes.0);
            (
                None,
                Some(encoded),
                "license.bin",
                "application/octet-stream",
            )
        }
    };
    doc::File {
        name: name.unwrap_or_else(|| usual.to_owned()),
        media_type: media_type.to_owned(),
        text,
        base64,
    }
}

fn problem(message: String) -> doc::Problem {
    doc::Problem {
        code: CODE.to_owned(),
        message,
        field: None,
        line: None,
    }
}

/// What may be shown to people of what a stranger wrote.
fn line(text: &str) -> Option<String> {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let signs = first.chars().filter(|sign| !sign.is_control());
    let line: String = signs.take(MAX_LINE).collect();
    is_line(&line).then_some(line)
}

fn document<T: Serialize>(document: &T) -> CallOutcome {
    match encode(document) {
        Ok(output) => CallOutcome::returned(CallStatus::Ok, output),
        Err(note) => CallOutcome::failed(CallStatus::Internal, note),
    }
}
