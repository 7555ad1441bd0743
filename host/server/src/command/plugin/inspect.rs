//! `lds plugin inspect`: what a package is, before anybody installs it.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use lds_generators::inspect::Described;
use lds_generators::package::Package;

use super::runtime;
use crate::config::Config;

pub(super) async fn run(config: &Config, path: &Path) -> Result<ExitCode> {
    let package = Package::read(path)?;
    show_package(&package, config);
    let plugin = runtime()?.open_file(path, None).await?;
    show_description(&plugin.describe().await?);
    Ok(ExitCode::SUCCESS)
}

fn show_package(package: &Package, config: &Config) {
    let plugin = &package.manifest.plugin;
    row("id", &plugin.id);
    row("version", &plugin.version);
    row("interface", &plugin.abi);
    row("kind", plugin.kind.name());
    if let Some(process) = &package.manifest.process {
        row("command", &process.command.join(" "));
    }
    row("digest", &format!("sha256:{}", package.digest));
    row(
        "signature",
        &package.signer(&config.plugin_trust).to_string(),
    );
    for file in package.files() {
        row("file", &format!("{} ({} bytes)", file.name, file.size));
    }
}

fn show_description(described: &Described) {
    let document = &described.document;
    row("name", &document.name);
    row("vendor", &document.vendor);
    row("operations", &document.ops.join(" "));
    for capability in &document.capabilities {
        row("capability", &capability.name);
    }
    for host_type in &document.host_types {
        row(
            "host type",
            &format!("{} ({})", host_type.name, host_type.label),
        );
    }
    for setting in &document.settings {
        let need = if setting.required { " (required)" } else { "" };
        row("setting", &format!("{}{need}", setting.name));
    }
    let Some(limits) = document.limits else {
        return;
    };
    let wishes = [
        ("time_ms", limits.time_ms),
        ("memory_mib", limits.memory_mib),
        ("output_kib", limits.output_kib),
    ];
    for (name, wish) in wishes {
        if let Some(wish) = wish {
            row("limit", &format!("{name} {wish}"));
        }
    }
}

fn row(name: &str, value: &str) {
    println!("{name:<11} {value}");
}
