//! The worker alone, for tests and for programs other than `lds` that embed
//! this crate; `lds` itself starts its own binary again.

use std::process::ExitCode;

fn main() -> ExitCode {
    lds_generators::worker::main(std::env::args_os().skip(1))
}
