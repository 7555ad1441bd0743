//! The programs of `examples/`, run by the commands of their own README against a server. They see
//! nothing of it but the SOAP services.

mod java_activation;
mod keygen;
mod php_shop;
mod python_accounting;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::clients::programs;
use crate::support::{PASSWORD, Server};

fn folder(example: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples")
        .join(example)
}

/// The blocks of commands of an example's README.
fn commands(example: &str) -> Vec<String> {
    let readme = std::fs::read_to_string(folder(example).join("README.md")).expect("a README");
    let blocks = readme.split("```sh\n").skip(1);
    let blocks = blocks.filter_map(|block| block.split("```").next());
    blocks.map(|block| block.trim().to_owned()).collect()
}

/// A shell in a folder that knows the server and the Python of the tests.
fn shell(server: &Server, place: &Path, commands: &str) -> Command {
    let path = std::env::var("PATH").unwrap_or_default();
    let python = programs().join("../venv/bin");
    let mut command = Command::new("bash");
    command
        .args(["-euc", commands])
        .current_dir(place)
        .env("PATH", format!("{}:{path}", python.display()))
        .env("LDS_URL", &server.url)
        .env("LDS_USER", "admin")
        .env("LDS_PASSWORD", PASSWORD)
        .stdin(Stdio::null());
    command
}
