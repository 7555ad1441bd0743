//! A PostgreSQL cluster of the tests' own: in a temporary folder, on a free port, one database a
//! test, gone at the end.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use tempfile::TempDir;

static CLUSTER: LazyLock<Mutex<Weak<Cluster>>> = LazyLock::new(Mutex::default);
static DATABASES: AtomicUsize = AtomicUsize::new(0);

struct Cluster {
    folder: TempDir,
    port: u16,
}

/// One empty database.
pub(crate) struct Postgres {
    _cluster: Arc<Cluster>,
    pub(crate) url: String,
}

impl Postgres {
    /// A new database on the shared cluster.
    pub(crate) fn new() -> Self {
        let cluster = cluster();
        let name = format!("lds_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        let port = cluster.port.to_string();
        let arguments = ["-h", "127.0.0.1", "-p", &port, "-U", "lds", &name];
        run(&mut as_server(
            &bin().join("createdb"),
            cluster.folder.path(),
            &arguments,
        ));
        let url = format!("postgres://lds@127.0.0.1:{}/{name}", cluster.port);
        Self {
            _cluster: cluster,
            url,
        }
    }

    /// The lines of configuration that use it.
    pub(crate) fn config(&self) -> String {
        format!("[store]\nurl = \"{}\"\n", self.url)
    }
}

fn cluster() -> Arc<Cluster> {
    let mut shared = CLUSTER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(cluster) = shared.upgrade() {
        return cluster;
    }
    let cluster = Arc::new(Cluster::start());
    *shared = Arc::downgrade(&cluster);
    cluster
}

impl Cluster {
    fn start() -> Self {
        let folder = TempDir::new().expect("a folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|probe| probe.local_addr())
            .expect("a free port")
            .port();
        let path = folder.path();
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(path));
        }
        let data = path.join("data");
        let data = data.to_str().expect("UTF-8");
        let initdb = [
            "-D",
            data,
            "-U",
            "lds",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ];
        run(&mut as_server(&bin().join("initdb"), path, &initdb));
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200"
        );
        let log = path.join("log");
        let start = [
            "-D",
            data,
            "-w",
            "-l",
            log.to_str().expect("UTF-8"),
            "-o",
            &options,
            "start",
        ];
        run(&mut as_server(&bin().join("pg_ctl"), path, &start));
        Self { folder, port }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.folder.path().join("data");
        let stop = [
            "-D",
            data.to_str().unwrap_or_default(),
            "-m",
            "immediate",
            "stop",
        ];
        let _ = as_server(&bin().join("pg_ctl"), self.folder.path(), &stop).output();
    }
}

/// The newest of Debian's installations.
fn bin() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let newest = versions
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .max();
    newest.expect("these tests need a PostgreSQL server: scripts/setup test installs it")
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("id runs");
    output.stdout == b"0\n"
}

/// PostgreSQL refuses to run as root.
fn as_server(program: &Path, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = if is_root() {
        Command::new("runuser")
    } else {
        Command::new(program)
    };
    if is_root() {
        command.args(["-u", "postgres", "--"]).arg(program);
    }
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null());
    command
}

fn run(command: &mut Command) {
    // The server inherits its starter's output, so that must not be a pipe that is read to its end.
    let status = command
        .stdout(Stdio::null())
        .status()
        .expect("the program runs");
    assert!(status.success(), "{command:?}");
}
