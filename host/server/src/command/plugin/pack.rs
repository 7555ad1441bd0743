//! `lds plugin pack`, `sign` and `verify`: from an author's folder to a package that others take.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use lds_generators::package::{self, Package, PublicKey, Signer};

use crate::config::Config;

/// Brings digests up to date and writes the archive.
#[derive(clap::Args)]
pub(crate) struct Pack {
    /// The folder with plugin.toml
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Where the archive goes [default: the working directory]
    #[arg(
        long,
        value_name = "DIR",
        default_value = ".",
        hide_default_value = true
    )]
    out: PathBuf,
}

impl Pack {
    pub(super) fn run(&self) -> Result<ExitCode> {
        let package = package::update(&self.folder)?;
        let path = self.out.join(package.archive_name());
        std::fs::write(&path, package.archive()?)
            .with_context(|| format!("cannot write {}", path.display()))?;
        println!("{}", path.display());
        Ok(ExitCode::SUCCESS)
    }
}

/// Signs a package's folder.
#[derive(clap::Args)]
pub(crate) struct Sign {
    /// The folder with plugin.toml
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// A private key of Ed25519, PKCS#8 in PEM
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

impl Sign {
    /// Prints what an operator puts into the configuration.
    pub(super) async fn run(&self) -> Result<ExitCode> {
        let key = package::sign(&self.folder, &self.key).await?;
        println!("key = \"{key}\"");
        Ok(ExitCode::SUCCESS)
    }
}

/// Checks a package's files and signature.
#[derive(clap::Args)]
pub(crate) struct Verify {
    /// A package: a folder or an archive
    #[arg(value_name = "PATH")]
    package: PathBuf,
    /// The vendor's public key [default: those of the configuration]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

impl Verify {
    pub(super) fn run(&self, config: &Config) -> Result<ExitCode> {
        let package = Package::read(&self.package)?;
        let told = match &self.key {
            Some(path) => by_key(&package, path)?,
            None => match package.signer(&config.plugin_trust) {
                Signer::Untrusted(reason) => bail!("the files are as listed, but {reason}"),
                trusted @ Signer::Trusted(_) => trusted.to_string(),
            },
        };
        let plugin = &package.manifest.plugin;
        println!("{} {}: {told}", plugin.id, plugin.version);
        Ok(ExitCode::SUCCESS)
    }
}

fn by_key(package: &Package, path: &Path) -> Result<String> {
    if package.is_signed_by(&PublicKey::open(path)?) {
        return Ok("signed by this key".to_owned());
    }
    bail!("the files are as listed, but this key did not sign them")
}
