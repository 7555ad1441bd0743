//! `lds plugin test`: the author's own tests.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use lds_generators::inspect;

use super::runtime;

/// One line a test, and for one that fails each difference; fails where one of them does.
pub(super) async fn run(plugin: &Path) -> Result<ExitCode> {
    let tested = inspect::test(&runtime()?, plugin).await?;
    for test in &tested {
        match &test.outcome {
            Ok(()) => println!("ok     {}", test.name),
            Err(differences) => {
                println!("wrong  {}", test.name);
                for difference in differences {
                    println!("       {difference}");
                }
            }
        }
    }
    let good = tested.iter().all(|test| test.outcome.is_ok());
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
