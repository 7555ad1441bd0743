//! Installing: a package is tried aside, in everything that a server's start would try, and only
//! then serves in the place of the version before it.

use std::path::Path;

use crate::config::GeneratorsConfig;
use crate::error::LoadError;
use crate::inspect;
use crate::load::probe;
use crate::pins::Pin;
use crate::runtime::Runtime;

use super::contents::Package;
use super::installed::InstalledPackages;
use super::open::{PackageStamp, open_to_serve};

/// What packages are tried with, and where they go.
pub struct Installer<'a> {
    /// Loads them; keeps their compiled code for the server.
    pub runtime: &'a Runtime,
    /// Whose packages are taken.
    pub config: &'a GeneratorsConfig,
    /// Where they go.
    pub packages: InstalledPackages,
}

/// A package that now serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// What it says of itself, and who signed it.
    pub package: PackageStamp,
    /// Its name and digest, to be remembered under its id.
    pub pin: Pin,
    /// Tests of its own that it passed.
    pub tests: usize,
    /// The version that served before it.
    pub previous: Option<String>,
}

impl Installer<'_> {
    /// Verifies, compiles, asks and tests a package, then makes it serve. Where anything fails, all
    /// stays as it was.
    pub async fn install(&self, path: &Path) -> Result<Installation, LoadError> {
        let package = Package::read(path)?;
        let staged = self.packages.stage(&package)?;
        let (stamp, name, tests) = self.try_out(staged.path(), &package).await?;
        let installed = self.packages.put(staged, &package)?;
        Ok(Installation {
            package: stamp,
            pin: Pin {
                name,
                digest: package.digest,
            },
            tests,
            previous: installed.previous,
        })
    }

    async fn try_out(
        &self,
        folder: &Path,
        package: &Package,
    ) -> Result<(PackageStamp, String, usize), LoadError> {
        let artefact = open_to_serve(folder, self.config)?;
        let limits = artefact.kind().limits();
        let probed = probe(self.runtime, &artefact, &limits).await?;
        let limits = probed.described.lower(limits);
        let tests = inspect::pass(package, probed.carrier.as_ref(), &limits).await?;
        let stamp = artefact
            .package
            .ok_or_else(|| LoadError::new("it is no package"))?;
        Ok((stamp, probed.described.document.name, tests))
    }
}
