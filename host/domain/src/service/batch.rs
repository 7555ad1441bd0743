//! Batches: each item by itself or all together, and the answer item by item.

use crate::command::{Batch, BatchAnswer, BatchItem, Status};
use crate::error::{Error, Result};
use crate::unit::{Changes, Outcome};

/// Applies each item. A failing item leaves no trace in the changes: `apply` adds its rows only
/// after its last check. With `atomic`, one failure takes all rows back.
pub(super) fn each<T>(
    batch: &Batch<T>,
    mut apply: impl FnMut(&mut Changes, &T) -> Result<String>,
) -> Changes {
    let mut changes = Changes::default();
    for item in &batch.items {
        let outcome = apply(&mut changes, item).map_or_else(Outcome::Failed, Outcome::Done);
        changes.outcomes.push(outcome);
    }
    all_or_none(batch.atomic, changes)
}

/// With `atomic`, one failure takes all rows back.
pub(super) fn all_or_none(atomic: bool, changes: Changes) -> Changes {
    let failed = changes
        .outcomes
        .iter()
        .any(|outcome| matches!(outcome, Outcome::Failed(_)));
    if atomic && failed {
        return Changes {
            outcomes: changes.outcomes,
            ..Changes::default()
        };
    }
    changes
}

/// The answer, with the entity of each item that was done. With `atomic` and a failure nothing was
/// written, and so the items that did not fail have neither id nor entity.
pub(super) fn answer<T>(
    atomic: bool,
    outcomes: &[Outcome],
    mut value: impl FnMut(&str) -> Option<T>,
) -> BatchAnswer<T> {
    let failed = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Outcome::Failed(_)))
        .count();
    let undone = atomic && failed > 0;
    let items = outcomes
        .iter()
        .map(|outcome| match outcome {
            Outcome::Failed(error) => BatchItem {
                id: None,
                value: None,
                failure: Some(error.clone()),
            },
            Outcome::Done(_) if undone => BatchItem {
                id: None,
                value: None,
                failure: None,
            },
            Outcome::Done(id) => BatchItem {
                id: Some(id.clone()),
                value: value(id),
                failure: None,
            },
        })
        .collect();
    let status = match failed {
        0 => Status::Success,
        _ if undone || failed == outcomes.len() => Status::Failure,
        _ => Status::PartialFailure,
    };
    BatchAnswer {
        status,
        failed,
        items,
    }
}

/// Fails an item whose revision is not the current one.
pub(super) fn check_revision(given: Option<u32>, current: u32) -> Result<()> {
    match given {
        None => Err(Error::invalid(
            "revision",
            "To replace an object its revision is needed.",
        )),
        Some(given) if given != current => Err(Error::new(
            crate::Code::StaleRevision,
            format!("The object was changed meanwhile: its revision is {current}."),
        )
        .at("revision")),
        Some(_) => Ok(()),
    }
}

/// Fails an item that asks for another state than the object has.
pub(super) fn check_state(given: Option<&str>, current: &str, operations: &str) -> Result<()> {
    match given {
        Some(given) if given != current => Err(Error::invalid(
            "state",
            format!("The state is {current}; {operations} change it."),
        )),
        _ => Ok(()),
    }
}
