//! Signers of kind `command`: the vendor's program takes a file and gives it
//! back signed.
//!
//! A run has a private directory, an environment of named variables only and a
//! time limit; there is one run at a time, since such programs are seldom
//! written for more.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

use crate::config::{CommandConfig, CommandMode};
use crate::error::LoadError;
use crate::gate::{Gate, GateError};
use crate::hex;
use crate::wasm::sha256;

/// The largest signed file, in bytes.
const MAX_FILE: usize = 4 << 20;
/// What is kept of standard error for the log, in bytes.
const MAX_STDERR: usize = 4 << 10;

/// A configured program.
pub(crate) struct CommandSigner {
    config: CommandConfig,
    gate: Gate,
}

/// The files of one run.
struct Run {
    dir: TempDir,
    input: PathBuf,
    output: PathBuf,
    errors: PathBuf,
}

/// What a finished program left.
struct Finished {
    status: ExitStatus,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl CommandSigner {
    /// Checks the configuration; the program itself is looked for by each run.
    pub(crate) fn new(config: CommandConfig) -> Result<Self, LoadError> {
        if !config.program.is_absolute() {
            return Err(LoadError::new(format!(
                "the program {} is not an absolute path",
                config.program.display()
            )));
        }
        if !config.program.exists() {
            tracing::warn!(program = %config.program.display(), "signing program is missing");
        }
        let gate = Gate::new(1, config.queue.into());
        Ok(Self { config, gate })
    }

    /// SHA-256 of the program, in hex.
    pub(crate) fn fingerprint(&self) -> Result<String, LoadError> {
        std::fs::read(&self.config.program)
            .map(|bytes| hex::encode(&sha256(&bytes)))
            .map_err(|error| self.failed(&error))
    }

    /// Has a file signed; `name` is the file's name, which the program sees.
    pub(crate) async fn seal(&self, name: &str, bytes: &[u8]) -> Result<Vec<u8>, LoadError> {
        let _place = self.gate.enter().await.map_err(|error| match error {
            GateError::Full => LoadError::new("too many files wait for the signing program"),
        })?;
        let start = Instant::now();
        let run = Run::new(name, bytes).map_err(|error| self.failed(&error))?;
        let finished = self.run(&run, bytes).await?;
        tracing::info!(
            program = %self.config.program.display(),
            args = ?self.config.args,
            exit = ?finished.status.code(),
            duration_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
            input_sha256 = hex::encode(&sha256(bytes)),
            "signing program ran"
        );
        self.check(&finished)?;
        let sealed = self.result(&run, finished)?;
        if sealed.is_empty() {
            return Err(LoadError::new("the signing program gave an empty file"));
        }
        Ok(sealed)
    }

    async fn run(&self, run: &Run, bytes: &[u8]) -> Result<Finished, LoadError> {
        let child = self
            .command(run)
            .spawn()
            .map_err(|error| self.failed(&error))?;
        let mut group = Group(child);
        let input = if self.config.mode == CommandMode::Stdio {
            bytes
        } else {
            &[]
        };
        let limit = Duration::from_millis(self.config.time_ms.into());
        tokio::time::timeout(limit, group.finish(input))
            .await
            .map_err(|_| {
                LoadError::new(format!(
                    "the signing program took longer than {} ms",
                    self.config.time_ms
                ))
            })?
            .map_err(|error| self.failed(&error))
    }

    fn command(&self, run: &Run) -> Command {
        let mut command = Command::new(&self.config.program);
        command
            .args(self.config.args.iter().map(|arg| run.fill_in(arg)))
            .current_dir(run.dir.path())
            .env_clear()
            .envs(
                self.config
                    .env
                    .iter()
                    .filter_map(|name| std::env::var_os(name).map(|value| (name, value))),
            )
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn check(&self, finished: &Finished) -> Result<(), LoadError> {
        let printed = || {
            String::from_utf8_lossy(&finished.stderr)
                .trim()
                .replace('\n', " | ")
        };
        let accepted = finished
            .status
            .code()
            .is_some_and(|code| self.config.exit_codes.contains(&code));
        if !accepted {
            return Err(LoadError::new(format!(
                "the signing program ended with {}: {}",
                finished.status,
                printed()
            )));
        }
        if self.config.stderr_fatal && !finished.stderr.is_empty() {
            return Err(LoadError::new(format!(
                "the signing program complained: {}",
                printed()
            )));
        }
        Ok(())
    }

    fn result(&self, run: &Run, finished: Finished) -> Result<Vec<u8>, LoadError> {
        let read = |path: &Path| {
            let size = std::fs::metadata(path)
                .map_err(|error| self.failed(&error))?
                .len();
            if size > MAX_FILE as u64 {
                return Err(LoadError::new("the signed file is too large"));
            }
            std::fs::read(path).map_err(|error| self.failed(&error))
        };
        match self.config.mode {
            CommandMode::InPlace => read(&run.input),
            CommandMode::InOut => read(&run.output),
            CommandMode::Stdio if finished.stdout.len() > MAX_FILE => {
                Err(LoadError::new("the signed file is too large"))
            }
            CommandMode::Stdio => Ok(finished.stdout),
        }
    }

    fn failed(&self, error: &io::Error) -> LoadError {
        LoadError::new(format!(
            "the signing program {} failed: {error}",
            self.config.program.display()
        ))
    }
}

impl Run {
    /// A private directory with the file in it.
    fn new(name: &str, bytes: &[u8]) -> io::Result<Self> {
        let dir = tempfile::Builder::new()
            .prefix("lds-sign-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir()?;
        let input = dir.path().join(name);
        std::fs::write(&input, bytes)?;
        // No license file has such a name: it would have to begin with a dot.
        let output = dir.path().join(".out");
        let errors = dir.path().join(".err");
        Ok(Self {
            dir,
            input,
            output,
            errors,
        })
    }

    fn fill_in(&self, arg: &str) -> String {
        arg.replace("{in}", &self.input.to_string_lossy())
            .replace("{out}", &self.output.to_string_lossy())
            .replace("{err}", &self.errors.to_string_lossy())
    }
}

/// A running program; what is left of it and its children is killed at the end.
struct Group(Child);

impl Group {
    async fn finish(&mut self, input: &[u8]) -> io::Result<Finished> {
        let stdin = self.0.stdin.take();
        let stdout = self.0.stdout.take();
        let stderr = self.0.stderr.take();
        let feed = async {
            if let Some(mut stdin) = stdin {
                // A program that does not read it all says so by its result.
                let _ = stdin.write_all(input).await;
            }
        };
        let ((), stdout, stderr) =
            tokio::join!(feed, read(stdout, MAX_FILE + 1), read(stderr, MAX_STDERR));
        Ok(Finished {
            status: self.0.wait().await?,
            stdout: stdout?,
            stderr: stderr?,
        })
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // A program that has been waited for has no number any more.
        let group = self.0.id().and_then(|id| i32::try_from(id).ok());
        if let Some(group) = group.and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// Reads to the end and keeps the first `most` bytes.
async fn read(pipe: Option<impl AsyncRead + Unpin>, most: usize) -> io::Result<Vec<u8>> {
    let mut kept = Vec::new();
    if let Some(mut pipe) = pipe {
        (&mut pipe).take(most as u64).read_to_end(&mut kept).await?;
        tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await?;
    }
    Ok(kept)
}

#[cfg(test)]
mod tests;
