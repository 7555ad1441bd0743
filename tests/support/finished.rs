//! Commands of the program that end by themselves.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::server::Place;

/// A command that ended.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Finished {
    /// Runs a command to its end.
    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().expect("the program runs");
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// What it printed; it must have succeeded.
    pub(crate) fn success(self) -> String {
        assert_eq!(self.code, Some(0), "{}\n{}", self.out, self.err);
        self.out
    }

    /// Why it failed; it must have failed, without a word on standard output.
    pub(crate) fn failure(self) -> String {
        assert_ne!(self.code, Some(0), "it succeeded: {}", self.out);
        assert_eq!(self.out, "");
        self.err
    }
}

impl Place {
    /// Runs a command as an operator does in the folder: `lds.toml` is found there.
    pub(crate) fn lds(&self, arguments: &[&str]) -> Finished {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lds"));
        command.args(arguments).args(["--data-dir", "data"]);
        command.current_dir(self.folder()).stdin(Stdio::null());
        Finished::of(&mut command)
    }

    /// Writes a file beside `lds.toml`.
    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder().join(name);
        std::fs::write(&path, content).expect("a file");
        path
    }
}
