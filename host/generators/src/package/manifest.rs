//! `plugin.toml`: what a package says of itself. Unknown keys are refused, so that a word with a
//! slip in it does not count as not said.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::LoadError;
use crate::names::is_version;
use crate::stdio::Mode;

/// What makes a folder a package.
pub(crate) const MANIFEST: &str = "plugin.toml";
/// The signature of the manifest's bytes.
pub(crate) const SIGNATURE: &str = "plugin.toml.sig";
/// The largest manifest, in bytes.
pub(super) const MAX_MANIFEST: u64 = 64 << 10;

/// The whole file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `[plugin]`
    pub plugin: PluginSection,
    /// `[artefacts]`: each file but vectors, with `sha256:` and its digest in hex.
    #[serde(default)]
    pub artefacts: BTreeMap<PathBuf, String>,
    /// `[native]`: target triple = file.
    #[serde(default)]
    pub native: BTreeMap<String, PathBuf>,
    /// `[process]`
    pub process: Option<ProcessSection>,
    /// `[tests]`
    pub tests: Option<TestsSection>,
}

/// `[plugin]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PluginSection {
    /// A reverse domain, as in `com.example.keyfile`.
    pub id: String,
    /// As DESCRIBE gives it.
    pub version: String,
    /// The version of the interface, as in `1.0`.
    pub abi: String,
    /// How it runs.
    pub kind: ManifestKind,
}

/// `kind`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ManifestKind {
    /// A core module.
    Wasm,
    /// A component.
    Component,
    /// Libraries.
    Native,
    /// A program.
    Process,
}

/// `[process]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcessSection {
    /// The program and its arguments; it runs in the package.
    pub command: Vec<String>,
    /// How it takes calls.
    pub mode: Mode,
}

/// `[tests]`
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestsSection {
    /// A folder of requests with their answers.
    pub vectors: PathBuf,
}

impl ManifestKind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wasm => "wasm",
            Self::Component => "component",
            Self::Native => "native",
            Self::Process => "process",
        }
    }
}

impl Manifest {
    /// Reads the file's bytes.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, LoadError> {
        if bytes.len() as u64 > MAX_MANIFEST {
            return Err(LoadError::new(format!(
                "{MANIFEST} has {} bytes, the limit is {MAX_MANIFEST}",
                bytes.len()
            )));
        }
        let text = std::str::from_utf8(bytes)
            .map_err(|_| LoadError::new(format!("{MANIFEST} is not UTF-8")))?;
        Self::parse(text).map_err(|error| LoadError::new(format!("{MANIFEST}: {error}")))
    }

    /// Reads the text and checks what can be checked without other files.
    pub(crate) fn parse(text: &str) -> Result<Self, LoadError> {
        let manifest: Self =
            toml::from_str(text).map_err(|error| LoadError::new(error.to_string()))?;
        manifest.check().map(|()| manifest)
    }

    /// Whether a file of the package needs no digest: the manifest, its
    /// signature, and the author's tests.
    pub(crate) fn is_exempt(&self, file: &str) -> bool {
        let vectors = self.tests.as_ref().map(|tests| &tests.vectors);
        file == MANIFEST
            || file == SIGNATURE
            || vectors.is_some_and(|folder| Path::new(file).starts_with(folder))
    }

    /// The version of the interface, as the ABI writes it.
    pub(crate) fn abi(&self) -> Option<u32> {
        let (major, minor) = self.plugin.abi.split_once('.')?;
        let (major, minor): (u16, u16) = (major.parse().ok()?, minor.parse().ok()?);
        Some(u32::from(major) << 16 | u32::from(minor))
    }

    fn check(&self) -> Result<(), LoadError> {
        let PluginSection { id, version, .. } = &self.plugin;
        let is_process = self.plugin.kind == ManifestKind::Process;
        let is_native = self.plugin.kind == ManifestKind::Native;
        let outside = self.files().find(|path| !is_within(path));
        let unlisted = self
            .native
            .values()
            .find(|file| !self.artefacts.contains_key(*file));
        let rules = [
            (
                is_id(id),
                "plugin.id is no reverse domain, as in com.example.keyfile",
            ),
            (is_version(version), "plugin.version is not n.n.n"),
            (self.abi().is_some(), "plugin.abi is no version, as in 1.0"),
            (
                self.process.is_some() == is_process,
                "[process] is there for the kind process, and only for it",
            ),
            (
                self.native.is_empty() != is_native,
                "[native] is there for the kind native, and only for it",
            ),
            (outside.is_none(), "a path leads out of the package"),
            (
                unlisted.is_none(),
                "[native] names a file that [artefacts] lacks",
            ),
            (
                !self.artefacts.contains_key(Path::new(MANIFEST))
                    && !self.artefacts.contains_key(Path::new(SIGNATURE)),
                "[artefacts] lists plugin.toml or its signature, which have no digest in it",
            ),
        ];
        match rules.iter().find(|(kept, _)| !kept) {
            Some((_, broken)) => Err(LoadError::new(*broken)),
            None => Ok(()),
        }
    }

    fn files(&self) -> impl Iterator<Item = &PathBuf> {
        let vectors = self.tests.iter().map(|tests| &tests.vectors);
        let files = self.artefacts.keys().chain(self.native.values());
        files.chain(vectors)
    }
}

/// `com.example.keyfile`
pub(super) fn is_id(id: &str) -> bool {
    let part = |part: &str| {
        let sign = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        !part.is_empty() && part.bytes().all(sign)
    };
    id.len() <= 200 && id.contains('.') && id.split('.').all(part)
}

/// Whether a path stays in the package, links aside.
fn is_within(path: &Path) -> bool {
    let mut parts = path.components();
    parts.clone().next().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Manifest, ManifestKind, Mode};

    const WHOLE: &str = r#"
        [plugin]
        id = "com.example.keyfile"
        version = "1.0.0"
        abi = "1.0"
        kind = "process"
        [artefacts]
        "gen.pl" = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        [process]
        command = ["perl", "gen.pl"]
        mode = "lines"
        [tests]
        vectors = "vectors"
    "#;

    #[test]
    fn all_is_read() {
        let manifest = Manifest::parse(WHOLE).unwrap();
        assert_eq!(manifest.plugin.kind, ManifestKind::Process);
        assert_eq!(manifest.abi(), Some(0x1_0000));
        let process = manifest.process.unwrap();
        assert_eq!((process.command.len(), process.mode), (2, Mode::Lines));
        assert!(manifest.artefacts.contains_key(Path::new("gen.pl")));
        assert_eq!(manifest.tests.unwrap().vectors, Path::new("vectors"));
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (from, to, told) in [
            ("mode = ", "modus = ", "modus"),
            ("\"lines\"", "\"line\"", "line"),
            ("[tests]", "[test]", "test"),
            ("com.example.keyfile", "Keyfile", "plugin.id"),
            ("com.example.keyfile", "com..keyfile", "plugin.id"),
            ("1.0.0", "1.0", "plugin.version"),
            ("abi = \"1.0\"", "abi = \"1\"", "plugin.abi"),
            ("\"process\"", "\"wasm\"", "[process]"),
            ("\"process\"", "\"native\"", "[process]"),
            (
                "[tests]",
                "[native]\nx86_64 = \"a.so\"\n[tests]",
                "[native]",
            ),
            ("\"vectors\"", "\"../vectors\"", "out of the package"),
            ("\"gen.pl\" =", "\"/gen.pl\" =", "out of the package"),
            ("\"gen.pl\" =", "\"./a/../b\" =", "out of the package"),
        ] {
            let text = WHOLE.replacen(from, to, 1);
            let error = Manifest::parse(&text).unwrap_err().to_string();
            assert!(error.contains(told), "{to}: {error}");
        }
    }
}
