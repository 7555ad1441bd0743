//! Reading the audit log: whether it is as it was written. Page by page, so that a log of any
//! length is followed in little memory.

mod follow;
mod verify;

pub(crate) use verify::verify;

use lds_domain::records::{AuditFault, AuditProblem, Verdict};

use crate::row::RowId;

/// Problems that are told; a log that is all wrong is told by its first ones.
const MOST_PROBLEMS: usize = 100;

/// Adds to what is wrong.
fn report(
    verdict: &mut Verdict,
    fault: AuditFault,
    place: (Option<RowId>, Option<i64>),
    message: String,
) {
    if verdict.problems.len() < MOST_PROBLEMS {
        verdict.problems.push(AuditProblem {
            fault,
            chain: place.0.map(|chain| chain.0.to_string()),
            seq: place.1.and_then(|seq| u64::try_from(seq).ok()),
            message,
        });
    }
}
