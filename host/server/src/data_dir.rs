//! The data directory: private to the server's user, with the master key in it unless the
//! configuration tells another.

use std::fs::{DirBuilder, File, Permissions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use lds_domain::ports::Random;
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

/// Keys lie apart from data, so that a backup can leave them out.
const SECRETS: &str = "secrets";
const DATABASE: &str = "lds.db";
const MASTER_KEY: &str = "secrets/master.key";
const CACHE_KEY: &str = "secrets/cache.key";
const LOCK: &str = "serve.lock";
/// What an earlier version, a restored backup or an administrator may have left open to others.
/// Plugins are none of it: whoever installs them may want them read.
const PRIVATE: [&str; 7] = [
    "",
    SECRETS,
    "signers",
    "cache",
    DATABASE,
    "lds.db-wal",
    "lds.db-shm",
];
/// Those of the group and of all others.
const OTHERS: u32 = 0o077;
/// Of a folder that many share, as `/tmp` is.
const STICKY: u32 = 0o1000;

/// A directory that is there.
pub(crate) struct DataDir(PathBuf);

impl DataDir {
    /// Makes it where it is missing, readable by its owner only, and closes to others what is there.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        make_private(path)
            .with_context(|| format!("cannot make the data directory {}", path.display()))?;
        let path = path
            .canonicalize()
            .with_context(|| format!("cannot use the data directory {}", path.display()))?;
        ensure!(
            mode(&path)? & STICKY == 0 && path.parent().is_some(),
            "the data directory {} is everybody's: name one of the server's own",
            path.display()
        );
        let secrets = path.join(SECRETS);
        make_private(&secrets).with_context(|| format!("cannot make {}", secrets.display()))?;
        for name in PRIVATE {
            close(&path.join(name));
        }
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Keeps a second server out of the directory, as long as the file is held; it ends with the
    /// process, however that ends. Commands beside a server need no lock: the database has its own.
    pub(crate) fn lock(&self) -> Result<File> {
        let path = self.0.join(LOCK);
        let file = File::create(&path)
            .with_context(|| format!("cannot use the lock {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => bail!(
                "another server runs on the data directory {}",
                self.0.display()
            ),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot take the lock {}", path.display()))
            }
        }
    }

    /// The embedded database.
    pub(crate) fn database(&self) -> PathBuf {
        self.0.join(DATABASE)
    }

    /// The key of compiled code.
    pub(crate) fn cache_key(&self) -> PathBuf {
        self.0.join(CACHE_KEY)
    }

    /// The master key, drawn at the first start. Two processes that start together agree on one.
    pub(crate) fn master_key(&self, random: &dyn Random) -> Result<Zeroizing<[u8; 32]>> {
        let path = self.0.join(MASTER_KEY);
        // Looked for in this order: whoever makes a database has written its key before.
        let database = self.database();
        if database.exists() && !path.exists() {
            bail!(
                "the database {} is there, but its master key {} is missing: restore the key from \
                 the backup; with another one, what the database keeps would be lost",
                database.display(),
                path.display()
            );
        }
        let key = read_or_draw(&path, random)
            .with_context(|| format!("cannot use the master key {}", path.display()))?;
        ensure!(
            key.len() == 32,
            "the master key {} is damaged: it has {} bytes instead of 32; restore it from a backup",
            path.display(),
            key.len()
        );
        let mut bytes = Zeroizing::new([0; 32]);
        bytes.copy_from_slice(&key);
        Ok(bytes)
    }
}

fn make_private(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn mode(path: &Path) -> io::Result<u32> {
    Ok(path.metadata()?.permissions().mode())
}

/// Takes the rights of others away. Where that can't be done, because another user owns it say, what
/// is made in it is private all the same, so the operator is told and it goes on.
fn close(path: &Path) {
    let Ok(mode) = mode(path) else {
        return;
    };
    if mode & OTHERS == 0 {
        return;
    }
    let path_shown = path.display();
    match std::fs::set_permissions(path, Permissions::from_mode(mode & !OTHERS)) {
        Ok(()) => tracing::warn!(path = %path_shown, "was open to others; closed"),
        Err(error) => tracing::warn!(path = %path_shown, %error, "is open to others; close it"),
    }
}

fn read_or_draw(path: &Path, random: &dyn Random) -> io::Result<Zeroizing<Vec<u8>>> {
    if !path.exists() {
        let mut key = Zeroizing::new([0; 32]);
        random.fill(key.as_mut());
        write_new(path, key.as_ref())?;
    }
    std::fs::read(path).map(Zeroizing::new)
}

/// Whole or not at all, mode 0600; a file that another process has just written stays.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => File::open(folder)?.sync_all(),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.error),
    }
}

#[cfg(test)]
mod tests {
    use lds_domain::ports::fixed::SeededRandom;

    use super::*;

    fn mode(path: &Path) -> u32 {
        super::mode(path).unwrap() & 0o777
    }

    #[test]
    fn directory_and_key_are_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        let dir = DataDir::open(&path).unwrap();
        dir.master_key(&SeededRandom::new(1)).unwrap();
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(&path.join(SECRETS)), 0o700);
        assert_eq!(mode(&path.join(MASTER_KEY)), 0o600);
    }

    #[test]
    fn what_is_open_to_others_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let plugins = path.join("plugins");
        for name in [&path.join("signers"), &plugins] {
            std::fs::create_dir(name).unwrap();
        }
        std::fs::write(path.join(DATABASE), b"a database").unwrap();
        for (name, open) in [("", 0o755), ("signers", 0o755), (DATABASE, 0o664)] {
            let open = Permissions::from_mode(open);
            std::fs::set_permissions(path.join(name), open).unwrap();
        }
        std::fs::set_permissions(&plugins, Permissions::from_mode(0o755)).unwrap();
        DataDir::open(path).unwrap();
        assert_eq!(mode(path), 0o700);
        assert_eq!(mode(&path.join("signers")), 0o700);
        assert_eq!(mode(&path.join(DATABASE)), 0o600);
        assert_eq!(mode(&plugins), 0o755);
    }

    #[test]
    fn a_folder_of_all_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        std::fs::set_permissions(path, Permissions::from_mode(0o1777)).unwrap();
        let error = DataDir::open(path).map(|_| ()).unwrap_err();
        assert!(error.to_string().contains("is everybody's"), "{error}");
        assert_eq!(mode(path), 0o777);
        assert!(!path.join(SECRETS).exists());
    }

    #[test]
    fn the_key_is_drawn_once() {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::open(folder.path()).unwrap();
        let first = dir.master_key(&SeededRandom::new(1)).unwrap();
        let second = dir.master_key(&SeededRandom::new(2)).unwrap();
        assert_eq!(first, second);
    }

    #[test]
    fn those_who_start_together_agree_on_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::open(folder.path()).unwrap();
        let keys = std::thread::scope(|scope| {
            let dir = &dir;
            let start = |seed| move || dir.master_key(&SeededRandom::new(seed)).unwrap();
            let threads: Vec<_> = (0..8).map(|seed| scope.spawn(start(seed))).collect();
            let ended = threads.into_iter().map(|thread| thread.join().unwrap());
            ended.collect::<Vec<_>>()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
    }

    #[test]
    fn a_key_that_a_database_needs_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::open(folder.path()).unwrap();
        std::fs::write(dir.database(), b"a database").unwrap();
        let error = dir.master_key(&SeededRandom::new(1)).unwrap_err();
        assert!(error.to_string().contains("is missing"), "{error}");
        assert!(!folder.path().join(MASTER_KEY).exists());
        std::fs::write(folder.path().join(MASTER_KEY), [7; 32]).unwrap();
        let restored = dir.master_key(&SeededRandom::new(1)).unwrap();
        assert_eq!(*restored, [7; 32]);
    }

    #[test]
    fn a_damaged_key_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let dir = DataDir::open(folder.path()).unwrap();
        let path = folder.path().join(MASTER_KEY);
        std::fs::write(&path, b"short").unwrap();
        let error = dir.master_key(&SeededRandom::new(1)).unwrap_err();
        assert!(error.to_string().contains("is damaged"), "{error}");
        assert_eq!(std::fs::read(&path).unwrap(), b"short");
    }
}
