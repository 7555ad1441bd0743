//! Builds the plugins that are embedded (and those that the tests load) with the
//! script that builds them for everyone.

use std::env;
use std::path::PathBuf;
use std::process::Command;

/// What the plugins are made of, from the workspace's root.
const SOURCES: [&str; 8] = [
    "Cargo.lock",
    "plugin-api/Cargo.toml",
    "plugin-api/include",
    "plugin-api/macros",
    "plugin-api/src",
    "plugins",
    "rust-toolchain.toml",
    "scripts/build-plugins",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../..");
    let out = PathBuf::from(env::var("OUT_DIR")?).join("plugins");
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", root.join(source).display());
    }
    println!("cargo::rustc-env=LDS_PLUGINS={}", out.display());
    let status = Command::new(root.join("scripts/build-plugins"))
        .arg(&out)
        .status()?;
    if !status.success() {
        return Err("scripts/build-plugins failed, see above".into());
    }
    Ok(())
}
