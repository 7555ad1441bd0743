//! Texts that are there already: what they grant (READ), and whether they say what a request asked
//! (VERIFY). Operations that a plugin does not list are never asked of it.

use lds_domain::date;
use lds_domain::generator::{Compared, GeneratorInfo, standing};
use lds_domain::host::Host;
use lds_domain::license::File;
use lds_domain::verification::{Reading, TextProblem};
use lds_plugin_api::{Op, document as doc, strict};
use time::Date;

use crate::documents::{decode, encode};
use crate::plugin::CallFailure;
use crate::port::{bad_output, internal};
use crate::registry::Ready;
use crate::request;
use crate::result::{Refused, check_problems};
use crate::status::CallStatus;

/// The code by which a plugin says that files are of another format.
const NOT_MINE: &str = "NOT_MINE";

impl Ready {
    /// What files grant, by the settings that hold where no product is known.
    pub(crate) async fn read(
        &self,
        info: &GeneratorInfo,
        files: &[File],
        today: Date,
    ) -> Result<Option<Reading>, CallFailure> {
        if !self.described.has(Op::Read) {
            return Ok(None);
        }
        let settings = standing(&self.described.domain.settings, &info.operator_settings);
        let question = doc::ReadRequest {
            schema: doc::SCHEMA,
            today: date::format(today),
            settings: request::values(&settings),
            files: files.iter().map(request::file).collect(),
        };
        let input = encode(&question).map_err(internal)?;
        match self.plugin.ask(Op::Read, &input, reading).await {
            Ok(reading) => Ok(Some(reading)),
            Err(failure) if is_not_mine(&failure) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// In what files differ from a request.
    pub(crate) async fn compare(
        &self,
        compared: Compared<'_>,
    ) -> Result<Option<Vec<String>>, CallFailure> {
        if !self.described.has(Op::Verify) {
            return Ok(None);
        }
        let mut request: doc::GenerateRequest = strict::from_slice(compared.document)
            .map_err(|error| internal(format!("a stored request is none: {error}")))?;
        let order_id = compared.order_id.filter(|_| self.grants.order_id);
        request.order_id = order_id.map(|id| id.expose().to_owned());
        let files = compared.files.iter().map(request::file).collect();
        let verdict = self.verdict(request, files).await?;
        Ok(Some(differences(verdict)))
    }

    /// What VERIFY says.
    pub(crate) async fn verdict(
        &self,
        request: doc::GenerateRequest,
        files: Vec<doc::File>,
    ) -> Result<doc::VerifyResult, CallFailure> {
        let question = doc::VerifyRequest {
            schema: doc::SCHEMA,
            request,
            files,
        };
        let input = encode(&question).map_err(internal)?;
        let read = |output: &[u8]| decode::<doc::VerifyResult>(output).map_err(bad_output);
        self.plugin.ask(Op::Verify, &input, read).await
    }
}

fn is_not_mine(failure: &CallFailure) -> bool {
    let rejection = failure.rejection.as_ref();
    failure.status == CallStatus::Rejected && rejection.is_some_and(|no| no.code == NOT_MINE)
}

fn differences(verdict: doc::VerifyResult) -> Vec<String> {
    match (verdict.same, verdict.differences.is_empty()) {
        (true, _) => Vec::new(),
        (false, true) => vec!["It says something else.".to_owned()],
        (false, false) => verdict.differences,
    }
}

fn reading(output: &[u8]) -> Result<Reading, Refused> {
    let result: doc::ReadResult = decode(output).map_err(bad_output)?;
    check_problems(&result.problems).map_err(bad_output)?;
    let document = serde_json::to_string(&result).map_err(|error| bad_output(error.to_string()))?;
    Ok(Reading {
        license_id: result.license_id,
        hosts: result.hosts.into_iter().map(host).collect(),
        problems: result.problems.into_iter().map(problem).collect(),
        document,
    })
}

fn host(host: doc::Host) -> Host {
    Host {
        host_type: host.host_type,
        value: host.value,
        name: host.name,
        port: host.port,
    }
}

fn problem(problem: doc::Problem) -> TextProblem {
    TextProblem {
        code: problem.code,
        message: problem.message,
        line: problem.line,
    }
}
