//! Declared settings, parameters and host types, checked and made ready for the
//! domain.

use lds_domain::date;
use lds_domain::generator::{Definition, Value, ValueType};
use lds_domain::host::{Form, HostType, whole_pattern};
use lds_plugin_api::document as doc;
use regex::Regex;

use crate::error::LoadError;
use crate::names::{is_code, is_definition_name};

/// A list of definitions; `list` is its name in the description.
pub(crate) fn definitions(
    list: &str,
    declared: &[doc::Definition],
) -> Result<Vec<Definition>, LoadError> {
    let mut definitions: Vec<Definition> = Vec::with_capacity(declared.len());
    for definition in declared {
        let name = &definition.name;
        if !is_definition_name(name) {
            return Err(LoadError::new(format!("{list}: {name} is no name")));
        }
        if definitions.iter().any(|other| other.name == *name) {
            return Err(LoadError::new(format!("{list}: {name} is declared twice")));
        }
        let made = definition_of(definition)
            .map_err(|reason| LoadError::new(format!("{list}: {name}: {reason}")))?;
        definitions.push(made);
    }
    Ok(definitions)
}

fn definition_of(declared: &doc::Definition) -> Result<Definition, String> {
    if matches!((declared.min, declared.max), (Some(min), Some(max)) if min > max) {
        return Err("min is greater than max".into());
    }
    let mut definition = Definition {
        name: declared.name.clone(),
        value_type: value_type(declared.value_type),
        label: declared.label.clone(),
        help: declared.help.clone(),
        required: declared.required,
        default: None,
        choices: declared.choices.clone(),
        min: declared.min,
        max: declared.max,
        pattern: pattern(declared.pattern.as_deref())?,
    };
    if let Some(default) = &declared.default {
        definition.default = Some(default_value(&definition, default)?);
    }
    Ok(definition)
}

/// The default must be what the definition itself would take.
fn default_value(definition: &Definition, default: &serde_json::Value) -> Result<Value, String> {
    use serde_json::Value as Json;
    let texts = match (definition.value_type, default) {
        (ValueType::Text | ValueType::Date, Json::String(text)) => vec![text.clone()],
        (ValueType::Int, Json::Number(number)) if number.is_i64() => vec![number.to_string()],
        (ValueType::Bool, Json::Bool(value)) => vec![value.to_string()],
        (ValueType::List, Json::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or("the default is no list of texts")?,
        _ => return Err("the default is not of the declared type".into()),
    };
    let texts: Vec<_> = texts.iter().map(String::as_str).collect();
    definition
        .read(&texts)
        .map_err(|reason| format!("the default does not fit: {reason}"))
}

/// A value as a document holds it.
pub(crate) fn to_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Text(text) => text.as_str().into(),
        Value::Int(number) => (*number).into(),
        Value::Bool(value) => (*value).into(),
        Value::Date(day) => date::format(*day).into(),
        Value::List(texts) => texts.clone().into(),
    }
}

/// A host type; the server makes normal forms by it.
pub(super) fn host_type(declared: &doc::HostType) -> Result<HostType, LoadError> {
    let name = &declared.name;
    if !is_code(name) {
        return Err(LoadError::new(format!("hostTypes: {name} is no name")));
    }
    let failed = |reason| LoadError::new(format!("hostTypes: {name}: {reason}"));
    let host_type = HostType {
        name: name.clone(),
        label: declared.label.clone(),
        form: match declared.form {
            doc::Form::Hex => Form::Hex,
            doc::Form::Lower => Form::Lower,
            doc::Form::Upper => Form::Upper,
            doc::Form::Exact => Form::Exact,
        },
        pattern: pattern(declared.pattern.as_deref()).map_err(failed)?,
        example: declared.example.clone(),
        help: declared.help.clone(),
    };
    match &declared.example {
        Some(example) if host_type.normalize(example).is_err() => {
            Err(failed("the example does not fit the pattern".into()))
        }
        _ => Ok(host_type),
    }
}

fn pattern(pattern: Option<&str>) -> Result<Option<Regex>, String> {
    pattern
        .map(|pattern| {
            whole_pattern(pattern).map_err(|error| format!("the pattern cannot be used: {error}"))
        })
        .transpose()
}

fn value_type(declared: doc::ValueType) -> ValueType {
    match declared {
        doc::ValueType::Text => ValueType::Text,
        doc::ValueType::Int => ValueType::Int,
        doc::ValueType::Bool => ValueType::Bool,
        doc::ValueType::Date => ValueType::Date,
        doc::ValueType::List => ValueType::List,
    }
}
