//! Signing programs as shell scripts.

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
