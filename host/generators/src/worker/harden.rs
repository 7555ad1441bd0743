//! What a worker gives up before it touches foreign code.

use std::path::Path;

use rustix::process::{
    DumpableBehavior, Resource, Rlimit, Signal, getrlimit, set_dumpable_behavior,
    set_parent_process_death_signal, setrlimit,
};

use crate::error::LoadError;
use crate::limits::COMPILE_TIME;
use crate::walls;

/// Open files of a worker: its socket, its pipes, what the loader needs.
const OPEN_FILES: u64 = 64;
/// Open files of a program: runtimes keep their libraries open.
const PROGRAM_FILES: u64 = 256;
/// The largest file that a program may write, in bytes.
const PROGRAM_FILE: u64 = 64 << 20;
/// What a program may map for writing, beside what it may have resident: runtimes
/// reserve more than they use. It stops what grows between two looks.
const PROGRAM_MAPPED: u64 = 4;
/// Memory of a compilation, in bytes of address space.
const COMPILE_MEMORY: u64 = 2 << 30;

/// A worker of a native library: it dies with the server, gains no rights,
/// reads no file but libraries, writes no file and no core, makes no call that
/// reaches another process, and may grow by `memory` bytes.
pub(super) fn before_loading(library: &Path, memory: u64) -> Result<(), LoadError> {
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(|e| failed(&e))?;
    give_up_rights()?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Nofile, OPEN_FILES)?;
    limit(Resource::As, mapped_bytes()?.saturating_add(memory))?;
    walls::close_in(library)
}

/// A program: it dies with the server, gains no rights, reads its folder and
/// what belongs to the system, writes scratch files and no core, and reaches no
/// network. `memory` is what it may have resident, which the server looks at.
pub(super) fn before_program(folder: &Path, scratch: &Path, memory: u64) -> Result<(), LoadError> {
    set_parent_process_death_signal(Some(Signal::KILL)).map_err(|e| failed(&e))?;
    give_up_rights()?;
    limit(Resource::Fsize, PROGRAM_FILE)?;
    limit(Resource::Nofile, PROGRAM_FILES)?;
    limit(Resource::Data, memory.saturating_mul(PROGRAM_MAPPED))?;
    walls::close_program_in(folder, scratch)
}

/// A session with a token holds its PIN: it gains no rights, writes no core, and no other process
/// of its user reads its memory. Files, devices and network stay: modules reach their tokens by
/// each of these.
pub(super) fn before_signing() -> Result<(), LoadError> {
    give_up_rights()?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(|e| failed(&e))
}

/// A compilation ends by itself, at the latest after the time limit.
pub(super) fn before_compiling() -> Result<(), LoadError> {
    give_up_rights()?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Cpu, COMPILE_TIME.as_secs())?;
    limit(Resource::As, COMPILE_MEMORY)
}

fn give_up_rights() -> Result<(), LoadError> {
    rustix::thread::set_no_new_privs(true).map_err(|e| failed(&e))?;
    limit(Resource::Core, 0)
}

/// Lowers a limit; one that is lower already stays.
fn limit(resource: Resource, most: u64) -> Result<(), LoadError> {
    let already = getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let most = Some(most.min(already));
    setrlimit(
        resource,
        Rlimit {
            current: most,
            maximum: most,
        },
    )
    .map_err(|e| failed(&e))
}

/// The address space that the program has before the library is loaded.
fn mapped_bytes() -> Result<u64, LoadError> {
    let statm = std::fs::read_to_string("/proc/self/statm").map_err(|e| failed(&e))?;
    let pages: u64 = statm
        .split(' ')
        .next()
        .and_then(|pages| pages.parse().ok())
        .ok_or_else(|| LoadError::new("the worker cannot read its own size"))?;
    Ok(pages * rustix::param::page_size() as u64)
}

fn failed(error: &dyn std::fmt::Display) -> LoadError {
    LoadError::new(format!("the worker cannot give up its rights: {error}"))
}
