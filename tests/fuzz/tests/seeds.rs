//! What the fuzzer begins with: each file goes through its function, whole, cut off at each place,
//! and with each of its bytes damaged in turn.

#![expect(clippy::expect_used, reason = "what can't be read ends the test")]

use std::fs;
use std::path::Path;

/// Files below a folder of the project.
fn below(folder: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (mut folders, mut files) = (vec![root.join(folder)], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(fs::read(path).expect("a file"));
            }
        }
    }
    assert!(!files.is_empty(), "{folder} is empty");
    files
}

fn all(folder: &str, work: fn(&[u8])) {
    for mut file in below(folder) {
        work(&file);
        // Some hundred places of a long one.
        let step = file.len() / 400 + 1;
        for place in (0..file.len()).step_by(step) {
            work(&file[..place]);
            file[place] ^= 0x15;
            work(&file);
            file[place] ^= 0x15;
        }
    }
}

#[test]
fn requests() {
    all("wsdl/messages", lds_fuzz::requests);
}

#[test]
fn values() {
    all("tests/fuzz/seeds/values", lds_fuzz::values);
}

#[test]
fn licenses() {
    all("tests/fuzz/seeds/licenses", lds_fuzz::licenses);
}

#[test]
fn documents() {
    all("tests/fuzz/seeds/documents", lds_fuzz::documents);
}
