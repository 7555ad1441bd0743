//! The examples of `docs/plugins.md`: they are what they say, and build as they stand.

use std::process::Command;

use super::{block, read, root};
use crate::support::Place;

#[test]
fn the_example_in_rust_is_the_one_that_the_library_tests() {
    let library = read("plugin-api/src/lib.rs");
    let lines = library.lines().filter_map(|line| line.strip_prefix("//!"));
    let words: Vec<_> = lines
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let page = read("docs/plugins.md");
    assert!(words.join("\n").contains(block(&page, "rust").trim_end()));
}

/// The newest clang, which may have its version in its name.
fn clang() -> String {
    let names = std::fs::read_dir("/usr/bin").expect("a folder").flatten();
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    let version = |name: &String| {
        Some((
            name.strip_prefix("clang-")?.parse::<u32>().ok()?,
            name.clone(),
        ))
    };
    let newest = names.filter_map(|name| version(&name)).max();
    newest.map_or_else(|| "clang".to_owned(), |(_, name)| name)
}

#[test]
fn the_example_in_c_builds_as_the_page_says_and_is_examined() {
    let page = read("docs/plugins.md");
    let place = Place::new("[plugins.tiny]\npackage = \"tiny.so\"\n");
    place.file("tiny.c", block(&page, "c"));
    let include = root().join("plugin-api/include");
    let commands = block(&page, "sh").replace("plugin-api/include", &include.to_string_lossy());
    let commands = commands.replacen("clang ", &format!("{} ", clang()), 1);
    let mut shell = Command::new("sh");
    shell
        .args(["-e", "-c", &commands])
        .current_dir(place.folder());
    let built = shell.output().expect("a shell");
    assert!(built.status.success(), "{built:?}");
    for file in ["tiny.wasm", "tiny.so"] {
        place.lds(&["plugin", "check", file]).success();
        let told = place.lds(&["plugin", "run", file]).success();
        assert!(told.contains("Licensed."), "{told}");
    }
    let plugins = place.data().join("plugins");
    std::fs::create_dir_all(&plugins).expect("a folder");
    std::fs::copy(place.folder().join("tiny.so"), plugins.join("tiny.so")).expect("a copy");
    let listed = place.lds(&["plugin", "list"]).success();
    let is_ready = |line: &str| line.starts_with("tiny ") && line.contains(" READY ");
    assert!(listed.lines().any(is_ready), "{listed}");
}
