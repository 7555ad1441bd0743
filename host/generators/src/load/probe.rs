//! Asks a plugin what it is: DESCRIBE twice, then SELFTEST.

use lds_plugin_api::{Op, document as doc};

use crate::artefact::Artefact;
use crate::carrier::{CallOutcome, Carrier};
use crate::error::LoadError;
use crate::limits::Limits;
use crate::runtime::Runtime;
use crate::status::CallStatus;

use super::describe::{Described, describe};

/// A plugin that has told what it is and passed its own test.
pub(crate) struct Probed {
    pub(crate) carrier: Box<dyn Carrier>,
    pub(crate) described: Described,
    /// The default limits of its kind.
    pub(crate) limits: Limits,
}

/// Loads an artefact and asks it.
pub(crate) async fn probe(
    runtime: &Runtime,
    artefact: &Artefact,
    limits: &Limits,
) -> Result<Probed, LoadError> {
    let carrier = runtime.open(artefact, limits).await?;
    let described = interrogate(carrier.as_ref(), limits).await?;
    check_version(artefact, &described)?;
    Ok(Probed {
        carrier,
        described,
        limits: artefact.kind().limits(),
    })
}

/// A package and what is in it tell the same version.
fn check_version(artefact: &Artefact, described: &Described) -> Result<(), LoadError> {
    let found = &described.document.version;
    match artefact.package.as_ref().map(|package| &package.version) {
        Some(expected) if expected != found => Err(LoadError::new(format!(
            "DESCRIBE tells the version {found}, but plugin.toml {expected}: give both the same"
        ))),
        _ => Ok(()),
    }
}

/// What a plugin says of itself, twice the same; its own test must pass.
pub(crate) async fn interrogate(
    carrier: &dyn Carrier,
    limits: &Limits,
) -> Result<Described, LoadError> {
    let described = describe(&ask_twice(carrier, limits).await?)?;
    if described.has(Op::SelfTest) {
        self_test(carrier, limits).await?;
    }
    Ok(described)
}

async fn ask_twice(carrier: &dyn Carrier, limits: &Limits) -> Result<Vec<u8>, LoadError> {
    let first = ask(carrier, Op::Describe, limits).await?;
    let second = ask(carrier, Op::Describe, limits).await?;
    if first != second {
        return Err(LoadError::new(
            "DESCRIBE answers differently the second time: it must always give the same",
        ));
    }
    Ok(first)
}

async fn self_test(carrier: &dyn Carrier, limits: &Limits) -> Result<(), LoadError> {
    let answer = ask(carrier, Op::SelfTest, limits).await?;
    crate::documents::decode::<doc::SelfTest>(&answer)
        .map(drop)
        .map_err(|error| LoadError::new(format!("SELFTEST gave a bad document: {error}")))
}

async fn ask(carrier: &dyn Carrier, op: Op, limits: &Limits) -> Result<Vec<u8>, LoadError> {
    let outcome = carrier.call(op.number(), b"", limits).await;
    match outcome.status {
        CallStatus::Ok => Ok(outcome.output),
        _ => Err(failed(op, &outcome)),
    }
}

fn failed(op: Op, outcome: &CallOutcome) -> LoadError {
    let detail = match &outcome.note {
        Some(note) => note.clone(),
        None => String::from_utf8_lossy(&outcome.output).into_owned(),
    };
    LoadError::new(format!(
        "{} ended with {}, expected OK: {detail}",
        op.name(),
        outcome.status
    ))
}
