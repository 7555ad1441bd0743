//! The domain's port: requests go to plugins, results come back completed, and
//! every failure becomes one of the domain's generator errors.

use std::sync::Arc;

use async_trait::async_trait;
use lds_domain::command::Trial;
use lds_domain::generator::{
    Compared, GenerateRequest, Generated, GeneratorInfo, HostParts, Problem, ValidateRequest,
};
use lds_domain::host::HostTypeRef;
use lds_domain::license::{File, GeneratorStamp, SignerStamp};
use lds_domain::verification::Reading;
use lds_domain::{Code, Error, Result, ports};
use lds_plugin_api::{Op, document as doc};
use time::Date;

use crate::documents::{decode, encode};
use crate::error::LoadError;
use crate::limits::MAX_INPUT;
use crate::plugin::CallFailure;
use crate::registry::{Generators, Ready};
use crate::request;
use crate::result::{Draft, FileBytes, Refused, Signed, check_problems};
use crate::status::CallStatus;
use crate::wasm::sha256;

#[async_trait]
impl ports::Generators for Generators {
    fn list(&self) -> Vec<Arc<GeneratorInfo>> {
        let installed = self.installed().values();
        installed.map(|installed| installed.info.clone()).collect()
    }

    fn get(&self, name: &str) -> Option<Arc<GeneratorInfo>> {
        self.installed()
            .get(name)
            .map(|installed| installed.info.clone())
    }

    fn host_type(&self, name: &str) -> Option<HostTypeRef> {
        self.host_types().get(name).cloned()
    }

    async fn generate(&self, name: &str, request: &GenerateRequest) -> Result<Generated> {
        let (info, ready) = self.ready(name)?;
        let document = request::generate(request, &ready.grants);
        let stored = encode(&document).map_err(Error::internal)?;
        let draft = ready
            .generate(request, &document, &stored)
            .await
            .map_err(|failure| refused(name, longest(&document), &failure))?;
        let warnings = draft.warnings.iter().cloned().map(problem).collect();
        let (files, signers) = if request.dry_run {
            (draft.files.0, Vec::new())
        } else {
            ready.complete(name, draft, document).await?
        };
        Ok(Generated {
            files: files.into_iter().map(finished).collect(),
            warnings,
            generator: GeneratorStamp {
                name: name.to_owned(),
                version: ready.described.document.version.clone(),
                digest: info.digest.clone(),
            },
            signers,
            input_digest: sha256(&stored),
            document: stored,
        })
    }

    async fn validate(&self, name: &str, request: &ValidateRequest) -> Result<Vec<Problem>> {
        let (info, ready) = self.ready(name)?;
        if !info.ready()?.validates {
            return Ok(Vec::new());
        }
        let input = encode(&request::validate(request)).map_err(Error::internal)?;
        let errors = ready.plugin.ask(Op::Validate, &input, read_errors).await;
        let errors = errors.map_err(|failure| refused(name, "feature", &failure))?;
        Ok(errors.into_iter().map(problem).collect())
    }

    async fn compose(&self, name: &str, parts: &HostParts) -> Result<Option<String>> {
        let (_, ready) = self.ready(name)?;
        if !ready.described.has(Op::Host) {
            return Ok(None);
        }
        let input = request::host_parts(parts, &ready.described)?;
        let answer = ready.plugin.ask(Op::Host, &input, read_host).await;
        answer
            .map(Some)
            .map_err(|failure| refused(name, "host", &failure))
    }

    async fn test(&self, name: &str, request: Option<&str>) -> Result<Trial> {
        let (_, ready) = self.ready(name)?;
        ready.test(request).await
    }

    async fn read(&self, name: &str, files: &[File], today: Date) -> Result<Option<Reading>> {
        let (info, ready) = self.ready(name)?;
        let reading = ready.read(info, files, today).await;
        reading.map_err(|failure| refused(name, "file", &failure))
    }

    async fn compare(&self, name: &str, compared: Compared<'_>) -> Result<Option<Vec<String>>> {
        let (_, ready) = self.ready(name)?;
        let differences = ready.compare(compared).await;
        differences.map_err(|failure| refused(name, "file", &failure))
    }
}

impl Generators {
    fn ready(&self, name: &str) -> Result<(&Arc<GeneratorInfo>, &Ready)> {
        let unavailable = |why: &str| {
            Error::new(
                Code::GeneratorUnavailable,
                "The product's generator is not available now.",
            )
            .because(format!("generator {name} {why}"))
        };
        let installed = self
            .installed()
            .get(name)
            .ok_or_else(|| unavailable("is not installed"))?;
        match &installed.ready {
            Some(ready) => Ok((&installed.info, ready)),
            None => Err(unavailable("is not in service")),
        }
    }
}

impl Ready {
    /// The checked result; the Order ID goes only to a plugin that may see it
    /// and is not in the stored document.
    async fn generate(
        &self,
        request: &GenerateRequest,
        document: &doc::GenerateRequest,
        stored: &[u8],
    ) -> Result<Draft, CallFailure> {
        let read = |output: &[u8]| {
            let result: doc::GenerateResult = decode(output).map_err(bad_output)?;
            Draft::read(result, &self.grants)
        };
        let order = request.order.as_ref().filter(|_| self.grants.order_id);
        let Some(order_id) = order.and_then(|order| order.order_id.as_ref()) else {
            return self.plugin.ask(Op::Generate, stored, read).await;
        };
        let mut whole = document.clone();
        whole.order_id = Some(order_id.expose().to_owned());
        let input = encode(&whole).map_err(internal)?;
        self.plugin.ask(Op::Generate, &input, read).await
    }

    /// Has the files signed, and sealed files compared with the request.
    async fn complete(
        &self,
        name: &str,
        draft: Draft,
        document: doc::GenerateRequest,
    ) -> Result<(Vec<FileBytes>, Vec<SignerStamp>)> {
        let signed = draft
            .complete(&self.grants)
            .await
            .map_err(|error| unsigned(name, &error))?;
        if signed.sealed {
            self.verify(&signed, document)
                .await
                .map_err(|error| unsigned(name, &error))?;
        }
        Ok((signed.files.0, signed.signers))
    }

    async fn verify(
        &self,
        signed: &Signed,
        request: doc::GenerateRequest,
    ) -> Result<(), LoadError> {
        let answer = self.verdict(request, signed.files.to_documents()).await;
        match answer {
            Ok(result) if result.same => Ok(()),
            Ok(result) => Err(LoadError::new(format!(
                "VERIFY finds differences in the sealed file: {}",
                result.differences.join("; ")
            ))),
            Err(failure) => Err(LoadError::new(format!("VERIFY ended with {failure}"))),
        }
    }
}

fn read_errors(output: &[u8]) -> Result<Vec<doc::Problem>, Refused> {
    let result: doc::ValidateResult = decode(output).map_err(bad_output)?;
    check_problems(&result.errors).map_err(bad_output)?;
    Ok(result.errors)
}

fn read_host(output: &[u8]) -> Result<String, Refused> {
    let answer: doc::HostAnswer = decode(output).map_err(bad_output)?;
    Ok(answer.value)
}

pub(crate) fn bad_output(note: String) -> Refused {
    (CallStatus::BadOutput, note)
}

pub(crate) fn internal(note: String) -> CallFailure {
    CallFailure::new(CallStatus::Internal, note)
}

/// What a request document is mostly made of, as it is called on the wire.
fn longest(document: &doc::GenerateRequest) -> &'static str {
    let length = |part: Result<Vec<u8>, String>| part.map_or(0, |bytes| bytes.len());
    let parts = [
        ("feature", length(encode(&document.features))),
        ("parameter", length(encode(&document.parameters))),
        ("file", length(encode(&document.previous))),
    ];
    let longest = parts.into_iter().max_by_key(|(_, length)| *length);
    longest.map_or("feature", |(member, _)| member)
}

/// The domain's error for a call without a result; a request that is too long is so by this member.
fn refused(name: &str, member: &str, failure: &CallFailure) -> Error {
    if failure.too_long {
        return too_long(member);
    }
    let because = format!("generator {name}: {failure}");
    let error = match (failure.status, &failure.rejection) {
        (CallStatus::Rejected, Some(rejection)) => {
            Error::new(Code::GeneratorRejected, rejection.message.clone())
        }
        (CallStatus::Timeout, _) => Error::new(
            Code::GeneratorTimeout,
            "The product's generator took too long. Try again.",
        ),
        (CallStatus::Unavailable, _) => Error::new(
            Code::GeneratorUnavailable,
            "The product's generator is not available now. Try again soon.",
        ),
        _ => Error::new(Code::GeneratorFailed, "The license text could not be made."),
    };
    error.because(because)
}

/// What a caller brings is more than a generator takes at once.
pub(crate) fn too_long(member: &str) -> Error {
    let message = format!(
        "This is too much for a generator: the request that is made of it has at most {MAX_INPUT} \
         bytes."
    );
    Error::new(Code::LimitExceeded, message).at(member)
}

fn unsigned(name: &str, error: &LoadError) -> Error {
    Error::new(Code::SignerFailed, "The license could not be signed.")
        .because(format!("generator {name}: {error}"))
}

fn problem(problem: doc::Problem) -> Problem {
    Problem {
        code: problem.code,
        message: problem.message,
        field: problem.field,
    }
}

pub(crate) fn finished(file: FileBytes) -> File {
    File::new(file.name, file.media_type, file.bytes)
}
