//! `docs/abi-reference.md` is the words of the C header and of the JSON Schemas, put in order. It is
//! rewritten and compared as the SOAP reference is.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use super::{assert_written, read};

const PAGE: &str = "docs/abi-reference.md";

/// Each operation with its documents, in and out.
const OPERATIONS: &[(&str, &str, Option<&str>, &str)] = &[
    ("DESCRIBE", "LDS_OP_DESCRIBE", None, "description"),
    (
        "GENERATE",
        "LDS_OP_GENERATE",
        Some("generate-request"),
        "generate-result",
    ),
    (
        "VALIDATE",
        "LDS_OP_VALIDATE",
        Some("validate-request"),
        "validate-result",
    ),
    (
        "VERIFY",
        "LDS_OP_VERIFY",
        Some("verify-request"),
        "verify-result",
    ),
    ("READ", "LDS_OP_READ", Some("read-request"), "read-result"),
    ("HOST", "LDS_OP_HOST", Some("host-request"), "host-answer"),
    ("SELFTEST", "LDS_OP_SELFTEST", None, "selftest"),
];

const BEGIN: &str = "# Reference of the generator interface

Made from [`lds_generator.h`](../plugin-api/include/lds_generator.h) and the JSON Schemas in
[`plugin-api/schema`](../plugin-api/schema); [Write a plugin](plugins.md) tells how they are used. `?` marks a
member that may be absent, `\\*` a list, which where it is absent in an answer is empty.

## Symbols and numbers

";

#[test]
fn the_reference_says_what_header_and_schemas_say() {
    let mut page = Page {
        text: BEGIN.to_owned(),
        types: BTreeMap::new(),
    };
    page.header(&read("plugin-api/include/lds_generator.h"));
    for (name, constant, input, output) in OPERATIONS {
        let _ = write!(page.text, "\n## {name}\n\n`{constant}`.\n");
        match input {
            Some(input) => page.document("In", input),
            None => page.text.push_str("\n**In**: nothing.\n"),
        }
        page.document("Out", output);
    }
    page.text.push_str("\n## REJECTED\n\n`LDS_REJECTED`.\n");
    page.document("Out", "rejection");
    page.types();
    assert_written(PAGE, &page.text);
}

struct Page {
    text: String,
    /// What documents have in common, by name.
    types: BTreeMap<String, Value>,
}

impl Page {
    /// Its constants and the functions of the host, as they stand there.
    fn header(&mut self, header: &str) {
        let numbers = between(header, "/* (major << 16)", "#ifdef __cplusplus");
        let host = between(header, "/* Native: the functions", "#ifdef __wasm__");
        let imports = between(
            header,
            "LDS_IMPORT(\"input_read\")",
            "#define LDS_GENERATOR",
        );
        let _ = writeln!(
            self.text,
            "```c\n{numbers}\n\n{host}\n\n/* WebAssembly: the same functions, imported. */\n{imports}\n```"
        );
    }

    fn document(&mut self, way: &str, name: &str) {
        let schema = read(&format!("plugin-api/schema/{name}.json"));
        let schema: Value = serde_json::from_str(&schema).expect("a schema");
        let says = schema["description"].as_str().expect("a description");
        let _ = writeln!(
            self.text,
            "\n**{way}** ([schema](../plugin-api/schema/{name}.json)): {says}\n"
        );
        self.members(&schema);
        for (name, definition) in schema["$defs"].as_object().into_iter().flatten() {
            let known = self.types.entry(name.clone());
            let known = known.or_insert_with(|| definition.clone());
            assert_eq!(known, definition, "two types are called {name}");
        }
    }

    fn types(&mut self) {
        self.text.push_str("\n## Types of members\n");
        for (name, schema) in std::mem::take(&mut self.types) {
            let says = schema["description"].as_str().unwrap_or_default();
            let _ = writeln!(self.text, "\n### {name}\n\n{says}\n");
            match schema["oneOf"].as_array() {
                Some(values) => self.values(values),
                None => self.members(&schema),
            }
        }
    }

    fn members(&mut self, schema: &Value) {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        self.text
            .push_str("| member | type | |\n| --- | --- | --- |\n");
        for (name, member) in schema["properties"].as_object().expect("members") {
            let is_list = member["type"] == "array";
            let mark = match (is_list, required.contains(&Value::from(name.as_str()))) {
                (true, _) => "\\*",
                (false, true) => "",
                (false, false) => "?",
            };
            let says = cell(&member["description"]);
            let _ = writeln!(
                self.text,
                "| `{name}`{mark} | {} | {says} |",
                type_of(member)
            );
        }
    }

    fn values(&mut self, values: &[Value]) {
        self.text.push_str("| value | |\n| --- | --- |\n");
        for value in values {
            let name = value["const"].as_str().expect("a value");
            let _ = writeln!(self.text, "| `{name}` | {} |", cell(&value["description"]));
        }
    }
}

fn cell(says: &Value) -> String {
    let says = says.as_str().expect("a description of each member");
    says.replace('\n', " ").replace('|', "\\|")
}

fn type_of(member: &Value) -> String {
    if let Some(name) = member["$ref"].as_str() {
        return link(name);
    }
    if let Some(either) = member["anyOf"].as_array() {
        return either.first().map(type_of).unwrap_or_default();
    }
    let named = member["type"].as_str().or(member["type"][0].as_str());
    match named {
        Some("array") => format!("list of {}", type_of(&member["items"])),
        Some("object") if member["additionalProperties"]["type"] == "string" => {
            "object of texts".to_owned()
        }
        Some("object") => "object of values".to_owned(),
        Some("string") => "text".to_owned(),
        Some(named) => named.to_owned(),
        None => "any value".to_owned(),
    }
}

fn link(reference: &str) -> String {
    let name = reference.rsplit('/').next().unwrap_or_default();
    format!("[{name}](#{})", name.to_lowercase())
}

/// What stands from one text up to another.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap_or_else(|| panic!("no {from}"));
    let rest = &text[start..];
    let end = rest.find(to).unwrap_or_else(|| panic!("no {to}"));
    rest[..end].trim_end()
}
