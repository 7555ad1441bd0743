//! `lds plugin list`.

use std::process::ExitCode;

use anyhow::Result;
use lds_domain::generator::GeneratorInfo;
use lds_domain::ports::Generators as _;
use lds_generators::Provenance;

use crate::app::App;
use crate::config::Config;

/// One line a plugin: name, state, kind, version, its package and who signed it, and why it is not
/// in service.
pub(super) async fn run(config: &Config) -> Result<ExitCode> {
    let (app, generators) = App::start_for_plugins(config).await?;
    for info in generators.list() {
        println!("{}", line(&info, generators.provenance(&info.name)));
    }
    app.close().await;
    Ok(ExitCode::SUCCESS)
}

fn line(info: &GeneratorInfo, from: Option<&Provenance>) -> String {
    let package = from.and_then(|from| from.package.as_ref());
    let described = info
        .description
        .as_ref()
        .map(|described| &described.version);
    let version = described.or(package.map(|package| &package.version));
    let version = version.map_or("-", String::as_str);
    let kind = if info.kind.is_empty() {
        "-"
    } else {
        &info.kind
    };
    let state = info.state.name();
    let line = format!("{:<16} {state:<9} {kind:<7} {version:<9}", info.name);
    let package = package.map(|package| match &package.signer {
        Some(signer) => format!("{} {signer};", package.id),
        None => format!("{};", package.id),
    });
    let rest: Vec<_> = package.iter().chain(&info.message).cloned().collect();
    let rest = rest.join(" ");
    format!("{line} {}", rest.trim_end_matches(';'))
        .trim_end()
        .to_owned()
}
