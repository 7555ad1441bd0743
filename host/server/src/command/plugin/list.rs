//! `lds plugin list`.

use std::process::ExitCode;

use anyhow::Result;
use lds_domain::generator::GeneratorInfo;
use lds_domain::ports::Generators;

use crate::app::start_generators;
use crate::config::Config;
use crate::data_dir::DataDir;

/// One line a plugin: name, state, kind, version, and why it is not in service.
pub(super) async fn run(config: &Config) -> Result<ExitCode> {
    let dir = DataDir::open(&config.data_dir)?;
    for info in start_generators(config, &dir).await?.list() {
        println!("{}", line(&info));
    }
    Ok(ExitCode::SUCCESS)
}

fn line(info: &GeneratorInfo) -> String {
    let description = info.description.as_ref();
    let version = description.map_or("-", |description| &description.version);
    let kind = if info.kind.is_empty() {
        "-"
    } else {
        &info.kind
    };
    let state = info.state.name();
    let line = format!("{:<16} {state:<9} {kind:<7} {version:<9}", info.name);
    match &info.message {
        Some(reason) => format!("{line} {reason}"),
        None => line.trim_end().to_owned(),
    }
}
