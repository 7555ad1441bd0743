//! What is wrong with the configuration, where, and what was probably meant.

use std::fmt::{self, Write};
use std::ops::Range;

use super::lines::Lines;

/// How alike two words must be for one to be offered in the other's place; 1 is equal.
const LIKENESS: f64 = 0.7;

/// A sentence that names the file and line, or the variable, or the key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct ConfigError(String);

impl ConfigError {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// An error at a place in a file.
    pub(super) fn in_file(file: impl fmt::Display, text: &str, error: &toml::de::Error) -> Self {
        let reason = explain(error.message());
        let Some(Range { start, .. }) = error.span() else {
            return Self(format!("{file}: {reason}"));
        };
        let lines = Lines::of(text);
        let line = lines.number(start);
        match lines.key_at(start) {
            Some(key) => Self(format!("{file}:{line}: {key}: {reason}")),
            None => Self(format!("{file}:{line}: {reason}")),
        }
    }

    /// An error in a value that came from a variable or flag.
    pub(super) fn of_value(origin: impl fmt::Display, error: &toml::de::Error) -> Self {
        Self(format!("{origin}: {}", explain(error.message())))
    }
}

/// The reason in one line; for an unknown key, the one that was probably meant.
fn explain(message: &str) -> String {
    let unknown = ["unknown field `", "unknown variant `"]
        .iter()
        .any(|start| message.starts_with(start));
    if !unknown {
        return message.lines().collect::<Vec<_>>().join(", ");
    }
    let mut names = message.split('`').skip(1).step_by(2);
    let name = names.next().unwrap_or_default();
    let known: Vec<_> = names.collect();
    let kind = if message.starts_with("unknown field") {
        "key"
    } else {
        "value"
    };
    let mut reason = format!("unknown {kind} {name}");
    // Writing to a string does not fail.
    let _ = match nearest(name, known.iter().copied()) {
        Some(near) => write!(reason, "; did you mean {near}?"),
        None => write!(reason, "; known are {}", known.join(", ")),
    };
    reason
}

/// The known word that is most alike.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    known
        .into_iter()
        .map(|known| (strsim::jaro_winkler(&lower, &known.to_lowercase()), known))
        .filter(|(likeness, _)| *likeness >= LIKENESS)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, known)| known)
}
