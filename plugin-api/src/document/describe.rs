//! DESCRIBE: what a generator says of itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Kind, LicenseType, SCHEMA, nullable};
use crate::Op;

/// What a generator says of itself; always the same.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Description {
    /// Always 1.
    pub schema: u32,
    /// `[a-z][a-z0-9-]{0,39}`.
    pub name: String,
    /// `n.n.n`.
    pub version: String,
    /// The makers.
    pub vendor: String,
    /// One line for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Names of the operations that it has; DESCRIBE and GENERATE are compulsory.
    #[serde(default, deserialize_with = "nullable")]
    pub ops: Vec<String>,
    /// Schemas that it knows.
    #[serde(default, deserialize_with = "nullable")]
    pub schemas: Vec<u32>,
    /// Kinds that it takes; empty: all.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub kinds: Vec<Kind>,
    /// License types that it takes; empty: all.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub license_types: Vec<LicenseType>,
    /// Host types that it takes.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub host_types: Vec<HostType>,
    /// Settings of products.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub settings: Vec<Definition>,
    /// Parameters of activations.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub parameters: Vec<Definition>,
    /// Parameters of features.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub feature_parameters: Vec<Definition>,
    /// Files to expect; not enforced.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub files: Vec<ExpectedFile>,
    /// What it wants to be granted.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub capabilities: Vec<Capability>,
    /// Limits: lower ones hold, higher ones are wishes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// False: output bytes may differ between runs. Absent: true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deterministic: Option<bool>,
}

impl Description {
    /// A generator of schema 1 with DESCRIBE, GENERATE and SELFTEST.
    pub fn new(name: &str, version: &str, vendor: &str) -> Self {
        Self {
            schema: SCHEMA,
            name: name.to_owned(),
            version: version.to_owned(),
            vendor: vendor.to_owned(),
            ops: names(&[Op::Describe, Op::Generate, Op::SelfTest]),
            schemas: vec![SCHEMA],
            ..Self::default()
        }
    }

    /// Has these operations too.
    #[must_use]
    pub fn with_ops(mut self, ops: &[Op]) -> Self {
        self.ops.extend(names(ops));
        self
    }
}

fn names(ops: &[Op]) -> Vec<String> {
    ops.iter().map(|op| op.name().to_owned()).collect()
}

/// A host type; names are server-wide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HostType {
    /// `[A-Z][A-Z0-9_]{0,39}`.
    pub name: String,
    /// For people.
    pub label: String,
    /// How the server makes the normal form.
    pub form: Form,
    /// What the whole normal form must match; no look-around, no back references.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// An example.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub example: Option<String>,
    /// Where to find it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Parts of which HOST composes the value.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub attributes: Vec<Definition>,
}

impl HostType {
    /// A host type with the pattern of its normal form.
    pub fn new(name: &str, label: &str, form: Form, pattern: &str) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            form,
            pattern: Some(pattern.to_owned()),
            example: None,
            help: None,
            attributes: Vec::new(),
        }
    }

    /// Gives an example.
    #[must_use]
    pub fn example(mut self, example: &str) -> Self {
        self.example = Some(example.to_owned());
        self
    }

    /// Tells where to find it.
    #[must_use]
    pub fn help(mut self, help: &str) -> Self {
        self.help = Some(help.to_owned());
        self
    }
}

/// How a normal form is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Lower case; blanks, `-`, `:`, `.` dropped.
    Hex,
    /// Lower case.
    Lower,
    /// Upper case.
    Upper,
    /// As it is.
    Exact,
}

/// A setting or parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Definition {
    /// `[A-Za-z][A-Za-z0-9_]{0,63}`.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub value_type: ValueType,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Whether it must be given.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub required: bool,
    /// Taken when absent; of the declared type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// The allowed values; empty: all.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub choices: Vec<String>,
    /// Least number, or length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// Greatest number, or length.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// What the whole text must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
}

impl Definition {
    /// A definition with nothing but name and type.
    pub fn new(name: &str, value_type: ValueType) -> Self {
        Self {
            name: name.to_owned(),
            value_type,
            label: None,
            help: None,
            required: false,
            default: None,
            choices: Vec::new(),
            min: None,
            max: None,
            pattern: None,
        }
    }

    /// Labels it.
    #[must_use]
    pub fn label(mut self, label: &str) -> Self {
        self.label = Some(label.to_owned());
        self
    }

    /// Explains it.
    #[must_use]
    pub fn help(mut self, help: &str) -> Self {
        self.help = Some(help.to_owned());
        self
    }

    /// It must be given.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Taken when absent.
    #[must_use]
    pub fn default(mut self, value: impl Into<Value>) -> Self {
        self.default = Some(value.into());
        self
    }

    /// The allowed values.
    #[must_use]
    pub fn choices(mut self, choices: &[&str]) -> Self {
        self.choices = choices.iter().map(|&choice| choice.to_owned()).collect();
        self
    }

    /// Least and greatest number or length.
    #[must_use]
    pub fn range(mut self, min: i64, max: i64) -> Self {
        (self.min, self.max) = (Some(min), Some(max));
        self
    }

    /// What the whole text must match.
    #[must_use]
    pub fn pattern(mut self, pattern: &str) -> Self {
        self.pattern = Some(pattern.to_owned());
        self
    }
}

/// Type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum ValueType {
    /// A JSON string.
    Text,
    /// A whole number below 2^53.
    Int,
    /// `true` or `false`.
    Bool,
    /// A JSON string `YYYY-MM-DD`.
    Date,
    /// An array of strings.
    List,
}

/// A file to expect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExpectedFile {
    /// The file's name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
}

/// Something a plugin wants to be granted: `order-id`, `sign:ROLE`, `seal:ROLE`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Capability {
    /// Its name.
    pub name: String,
    /// Whether the plugin can't work without; absent: true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// Algorithms it can use, as in JOSE; empty: any.
    #[serde(
        default,
        deserialize_with = "nullable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub algorithms: Vec<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// Limits that a plugin declares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// Time of one call, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_ms: Option<u32>,
    /// Memory, in MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_mib: Option<u32>,
    /// Output, in KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_kib: Option<u32>,
}
