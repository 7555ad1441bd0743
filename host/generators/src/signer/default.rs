//! The signer that is there without configuration: an Ed25519 key in the data
//! directory, made at the first start.

use std::io;
use std::path::Path;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::signature::Ed25519KeyPair;

use crate::error::LoadError;
use crate::private_file::write_new;

use super::key::KeySigner;
use super::{file, pem};

/// The folder of keys in the data directory.
const FOLDER: &str = "signers";
const PRIVATE: &str = "default.pem";
const PUBLIC: &str = "default.pub.pem";

/// Opens the key or makes it; the public key lies beside it for those who check
/// licenses.
pub(super) fn load_or_make(data_dir: &Path) -> Result<KeySigner, LoadError> {
    let folder = data_dir.join(FOLDER);
    let private = folder.join(PRIVATE);
    if !private.exists() {
        make(&private).map_err(|error| {
            LoadError::new(format!("{} cannot be made: {error}", private.display()))
        })?;
    }
    let signer = file::open(&private, None, None)?;
    let public = folder.join(PUBLIC);
    if let (false, Some(text)) = (public.exists(), signer.public_key_pem()) {
        write_new(&public, text.as_bytes()).map_err(|error| {
            LoadError::new(format!("{} cannot be written: {error}", public.display()))
        })?;
    }
    Ok(signer)
}

fn make(private: &Path) -> io::Result<()> {
    let unusable = |_| io::Error::other("no key can be drawn");
    let key = Ed25519KeyPair::generate().map_err(unusable)?;
    let der = AsDer::<Pkcs8V1Der>::as_der(&key).map_err(unusable)?;
    let text = pem::encode("PRIVATE KEY", der.as_ref());
    write_new(private, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::{FOLDER, PRIVATE, PUBLIC, load_or_make};

    #[test]
    fn the_key_is_made_once_and_private() {
        let dir = tempfile::tempdir().unwrap();
        let first = load_or_make(dir.path()).unwrap();
        let second = load_or_make(dir.path()).unwrap();
        assert_eq!(first.fingerprint, second.fingerprint);
        let private = dir.path().join(FOLDER).join(PRIVATE);
        let mode = std::fs::metadata(private).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let public = std::fs::read_to_string(dir.path().join(FOLDER).join(PUBLIC)).unwrap();
        assert_eq!(Some(public), first.public_key_pem());
    }

    #[test]
    fn a_damaged_key_is_not_replaced() {
        let dir = tempfile::tempdir().unwrap();
        load_or_make(dir.path()).unwrap();
        let private = dir.path().join(FOLDER).join(PRIVATE);
        std::fs::write(&private, "damaged").unwrap();
        assert!(load_or_make(dir.path()).is_err());
        assert_eq!(std::fs::read_to_string(private).unwrap(), "damaged");
    }
}
