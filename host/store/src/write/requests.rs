//! Records of requests that a caller may repeat: claimed first, answered last, in one transaction.

use std::borrow::Cow;
use std::collections::HashMap;

use lds_domain::unit::{Changes, Committed, Outcome, RequestKey, Unit, conflict};
use serde::Deserialize;

use super::queue::Answer;
use crate::connection::{Connection, ask};
use crate::failure::Failure;
use crate::row::{Hex, Rows};
use crate::rows::request::{RequestRow, StoredOutcome};
use crate::statements::Statements;

/// A record as it is read: `[caller, request id, digest, outcomes?]`.
#[derive(Debug, Deserialize)]
struct Record(String, String, Hex<'static>, Option<String>);

/// Claims the requests of units and tells the answers of those that were answered before. Another
/// transaction that claimed the same is waited for.
pub(super) async fn claim(
    connection: &mut dyn Connection,
    statements: &Statements,
    units: &[&Unit],
    at: i64,
) -> Result<Vec<Option<Answer>>, Failure> {
    let (mut claims, mut questions) = (Rows::default(), Rows::default());
    for unit in units {
        let Some(request) = &unit.request else {
            continue;
        };
        questions.push(&(&request.caller, &request.id))?;
        claims.push(&row(request, at))?;
    }
    if let Some(parameter) = claims.parameter() {
        connection
            .execute(&statements.writes.claim_requests, parameter)
            .await?;
    }
    let records: Vec<Record> = ask(connection, &statements.reads.requests, questions).await?;
    let known: HashMap<_, _> = records
        .into_iter()
        .map(|Record(caller, id, digest, outcomes)| ((caller, id), (digest, outcomes)))
        .collect();
    units.iter().map(|unit| replay(unit, &known)).collect()
}

fn row(request: &RequestKey, made_at: i64) -> RequestRow<'_> {
    RequestRow {
        caller: Cow::Borrowed(&request.caller),
        request_id: Cow::Borrowed(&request.id),
        digest: (&request.digest).into(),
        made_at,
    }
}

type Known = HashMap<(String, String), (Hex<'static>, Option<String>)>;

/// A record without outcomes was claimed just now: records are answered before they are committed.
fn replay(unit: &Unit, known: &Known) -> Result<Option<Answer>, Failure> {
    let Some(request) = &unit.request else {
        return Ok(None);
    };
    let key = (request.caller.clone(), request.id.clone());
    let Some((digest, Some(outcomes))) = known.get(&key) else {
        return Ok(None);
    };
    if *digest.0 != request.digest {
        return Ok(Some(Err(conflict().into())));
    }
    let stored: Vec<StoredOutcome> = serde_json::from_str(outcomes)?;
    Ok(Some(Ok(Committed {
        outcomes: stored.into_iter().map(Outcome::from).collect(),
        replayed: true,
        changes: Changes::default(),
    })))
}

/// `[caller, request id, outcomes]`.
pub(super) fn answer(
    rows: &mut Rows,
    request: &RequestKey,
    outcomes: &[Outcome],
) -> Result<(), Failure> {
    let stored: Vec<StoredOutcome> = outcomes.iter().map(Into::into).collect();
    rows.push(&(
        &request.caller,
        &request.id,
        serde_json::to_string(&stored)?,
    ))?;
    Ok(())
}
