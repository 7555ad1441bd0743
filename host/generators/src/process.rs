//! The program that runs apart from the server: native plugins and compilations.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

/// How to start a worker: normally the server's own binary with a hidden
/// argument, on which it calls [`crate::worker::main`].
#[derive(Debug, Clone)]
pub struct WorkerProgram {
    path: PathBuf,
    args: Vec<OsString>,
}

impl WorkerProgram {
    /// The argument by which the server's binary knows that it is a worker.
    pub const ARGUMENT: &'static str = "generator-worker";

    /// The running binary, started with [`Self::ARGUMENT`]. The path is that of
    /// the file that was started, even if it has been replaced since.
    pub fn this_binary() -> Self {
        Self {
            path: PathBuf::from("/proc/self/exe"),
            args: vec![Self::ARGUMENT.into()],
        }
    }

    /// Another program with these first arguments.
    pub fn new(path: impl Into<PathBuf>, args: impl IntoIterator<Item = OsString>) -> Self {
        Self {
            path: path.into(),
            args: args.into_iter().collect(),
        }
    }

    /// A command with an empty environment, still without its own arguments.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        // The name in process lists: that of a link in /proc tells nothing.
        command.arg0("lds-worker").args(&self.args).env_clear();
        command
    }
}
