//! Hostile programs: each call ends with the status that the interface lays down, and no process of
//! theirs is left.

use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use lds_generators::limits::Limits;
use lds_generators::{CallOutcome, CallStatus, LoadError, LoadedFile};
use tempfile::TempDir;

use crate::kit::{GENERATE, runtime};

/// A program in a folder of its own, which may leave no process behind.
pub(crate) struct Program {
    folder: TempDir,
    package: PathBuf,
}

impl Program {
    /// A script without a manifest.
    pub(crate) fn script(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let package = write_script(folder.path(), text);
        Self { folder, package }
    }

    /// A script with one.
    fn package(text: &str, mode: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_script(folder.path(), text);
        let manifest = format!(
            "[plugin]\nid = \"com.example.hostile\"\nversion = \"1.0.0\"\nabi = \"1.0\"\n\
             kind = \"process\"\n[process]\ncommand = [\"./plugin\"]\nmode = \"{mode}\"\n"
        );
        std::fs::write(folder.path().join("plugin.toml"), manifest).unwrap();
        let package = folder.path().to_owned();
        Self { folder, package }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) async fn open(&self, limits: Limits) -> Result<LoadedFile, LoadError> {
        runtime().open_file(&self.package, Some(limits)).await
    }

    pub(crate) async fn call(&self, input: &[u8]) -> CallOutcome {
        let plugin = self.open(limits()).await.unwrap();
        plugin.call(GENERATE, input).await
    }

    /// Calls it once, puts it away and waits until nothing is left of it.
    async fn ends_with(&self, expected: CallStatus) -> String {
        let outcome = self.call(b"{}").await;
        assert_eq!(outcome.status, expected, "{outcome:?}");
        assert!(outcome.output.is_empty());
        self.leaves_nothing();
        outcome.note.unwrap()
    }

    fn leaves_nothing(&self) {
        let folder = self.folder().canonicalize().unwrap();
        let start = Instant::now();
        while let Some(left) = process_in(&folder) {
            assert!(start.elapsed() < Duration::from_secs(20), "{left} lives on");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn write_script(folder: &Path, text: &str) -> PathBuf {
    let file = folder.join("plugin");
    std::fs::write(&file, text).unwrap();
    std::fs::set_permissions(&file, Permissions::from_mode(0o755)).unwrap();
    file
}

/// A process that runs in a folder: all of a program do.
fn process_in(folder: &Path) -> Option<String> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let place = |entry: &std::fs::DirEntry| std::fs::read_link(entry.path().join("cwd")).ok();
    let mut there = processes.filter(|entry| place(entry).as_deref() == Some(folder));
    there.next().map(|entry| entry.path().display().to_string())
}

fn limits() -> Limits {
    Limits {
        memory: 64 << 20,
        ..Limits::process()
    }
}

/// A shell script that describes itself and does this at other calls, where `$id` is the call's
/// number and `answer` answers it.
fn shell(body: &str) -> Program {
    Program::script(&format!(
        r#"#!/bin/sh
answer() {{ printf '{{"id":%s,"status":%s%s}}\n' "$id" "$1" "$2"; }}
while read -r line; do
  id=${{line#*:}}; id=${{id%%,*}}
  case $line in
    *DESCRIBE*) answer 0 ',"output":{{}}' ;;
    *) {body} ;;
  esac
done
"#
    ))
}

/// The same in Python, where `call` is the call.
pub(crate) fn python(body: &str) -> Program {
    let body = body.replace('\n', "\n        ");
    Program::script(&format!(
        r#"#!/usr/bin/python3
import json, os, sys
def answer(call, status, output):
    print(json.dumps({{"id": call["id"], "status": status, "output": output}}), flush=True)
for line in sys.stdin:
    call = json.loads(line)
    if call["op"] == "DESCRIBE":
        answer(call, 0, {{}})
    else:
        {body}
"#
    ))
}

fn once(body: &str) -> Program {
    Program::package(&format!("#!/bin/sh\n{body}\n"), "oneshot")
}

#[tokio::test]
async fn gives_back_what_it_was_given() {
    let echo = python("answer(call, 0, call['input'])");
    let plugin = echo.open(limits()).await.unwrap();
    for len in [0, 1, 70_000, 1_000_000] {
        let input = format!(r#"{{"a":"{}"}}"#, "x".repeat(len));
        let outcome = plugin.call(GENERATE, input.as_bytes()).await;
        assert_eq!(outcome.status, CallStatus::Ok);
        let output = String::from_utf8(outcome.output).unwrap();
        assert_eq!(output.replace(": ", ":"), input);
        assert!(outcome.memory > 1 << 20, "{}", outcome.memory);
    }
    // With the last handle on its processes they are gone, not soon after.
    drop(plugin);
    assert_eq!(process_in(&echo.folder().canonicalize().unwrap()), None);
}

#[tokio::test]
async fn statuses_are_those_of_the_interface() {
    let program = shell("n=${line##*:?7}; answer ${n%%\\\"*} ',\"output\":{}'");
    let plugin = program.open(limits()).await.unwrap();
    for (code, expected) in [
        (0, CallStatus::Ok),
        (1, CallStatus::Rejected),
        (2, CallStatus::Input),
        (3, CallStatus::Internal),
        (4, CallStatus::Unsupported),
        (5, CallStatus::BadOutput),
        (-1, CallStatus::BadOutput),
    ] {
        let input = format!(r#"{{"status":"7{code}"}}"#);
        let outcome = plugin.call(GENERATE, input.as_bytes()).await;
        assert_eq!(outcome.status, expected, "{code}: {outcome:?}");
    }
}

#[tokio::test]
async fn one_that_never_answers_ends_at_the_time_limit() {
    shell(":").ends_with(CallStatus::Timeout).await;
}

#[tokio::test]
async fn half_a_frame_is_no_answer() {
    let half = r#"printf '{"id":%s,"stat' $id"#;
    shell(half).ends_with(CallStatus::Timeout).await;
    let note = shell(&format!("{half}; exit 3"))
        .ends_with(CallStatus::Crashed)
        .await;
    assert!(note.contains("within a line (exit status: 3)"), "{note}");
}

#[tokio::test]
async fn other_lines_end_it() {
    for (line, told) in [
        (r"hello\n", "no answer"),
        (r"\n", "no answer"),
        (r#"{"id":99,"status":0}\n"#, "call 99"),
        (r#"{"status":0}\n"#, "no answer"),
        (r#"{"id":2,"status":0}\nmore"#, "more than one line"),
        (r#"{"id":2,"status":0}\n\n"#, "more than one line"),
    ] {
        let program = shell(&format!("printf '{line}'"));
        let note = program.ends_with(CallStatus::BadOutput).await;
        assert!(note.contains(told), "{line}: {note}");
    }
}

#[tokio::test]
async fn what_it_writes_after_the_end_is_taken_for_the_next_answer() {
    let program =
        python("answer(call, 0, {})\nprint('late', flush=True)\nprint('.', file=sys.stderr)");
    let plugin = program.open(limits()).await.unwrap();
    let mut statuses = Vec::new();
    while statuses.len() < 2 || *statuses.last().unwrap() == CallStatus::Ok {
        statuses.push(plugin.call(GENERATE, b"{}").await.status);
        assert!(statuses.len() < 9);
    }
    assert!(statuses.contains(&CallStatus::BadOutput), "{statuses:?}");
    drop(plugin);
    program.leaves_nothing();
}

#[tokio::test]
async fn one_that_ignores_signals_ends_all_the_same() {
    let deaf = "trap '' TERM INT HUP; while :; do sleep 1; done";
    shell(deaf).ends_with(CallStatus::Timeout).await;
    once(deaf).ends_with(CallStatus::Timeout).await;
}

#[tokio::test]
async fn what_it_starts_ends_with_it() {
    for start in [
        "sleep 1000 &",
        "(trap '' TERM; sleep 1000 & sleep 1000) &",
        "setsid sleep 1000 &",
        "python3 -c 'import os,time; os.fork() or (os.fork() or time.sleep(1000))' &",
    ] {
        shell(&format!("{start} exit 9"))
            .ends_with(CallStatus::Crashed)
            .await;
        shell(start).ends_with(CallStatus::Timeout).await;
        let program = once(&format!("{start} echo '{{}}'"));
        assert_eq!(program.call(b"").await.status, CallStatus::Ok, "{start}");
        program.leaves_nothing();
    }
}

#[tokio::test]
async fn a_crash_is_tried_twice_and_told() {
    let note = shell("exit 3").ends_with(CallStatus::Crashed).await;
    assert!(note.contains("exit status: 3"), "{note}");
    let note = shell("kill -ABRT $$").ends_with(CallStatus::Crashed).await;
    assert!(note.contains("signal: 6"), "{note}");
    shell("exec 1>&-; sleep 1000")
        .ends_with(CallStatus::Crashed)
        .await;
    // What the first process reads out of the pipe, the second does not find.
    let body = "read -r next < pipe; case $next in c) exit 1;; esac; answer 1";
    for program in [
        shell(body),
        once("read -r next < pipe; case $next in c) exit 9;; esac; exit 1"),
    ] {
        let pipe = program.folder().join("pipe");
        assert!(
            Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        let mut plays = std::fs::File::options()
            .read(true)
            .write(true)
            .open(&pipe)
            .unwrap();
        plays.write_all(b"c\ng\n").unwrap();
        assert_eq!(program.call(b"{}").await.status, CallStatus::Rejected);
    }
}

#[tokio::test]
async fn floods_are_cut() {
    let flood = "head -c 3000000 /dev/zero | tr '\\0' x";
    shell(flood).ends_with(CallStatus::OutputLimit).await;
    once(flood).ends_with(CallStatus::OutputLimit).await;
    let chatter = shell("head -c 3000000 /dev/zero >&2; answer 1");
    assert_eq!(chatter.call(b"{}").await.status, CallStatus::Rejected);
    let described = r#"read -r line; printf '{"id":1,"status":0}\n'; sleep 1000"#;
    let never_reads = Program::script(&format!("#!/bin/sh\n{described}\n"));
    let input = format!(r#"{{"a":"{}"}}"#, "x".repeat(1_000_000));
    assert_eq!(
        never_reads.call(input.as_bytes()).await.status,
        CallStatus::Timeout
    );
    never_reads.leaves_nothing();
}

#[tokio::test]
async fn memory_is_limited_with_that_of_its_children() {
    let fill = "import time; held = b'x' * (120 << 20); time.sleep(1000)";
    python(fill).ends_with(CallStatus::Memory).await;
    let child = format!("/usr/bin/python3 -c \"{fill}\"");
    shell(&child).ends_with(CallStatus::Memory).await;
    once(&child).ends_with(CallStatus::Memory).await;
    // What is mapped at once is refused at once.
    let greedy =
        "try:\n    held = bytearray(10 << 30)\nexcept MemoryError:\n    answer(call, 1, {})";
    assert_eq!(
        python(greedy).call(b"{}").await.status,
        CallStatus::Rejected
    );
}

#[tokio::test]
async fn a_start_without_a_description_is_none() {
    for (text, told) in [
        ("#!/bin/sh\nread -r line; exit 7\n", "exit status: 7"),
        (
            "#!/bin/sh\necho '{\"id\":1,\"status\":3}'; sleep 1000\n",
            "status 3",
        ),
        ("#!/bin/sh\necho usage: ...; sleep 1000\n", "BAD_OUTPUT"),
        ("#!/no/such/interpreter\n", "exit status: 127"),
        ("#!/bin/sh\nsleep 1000\n", "longer than 10 s"),
    ] {
        let program = Program::script(text);
        let note = program.ends_with(CallStatus::Unavailable).await;
        assert!(note.contains(told), "{note}");
    }
}

#[tokio::test]
async fn what_no_line_can_carry_reaches_no_program() {
    let program = shell("answer 1");
    let plugin = program.open(limits()).await.unwrap();
    for input in [&b"{"[..], b"{\"a\":\n1}", b"\xff"] {
        assert_eq!(plugin.call(GENERATE, input).await.status, CallStatus::Input);
    }
    assert_eq!(plugin.call(99, b"{}").await.status, CallStatus::Unsupported);
    assert_eq!(
        plugin.call(GENERATE, b"{}").await.status,
        CallStatus::Rejected
    );
}

#[tokio::test]
async fn one_run_has_the_operation_the_document_and_the_exit_code() {
    let echo = once("test \"$#$1\" = 1GENERATE || exit 3; cat; exit ${code:-0}");
    let outcome = echo.call(b"{\"a\":\n1}\xff").await;
    assert_eq!(outcome.status, CallStatus::Ok);
    assert_eq!(outcome.output, b"{\"a\":\n1}\xff");
    for (code, expected) in [
        (0, CallStatus::Ok),
        (1, CallStatus::Rejected),
        (2, CallStatus::Input),
        (3, CallStatus::Internal),
        (4, CallStatus::Unsupported),
        (5, CallStatus::Crashed),
        (127, CallStatus::Crashed),
    ] {
        let program = once(&format!("echo '{{}}'; exit {code}"));
        assert_eq!(program.call(&vec![b'x'; 200_000]).await.status, expected);
    }
    let note = once("kill -KILL $$").ends_with(CallStatus::Crashed).await;
    assert!(note.contains("signal: 9"), "{note}");
    once(":; exec sleep 1000")
        .ends_with(CallStatus::Timeout)
        .await;
    let plugin = once("exit 0").open(limits()).await.unwrap();
    assert_eq!(plugin.call(99, b"").await.status, CallStatus::Unsupported);
}
