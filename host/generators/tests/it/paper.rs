//! A plugin on paper: a module that gives the same documents whatever it is
//! asked, so that a test can have it say anything.

use std::fmt::Write;

use serde_json::{Value, json};

/// Output and status by operation.
#[derive(Clone)]
pub(crate) struct Paper(Vec<(u32, u32, String)>);

pub(crate) const DESCRIBE: u32 = 1;
pub(crate) const GENERATE: u32 = 2;
pub(crate) const VALIDATE: u32 = 3;
pub(crate) const VERIFY: u32 = 4;
pub(crate) const READ: u32 = 5;
pub(crate) const SELFTEST: u32 = 8;

/// A description with nothing but what is compulsory.
pub(crate) fn description(name: &str) -> Value {
    json!({
        "schema": 1, "name": name, "version": "1.0.0", "vendor": "Paper",
        "ops": ["DESCRIBE", "GENERATE"], "schemas": [1],
    })
}

/// A description with these members on top.
pub(crate) fn description_with(name: &str, members: Value) -> Value {
    let mut description = description(name);
    if let (Value::Object(all), Value::Object(more)) = (&mut description, members) {
        all.extend(more);
    }
    description
}

/// One file `license.txt` with this text, and further members of the result.
pub(crate) fn result_with(text: &str, members: Value) -> Value {
    let mut result = json!({
        "schema": 1,
        "files": [{"name": "license.txt", "mediaType": "text/plain", "text": text}],
    });
    if let (Value::Object(all), Value::Object(more)) = (&mut result, members) {
        all.extend(more);
    }
    result
}

impl Paper {
    pub(crate) fn new(description: &Value) -> Self {
        Self(Vec::new())
            .answers(DESCRIBE, 0, &description.to_string())
            .answers(
                GENERATE,
                0,
                &result_with("LICENSE\n", json!({})).to_string(),
            )
    }

    /// Answers an operation with a status and an output; the last word counts.
    pub(crate) fn answers(mut self, op: u32, status: u32, output: &str) -> Self {
        self.0.retain(|(other, _, _)| *other != op);
        self.0.push((op, status, output.to_owned()));
        self
    }

    /// The module in the text format.
    pub(crate) fn module(&self) -> String {
        let (mut data, mut cases, mut place) = (String::new(), String::new(), 0);
        for (op, status, output) in &self.0 {
            let bytes = output.bytes().fold(String::new(), |mut text, byte| {
                write!(text, "\\{byte:02x}").unwrap();
                text
            });
            write!(data, "(data (i32.const {place}) \"{bytes}\")").unwrap();
            let len = output.len();
            write!(
                cases,
                "(if (i32.eq (local.get $op) (i32.const {op})) (then
                   (drop (call $write (i32.const {place}) (i32.const {len})))
                   (return (i32.const {status}))))"
            )
            .unwrap();
            place += len;
        }
        format!(
            r#"(module
              (import "lds_v1" "output_write" (func $write (param i32 i32) (result i32)))
              (memory (export "memory") {pages})
              {data}
              (func (export "lds_abi") (result i32) (i32.const 0x10000))
              (func (export "lds_call") (param $op i32) (param i32) (result i32)
                {cases} (i32.const 4)))"#,
            pages = place / 65536 + 1
        )
    }
}
