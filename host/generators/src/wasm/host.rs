//! The three host functions as a module sees them, and the state of one call.

use wasmtime::{Caller, Extern, Linker, Memory, Module, ModuleExport};

use crate::carrier::LogBuffer;
use crate::limits::Limits;

use super::bounds::{Bounded, Bounds, Ended};
use super::wasi::{self, Surroundings};

/// The module of the imports.
pub(super) const MODULE: &str = "lds_v1";

/// What one call owns.
pub(super) struct CallState {
    pub(super) memory_export: ModuleExport,
    pub(super) input: Vec<u8>,
    pub(super) output: Vec<u8>,
    pub(super) logs: LogBuffer,
    /// Inside `lds_call`; elsewhere there is no input and no output.
    pub(super) calling: bool,
    pub(super) overflowed: bool,
    pub(super) bounds: Bounds,
    pub(super) surroundings: Surroundings,
    output_limit: usize,
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
            bounds: Bounds::new(limits),
            surroundings: Surroundings::default(),
            output_limit: limits.output,
        }
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

impl Bounded for CallState {
    fn bounds(&mut self) -> &mut Bounds {
        &mut self.bounds
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
