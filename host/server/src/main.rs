//! The binary `lds`: arguments, configuration, wiring, lifecycle.
//!
//! It puts the rooms together and holds what only a process has: the real clock, randomness,
//! files and signals. It must not know any rule of the business.

mod app;
mod clock;
mod command;
mod config;
mod data_dir;
mod logging;
mod metrics;
mod no_generators;
mod pins;
mod random;

use std::process::ExitCode;

use lds_generators::WorkerProgram;
use rustix::fs::Mode;

fn main() -> ExitCode {
    // Whatever the program writes is its user's alone: the database, its journals, caches, keys.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let mut arguments = std::env::args_os().skip(1).peekable();
    // Workers come first: they hold nothing of a server, not even its arguments.
    if arguments
        .next_if(|first| first == WorkerProgram::ARGUMENT)
        .is_some()
    {
        return lds_generators::worker::main(arguments);
    }
    command::main()
}
