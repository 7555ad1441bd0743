//! `wasi_snapshot_preview1` as far as system libraries need it to start: Go, C, C++, Zig.
//!
//! Time and randomness come from the request alone, so that a call stays repeatable. There are no
//! files, no arguments and no environment; what is printed is logged.

use aws_lc_rs::digest;
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use wasmtime::{Caller, FuncType, Linker, Module, Val, ValType};

use crate::hex;
use crate::limits::MAX_LOG;

use super::bounds::Ended;
use super::host::{CallState, memory, range_mut};

/// The module of the imports.
pub(super) const WASI: &str = "wasi_snapshot_preview1";

const SUCCESS: i32 = 0;
const BAD_DESCRIPTOR: i32 = 8;
const FAULTY_ADDRESS: i32 = 21;
const NOT_SUPPORTED: i32 = 52;
/// The clock that only goes forward.
const MONOTONIC: i32 = 1;
/// The longest line that is logged as one, in bytes.
const MAX_LINE: usize = 1024;
/// Bytes of one block of random numbers.
const BLOCK: usize = 32;

/// What is served, and as what; everything else answers that it is not supported.
const SERVED: [(&str, &str); 10] = [
    ("args_get", "(i32, i32) -> i32"),
    ("args_sizes_get", "(i32, i32) -> i32"),
    ("clock_time_get", "(i32, i64, i32) -> i32"),
    ("environ_get", "(i32, i32) -> i32"),
    ("environ_sizes_get", "(i32, i32) -> i32"),
    ("fd_prestat_get", "(i32, i32) -> i32"),
    ("fd_write", "(i32, i32, i32, i32) -> i32"),
    ("proc_exit", "(i32)"),
    ("random_get", "(i32, i32) -> i32"),
    ("sched_yield", "() -> i32"),
];

/// The type that an import must have; any with a number as result for what is not served.
pub(super) fn expected(name: &str) -> Option<&'static str> {
    SERVED
        .iter()
        .find(|(served, _)| *served == name)
        .map(|(_, signature)| *signature)
}

/// What a call's document gives in place of a machine's clock and randomness.
#[derive(Default)]
pub(super) struct Surroundings {
    given: Option<Given>,
    /// Bytes of randomness that were drawn.
    drawn: u64,
    /// Begun lines of the two output streams.
    begun: [Vec<u8>; 2],
}

#[derive(Clone, Copy)]
struct Given {
    now_ns: u64,
    seed: Option<[u8; 32]>,
}

#[derive(Deserialize)]
struct Request {
    now: Option<String>,
    seed: Option<String>,
}

impl Given {
    /// Zeros for what a document does not have.
    fn read(input: &[u8]) -> Self {
        let request: Option<Request> = serde_json::from_slice(input).ok();
        let (now, seed) = request.map_or((None, None), |request| (request.now, request.seed));
        let now = now.and_then(|now| OffsetDateTime::parse(&now, &Rfc3339).ok());
        let now_ns = now.and_then(|now| u64::try_from(now.unix_timestamp_nanos()).ok());
        Self {
            now_ns: now_ns.unwrap_or_default(),
            seed: seed.and_then(|seed| hex::decode(&seed)?.try_into().ok()),
        }
    }
}

impl CallState {
    fn given(&mut self) -> Given {
        let input = &self.input;
        let given = &mut self.surroundings.given;
        *given.get_or_insert_with(|| Given::read(input))
    }

    /// Keeps a stretch of output: whole lines as messages, the rest until its line is whole.
    fn print(&mut self, stream: usize, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let piece = &piece[..piece.len().min(MAX_LOG)];
            self.surroundings.begun[stream].extend_from_slice(piece);
            let begun = &self.surroundings.begun[stream];
            if begun.len() >= MAX_LINE || begun.ends_with(b"\n") {
                self.end_line(stream);
            }
        }
    }

    fn end_line(&mut self, stream: usize) {
        let line = std::mem::take(&mut self.surroundings.begun[stream]);
        let level = [3, 2][stream];
        for part in line.trim_ascii_end().chunks(MAX_LINE) {
            self.logs.push(level, part);
        }
    }

    /// Logs what was printed without the end of a line.
    pub(super) fn end_lines(&mut self) {
        self.end_line(0);
        self.end_line(1);
    }
}

/// Adds what a module imports of it.
pub(super) fn add_to(linker: &mut Linker<CallState>, module: &Module) -> wasmtime::Result<()> {
    linker.func_wrap(WASI, "args_get", |_: i32, _: i32| SUCCESS)?;
    linker.func_wrap(WASI, "args_sizes_get", none)?;
    linker.func_wrap(WASI, "clock_time_get", clock_time_get)?;
    linker.func_wrap(WASI, "environ_get", |_: i32, _: i32| SUCCESS)?;
    linker.func_wrap(WASI, "environ_sizes_get", none)?;
    linker.func_wrap(WASI, "fd_prestat_get", |_: i32, _: i32| BAD_DESCRIPTOR)?;
    linker.func_wrap(WASI, "fd_write", fd_write)?;
    linker.func_wrap(WASI, "proc_exit", proc_exit)?;
    linker.func_wrap(WASI, "random_get", random_get)?;
    linker.func_wrap(WASI, "sched_yield", || SUCCESS)?;
    // Some compilers import a function more than once.
    linker.allow_shadowing(true);
    let others = module.imports().filter(|import| import.module() == WASI);
    for import in others.filter(|import| expected(import.name()).is_none()) {
        if let Some(kind) = import.ty().func() {
            linker.func_new(WASI, import.name(), kind.clone(), not_supported)?;
        }
    }
    Ok(())
}

/// Whether an import that is not served can answer so.
pub(super) fn can_be_refused(kind: &FuncType) -> bool {
    let mut results = kind.results();
    matches!((results.next(), results.next()), (Some(ValType::I32), None))
}

#[expect(clippy::unnecessary_wraps, reason = "the type that the linker wants")]
fn not_supported(_: Caller<'_, CallState>, _: &[Val], results: &mut [Val]) -> wasmtime::Result<()> {
    results.fill(Val::I32(NOT_SUPPORTED));
    Ok(())
}

/// A list of no strings with no bytes.
fn none(mut caller: Caller<'_, CallState>, count: u32, size: u32) -> wasmtime::Result<i32> {
    write(&mut caller, count, &[0; 4])?;
    write(&mut caller, size, &[0; 4])?;
    Ok(SUCCESS)
}

/// The moment of the request, whichever clock is asked. Without one it is 0, but on a clock that
/// only goes forward 1: Go does not start at 0.
fn clock_time_get(
    mut caller: Caller<'_, CallState>,
    clock: i32,
    _precision: i64,
    time: u32,
) -> wasmtime::Result<i32> {
    let least = u64::from(clock == MONOTONIC);
    let now = caller.data_mut().given().now_ns.max(least);
    write(&mut caller, time, &now.to_le_bytes())?;
    Ok(SUCCESS)
}

/// The next bytes of SHA-256(seed ‖ block number), from block 0 on.
fn random_get(mut caller: Caller<'_, CallState>, buffer: u32, len: u32) -> wasmtime::Result<i32> {
    let memory = memory(&mut caller)?;
    let (bytes, state) = memory.data_and_store_mut(&mut caller);
    let buffer = range_mut(bytes, buffer, len)?;
    match state.given().seed {
        Some(seed) => fill(buffer, &seed, state.surroundings.drawn),
        None => buffer.fill(0),
    }
    state.surroundings.drawn += u64::from(len);
    Ok(SUCCESS)
}

/// What follows after so many bytes.
fn fill(mut buffer: &mut [u8], seed: &[u8; 32], mut drawn: u64) {
    while !buffer.is_empty() {
        let number = drawn / BLOCK as u64;
        let used = usize::try_from(drawn % BLOCK as u64).unwrap_or_default();
        let mut context = digest::Context::new(&digest::SHA256);
        context.update(seed);
        context.update(&number.to_le_bytes());
        let block = context.finish();
        let rest = &block.as_ref()[used..];
        let (now, later) = buffer.split_at_mut(rest.len().min(buffer.len()));
        now.copy_from_slice(&rest[..now.len()]);
        drawn += now.len() as u64;
        buffer = later;
    }
}

/// Both output streams are logged.
fn fd_write(
    mut caller: Caller<'_, CallState>,
    descriptor: i32,
    vectors: u32,
    count: u32,
    written: u32,
) -> wasmtime::Result<i32> {
    let stream = match descriptor {
        1 => 0,
        2 => 1,
        _ => return Ok(BAD_DESCRIPTOR),
    };
    let memory = memory(&mut caller)?;
    let (bytes, state) = memory.data_and_store_mut(&mut caller);
    let Some(size) = count.checked_mul(8) else {
        return Ok(FAULTY_ADDRESS);
    };
    let vectors = range_mut(bytes, vectors, size)?.to_vec();
    let mut total = 0_u32;
    for vector in vectors.chunks_exact(8) {
        let [start, len] = [0, 4].map(|at| word(&vector[at..at + 4]));
        state.print(stream, range_mut(bytes, start, len)?);
        total = total.wrapping_add(len);
    }
    write(&mut caller, written, &total.to_le_bytes())?;
    Ok(SUCCESS)
}

fn word(bytes: &[u8]) -> u32 {
    bytes.try_into().map_or(0, u32::from_le_bytes)
}

/// A library that ends the program has no answer.
fn proc_exit(_: Caller<'_, CallState>, _code: i32) -> wasmtime::Result<()> {
    Err(Ended::Exit.into())
}

fn write(caller: &mut Caller<'_, CallState>, at: u32, value: &[u8]) -> wasmtime::Result<()> {
    let memory = memory(caller)?;
    let len = u32::try_from(value.len())?;
    let target = range_mut(memory.data_mut(caller), at, len)?;
    target.copy_from_slice(value);
    Ok(())
}
