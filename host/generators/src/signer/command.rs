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
mod tests {
    use std::time::Instant;

    use super::CommandSigner;
    use crate::config::{CommandConfig, CommandMode};

    /// A signer that runs this script.
    fn shell(mode: CommandMode, script: &str) -> CommandConfig {
        CommandConfig {
            program: "/bin/sh".into(),
            args: ["-c", script, "kit", "{in}", "{out}", "{err}"]
                .map(Into::into)
                .into(),
            mode,
            time_ms: 5000,
            exit_codes: vec![0],
            env: vec![],
            stderr_fatal: false,
            queue: 1,
        }
    }

    async fn seal(config: CommandConfig) -> Result<String, String> {
        let signer = CommandSigner::new(config).map_err(|error| error.to_string())?;
        let sealed = signer.seal("license.lic", b"SIGN=0\n").await;
        sealed
            .map(|bytes| String::from_utf8(bytes).unwrap())
            .map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn all_modes_give_the_signed_file_back() {
        for (mode, script) in [
            (CommandMode::InPlace, r#"sed -i s/0/1/ "$1""#),
            (CommandMode::InOut, r#"sed s/0/1/ "$1" > "$2""#),
            (CommandMode::Stdio, "sed s/0/1/"),
        ] {
            let sealed = seal(shell(mode, &format!("PATH=/usr/bin:/bin; {script}"))).await;
            assert_eq!(sealed.as_deref(), Ok("SIGN=1\n"), "{mode:?}");
        }
    }

    #[tokio::test]
    async fn a_run_is_private() {
        let script = "PATH=/usr/bin:/bin; stat -c %a .; pwd; env | grep -v -e ^PWD= -e ^PATH= -e ^_= -e ^SHLVL= -e ^OLDPWD=";
        let told = seal(shell(CommandMode::Stdio, &format!("{script}; true")))
            .await
            .unwrap();
        let lines: Vec<_> = told.lines().collect();
        let [mode, dir] = lines.as_slice() else {
            panic!("the environment is not empty: {told}");
        };
        assert_eq!(*mode, "700");
        assert!(!std::path::Path::new(dir).exists());
    }

    #[tokio::test]
    async fn named_variables_are_passed_on() {
        let mut config = shell(CommandMode::Stdio, r#"echo "$CARGO_MANIFEST_DIR$HOME""#);
        config.env = vec!["CARGO_MANIFEST_DIR".into()];
        let told = seal(config).await.unwrap();
        assert_eq!(told.trim(), env!("CARGO_MANIFEST_DIR"));
    }

    #[tokio::test]
    async fn failures_are_told() {
        for (script, part) in [
            ("echo no key >&2; exit 3", "exit status: 3: no key"),
            ("kill -9 $$", "signal: 9"),
            (": > \"$1\"", "empty"),
            ("PATH=/usr/bin:/bin; rm \"$1\"", "No such file"),
            (
                "PATH=/usr/bin:/bin; head -c 5000000 /dev/zero > \"$1\"",
                "too large",
            ),
        ] {
            let told = seal(shell(CommandMode::InPlace, script)).await.unwrap_err();
            assert!(told.contains(part), "{told}");
        }
        let mut strict = shell(CommandMode::Stdio, "echo odd >&2; echo signed");
        assert_eq!(seal(strict.clone()).await.as_deref(), Ok("signed\n"));
        strict.stderr_fatal = true;
        assert!(seal(strict).await.unwrap_err().contains("complained: odd"));
    }

    #[tokio::test]
    async fn other_exit_codes_can_be_accepted() {
        let mut config = shell(CommandMode::Stdio, "echo signed; exit 7");
        config.exit_codes = vec![0, 7];
        assert_eq!(seal(config).await.as_deref(), Ok("signed\n"));
    }

    #[tokio::test]
    async fn a_missing_program_is_told() {
        let mut config = shell(CommandMode::InPlace, "");
        config.program = "/nonexistent/lmcrypt".into();
        let told = seal(config.clone()).await.unwrap_err();
        assert!(told.contains("/nonexistent/lmcrypt"), "{told}");
        config.program = "lmcrypt".into();
        assert!(seal(config).await.unwrap_err().contains("absolute"));
    }

    #[tokio::test]
    async fn a_hanging_program_is_killed_with_its_children() {
        let dir = tempfile::tempdir().unwrap();
        let pid = dir.path().join("pid");
        let script = format!(
            "PATH=/usr/bin:/bin; sleep 1000 & echo $! > {}; wait",
            pid.display()
        );
        let mut config = shell(CommandMode::InPlace, &script);
        config.time_ms = 500;
        let start = Instant::now();
        let told = seal(config).await.unwrap_err();
        assert!(told.contains("longer than 500 ms"), "{told}");
        assert!(start.elapsed().as_secs() < 5);
        let child = std::fs::read_to_string(pid).unwrap();
        // A signal is delivered soon, not at once; a zombie is as good as gone.
        let state = || std::fs::read_to_string(format!("/proc/{}/stat", child.trim()));
        while state().is_ok_and(|state| !state.contains(") Z")) {
            assert!(start.elapsed().as_secs() < 5, "the child lives on");
            std::thread::yield_now();
        }
    }

    #[tokio::test]
    async fn one_runs_and_a_bounded_number_waits() {
        let script = "PATH=/usr/bin:/bin; cat; sleep 0.2";
        let signer = CommandSigner::new(shell(CommandMode::Stdio, script)).unwrap();
        let (first, second, third) = tokio::join!(
            signer.seal("a", b"1"),
            signer.seal("a", b"2"),
            signer.seal("a", b"3")
        );
        assert_eq!(first.unwrap(), b"1");
        assert_eq!(second.unwrap(), b"2");
        assert!(third.unwrap_err().to_string().contains("wait"));
    }
}
