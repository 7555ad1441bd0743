//! The direction of dependencies: the table of `ARCHITECTURE.md`, checked on what cargo knows.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Each crate of ours, and which of ours it may use.
const ALLOWED: &[(&str, &[&str])] = &[
    ("lds-domain", &[]),
    ("lds-plugin-api", &["lds-plugin-api-macros"]),
    ("lds-plugin-api-macros", &[]),
    ("lds-soap", &["lds-domain"]),
    ("lds-store", &["lds-domain"]),
    (
        "lds-generators",
        &["lds-domain", "lds-plugin-api", "lds-soap"],
    ),
    ("lds-web", &["lds-domain", "lds-soap"]),
];
/// These wire or measure the whole: they may use everything.
const ALL: &[&str] = &["lds", "lds-fuzz", "lds-load"];
/// They stand for what is not ours: they may use nothing of ours.
const NONE: &[&str] = &["lds-kit", "lds-postgres"];

/// Crates of ours by name, with the crates of ours that they are built with.
fn arrows() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .output()
        .expect("cargo metadata runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let name = |value: &Value| value["name"].as_str().expect("a name").to_owned();
    packages
        .iter()
        .map(|package| (name(package), ours(package)))
        .collect()
}

/// The path dependencies of a package, but those of its tests.
fn ours(package: &Value) -> BTreeSet<String> {
    let dependencies = package["dependencies"].as_array().expect("dependencies");
    let is_arrow = |d: &&Value| d["path"].is_string() && d["kind"] != "dev";
    dependencies
        .iter()
        .filter(is_arrow)
        .map(|dependency| dependency["name"].as_str().expect("a name").to_owned())
        .collect()
}

fn allowed(name: &str) -> Option<BTreeSet<String>> {
    let set = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect();
    if NONE.contains(&name) {
        return Some(BTreeSet::new());
    }
    if name.starts_with("lds-plugin-") && !name.starts_with("lds-plugin-api") {
        return Some(set(&["lds-plugin-api"]));
    }
    ALLOWED
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, list)| set(list))
}

#[test]
fn only_the_arrows_of_the_architecture_exist() {
    let arrows = arrows();
    assert!(
        arrows.contains_key("lds-domain") && arrows.contains_key("lds"),
        "{:?}",
        arrows.keys()
    );
    for (name, used) in arrows {
        if ALL.contains(&name.as_str()) {
            continue;
        }
        let allowed = allowed(&name)
            .unwrap_or_else(|| panic!("{name} is not in the table of the architecture"));
        let forbidden: Vec<_> = used.difference(&allowed).collect();
        assert!(forbidden.is_empty(), "{name} must not use {forbidden:?}");
    }
}

/// What a room must not know shows in the libraries that it is built with.
#[test]
fn no_room_is_built_with_what_it_must_not_know() {
    let forbidden: &[(&str, &[&str])] = &[
        (
            "host/domain",
            &[
                "axum",
                "hyper",
                "sqlx",
                "quick-xml",
                "wasmtime",
                "libloading",
                "toml",
            ],
        ),
        ("host/soap", &["axum", "hyper", "sqlx", "wasmtime"]),
        (
            "host/store",
            &[
                "axum",
                "hyper",
                "quick-xml",
                "wasmtime",
                "libloading",
                "lds-plugin-api",
            ],
        ),
        ("host/generators", &["axum", "hyper", "sqlx"]),
        ("host/web", &["sqlx", "wasmtime", "libloading"]),
    ];
    for (room, libraries) in forbidden {
        let path = format!("{}/../../{room}/Cargo.toml", env!("CARGO_MANIFEST_DIR"));
        let manifest: toml::Table = std::fs::read_to_string(&path)
            .expect(&path)
            .parse()
            .expect("TOML");
        let dependencies = manifest["dependencies"].as_table().expect("dependencies");
        for library in *libraries {
            assert!(
                !dependencies.contains_key(*library),
                "{room} must not know {library}"
            );
        }
    }
}
