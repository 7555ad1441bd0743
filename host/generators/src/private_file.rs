//! Files that only the server may read: written whole or not at all, and read so that no copy
//! stays in memory.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::error::LoadError;

/// The largest file with a key, a passphrase or a PIN, in bytes.
const MAX_SECRET: usize = 64 << 10;

/// Writes a file with mode 0600, durably; one that another process has just
/// written stays.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path
        .parent()
        .ok_or_else(|| io::Error::other("the file has no folder"))?;
    std::fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
        _ => File::open(folder)?.sync_all(),
    }
}

/// Reads a file with a secret, and warns where others than its owner can read it.
pub(crate) fn read_secret(path: &Path) -> Result<Zeroizing<Vec<u8>>, LoadError> {
    let failed = |error: &dyn std::fmt::Display| {
        LoadError::new(format!("{} cannot be read: {error}", path.display()))
    };
    // Room for all comes first: what grows leaves copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_SECRET + 1));
    File::open(path)
        .and_then(|file| file.take(MAX_SECRET as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| failed(&error))?;
    if bytes.len() > MAX_SECRET {
        return Err(failed(&"it has more than 64 KiB"));
    }
    warn_if_open(path);
    Ok(bytes)
}

/// Others than the owner should not be able to read a secret.
pub(crate) fn warn_if_open(path: &Path) {
    let mode = std::fs::metadata(path).map_or(0, |data| data.permissions().mode());
    if mode & 0o077 != 0 {
        let (file, mode) = (path.display(), mode & 0o777);
        tracing::warn!(%file, mode = format!("{mode:o}"), "key file is not private: chmod 600");
    }
}

/// A secret without the line end after it, if it is text.
pub(crate) fn line(bytes: &[u8]) -> &[u8] {
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    if std::str::from_utf8(text).is_ok_and(|text| !text.contains(char::is_control)) {
        text
    } else {
        bytes
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::{MAX_SECRET, line, read_secret, write_new};

    #[test]
    fn a_line_end_after_text_is_not_part_of_it() {
        assert_eq!(line(b"secret\n"), b"secret");
        assert_eq!(line(b"secret\r\n"), b"secret");
        assert_eq!(line(b"se cret"), b"se cret");
        assert_eq!(line(b"\x01\xff\n"), b"\x01\xff\n");
        assert_eq!(line(b"two\nlines\n"), b"two\nlines\n");
    }

    #[test]
    fn what_is_too_large_for_a_secret_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret");
        std::fs::write(&path, vec![b'x'; MAX_SECRET]).unwrap();
        assert_eq!(read_secret(&path).unwrap().len(), MAX_SECRET);
        std::fs::write(&path, vec![b'x'; MAX_SECRET + 1]).unwrap();
        let told = read_secret(&path).unwrap_err().to_string();
        assert!(told.contains("64 KiB"), "{told}");
    }

    #[test]
    fn the_first_writer_wins_and_no_one_else_reads() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("folder/secret");
        write_new(&path, b"first").unwrap();
        write_new(&path, b"second").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(
            std::fs::read_dir(dir.path().join("folder"))
                .unwrap()
                .count(),
            1
        );
    }
}
