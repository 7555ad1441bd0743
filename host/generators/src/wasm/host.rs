//! The three host functions as a module sees them, and the state of one call.

use wasmtime::{Caller, Extern, Linker, Memory, Module, ModuleExport, ResourceLimiter};

use crate::carrier::LogBuffer;
use crate::limits::{Limits, MAX_TABLE, TICK};

use super::wasi::{self, Surroundings};

/// The module of the imports.
pub(super) const MODULE: &str = "lds_v1";

/// Why the host ended a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Ended {
    #[error("the time limit was reached")]
    Time,
    #[error("the memory limit was reached")]
    Memory,
    #[error("a range lies outside memory")]
    Range,
    #[error("the module wants to exit")]
    Exit,
}

/// What one call owns.
pub(super) struct CallState {
    pub(super) memory_export: ModuleExport,
    pub(super) input: Vec<u8>,
    pub(super) output: Vec<u8>,
    pub(super) logs: LogBuffer,
    /// Inside `lds_call`; elsewhere there is no input and no output.
    pub(super) calling: bool,
    pub(super) overflowed: bool,
    pub(super) memory: MemoryGuard,
    pub(super) surroundings: Surroundings,
    output_limit: usize,
    ticks_left: u128,
}

impl CallState {
    pub(super) fn new(memory_export: ModuleExport, input: &[u8], limits: &Limits) -> Self {
        Self {
            memory_export,
            input: input.to_vec(),
            output: Vec::new(),
            logs: LogBuffer::default(),
            calling: false,
            overflowed: false,
            memory: MemoryGuard {
                limit: limits.memory,
                used: 0,
            },
            surroundings: Surroundings::default(),
            output_limit: limits.output,
            ticks_left: limits.time.as_millis().div_ceil(TICK.as_millis()),
        }
    }

    /// One tick of running time has passed; time spent waiting for a core does
    /// not count.
    pub(super) fn tick(&mut self) -> Result<(), Ended> {
        self.ticks_left = self.ticks_left.checked_sub(1).ok_or(Ended::Time)?;
        Ok(())
    }

    fn read(&self, offset: usize, dst: &mut [u8]) -> usize {
        if !self.calling {
            return 0;
        }
        let rest = self.input.get(offset..).unwrap_or_default();
        let len = rest.len().min(dst.len());
        dst[..len].copy_from_slice(&rest[..len]);
        len
    }

    fn write(&mut self, src: &[u8]) -> i32 {
        if !self.calling {
            return -1;
        }
        if src.len() > self.output_limit - self.output.len() {
            self.overflowed = true;
            return -1;
        }
        self.output.extend_from_slice(src);
        0
    }
}

/// Ends the call when the module asks for more memory than it may have.
pub(super) struct MemoryGuard {
    limit: usize,
    pub(super) used: usize,
}

impl ResourceLimiter for MemoryGuard {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        if desired > self.limit {
            return Err(Ended::Memory.into());
        }
        self.used = desired;
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

/// A linker that offers the three imports, what system libraries start with, and nothing else.
pub(super) fn linker(module: &Module) -> wasmtime::Result<Linker<CallState>> {
    let mut linker = Linker::new(module.engine());
    wasi::add_to(&mut linker, module)?;
    linker.func_wrap(MODULE, "input_read", input_read)?;
    linker.func_wrap(MODULE, "output_write", output_write)?;
    linker.func_wrap(MODULE, "log", log)?;
    Ok(linker)
}

fn input_read(
    mut caller: Caller<'_, CallState>,
    offset: u32,
    dst: u32,
    len: u32,
) -> wasmtime::Result<u32> {
    let memory = memory(&mut caller)?;
    let (bytes, state) = memory.data_and_store_mut(&mut caller);
    let dst = range_mut(bytes, dst, len)?;
    let count = state.read(as_usize(offset), dst);
    Ok(u32::try_from(count).unwrap_or(len))
}

fn output_write(mut caller: Caller<'_, CallState>, src: u32, len: u32) -> wasmtime::Result<i32> {
    let memory = memory(&mut caller)?;
    let (bytes, state) = memory.data_and_store_mut(&mut caller);
    let answer = state.write(range_mut(bytes, src, len)?);
    Ok(answer)
}

fn log(mut caller: Caller<'_, CallState>, level: u32, utf8: u32, len: u32) -> wasmtime::Result<()> {
    let memory = memory(&mut caller)?;
    let (bytes, state) = memory.data_and_store_mut(&mut caller);
    state.logs.push(level, range_mut(bytes, utf8, len)?);
    Ok(())
}

pub(super) fn memory(caller: &mut Caller<'_, CallState>) -> wasmtime::Result<Memory> {
    let export = caller.data().memory_export;
    match caller.get_module_export(&export) {
        Some(Extern::Memory(memory)) => Ok(memory),
        _ => Err(Ended::Range.into()),
    }
}

/// The bytes `[start, start + len)`; an empty range may start anywhere.
pub(super) fn range_mut(memory: &mut [u8], start: u32, len: u32) -> wasmtime::Result<&mut [u8]> {
    if len == 0 {
        return Ok(&mut []);
    }
    let start = as_usize(start);
    memory
        .get_mut(start..start + as_usize(len))
        .ok_or_else(|| Ended::Range.into())
}

/// Lossless: plugins run on 64-bit hosts only.
fn as_usize(value: u32) -> usize {
    value as usize
}
