//! What plugin authors need: one file loaded by itself, asked and examined,
//! without a server, a signer or a data directory.

mod bench;
mod compact;
mod mutate;
mod sample;
mod vectors;

use std::path::Path;

use lds_plugin_api::{Op, document as doc};

pub use crate::load::Described;
pub use bench::{Bench, bench};
pub use compact::compact;
pub(crate) use sample::generate_request;
pub use sample::sample;
pub(crate) use vectors::pass;
pub use vectors::{Tested, test};

use crate::documents::decode;
use crate::error::LoadError;
use crate::load::interrogate;
use crate::result::check_files;
use crate::runtime::{LoadedFile, Runtime};
use crate::status::CallStatus;

/// Mutated requests of one examination.
const MUTATIONS: u64 = 200;

/// One thing that was examined: what was found, or what is wrong and what to
/// do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was examined.
    pub subject: &'static str,
    /// A sentence for either end.
    pub outcome: Result<String, String>,
}

/// Examines a plugin, bundled or a file: version, imports and limits by loading it, DESCRIBE
/// and SELFTEST, and whether it is pure and holds against mutated requests.
/// Examination ends at the first failure that leaves nothing to go on with.
pub async fn check(runtime: &Runtime, name: &Path) -> Vec<Finding> {
    let mut findings = Vec::new();
    let plugin = match runtime.open_named(name).await {
        Ok(plugin) => plugin,
        Err(error) => return vec![finding("interface", Err(error.to_string()))],
    };
    let kind = plugin.kind.name().to_lowercase();
    findings.push(finding(
        "interface",
        Ok(format!("a {kind} plugin of a known version")),
    ));
    let described = match interrogate(plugin.carrier.as_ref(), &plugin.limits).await {
        Ok(described) => described,
        Err(error) => {
            findings.push(finding("description", Err(error.to_string())));
            return findings;
        }
    };
    let document = &described.document;
    let name = format!(
        "{} {} by {}",
        document.name, document.version, document.vendor
    );
    findings.push(finding("description", Ok(name)));
    findings.push(finding("purity", examine(&plugin, &described).await));
    findings
}

/// Asks everything twice, the second time in another order.
async fn examine(plugin: &LoadedFile, described: &Described) -> Result<String, String> {
    let questions = questions(described)?;
    let mut answers = Vec::with_capacity(questions.len());
    for question in &questions {
        let answer = ask(plugin, question).await;
        answer.check(question)?;
        answers.push(answer);
    }
    let deterministic = described.document.deterministic.unwrap_or(true);
    for place in mutate::shuffled(questions.len()) {
        let again = ask(plugin, &questions[place]).await;
        again.check(&questions[place])?;
        if deterministic && again != answers[place] {
            return Err(format!(
                "{} answers the same request differently after others: what a call leaves \
                 behind must not change the next",
                questions[place].op
            ));
        }
    }
    let done = answers
        .iter()
        .filter(|answer| answer.status == CallStatus::Ok)
        .count();
    Ok(format!(
        "{} requests twice, {done} of them answered with OK",
        questions.len()
    ))
}

struct Question {
    op: Op,
    input: Vec<u8>,
    /// Not mutated: only then must the answer be a document.
    good: bool,
}

#[derive(PartialEq, Eq)]
struct Answer {
    status: CallStatus,
    output: Vec<u8>,
    note: Option<String>,
}

/// A good request of each operation, and mutations of it.
fn questions(described: &Described) -> Result<Vec<Question>, String> {
    let mut questions = Vec::new();
    for op in [Op::Generate, Op::Validate, Op::Verify, Op::Host] {
        let Some(input) = sample(described, op)?.filter(|_| described.has(op)) else {
            continue;
        };
        for seed in 1..=MUTATIONS {
            let input = mutate::mutate(&input, seed);
            let good = false;
            questions.push(Question { op, input, good });
        }
        let good = true;
        questions.push(Question { op, input, good });
    }
    Ok(questions)
}

async fn ask(plugin: &LoadedFile, question: &Question) -> Answer {
    let outcome = plugin.call(question.op.number(), &question.input).await;
    Answer {
        status: outcome.status,
        output: outcome.output,
        note: outcome.note,
    }
}

impl Answer {
    fn check(&self, question: &Question) -> Result<(), String> {
        let wrong = |what: String| {
            let input: String = String::from_utf8_lossy(&question.input)
                .chars()
                .take(2000)
                .collect();
            Err(format!("{} {what}; the request was {input}", question.op))
        };
        let readable = match (self.status, question.op) {
            (CallStatus::Ok | CallStatus::Rejected | CallStatus::Input, _) if !question.good => {
                Ok(())
            }
            (CallStatus::Ok, Op::Generate) => check_files(&self.output),
            (CallStatus::Ok, Op::Validate) => decode::<doc::ValidateResult>(&self.output).map(drop),
            (CallStatus::Ok, Op::Host) => decode::<doc::HostAnswer>(&self.output).map(drop),
            (CallStatus::Ok, _) => decode::<doc::VerifyResult>(&self.output).map(drop),
            (CallStatus::Rejected, _) => decode::<doc::Rejection>(&self.output).map(drop),
            (CallStatus::Input, _) => Ok(()),
            (status, _) => {
                let note = self.note.as_deref().unwrap_or("no reason given");
                return wrong(format!(
                    "ended with {status}, expected OK, REJECTED or INPUT: {note}"
                ));
            }
        };
        match readable {
            Ok(()) => Ok(()),
            Err(error) => wrong(format!("gave a bad document: {error}")),
        }
    }
}

fn finding(subject: &'static str, outcome: Result<String, String>) -> Finding {
    Finding { subject, outcome }
}

impl LoadedFile {
    /// What the plugin says of itself, checked as at a server's start.
    pub async fn describe(&self) -> Result<Described, LoadError> {
        interrogate(self.carrier.as_ref(), &self.limits).await
    }
}
