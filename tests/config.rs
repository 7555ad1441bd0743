//! The configuration as an operator meets it: what is in force, and what is wrong.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::support::{Place, Server};

/// The line of a key in `lds config show`.
fn shown(text: &str, key: &str) -> String {
    let start = format!("{key} = ");
    let line = text.lines().find_map(|line| line.strip_prefix(&start));
    line.unwrap_or_else(|| panic!("no {key} in\n{text}"))
        .to_owned()
}

#[test]
fn each_value_is_shown_with_where_it_came_from() {
    let place = Place::new("[http]\nbody_kib = 64\n");
    let text = place.lds(&["config", "show"]).success();
    assert_eq!(shown(&text, "data_dir"), "\"data\"  # --data-dir");
    assert_eq!(shown(&text, "http.body_kib"), "64  # lds.toml:2");
    assert_eq!(shown(&text, "time.zone"), "\"UTC\"  # default");
}

#[test]
fn a_secret_is_not_shown() {
    let place = Place::new("[store]\nurl = \"postgres://lds:swordfish@db/lds\"\n");
    let text = place.lds(&["config", "show"]).success();
    assert_eq!(shown(&text, "store.url"), "\"(hidden)\"  # lds.toml:2");
    assert!(!text.contains("swordfish"), "{text}");
}

#[test]
fn no_command_runs_on_a_configuration_with_a_mistake() {
    let place = Place::new("[http]\nlsiten = \"127.0.0.1:1\"\n");
    let told = "error: lds.toml:2: http.lsiten: unknown key lsiten; did you mean listen?\n";
    for command in [["config", "show"], ["plugin", "list"]] {
        assert_eq!(place.lds(&command).failure(), told);
    }
}

#[test]
fn a_mistake_does_not_show_a_secret() {
    let place = Place::new("[store]\nurl = \"mysql://lds:swordfish@db/lds\"\n");
    let told = place.lds(&[
        "order",
        "create",
        "--customer",
        "ext:a",
        "--product",
        "ext:b",
    ]);
    let told = told.failure();
    assert!(told.contains("store.url is no URL of PostgreSQL"), "{told}");
    assert!(!told.contains("swordfish"), "{told}");
}

#[test]
fn a_secret_may_lie_in_a_file() {
    let place = Place::new("[keys]\nmaster_key_file = \"key\"\n");
    place.file("key", "no key\n");
    let told = place.lds(&[
        "order",
        "create",
        "--customer",
        "ext:a",
        "--product",
        "ext:b",
    ]);
    let told = told.failure();
    assert!(told.contains("keys.master_key must have 64 hex"), "{told}");
}

/// Whatever is in there that group or others may read.
fn open_to_others(path: &Path) -> Vec<String> {
    let mode = path.metadata().expect("a file").permissions().mode();
    let mut found = Vec::new();
    if mode & 0o077 != 0 {
        found.push(format!("{} {:o}", path.display(), mode & 0o777));
    }
    if path.is_dir() {
        let entries = path.read_dir().expect("a folder");
        found.extend(entries.flat_map(|entry| open_to_others(&entry.expect("an entry").path())));
    }
    found
}

#[test]
fn the_data_directory_is_its_owners_alone() {
    let place = Place::new("[http.management]\nlisten = \"127.0.0.1:0\"\n");
    std::fs::create_dir(place.data()).expect("a folder");
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(place.data(), open).expect("a mode");
    let data = place.data();
    let server = Server::start_at(place);
    server.assert_answers();
    assert!(data.join("signers/default.pem").exists());
    assert_eq!(open_to_others(&data), [""; 0]);
}
