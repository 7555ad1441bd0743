//! The limits on every plugin, with the defaults that the operator may change.

use std::time::Duration;

/// The largest request document, in bytes.
pub const MAX_INPUT: usize = 1 << 20;
/// What a call may log before the rest is dropped, in bytes.
pub const MAX_LOG: usize = 64 << 10;
/// The largest plugin file, in bytes.
pub const MAX_ARTEFACT: u64 = 32 << 20;
/// All files of a package together, in bytes.
pub const MAX_PACKAGE: u64 = 64 << 20;
/// Files of a package.
pub const MAX_PACKAGE_FILES: usize = 200;
/// Signature slots of one result.
pub const MAX_SIGNATURES: usize = 16;
/// How long a module may take to compile.
pub const COMPILE_TIME: Duration = Duration::from_mins(1);
/// How long a program may take until it has described itself.
pub const START_TIME: Duration = Duration::from_secs(10);
/// How often running modules are looked at.
pub const TICK: Duration = Duration::from_millis(10);
/// The stack of a module, in bytes.
pub const MAX_STACK: usize = 512 << 10;
/// Entries of a module's table.
pub const MAX_TABLE: usize = 20_000;

/// The limits of one plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Time of one call.
    pub time: Duration,
    /// Memory of one call (wasm, component), of a worker process (native), or resident of a
    /// program with all its processes, in bytes.
    pub memory: usize,
    /// Size of the output document, in bytes.
    pub output: usize,
    /// Calls at once.
    pub concurrency: usize,
    /// Calls that wait for a place.
    pub queue: usize,
}

impl Limits {
    /// The defaults of a WebAssembly module.
    pub fn wasm() -> Self {
        Self {
            time: Duration::from_millis(250),
            memory: 64 << 20,
            output: 1 << 20,
            concurrency: 2 * cores(),
            queue: 64,
        }
    }

    /// The defaults of a component: it may bring an interpreter.
    pub fn component() -> Self {
        Self {
            memory: 256 << 20,
            ..Self::wasm()
        }
    }

    /// The defaults of a native library: a process needs more memory.
    pub fn native() -> Self {
        Self {
            memory: 256 << 20,
            ..Self::wasm()
        }
    }

    /// The defaults of a program: languages with a runtime of their own need
    /// time and memory.
    pub fn process() -> Self {
        Self {
            time: Duration::from_secs(5),
            memory: 512 << 20,
            ..Self::wasm()
        }
    }

    /// The defaults of a remote service: it waits for others and takes no processor.
    pub fn remote() -> Self {
        Self {
            time: Duration::from_secs(5),
            memory: 0,
            concurrency: 16,
            ..Self::wasm()
        }
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
