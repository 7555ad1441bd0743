//! PostgreSQL servers for tests: made in a temporary directory, one a test binary unless a test asks
//! for one of its own, stopped when the binary ends, however it ends. Without PostgreSQL the tests
//! fail with a sentence. It must not know what is tested.

#![expect(
    clippy::expect_used,
    reason = "what goes wrong here is the end of the test that asked"
)]

mod node;
mod pair;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use node::Node;

pub use pair::Pair;

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
    node: Node,
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
    SERVER
        .get_or_init(|| Server::start(Writes::Lazy))
        .node
        .new_database()
}

/// The URL of a new, empty database on a server that writes to the disk before it acknowledges.
///
/// # Panics
/// As [`new_database`].
#[must_use]
pub fn new_durable_database() -> String {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER
        .get_or_init(|| Server::start(Writes::Durable))
        .node
        .new_database()
}

/// A database on a server of its own, so that no transaction of other tests is open there.
pub struct Alone {
    /// Of the database.
    pub url: String,
    _server: Server,
}

impl Alone {
    /// A new server with a new, empty database.
    ///
    /// # Panics
    /// As [`new_database`].
    #[must_use]
    pub fn start() -> Self {
        let server = Server::start(Writes::Lazy);
        Self {
            url: server.node.new_database(),
            _server: server,
        }
    }
}

impl Server {
    fn start(writes: Writes) -> Self {
        let directory = new_directory();
        let keeper = keeper(&directory);
        let node = Node::new(directory.join("node"));
        node.init();
        node.start(match writes {
            Writes::Lazy => "-c fsync=off",
            Writes::Durable => "-c fsync=on",
        });
        Self {
            node,
            _keeper: keeper,
        }
    }
}

/// A directory that the server may write to.
fn new_directory() -> PathBuf {
    let directory = tempfile::Builder::new().prefix("lds-pg-").tempdir();
    let directory = directory.expect("a temporary directory").keep();
    if is_root() {
        run(Command::new("chown").arg("postgres").arg(&directory));
    }
    directory
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

/// Stops all servers below a directory, and removes it, when its input ends.
fn keeper(directory: &Path) -> Child {
    let stop = as_postgres(&programs().join("pg_ctl"));
    let words: Vec<_> = std::iter::once(stop.get_program())
        .chain(stop.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let script = format!(
        "trap '' INT TERM HUP; cat >/dev/null; for data in {dir}/*/data; do {} stop --mode=immediate \
         --silent --pgdata $data; done; rm -rf {dir}",
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
