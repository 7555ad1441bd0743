//! `lds signer list`, `test` and `public-key`: also beside a running server.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Subcommand;
use lds_generators::{SignerInfo, SignerSource, Signers, WorkerProgram};

use super::read_file;
use crate::app::{App, keep_memory_to_itself};
use crate::config::Config;
use crate::data_dir::DataDir;

/// Keys and signing programs
#[derive(Subcommand)]
pub(super) enum Signer {
    /// List all signers with their fingerprints and who is granted them
    List,
    /// Have a key sign a probe and check it, or a program sign a file
    Test {
        /// The signer
        name: String,
        /// A license file for a program to sign; what comes back is printed
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
    },
    /// Print a public key in PEM, for those who check licenses
    PublicKey {
        /// The signer
        name: String,
    },
}

impl Signer {
    pub(super) async fn run(self, config: &Config) -> Result<()> {
        match self {
            Self::List => list(config).await,
            Self::Test { name, file: None } => test_key(config, &name).await,
            Self::Test {
                name,
                file: Some(file),
            } => test_program(config, &name, &file).await,
            Self::PublicKey { name } => {
                print!("{}", open(config, &name).await?.public_key(&name)?);
                Ok(())
            }
        }
    }
}

/// One line a signer: name, kind, algorithms, fingerprint, who is granted it, and what is wrong.
async fn list(config: &Config) -> Result<()> {
    let (app, generators) = App::start_for_plugins(config).await?;
    for info in generators.signers(&config.generators()) {
        println!("{}", line(&info));
    }
    app.close().await;
    Ok(())
}

fn line(info: &SignerInfo) -> String {
    let algorithms = info.algorithms.iter().map(|one| one.name());
    let granted = info.granted.iter();
    let granted = granted.map(|(plugin, capability)| format!("{plugin} {capability}"));
    let line = format!(
        "{:<16} {:<7} {:<12} {:<64} {}",
        info.name,
        info.kind,
        or_dash(algorithms.collect::<Vec<_>>().join(",")),
        or_dash(info.fingerprint.clone().unwrap_or_default()),
        or_dash(granted.collect::<Vec<_>>().join(", ")),
    );
    match &info.error {
        Some(error) => format!("{line} failed: {error}"),
        None => line,
    }
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "-".into() } else { text }
}

async fn test_key(config: &Config, name: &str) -> Result<()> {
    for algorithm in open(config, name).await?.test(name).await? {
        println!("ok     {algorithm}: signed a probe, and the signature is right");
    }
    Ok(())
}

/// The signed file goes to standard output, as it is.
async fn test_program(config: &Config, name: &str, file: &Path) -> Result<()> {
    let bytes = read_file(file)?;
    let file_name = file.file_name().and_then(|name| name.to_str());
    let file_name = file_name.context("the file's name is not UTF-8")?;
    let signers = open(config, name).await?;
    let sealed = signers.seal(name, file_name, &bytes).await?;
    std::io::stdout().write_all(&sealed)?;
    Ok(())
}

/// That signer alone. The process holds its key, and keeps it to itself.
async fn open(config: &Config, name: &str) -> Result<Signers> {
    keep_memory_to_itself()?;
    let dir = DataDir::open(&config.data_dir)?;
    let source = SignerSource {
        config: &config.signers,
        data_dir: dir.path(),
        worker: &WorkerProgram::this_binary(),
    };
    Ok(Signers::load_one(name, source).await)
}
