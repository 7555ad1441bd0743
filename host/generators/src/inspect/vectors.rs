//! The author's tests: requests with the answers that are expected, compared as JSON.

use std::path::Path;

use lds_plugin_api::Op;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::carrier::{CallOutcome, Carrier};
use crate::error::LoadError;
use crate::limits::{Limits, MAX_ARTEFACT};
use crate::load::{Described, interrogate};
use crate::package::{self, Package};
use crate::runtime::Runtime;
use crate::status::CallStatus;

use super::{compact, mutate};

/// Differences that are told of one answer.
const MAX_DIFFERENCES: usize = 20;
/// Signs of a value that are shown.
const MAX_SHOWN: usize = 200;

/// `NAME.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    op: String,
    input: Option<Box<RawValue>>,
    status: i32,
    output: Option<Value>,
}

/// How one test ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// The file's name.
    pub name: String,
    /// What is wrong, line by line.
    pub outcome: Result<(), Vec<String>>,
}

/// Runs the tests of a package, or those in the folder `vectors` beside a file.
pub async fn test(runtime: &Runtime, path: &Path) -> Result<Vec<Tested>, LoadError> {
    let vectors = vectors_of(path)?;
    let plugin = runtime.open_named(path).await?;
    let described = plugin.describe().await?;
    Ok(run(
        plugin.carrier.as_ref(),
        &plugin.limits,
        &described,
        &vectors,
    )
    .await)
}

/// Runs those of a package that is loaded already; the first that fails is the error.
pub(crate) async fn pass(
    package: &Package,
    carrier: &dyn Carrier,
    limits: &Limits,
) -> Result<usize, LoadError> {
    let described = interrogate(carrier, limits).await?;
    let vectors = owned(package);
    let tested = run(carrier, limits, &described, &vectors).await;
    for Tested { name, outcome } in &tested {
        if let Err(wrong) = outcome {
            return Err(LoadError::new(format!(
                "it fails its own test {name}: {}",
                wrong.join("; ")
            )));
        }
    }
    Ok(tested.len())
}

type Texts = Vec<(String, Vec<u8>)>;

fn owned(package: &Package) -> Texts {
    let vectors = package.vectors();
    vectors
        .map(|(name, bytes)| (name.to_owned(), bytes.to_vec()))
        .collect()
}

fn vectors_of(path: &Path) -> Result<Texts, LoadError> {
    let vectors = if path.is_dir() {
        owned(&Package::of_author(path)?)
    } else if package::is_package(path) {
        owned(&Package::read(path)?)
    } else {
        beside(path)?
    };
    if vectors.is_empty() {
        return Err(LoadError::new(format!(
            "{} has no tests: name their folder as vectors in [tests] of plugin.toml",
            path.display()
        )));
    }
    Ok(vectors)
}

fn beside(path: &Path) -> Result<Texts, LoadError> {
    let folder = path.with_file_name("vectors");
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|suffix| suffix == "json"));
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let bytes = crate::artefact::read_file(path, MAX_ARTEFACT)?;
        Ok((path.display().to_string(), bytes))
    };
    paths.iter().map(read).collect()
}

/// Each twice, the second time in another order.
async fn run(
    carrier: &dyn Carrier,
    limits: &Limits,
    described: &Described,
    vectors: &Texts,
) -> Vec<Tested> {
    let mut tested = Vec::with_capacity(vectors.len());
    let mut outputs = Vec::with_capacity(vectors.len());
    for (name, bytes) in vectors {
        let (outcome, output) = ask(carrier, limits, bytes).await;
        let name = name.clone();
        tested.push(Tested { name, outcome });
        outputs.push(output);
    }
    let deterministic = described.document.deterministic.unwrap_or(true);
    for place in mutate::shuffled(vectors.len()) {
        if tested[place].outcome.is_err() {
            continue;
        }
        let (outcome, output) = ask(carrier, limits, &vectors[place].1).await;
        tested[place].outcome = match outcome {
            Ok(()) if deterministic && output != outputs[place] => Err(vec![
                "the second answer is not byte for byte the first: give the same, or say \
                 deterministic false in DESCRIBE"
                    .into(),
            ]),
            outcome => outcome,
        };
    }
    tested
}

async fn ask(
    carrier: &dyn Carrier,
    limits: &Limits,
    vector: &[u8],
) -> (Result<(), Vec<String>>, Vec<u8>) {
    let vector: Vector = match serde_json::from_slice(vector) {
        Ok(vector) => vector,
        Err(error) => return (Err(vec![format!("the file is no test: {error}")]), vec![]),
    };
    let Some(op) = Op::from_name(&vector.op) else {
        return (Err(vec![format!("{} is no operation", vector.op)]), vec![]);
    };
    let input = vector.input.as_ref();
    let input = input.map_or_else(Vec::new, |input| compact(input.get().as_bytes()));
    let outcome = carrier.call(op.number(), &input, limits).await;
    (compare(&vector, &outcome), outcome.output)
}

fn compare(vector: &Vector, outcome: &CallOutcome) -> Result<(), Vec<String>> {
    let expected = CallStatus::from_plugin(vector.status)
        .ok_or_else(|| vec![format!("status: {} is none", vector.status)])?;
    let mut wrong = Vec::new();
    if outcome.status != expected {
        let note = outcome.note.as_deref().unwrap_or_default();
        let found = outcome.status;
        let line = format!("status: expected {expected}, found {found} {note}");
        wrong.push(line.trim_end().to_owned());
    }
    if let Some(expected) = &vector.output {
        match serde_json::from_slice(&outcome.output) {
            Ok(found) => differences("", expected, &found, &mut wrong),
            Err(_) => wrong.push("output: expected a document, found none".to_owned()),
        }
    }
    wrong.truncate(MAX_DIFFERENCES);
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// Where two documents differ, by JSON Pointers.
fn differences(pointer: &str, expected: &Value, found: &Value, told: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let missing = expected.keys().filter(|key| !found.contains_key(*key));
            for key in missing {
                let value = shown(&expected[key]);
                told.push(format!("{pointer}/{key}: expected {value}, found nothing"));
            }
            for (key, found) in found {
                let place = format!("{pointer}/{key}");
                match expected.get(key) {
                    Some(expected) => differences(&place, expected, found, told),
                    None => told.push(format!("{place}: expected nothing, found {}", shown(found))),
                }
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (place, (expected, found)) in expected.iter().zip(found).enumerate() {
                differences(&format!("{pointer}/{place}"), expected, found, told);
            }
        }
        _ if expected == found => {}
        _ => {
            let (expected, found) = (shown(expected), shown(found));
            told.push(format!("{pointer}: expected {expected}, found {found}"));
        }
    }
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::differences;

    #[test]
    fn differences_are_told_by_their_places() {
        let expected = json!({"a": [1, {"b": "x"}], "c": true, "d": [1]});
        let found = json!({"a": [1, {"b": "y"}], "e": null, "d": []});
        let mut told = Vec::new();
        differences("", &expected, &found, &mut told);
        told.sort();
        assert_eq!(
            told,
            [
                "/a/1/b: expected \"x\", found \"y\"",
                "/c: expected true, found nothing",
                "/d: expected [1], found []",
                "/e: expected nothing, found null",
            ]
        );
        told.clear();
        differences("", &expected, &expected, &mut told);
        assert!(told.is_empty());
    }
}
