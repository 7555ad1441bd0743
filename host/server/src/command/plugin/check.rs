//! `lds plugin check`: what a plugin's author wants to know before a server does.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use lds_generators::inspect;

use super::runtime;

/// One line a finding; fails where one of them is a failure.
pub(super) async fn run(plugin: &Path) -> Result<ExitCode> {
    let findings = inspect::check(&runtime()?, plugin).await;
    for finding in &findings {
        match &finding.outcome {
            Ok(found) => println!("ok     {}: {found}", finding.subject),
            Err(wrong) => println!("wrong  {}: {wrong}", finding.subject),
        }
    }
    let good = findings.iter().all(|finding| finding.outcome.is_ok());
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
