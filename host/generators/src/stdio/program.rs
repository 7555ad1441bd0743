//! What is started, and how: a command in a folder, with streams and a folder for scratch files.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;
use tokio::process::{ChildStdin, ChildStdout};

use crate::apart::{Printed, Process, Spawner};
use crate::error::LoadError;
use crate::limits::Limits;
use crate::process::WorkerProgram;

/// Where programs are looked for that are named without a folder.
const SYSTEM: [&str; 2] = ["/usr/bin", "/bin"];

/// How a program takes calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// It stays, and takes a line for each call.
    Lines,
    /// It runs once for each call.
    OneShot,
}

/// A program that is a plugin.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// Where it runs, and what it may read.
    folder: PathBuf,
    /// By absolute path.
    file: PathBuf,
    args: Vec<String>,
    /// How it takes calls.
    pub(crate) mode: Mode,
}

impl Program {
    /// A command in a folder: a name is one of the system's programs, a path
    /// one in the folder.
    pub(crate) fn new(folder: &Path, command: &[String], mode: Mode) -> Result<Self, LoadError> {
        let [name, args @ ..] = command else {
            return Err(LoadError::new(
                "the command is empty: expected a program and its arguments",
            ));
        };
        let folder = folder.canonicalize().map_err(|error| {
            LoadError::new(format!("{} cannot be used: {error}", folder.display()))
        })?;
        Ok(Self {
            file: find(&folder, name)?,
            folder,
            args: args.to_vec(),
            mode,
        })
    }
}

fn find(folder: &Path, name: &str) -> Result<PathBuf, LoadError> {
    let is_path = name.contains('/');
    let places = if is_path {
        vec![folder.join(name)]
    } else {
        SYSTEM.map(|system| Path::new(system).join(name)).to_vec()
    };
    places
        .into_iter()
        .find(|place| is_executable(place))
        .ok_or_else(|| {
            LoadError::new(if is_path {
                format!("{name} is no executable file of the plugin's folder")
            } else {
                format!(
                    "there is no program {name} in {}: install it, or write ./{name} for one in \
                     the plugin's folder",
                    SYSTEM.join(" or ")
                )
            })
        })
}

fn is_executable(path: &Path) -> bool {
    std::fs::metadata(path)
        .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

/// Starts processes of a program.
pub(crate) struct Starter {
    spawner: Spawner,
    worker: WorkerProgram,
    program: Program,
    pub(super) label: String,
}

/// A process that was started.
pub(super) struct Started {
    pub(super) process: Process,
    pub(super) stdin: ChildStdin,
    pub(super) stdout: ChildStdout,
    pub(super) printed: Printed,
}

impl Starter {
    /// A program that is closed in by this worker.
    pub(crate) fn new(spawner: Spawner, worker: WorkerProgram, program: Program) -> Self {
        Self {
            spawner,
            worker,
            label: program.folder.display().to_string(),
            program,
        }
    }

    /// Starts the program, with one more argument where one is given.
    pub(super) async fn start(&self, limits: &Limits, op: Option<&str>) -> io::Result<Started> {
        let scratch = tempfile::Builder::new()
            .prefix("lds-plugin-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir()?;
        let mut command = self.command(scratch.path(), limits);
        command.args(op);
        let mut process = self.spawner.spawn(command, Some(scratch)).await?;
        let pipes = process
            .child()
            .and_then(|child| Some((child.stdin.take()?, child.stdout.take()?)));
        let (stdin, stdout) = pipes.ok_or_else(|| io::Error::other("a process without pipes"))?;
        Ok(Started {
            stdin: ChildStdin::from_std(stdin)?,
            stdout: ChildStdout::from_std(stdout)?,
            printed: Printed::by(&mut process, &self.label)?,
            process,
        })
    }

    fn command(&self, scratch: &Path, limits: &Limits) -> Command {
        let program = &self.program;
        let mut command = self.worker.command();
        command
            .arg("program")
            .args([
                &program.folder,
                scratch,
                Path::new(&limits.memory.to_string()),
            ])
            .arg(&program.file)
            .args(&program.args)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

#[cfg(test)]
mod tests {
    use super::{Mode, Program};

    fn refusal(command: &[&str]) -> String {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("gen.pl"), "").unwrap();
        let command: Vec<_> = command.iter().map(|word| (*word).to_owned()).collect();
        let program = Program::new(folder.path(), &command, Mode::Lines);
        program.unwrap_err().to_string()
    }

    #[test]
    fn programs_that_cannot_be_started_are_told() {
        assert!(refusal(&[]).contains("empty"));
        assert!(refusal(&["no-such-language", "x"]).contains("no program no-such-language in"));
        assert!(refusal(&["gen.pl"]).contains("write ./gen.pl"));
        for path in ["./gen.pl", "./other", "./"] {
            assert!(refusal(&[path]).contains("no executable file"), "{path}");
        }
    }
}
