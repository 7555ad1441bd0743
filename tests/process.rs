//! The server as a process: what others of its user learn from it.

use std::process::{Command, Stdio};

use crate::support::{Client, Place, Server};

/// Where the tests run as root, it must not read whatever it likes: what is left of its rights is
/// what another user has.
fn as_any_user() -> &'static [&'static str] {
    let id = Command::new("id").arg("-u").output().expect("id runs");
    if id.stdout == b"0\n" {
        &[
            "setpriv",
            "--bounding-set",
            "-sys_ptrace,-sys_admin,-perfmon,-dac_override,-dac_read_search",
        ]
    } else {
        &["env"]
    }
}

/// Whether a process of the same user can open this file of another one.
fn can_open(process: u32, file: &str) -> bool {
    let words = as_any_user();
    let script = format!("exec < /proc/{process}/{file}");
    Command::new(words[0])
        .args(&words[1..])
        .args(["sh", "-c", &script])
        .stderr(Stdio::null())
        .status()
        .expect("a shell runs")
        .success()
}

#[test]
fn its_memory_and_environment_are_its_own() {
    let words = as_any_user();
    let mut other = Command::new(words[0])
        .args(&words[1..])
        .args(["cat"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("a process");
    let server = Server::start_at(Place::launched_by(words));
    for file in ["mem", "environ", "maps", "pagemap"] {
        assert!(can_open(other.id(), file), "nothing is shown by {file}");
        assert!(!can_open(server.process(), file), "{file} of the server");
    }
    drop(other.stdin.take());
    assert!(other.wait().expect("it ends").success());
    // The walls around it are no walls within.
    let client = Client::new(&server);
    client.internal("findUsers", "").expect("users");
}
