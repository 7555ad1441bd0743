//! Compiled code on disk, so that a start compiles nothing.
//!
//! Machine code is trusted blindly by the processor, so an entry counts only
//! under the MAC of a key that lies elsewhere; whatever fails the check is
//! compiled again.

use std::fmt::Display;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};

use aws_lc_rs::{digest, hmac};
use wasmtime::component::Component;
use wasmtime::{Engine, Module, Precompiled};
use zeroize::Zeroizing;

use crate::error::LoadError;
use crate::hex;
use crate::private_file::write_new;

const MAC_LEN: usize = 32;

/// The key under which compiled code is accepted.
pub struct CacheKey(hmac::Key);

impl CacheKey {
    /// A key of these bytes; draw them at random and keep them private.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The key in this file, which is made at the first start. A file that is
    /// damaged is an error: whoever deletes it pays with compiling again.
    pub fn load_or_make(path: &Path) -> Result<Self, LoadError> {
        let failed = |what: &dyn Display| LoadError::new(format!("{}: {what}", path.display()));
        if !path.exists() {
            let mut secret = Zeroizing::new([0; 32]);
            aws_lc_rs::rand::fill(secret.as_mut()).map_err(|_| failed(&"no key can be drawn"))?;
            write_new(path, secret.as_ref()).map_err(|error| failed(&error))?;
        }
        let secret = std::fs::read(path).map_err(|error| failed(&error))?;
        let secret = Zeroizing::new(secret);
        match secret.as_slice().try_into() {
            Ok(secret) => Ok(Self::new(secret)),
            Err(_) => Err(failed(
                &"expected a key of 32 bytes: delete the file to get another",
            )),
        }
    }
}

/// A directory of compiled code.
pub(crate) struct CodeCache {
    dir: PathBuf,
    key: CacheKey,
}

impl CodeCache {
    /// Uses `dir`, which is made when the first entry is written.
    pub(crate) fn new(dir: PathBuf, key: CacheKey) -> Self {
        Self { dir, key }
    }

    /// The code that was compiled from the artefact of this digest by an
    /// equal engine, if it is there and genuine.
    pub(crate) fn load(&self, engine: &Engine, artefact: &[u8; 32]) -> Option<Code> {
        let name = entry_name(engine, artefact);
        let entry = std::fs::read(self.dir.join(&name)).ok()?;
        let (mac, code) = entry.split_at_checked(MAC_LEN)?;
        if hmac::verify(&self.key.0, &authenticated(&name, code), mac).is_err() {
            tracing::warn!(entry = %name, "compiled code in the cache is not genuine, compiling again");
            return None;
        }
        match deserialize(engine, code) {
            Ok(code) => Some(code),
            Err(error) => {
                tracing::warn!(entry = %name, %error, "compiled code in the cache does not fit, compiling again");
                None
            }
        }
    }

    /// Keeps compiled code. A failure costs only the next start some time.
    pub(crate) fn store(&self, engine: &Engine, artefact: &[u8; 32], code: &[u8]) {
        let name = entry_name(engine, artefact);
        let mac = hmac::sign(&self.key.0, &authenticated(&name, code));
        if let Err(error) = write_entry(&self.dir, &name, mac.as_ref(), code) {
            tracing::warn!(entry = %name, %error, "compiled code cannot be cached");
        }
    }
}

/// What the compiler makes of an artefact.
pub(crate) enum Code {
    /// Of a core module.
    Module(Module),
    /// Of a component.
    Component(Component),
}

/// Takes compiled code into the process.
pub(super) fn deserialize(engine: &Engine, code: &[u8]) -> Result<Code, LoadError> {
    #[expect(
        unsafe_code,
        reason = "wasmtime cannot tell genuine code from forged code"
    )]
    // SAFETY: `code` was just made by our own compiler process or carries the
    // MAC of our key, so it is what this version of wasmtime wrote.
    let taken = unsafe {
        match Engine::detect_precompiled(code) {
            Some(Precompiled::Component) => {
                Component::deserialize(engine, code).map(Code::Component)
            }
            _ => Module::deserialize(engine, code).map(Code::Module),
        }
    };
    taken.map_err(|error| LoadError::new(format!("compiled code cannot be loaded: {error:#}")))
}

fn entry_name(engine: &Engine, artefact: &[u8; 32]) -> String {
    let mut version = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut version);
    format!("{}-{:016x}.aot", hex::encode(artefact), version.finish())
}

/// What the MAC is over: the entry's name, too, so that none stands in for
/// another.
fn authenticated(name: &str, code: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(name.len() + 32);
    message.extend_from_slice(name.as_bytes());
    message.extend_from_slice(digest::digest(&digest::SHA256, code).as_ref());
    message
}

fn write_entry(dir: &Path, name: &str, mac: &[u8], code: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(dir)?;
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    file.write_all(mac)?;
    file.write_all(code)?;
    file.persist(dir.join(name))?;
    Ok(())
}
