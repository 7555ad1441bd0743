//! Becomes a program that is a plugin, with what it may have and nothing else.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::error::LoadError;

use super::harden;

/// The environment, but for the folder of scratch files.
const ENVIRONMENT: [(&str, &str); 3] = [
    ("LC_ALL", "C.UTF-8"),
    ("TZ", "UTC"),
    ("PATH", "/usr/bin:/bin"),
];

/// Returns only where it fails. `args` are folder, scratch, memory, program and
/// its arguments.
pub(super) fn become_it(args: &[OsString], memory: &str) -> LoadError {
    let [folder, scratch, _, program, rest @ ..] = args else {
        return LoadError::new("a program is missing");
    };
    let (folder, scratch) = (Path::new(folder), Path::new(scratch));
    let Ok(memory) = memory.parse() else {
        return LoadError::new("a limit is not a number");
    };
    if let Err(error) = harden::before_program(folder, scratch, memory) {
        return error;
    }
    let error = Command::new(program)
        .args(rest)
        .current_dir(folder)
        .env_clear()
        .envs(ENVIRONMENT)
        .env("TMPDIR", scratch)
        .exec();
    LoadError::new(format!(
        "{} cannot be started: {error}",
        Path::new(program).display()
    ))
}
