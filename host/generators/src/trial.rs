//! Tests of a plugin in service: one call by a request that somebody wrote, or by a sample. Neither
//! signers nor the quarantine have to do with it.

use lds_domain::attribute::carried;
use lds_domain::command::Trial;
use lds_domain::license::File;
use lds_domain::{Error, Result};
use lds_plugin_api::{Op, document as doc, strict};
use serde_json::{Map, Value};

use crate::carrier::CallOutcome;
use crate::documents::{decode, encode};
use crate::grants::Grants;
use crate::inspect::generate_request;
use crate::limits::MAX_INPUT;
use crate::port::{bad_output, finished, too_long};
use crate::registry::Ready;
use crate::result::{Draft, Refused};
use crate::status::CallStatus;

impl Ready {
    /// How the plugin does.
    pub(crate) async fn test(&self, request: Option<&str>) -> Result<Trial> {
        let request = match request {
            Some(text) => given(text)?,
            None => encode(&self.sample()).map_err(Error::internal)?,
        };
        let outcome = self.plugin.try_out(Op::Generate, &request).await;
        Ok(trial(outcome, &request, &self.grants))
    }

    fn sample(&self) -> doc::GenerateRequest {
        doc::GenerateRequest {
            dry_run: true,
            grants: self.grants.to_documents(),
            ..generate_request(&self.described)
        }
    }
}

/// A request as it is given, compact and as a dry run; it need not be a good one.
fn given(text: &str) -> Result<Vec<u8>> {
    if text.len() > MAX_INPUT {
        return Err(too_long("request"));
    }
    let mut request: Map<String, Value> = strict::from_slice(text.as_bytes())
        .map_err(|fault| Error::invalid("request", "A JSON object is needed.").because(fault))?;
    request.insert("dryRun".to_owned(), Value::Bool(true));
    let request = encode(&request).map_err(Error::internal)?;
    if request.len() > MAX_INPUT {
        return Err(too_long("request"));
    }
    Ok(request)
}

fn trial(outcome: CallOutcome, request: &[u8], grants: &Grants) -> Trial {
    let (status, files, message) = match outcome.status {
        CallStatus::Ok => match files(&outcome.output, grants) {
            Ok(files) => (CallStatus::Ok, files, None),
            Err((status, note)) => (status, Vec::new(), Some(note)),
        },
        status => (status, Vec::new(), outcome.note),
    };
    let text = |bytes: &[u8]| carried(&String::from_utf8_lossy(bytes));
    let output = Some(&outcome.output).filter(|output| !output.is_empty());
    Trial {
        status: status.name(),
        output: output.map(|output| text(output)),
        files,
        micros: outcome.micros,
        memory_bytes: outcome.memory,
        message: message.map(|message| text(message.as_bytes())),
        request: text(request),
    }
}

fn files(output: &[u8], grants: &Grants) -> Result<Vec<File>, Refused> {
    let result: doc::GenerateResult = decode(output).map_err(bad_output)?;
    let draft = Draft::read(result, grants)?;
    Ok(draft.files.0.into_iter().map(finished).collect())
}
