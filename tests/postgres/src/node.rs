//! One server: its data and its socket. It must not know which others there are.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::{as_postgres, programs, run};

/// A server that runs or does not, in a directory with its data and its socket.
pub(crate) struct Node {
    directory: PathBuf,
}

impl Node {
    /// In this directory, where nothing is yet.
    pub(crate) const fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// Where its socket is.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Makes a cluster.
    pub(crate) fn init(&self) {
        run(as_postgres(&programs().join("initdb"))
            .args([
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ])
            .arg("--pgdata")
            .arg(self.data()));
    }

    /// Makes a standby of another node.
    pub(crate) fn copy(&self, primary: &Self) {
        run(as_postgres(&programs().join("pg_basebackup"))
            .args([
                "--username=postgres",
                "--checkpoint=fast",
                "--write-recovery-conf",
                "--no-sync",
            ])
            .arg("--host")
            .arg(&primary.directory)
            .arg("--pgdata")
            .arg(self.data()));
    }

    /// Starts it; a standby too answers then.
    pub(crate) fn start(&self, options: &str) {
        let options = format!(
            "-c listen_addresses='' -c max_connections=300 -c unix_socket_directories='{}' {options}",
            self.directory.display()
        );
        run(self
            .control("start")
            .args(["--wait", "--silent", "--options", &options])
            .arg("--log")
            .arg(self.directory.join("log")));
    }

    /// Ends it as a crash would.
    pub(crate) fn kill(&self) {
        run(self.control("stop").args(["--mode=immediate", "--silent"]));
    }

    /// Makes a primary of a standby.
    pub(crate) fn promote(&self) {
        run(self.control("promote").args(["--wait", "--silent"]));
    }

    /// The URL of a new, empty database.
    pub(crate) fn new_database(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        run(as_postgres(&programs().join("createdb"))
            .args(["--username=postgres", "--host"])
            .arg(&self.directory)
            .arg(&name));
        url(&name, &self.directory)
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    fn control(&self, what: &str) -> Command {
        let mut control = as_postgres(&programs().join("pg_ctl"));
        control.arg(what).arg("--pgdata").arg(self.data());
        control
    }
}

/// The URL of a database behind the socket in a directory.
pub(crate) fn url(database: &str, directory: &Path) -> String {
    format!(
        "postgres://postgres@localhost/{database}?host={}",
        directory.display()
    )
}
