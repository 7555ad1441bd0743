//! How fast a plugin is: one call after the other, as long as told.

use std::time::Duration;

use crate::runtime::LoadedFile;
use crate::status::CallStatus;

/// Calls that are made before any counts.
const WARM_UP: usize = 10;
/// Calls that are counted at most.
const MAX_CALLS: usize = 1_000_000;

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bench {
    /// Calls that were made.
    pub calls: usize,
    /// Calls in a second of their own time.
    pub per_second: u64,
    /// Half of them took at most so long, in microseconds.
    pub median: u64,
    /// 99 of 100 took at most so long, in microseconds.
    pub p99: u64,
    /// The most memory that one had at its end, in bytes; 0 where it is not known.
    pub memory: u64,
}

/// Makes calls for a time that the calls themselves take.
///
/// # Errors
/// A sentence, where a call does not end with OK or REJECTED.
pub async fn bench(
    plugin: &LoadedFile,
    op: u32,
    input: &[u8],
    time: Duration,
) -> Result<Bench, String> {
    for _ in 0..WARM_UP {
        call(plugin, op, input).await?;
    }
    let (mut times, mut memory, mut spent) = (Vec::new(), 0, 0);
    while u128::from(spent) < time.as_micros() && times.len() < MAX_CALLS {
        let (micros, had) = call(plugin, op, input).await?;
        times.push(micros);
        memory = memory.max(had);
        // The clock of a call counts whole microseconds.
        spent += micros.max(1);
    }
    times.sort_unstable();
    let calls = times.len();
    let at = |percent: usize| times.get(calls.saturating_sub(1) * percent / 100).copied();
    Ok(Bench {
        calls,
        per_second: (calls as u64).saturating_mul(1_000_000) / spent.max(1),
        median: at(50).unwrap_or_default(),
        p99: at(99).unwrap_or_default(),
        memory,
    })
}

async fn call(plugin: &LoadedFile, op: u32, input: &[u8]) -> Result<(u64, u64), String> {
    let outcome = plugin.call(op, input).await;
    match outcome.status {
        CallStatus::Ok | CallStatus::Rejected => Ok((outcome.micros, outcome.memory)),
        status => Err(format!(
            "a call ended with {status}, expected OK or REJECTED: {}",
            outcome.note.unwrap_or_default()
        )),
    }
}
