//! A disk of its own for a data directory, so that it can be filled up and turned read-only: a
//! small file system in memory, which only the processes started on it see.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Bytes of the disk.
const SIZE: usize = 48 << 20;
const BLOCK: usize = 4096;
/// What lies on the disk besides the data directory.
const BALLAST: &str = "ballast";

/// Mounted as long as it lives.
pub(crate) struct Disk {
    /// Keeps the name space with the mount; ends with the pipe to it.
    holder: Child,
    mount: PathBuf,
}

impl Disk {
    /// Mounts an empty disk on this folder. It needs no rights: the mount is made in a name space
    /// where any user is root.
    pub(crate) fn mount(folder: &Path) -> Self {
        let script =
            "mount -t tmpfs -o \"size=$1,mode=700\" tmpfs \"$2\" && echo mounted && exec cat";
        let mut holder = Command::new("unshare")
            .args(["--user", "--map-root-user", "--mount"])
            .args(["sh", "-c", script, "sh", &SIZE.to_string()])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare of util-linux runs");
        let mut told = String::new();
        let output = holder.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut told).expect("a line");
        assert_eq!(
            told, "mounted\n",
            "these tests need user and mount name spaces; containers and some systems forbid them"
        );
        Self {
            holder,
            mount: folder.to_owned(),
        }
    }

    /// What starts a program that sees the disk.
    pub(crate) fn launcher(&self) -> Vec<OsString> {
        let target = self.holder.id().to_string();
        let words = ["nsenter", "--target", &target, "--user"];
        let more = ["--preserve-credentials", "--mount", "--"];
        words.iter().chain(&more).map(OsString::from).collect()
    }

    /// Fills the disk but for so many bytes; what fills it already stays.
    pub(crate) fn fill_but(&self, bytes: u64) {
        let block = [1; BLOCK];
        let name = self.seen(BALLAST);
        let opened = File::options().append(true).create(true).open(name);
        let mut ballast = opened.expect("a file");
        let full = loop {
            if let Err(error) = ballast.write(&block) {
                break error.kind();
            }
        };
        assert_eq!(full, ErrorKind::StorageFull);
        let filled = ballast.metadata().expect("its length").len();
        let left = filled.checked_sub(bytes).expect("there was that much");
        ballast.set_len(left).expect("room again");
    }

    /// Gives back what was filled.
    pub(crate) fn make_room(&self) {
        std::fs::remove_file(self.seen(BALLAST)).expect("the ballast goes");
    }

    /// Mounts it anew: `ro` or `rw`. The kernel refuses `ro` while a file is open for writing.
    pub(crate) fn remount(&self, access: &str) {
        let launcher = self.launcher();
        let status = Command::new(&launcher[0])
            .args(&launcher[1..])
            .args(["mount", "-o", &format!("remount,{access}")])
            .arg(&self.mount)
            .status()
            .expect("nsenter of util-linux runs");
        assert!(status.success());
    }

    /// A file on the disk as this process sees it.
    fn seen(&self, name: &str) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.holder.id()));
        let inside = self.mount.strip_prefix("/").expect("an absolute path");
        root.join(inside).join(name)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}
