//! What every call of WebAssembly is held to, whatever the shape of its code: time and memory, and
//! the status for each way in which a call does not return.

use wasmtime::{
    Engine, PoolConcurrencyLimitError, ResourceLimiter, Store, StoreContextMut, Trap,
    UpdateDeadline,
};

use crate::limits::{Limits, MAX_TABLE, TICK};
use crate::status::CallStatus;

/// Why the host ended a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Ended {
    #[error("the time limit was reached")]
    Time,
    #[error("the memory limit was reached")]
    Memory,
    #[error("a range lies outside memory")]
    Range,
    #[error("a message is not UTF-8")]
    Text,
    #[error("the module wants to exit")]
    Exit,
}

/// The time and memory of one call.
pub(super) struct Bounds {
    memory: MemoryGuard,
    ticks_left: u128,
}

/// The state of a call that is held to bounds.
pub(super) trait Bounded: Send + 'static {
    /// What it is held to.
    fn bounds(&mut self) -> &mut Bounds;
}

impl Bounds {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            memory: MemoryGuard {
                limit: limits.memory,
                used: 0,
            },
            ticks_left: limits.time.as_millis().div_ceil(TICK.as_millis()),
        }
    }

    /// Memory that the instance has, in bytes.
    pub(super) fn memory_used(&self) -> u64 {
        self.memory.used as u64
    }

    /// One tick of running time has passed; time spent waiting for a core does
    /// not count.
    fn tick(&mut self) -> Result<(), Ended> {
        self.ticks_left = self.ticks_left.checked_sub(1).ok_or(Ended::Time)?;
        Ok(())
    }
}

/// A place for one call that keeps to its bounds.
pub(super) fn store<T: Bounded>(engine: &Engine, state: T) -> Store<T> {
    let mut store = Store::new(engine, state);
    store.limiter(|state| &mut state.bounds().memory);
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(on_tick);
    store
}

fn on_tick<T: Bounded>(mut store: StoreContextMut<'_, T>) -> wasmtime::Result<UpdateDeadline> {
    store.data_mut().bounds().tick()?;
    Ok(UpdateDeadline::Yield(1))
}

/// Ends the call when the plugin asks for more memory than it may have. A component has several
/// memories: their sum counts.
struct MemoryGuard {
    limit: usize,
    used: usize,
}

impl ResourceLimiter for MemoryGuard {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let used = self.used.saturating_add(desired.saturating_sub(current));
        if used > self.limit {
            return Err(Ended::Memory.into());
        }
        self.used = used;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        if desired > MAX_TABLE {
            return Err(Ended::Memory.into());
        }
        Ok(true)
    }
}

/// The status and the words for a call that returned this number.
pub(super) fn returned(code: i32) -> (CallStatus, Option<String>) {
    match CallStatus::from_plugin(code) {
        Some(status) => (status, None),
        None => (
            CallStatus::BadOutput,
            Some(format!("the plugin returned the unknown status {code}")),
        ),
    }
}

/// The status and the words for a call that did not return.
pub(super) fn explain(error: &wasmtime::Error) -> (CallStatus, String) {
    if let Some(ended) = error.downcast_ref::<Ended>() {
        let status = match ended {
            Ended::Time => CallStatus::Timeout,
            Ended::Memory => CallStatus::Memory,
            Ended::Range | Ended::Text | Ended::Exit => CallStatus::Trap,
        };
        return (status, ended.to_string());
    }
    if let Some(trap) = error.downcast_ref::<Trap>() {
        let status = match trap {
            Trap::StackOverflow => CallStatus::Stack,
            _ => CallStatus::Trap,
        };
        return (status, trap.to_string());
    }
    if error.is::<PoolConcurrencyLimitError>() {
        return (CallStatus::Unavailable, "all instances are in use".into());
    }
    (CallStatus::Unavailable, format!("no instance: {error:#}"))
}
