//! Commands and answers about generators.

use crate::license::File;

/// `testGenerator`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestGenerator {
    /// Which.
    pub name: String,
    /// The request document, a JSON object; absent: a sample is made.
    pub request: Option<String>,
}

/// How a generator did in a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// How the call ended, by the names of the interface: `OK`, `REJECTED`, `TIMEOUT`, …
    pub status: &'static str,
    /// What it wrote, as it is; without the signs that no message could carry.
    pub output: Option<String>,
    /// The files of that, unsigned.
    pub files: Vec<File>,
    /// How long the call took, in microseconds.
    pub micros: u64,
    /// Memory that it had at the end, in bytes; 0 where it is not known.
    pub memory_bytes: u64,
    /// What the server has to say of a failure.
    pub message: Option<String>,
    /// What was asked, a JSON object.
    pub request: String,
}
