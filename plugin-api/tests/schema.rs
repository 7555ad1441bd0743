//! The files in `schema/` are what the types say. `UPDATE_SCHEMAS=1` rewrites them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use lds_plugin_api::schema;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schema")
}

fn file(name: &str) -> PathBuf {
    folder().join(format!("{name}.json"))
}

#[test]
fn files_are_as_the_types() {
    for (name, schema) in schema::all() {
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            std::fs::write(file(name), &schema).unwrap();
        }
        let stored = std::fs::read_to_string(file(name)).unwrap_or_default();
        assert!(
            stored == schema,
            "schema/{name}.json differs from its type: run with UPDATE_SCHEMAS=1 and look at the change"
        );
    }

    let expected: BTreeSet<_> = schema::all().iter().map(|(name, _)| file(name)).collect();
    let entries = std::fs::read_dir(folder()).unwrap();
    let found: BTreeSet<_> = entries.map(|entry| entry.unwrap().path()).collect();
    assert_eq!(found, expected, "a schema without a type");
}
