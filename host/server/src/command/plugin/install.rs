//! `lds plugin install`, `rollback`, `remove` and `confirm`: what changes which plugins serve.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use lds_generators::package::{InstalledPackages, Installer, Package};
use lds_generators::{CacheKey, FoundPin, Pin};

use super::runtime;
use crate::app::App;
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::pins;

/// What a running server does not know yet.
const NEXT_START: &str = "it serves from the server's next start on";

pub(super) async fn install(config: &Config, path: &Path) -> Result<ExitCode> {
    let dir = DataDir::open(&config.data_dir)?;
    let key = CacheKey::load_or_make(&dir.cache_key())?;
    let installer = Installer {
        runtime: &runtime()?.in_data_dir(dir.path(), key),
        config: &config.generators(),
        packages: InstalledPackages::of(dir.path()),
    };
    let done = installer
        .install(path)
        .await
        .with_context(|| format!("{} is not installed", path.display()))?;
    let id = done.package.id;
    let name = done.pin.name.clone();
    let app = App::start_for_command(config).await?;
    pins::confirm(&app.store, id.clone(), done.pin).await?;
    app.close().await;
    let signer = done.package.signer.map(|signer| format!(", {signer}"));
    println!(
        "{id} {} as {name}{}, {} tests passed; {NEXT_START}",
        done.package.version,
        signer.unwrap_or_default(),
        done.tests
    );
    if let Some(previous) = done.previous {
        println!("before: {previous}; lds plugin rollback {id} takes it back");
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn rollback(config: &Config, id: &str) -> Result<ExitCode> {
    let dir = DataDir::open(&config.data_dir)?;
    let installed = InstalledPackages::of(dir.path()).rollback(id)?;
    let package = Package::read(&installed.folder)?;
    let app = App::start_for_command(config).await?;
    let known = pins::known(&app.store).await?;
    let name = known.get(id).map_or(id, |pin| &pin.name).to_owned();
    let digest = package.digest;
    pins::confirm(&app.store, id.to_owned(), Pin { name, digest }).await?;
    app.close().await;
    println!("{id} {}; {NEXT_START}", package.manifest.plugin.version);
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn remove(config: &Config, id: &str) -> Result<ExitCode> {
    let dir = DataDir::open(&config.data_dir)?;
    InstalledPackages::of(dir.path()).remove(id)?;
    let app = App::start_for_command(config).await?;
    pins::forget(&app.store, id).await?;
    app.close().await;
    println!("{id} is removed; a running server keeps it until its next start");
    Ok(ExitCode::SUCCESS)
}

/// Takes the files of a plugin as they are now.
pub(super) async fn confirm(config: &Config, name: &str) -> Result<ExitCode> {
    let (app, generators) = App::start_for_plugins(config).await?;
    let pin = generators
        .provenance(name)
        .and_then(|from| from.pin.clone());
    let Some(FoundPin {
        source,
        pin,
        changed,
    }) = pin
    else {
        bail!("no plugin of yours has the name {name}: lds plugin list shows all");
    };
    if !changed {
        bail!("the files of {name} did not change");
    }
    let digest = pin.digest.clone();
    pins::confirm(&app.store, source, pin).await?;
    app.close().await;
    println!("{name} is confirmed with the digest sha256:{digest}; {NEXT_START}");
    Ok(ExitCode::SUCCESS)
}
