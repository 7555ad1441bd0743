//! A PostgreSQL server for tests: made in a temporary directory, one a test binary, stopped when
//! the binary ends, however it ends. Without PostgreSQL the tests fail with a sentence. It must not
//! know what is tested.

#![expect(
    clippy::expect_used,
    reason = "what goes wrong here is the end of the test that asked"
)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// What is acknowledged.
#[derive(Clone, Copy)]
enum Writes {
    /// What the disk has not seen yet.
    Lazy,
    /// What lasts.
    Durable,
}

/// A running server.
struct Server {
    directory: PathBuf,
    /// Stops the server when its input ends, and that ends with this process.
    _keeper: Child,
}

/// The URL of a new, empty database.
///
/// # Panics
/// Where there is no PostgreSQL, or it does not start: the test that asked is over then.
#[must_use]
pub fn new_database() -> String {
    static SERVER: OnceLock<Server> = OnceLock::new();
    database_of(SERVER.get_or_init(|| Server::start(Writes::Lazy)))
}

/// The URL of a new, empty database on a server that writes to the disk before it acknowledges.
///
/// # Panics
/// As [`new_database`].
#[must_use]
pub fn new_durable_database() -> String {
    static SERVER: OnceLock<Server> = OnceLock::new();
    database_of(SERVER.get_or_init(|| Server::start(Writes::Durable)))
}

fn database_of(server: &Server) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    run(as_postgres(&programs().join("createdb"))
        .args(["--username=postgres", "--host"])
        .arg(&server.directory)
        .arg(&name));
    server.url(&name)
}

impl Server {
    fn start(writes: Writes) -> Self {
        let programs = programs();
        let directory = tempfile::Builder::new()
            .prefix("lds-pg-")
            .tempdir()
            .expect("a temporary directory")
            .keep();
        let data = directory.join("data");
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&directory));
        }
        run(as_postgres(&programs.join("initdb"))
            .args([
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ])
            .arg("--pgdata")
            .arg(&data));
        let fsync = match writes {
            Writes::Lazy => "off",
            Writes::Durable => "on",
        };
        let options = format!(
            "-c listen_addresses='' -c fsync={fsync} -c max_connections=300 -c unix_socket_directories='{}'",
            directory.display()
        );
        run(as_postgres(&programs.join("pg_ctl"))
            .args(["start", "--wait", "--silent", "--options", &options])
            .arg("--log")
            .arg(directory.join("log"))
            .arg("--pgdata")
            .arg(&data));
        let keeper = keeper(&programs, &directory);
        Self {
            directory,
            _keeper: keeper,
        }
    }

    fn url(&self, database: &str) -> String {
        format!(
            "postgres://postgres@localhost/{database}?host={}",
            self.directory.display()
        )
    }
}

/// The newest installed server's programs.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let number = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    versions
        .map(|version| version.path())
        .filter(|path| path.join("bin/initdb").exists())
        .max_by_key(|path| number(path))
        .map(|path| path.join("bin"))
        .expect("these tests need PostgreSQL: scripts/setup test installs it")
}

/// The server refuses to run as root.
fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("id runs");
    output.stdout.trim_ascii() == b"0"
}

fn run(command: &mut Command) {
    let output = command
        .current_dir("/")
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

fn keeper(programs: &Path, directory: &Path) -> Child {
    let stop = as_postgres(&programs.join("pg_ctl"));
    let words: Vec<_> = std::iter::once(stop.get_program())
        .chain(stop.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let script = format!(
        "trap '' INT TERM HUP; cat >/dev/null; {} stop --mode=immediate --silent --pgdata {dir}/data; rm -rf {dir}",
        words.join(" "),
        dir = directory.display()
    );
    Command::new("sh")
        .args(["-c", &script])
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a shell starts")
}
