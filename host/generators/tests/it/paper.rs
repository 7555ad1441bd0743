//! A plugin on paper: a module that gives the same documents whatever it is
//! asked, so that a test can have it say anything.

use std::fmt::Write;

use serde_json::{Value, json};

/// Output and status by operation.
#[derive(Clone)]
pub(crate) struct Paper(Vec<(u32, u32, String)>);

/// Where outputs lie in memory, behind what a component returns.
const ANSWERS: usize = 16;

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

    /// One with nothing but what is compulsory.
    pub(crate) fn named(name: &str, version: &str) -> Self {
        Self::new(&description_with(name, json!({"version": version})))
    }

    /// Answers an operation with a status and an output; the last word counts.
    pub(crate) fn answers(mut self, op: u32, status: u32, output: &str) -> Self {
        self.0.retain(|(other, _, _)| *other != op);
        self.0.push((op, status, output.to_owned()));
        self
    }

    /// The module in the text format.
    pub(crate) fn module(&self) -> String {
        let (data, cases, pages) = self.table(|place, len, status| {
            format!(
                "(drop (call $write (i32.const {place}) (i32.const {len})))
                 (return (i32.const {status}))"
            )
        });
        format!(
            r#"(module
              (import "lds_v1" "output_write" (func $write (param i32 i32) (result i32)))
              (memory (export "memory") {pages})
              {data}
              (func (export "lds_abi") (result i32) (i32.const 0x10000))
              (func (export "lds_call") (param $op i32) (param i32) (result i32)
                {cases} (i32.const 4)))"#
        )
    }

    /// A component of the same answers. Requests come to lie behind them.
    pub(crate) fn component(&self) -> String {
        let (data, cases, pages) = self.table(|place, len, status| {
            format!(
                "(i32.store (i32.const 0) (i32.const {status}))
                 (i32.store (i32.const 4) (i32.const {place}))
                 (i32.store (i32.const 8) (i32.const {len}))
                 (return (i32.const 0))"
            )
        });
        format!(
            r#"(component
              (core module $main
                (memory (export "memory") {pages_and_input})
                {data}
                (func (export "realloc") (param i32 i32 i32 i32) (result i32)
                  (i32.const {input}))
                (func (export "abi") (result i32) (i32.const 0x10000))
                (func (export "call") (param $op i32) (param i32 i32) (result i32)
                  {cases} (i32.store (i32.const 0) (i32.const 4)) (i32.const 0)))
              (core instance $main (instantiate $main))
              (func (export "lds-abi") (result u32) (canon lift (core func $main "abi")))
              (func (export "lds-call") (param "op" u32) (param "input" string)
                (result (tuple s32 string))
                (canon lift (core func $main "call") (memory (core memory $main "memory"))
                  (realloc (core func $main "realloc")))))"#,
            pages_and_input = pages + 16,
            input = pages * 65536
        )
    }

    /// All outputs as data, a case for each operation, and the pages that it takes. What a case
    /// does is made of place and length of the output, and the status.
    fn table(&self, case: impl Fn(usize, usize, u32) -> String) -> (String, String, usize) {
        let (mut data, mut cases, mut place) = (String::new(), String::new(), ANSWERS);
        for (op, status, output) in &self.0 {
            let bytes = output.bytes().fold(String::new(), |mut text, byte| {
                write!(text, "\\{byte:02x}").unwrap();
                text
            });
            write!(data, "(data (i32.const {place}) \"{bytes}\")").unwrap();
            let case = case(place, output.len(), *status);
            write!(
                cases,
                "(if (i32.eq (local.get $op) (i32.const {op})) (then {case}))"
            )
            .unwrap();
            place += output.len();
        }
        (data, cases, place / 65536 + 1)
    }
}
