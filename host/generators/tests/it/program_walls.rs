//! What a program has, and what it cannot reach.

use std::net::TcpListener;
use std::path::Path;

use lds_generators::{CallStatus, missing_walls};
use serde_json::Value;

use crate::program::python;

/// What a program in Python answers that does this; its value is `found`.
async fn found(body: &str) -> Value {
    let program = python(&format!("{body}\nanswer(call, 0, found)"));
    let outcome = program.call(b"{}").await;
    assert_eq!(outcome.status, CallStatus::Ok, "{outcome:?}");
    serde_json::from_slice(&outcome.output).unwrap()
}

/// The attempts that were not refused.
async fn succeeded(attempts: &[&str]) -> Value {
    let missing = missing_walls();
    assert!(
        missing.is_empty(),
        "this kernel cannot close programs in, so that nothing is shown here: it lacks walls \
         around {}",
        missing.join(", ")
    );
    let start = "import ctypes, signal, socket\nfound = []\n\
        syscall = ctypes.CDLL(None, use_errno=True).syscall\n\
        def made(*args):\n    if syscall(*args) == -1: raise OSError(ctypes.get_errno(), '')\n";
    let attempts = attempts.iter().map(|attempt| {
        format!(
            "try:\n    {attempt}\n    found.append({attempt:?})\nexcept OSError as error:\n    \
             error.errno in (1, 13, 18, 38) or found.append([{attempt:?}, error.errno])\n"
        )
    });
    let body: Vec<_> = std::iter::once(start.to_owned()).chain(attempts).collect();
    found(&body.concat()).await
}

#[tokio::test]
async fn the_environment_is_as_given() {
    let found =
        found("found = [dict(os.environ), os.getcwd(), os.listdir(os.environ['TMPDIR'])]").await;
    let mut names: Vec<_> = found[0].as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["LC_ALL", "PATH", "TMPDIR", "TZ"]);
    assert_eq!(found[0]["LC_ALL"], "C.UTF-8");
    assert_eq!(found[0]["TZ"], "UTC");
    assert_eq!(found[0]["PATH"], "/usr/bin:/bin");
    assert!(Path::new(found[1].as_str().unwrap()).is_absolute());
    assert_eq!(found[2], serde_json::json!([]));
}

#[tokio::test]
async fn scratch_files_are_its_own_and_do_not_stay() {
    let write = "import tempfile\nwith tempfile.TemporaryFile() as file: file.write(b'x')\n\
        folder = os.environ['TMPDIR']\nos.mkdir(folder + '/deep')\n\
        open(folder + '/deep/file', 'w').write('x')\nmode = os.stat(folder).st_mode & 0o777\n\
        found = [folder, mode, open(folder + '/deep/file').read()]";
    let found = found(write).await;
    assert_eq!(found[1], 0o700);
    assert_eq!(found[2], "x");
    let folder = Path::new(found[0].as_str().unwrap());
    let start = std::time::Instant::now();
    while folder.exists() {
        assert!(start.elapsed().as_secs() < 20, "{} stays", folder.display());
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[tokio::test]
async fn no_right_can_be_gained_and_limits_hold() {
    let read = "import resource\nstatus = open('/proc/self/status').read()\n\
        limit = lambda name: resource.getrlimit(getattr(resource, 'RLIMIT_' + name))[1]\n\
        found = ['NoNewPrivs:\\t1' in status, limit('CORE'), limit('NOFILE') <= 256, limit('FSIZE') <= 64 << 20]";
    assert_eq!(found(read).await, serde_json::json!([true, 0, true, true]));
}

#[tokio::test]
async fn files_of_others() {
    let dir = tempfile::tempdir().unwrap();
    let key = dir.path().join("master.key");
    std::fs::write(&key, "secret").unwrap();
    let key = key.display().to_string();
    let attempts = [
        format!("open('{key}')"),
        format!("open('{key}', 'a')"),
        format!("os.remove('{key}')"),
        format!("os.rename('{key}', '{key}.old')"),
        format!("os.link('{key}', os.environ['TMPDIR'] + '/key')"),
        "open('/etc/passwd')".to_owned(),
        "os.listdir('/tmp')".to_owned(),
        "open('more', 'w')".to_owned(),
        "os.remove('plugin')".to_owned(),
        "os.chmod('/usr/new', 0o777) if os.mkdir('/usr/new') else 0".to_owned(),
    ];
    let attempts: Vec<_> = attempts.iter().map(String::as_str).collect();
    assert_eq!(succeeded(&attempts).await, serde_json::json!([]));
    assert_eq!(std::fs::read(&key).unwrap(), b"secret");
}

#[tokio::test]
async fn networks_other_processes_and_the_kernel() {
    let there = TcpListener::bind("127.0.0.1:0").unwrap();
    let connect = format!(
        "socket.create_connection(('127.0.0.1', {}))",
        there.local_addr().unwrap().port()
    );
    let mut attempts: Vec<_> = [
        connect.as_str(),
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_UNIX)",
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "os.kill(os.getppid(), 0)",
        "open('/proc/%d/mem' % os.getppid())",
        "open('/proc/%d/environ' % os.getppid())",
        "os.pidfd_open(os.getppid())",
        "os.setpgid(0, 0)",
        "os.setsid()",
    ]
    .map(str::to_owned)
    .into();
    for (call, args) in [
        (libc::SYS_ptrace, "16, os.getppid(), 0, 0"),
        (libc::SYS_process_vm_readv, "os.getppid(), 0, 0, 0, 0, 0"),
        (libc::SYS_prctl, "1, 0, 0, 0, 0"),
        (libc::SYS_prlimit64, "os.getppid(), 7, 0, 0"),
        (libc::SYS_unshare, "0x10000000"),
        (libc::SYS_clone, "0x10000011, 0, 0, 0, 0"),
        (libc::SYS_clone3, "0, 0"),
        (libc::SYS_mount, "0, 0, 0, 0, 0"),
        (libc::SYS_bpf, "0, 0, 0"),
        (libc::SYS_io_uring_setup, "1, 0"),
        (libc::SYS_keyctl, "0, 0, 0, 0, 0"),
        (libc::SYS_shmget, "0, 1, 0o1600"),
        // Another table of calls, and calls to come.
        (0x4000_0000 | libc::SYS_socket, "2, 1, 0"),
        (9999, "0"),
    ] {
        attempts.push(format!("made({call}, {args})"));
    }
    let attempts: Vec<_> = attempts.iter().map(String::as_str).collect();
    assert_eq!(succeeded(&attempts).await, serde_json::json!([]));
}

/// Threads, programs and pipes of its own.
#[tokio::test]
async fn it_may_compute_as_it_likes() {
    let work = "import random, subprocess, threading, time\n\
        thread = threading.Thread(target=time.sleep, args=(0.01,)); thread.start(); thread.join()\n\
        shown = subprocess.run('echo $((6 * 7)) 2>/dev/null', shell=True, capture_output=True)\n\
        found = [shown.stdout.decode(), 0 <= random.SystemRandom().random() < 1, os.cpu_count() > 0]";
    assert_eq!(found(work).await, serde_json::json!(["42\n", true, true]));
}
