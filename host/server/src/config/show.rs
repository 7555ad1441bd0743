//! Every value of the configuration with where it came from, secrets hidden.

use std::fmt::Write;

use serde_json::Value;

use super::lines::join;
use super::{ConfigError, Loaded};

/// One line a value: `http.listen = "127.0.0.1:8080"  # default`.
pub(crate) fn show(loaded: &Loaded) -> Result<String, ConfigError> {
    let values = serde_json::to_value(&loaded.config)
        .map_err(|error| ConfigError::new(error.to_string()))?;
    let mut leaves = Vec::new();
    collect(&values, String::new(), &mut leaves);
    let mut text = String::new();
    for (key, value) in leaves {
        let value = match value {
            Value::Null => "(not set)".to_owned(),
            value => value.to_string(),
        };
        let origin = match loaded.origins.get(&key) {
            Some(origin) => origin.to_string(),
            None => "default".to_owned(),
        };
        // Writing to a string does not fail.
        let _ = writeln!(text, "{key} = {value}  # {origin}");
    }
    Ok(text)
}

/// All values that are in no other, with their keys.
pub(super) fn collect<'a>(value: &'a Value, path: String, leaves: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                collect(value, join(&path, name), leaves);
            }
        }
        leaf => leaves.push((path, leaf)),
    }
}
