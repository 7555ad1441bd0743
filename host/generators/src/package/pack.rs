//! What an author does to a package: digests brought up to date, and a signature.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use toml_edit::{DocumentMut, value};

use crate::error::LoadError;
use crate::signer::{Algorithm, key_file};

use super::contents::{Package, digest};
use super::manifest::{MANIFEST, SIGNATURE};
use super::trust::PublicKey;

/// Writes the digests of the listed files into the manifest, which stays as it
/// is else. A signature that does not fit any more is taken away.
pub fn update(folder: &Path) -> Result<Package, LoadError> {
    let package = Package::of_author(folder)?;
    let bytes = package.files.bytes(MANIFEST)?;
    let text = String::from_utf8_lossy(bytes);
    let updated = with_digests(&text, &package)?;
    if updated == text {
        return Ok(package);
    }
    write(&folder.join(MANIFEST), updated.as_bytes())?;
    let signature = folder.join(SIGNATURE);
    if signature.exists() {
        std::fs::remove_file(&signature).map_err(|error| failed(&signature, &error))?;
    }
    Package::of_author(folder)
}

/// Signs a folder, digests brought up to date before; returns the public key.
pub async fn sign(folder: &Path, key: &Path) -> Result<PublicKey, LoadError> {
    let signer = key_file(key)?;
    if !signer.algorithms().contains(&Algorithm::EdDsa) {
        return Err(LoadError::new(format!(
            "{} is no key of Ed25519, which packages are signed with: make one with openssl \
             genpkey -algorithm ed25519",
            key.display()
        )));
    }
    let package = update(folder)?;
    let manifest = package.files.bytes(MANIFEST)?;
    let signature = signer.sign(Algorithm::EdDsa, manifest).await?;
    let line = format!("{}\n", STANDARD.encode(signature));
    write(&folder.join(SIGNATURE), line.as_bytes())?;
    PublicKey::parse(&signer.public_key_pem().unwrap_or_default())
}

fn with_digests(text: &str, package: &Package) -> Result<String, LoadError> {
    let mut document: DocumentMut = text
        .parse()
        .map_err(|error| LoadError::new(format!("{MANIFEST}: {error}")))?;
    for file in package.manifest.artefacts.keys() {
        let name = file.to_string_lossy();
        let found = digest(package.files.bytes(&name)?);
        let item = &mut document["artefacts"][&*name];
        if item.as_str() == Some(&found) {
            continue;
        }
        let decor = item.as_value().map(|old| old.decor().clone());
        *item = value(found);
        if let (Some(new), Some(decor)) = (item.as_value_mut(), decor) {
            *new.decor_mut() = decor;
        }
    }
    Ok(document.to_string())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), LoadError> {
    std::fs::write(path, bytes).map_err(|error| failed(path, &error))
}

fn failed(path: &Path, error: &std::io::Error) -> LoadError {
    LoadError::new(format!("{} cannot be written: {error}", path.display()))
}
