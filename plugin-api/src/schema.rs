//! The JSON Schemas of the documents, made of the types: for authors in other languages.

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};

use crate::document as doc;

/// Each document's name and schema, as the files in `schema/` hold them.
pub fn all() -> Vec<(&'static str, String)> {
    vec![
        ("description", of::<doc::Description>()),
        ("generate-request", of::<doc::GenerateRequest>()),
        ("generate-result", of::<doc::GenerateResult>()),
        ("rejection", of::<doc::Rejection>()),
        ("validate-request", of::<doc::ValidateRequest>()),
        ("validate-result", of::<doc::ValidateResult>()),
        ("verify-request", of::<doc::VerifyRequest>()),
        ("verify-result", of::<doc::VerifyResult>()),
        ("read-request", of::<doc::ReadRequest>()),
        ("read-result", of::<doc::ReadResult>()),
        ("host-request", of::<doc::HostRequest>()),
        ("host-answer", of::<doc::HostAnswer>()),
        ("selftest", of::<doc::SelfTest>()),
    ]
}

fn of<T: JsonSchema>() -> String {
    let generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    format!("{:#}\n", generator.into_root_schema_for::<T>().as_value())
}
