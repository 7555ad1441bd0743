//! The program `lds` on a data directory and a free port.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use tempfile::TempDir;

use super::disk::Disk;
use super::validity;

/// The password of the administrator of every server of these tests.
pub(crate) const PASSWORD: &str = "a-password-of-tests";

/// The lines of configuration that use a PostgreSQL database of its own.
pub(crate) fn on_postgres() -> String {
    format!("[store]\nurl = \"{}\"\n", lds_postgres::new_database())
}

/// A running server; killed when it is dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    /// Of health and metrics.
    pub(crate) management: String,
    child: Child,
    place: Place,
}

/// Where a server keeps its data; outlives it, so that another can go on there.
pub(crate) struct Place {
    folder: TempDir,
    config: String,
    /// Words before every command: what starts it.
    launcher: Vec<OsString>,
}

impl Place {
    /// With this configuration, and no data yet.
    pub(crate) fn new(config: &str) -> Self {
        let place = Self {
            folder: TempDir::new().expect("a folder"),
            config: config.to_owned(),
            launcher: Vec::new(),
        };
        std::fs::write(place.config_file(), &place.config).expect("a configuration");
        place
    }

    /// Of a test server, whose commands these words start.
    pub(crate) fn launched_by(launcher: &[&str]) -> Self {
        Self {
            launcher: launcher.iter().map(OsString::from).collect(),
            ..Self::new(&configuration(""))
        }
    }

    /// Of a test server, with the data directory on a disk of its own.
    pub(crate) fn on_disk() -> (Self, Disk) {
        let mut place = Self::new(&configuration(""));
        std::fs::create_dir(place.data()).expect("a folder");
        let disk = Disk::mount(&place.data());
        place.launcher = disk.launcher();
        (place, disk)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn config_file(&self) -> PathBuf {
        self.folder.path().join("lds.toml")
    }

    /// A command of the program on this place.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let program = OsString::from(env!("CARGO_BIN_EXE_lds"));
        let words: Vec<_> = self.launcher.iter().chain([&program]).collect();
        let mut command = Command::new(words[0]);
        command
            .args(&words[1..])
            .args(arguments)
            .arg("--config")
            .arg(self.config_file());
        command
            .arg("--data-dir")
            .arg(self.data())
            .stdin(Stdio::null());
        command
    }

    /// Gives a server that has compiled nothing yet what it would compile: that takes it longer
    /// than most tests do.
    fn take_compiled(&self) {
        let (key, cache) = (Path::new("secrets/cache.key"), Path::new("cache/wasm"));
        let data = self.data();
        if !self.launcher.is_empty() || data.join(key).exists() {
            return;
        }
        for folder in [Path::new("secrets"), cache] {
            let mut made = std::fs::DirBuilder::new();
            let made = made.recursive(true).mode(0o700).create(data.join(folder));
            made.expect("a folder");
        }
        let modules = std::fs::read_dir(compiled().join(cache)).expect("compiled code");
        let modules = modules.map(|entry| cache.join(entry.expect("a file").file_name()));
        for file in modules.chain([key.to_owned()]) {
            std::fs::copy(compiled().join(&file), data.join(&file)).expect("copied");
        }
    }

    /// The first user, `admin`.
    pub(crate) fn create_administrator(&self) {
        self.create_administrator_called("admin");
    }

    /// A further one, with the same password.
    pub(crate) fn create_administrator_called(&self, login: &str) {
        let password = self.folder.path().join("password");
        std::fs::write(&password, PASSWORD).expect("a file");
        let file = password.to_str().expect("UTF-8");
        let user = [
            "user",
            "create",
            "--login",
            login,
            "--role",
            "administrator",
            "--password-file",
            file,
        ];
        let output = self.command(&user).output().expect("the program runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// A data directory with the compiled code of the bundled plugins, made anew by each run: what an
/// older program left there might not be this one's.
fn compiled() -> &'static Path {
    static COMPILED: OnceLock<PathBuf> = OnceLock::new();
    COMPILED.get_or_init(|| {
        let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled");
        if data.exists() {
            std::fs::remove_dir_all(&data).expect("the last run's goes away");
        }
        let mut list = Command::new(env!("CARGO_BIN_EXE_lds"));
        list.args(["plugin", "list", "--data-dir"]).arg(&data);
        let output = list.output().expect("the program runs");
        assert!(output.status.success(), "{output:?}");
        data
    })
}

/// The configuration of a test server: free ports, and the vendor's kit for FLEXnet files.
fn configuration(more: &str) -> String {
    format!("[http.management]\nlisten = \"127.0.0.1:0\"\n{more}")
}

impl Server {
    /// On the embedded store, with an administrator.
    pub(crate) fn start() -> Self {
        Self::start_with("")
    }

    /// With these lines of configuration more.
    pub(crate) fn start_with(config: &str) -> Self {
        Self::start_at(Place::new(&configuration(config)))
    }

    /// At this place, where no data is yet.
    pub(crate) fn start_at(place: Place) -> Self {
        place.create_administrator();
        Self::at(place)
    }

    /// A further node on the same database; its administrator is there already.
    pub(crate) fn further(&self, config: &str) -> Self {
        let place = Place::new(&configuration(config));
        let secrets = place.data().join("secrets");
        std::fs::create_dir_all(&secrets).expect("a folder");
        let key = self.place.data().join("secrets/master.key");
        std::fs::copy(key, secrets.join("master.key")).expect("the key of the first node");
        Self::at(place)
    }

    /// Where an administrator is already.
    pub(crate) fn at(place: Place) -> Self {
        place.take_compiled();
        let mut child = place
            .command(&["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(place.folder.path().join("log")).expect("a log"))
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let log = || std::fs::read_to_string(place.folder.path().join("log")).unwrap_or_default();
        let mut told = |start| {
            let told = lines.find_map(|line| line.ok()?.strip_prefix(start).map(str::to_owned));
            told.unwrap_or_else(|| panic!("the server did not start:\n{}", log()))
        };
        let (url, management) = (told("listening on "), told("management on "));
        // What else it prints must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            url,
            management,
            child,
            place,
        }
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// What it logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.place.folder.path().join("log")).expect("the log")
    }

    /// kill -9, then the same place again.
    pub(crate) fn crash_and_restart(self) -> Self {
        Self::at(self.crash())
    }

    /// kill -9; the place that is left.
    pub(crate) fn crash(mut self) -> Place {
        self.kill();
        std::mem::replace(&mut self.place, Place::new(""))
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Tells it to stop.
    pub(crate) fn terminate(&self) {
        let id = self.process().to_string();
        let sent = Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .expect("kill runs");
        assert!(sent.success());
    }

    /// A graceful stop; how it ended.
    pub(crate) fn stop(&mut self) -> std::process::ExitStatus {
        self.terminate();
        self.child.wait().expect("it ends")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.place.folder.path()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        if !std::thread::panicking() {
            validity::check(&self.url);
        }
    }
}
