//! Values that generators declare, settings and parameters: read from text, checked against their
//! declarations. It must not know what they are for.

use regex::Regex;
use time::Date;

use crate::attribute::Attribute;
use crate::date;
use crate::error::{Error, Result, instead, shown};
use crate::terms::names;

names! {
    /// Type of a declared value.
    ValueType {
        /// Text.
        Text = "text",
        /// A whole number below 2^53.
        Int = "int",
        /// `true` or `false`.
        Bool = "bool",
        /// `YYYY-MM-DD`.
        Date = "date",
        /// The name repeated.
        List = "list",
    }
}

/// A typed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// A day.
    Date(Date),
    /// Texts.
    List(Vec<String>),
}

/// Name and typed value, in the order of the declaration.
pub type Values = Vec<(String, Value)>;

/// A declared setting or parameter.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The name.
    pub name: String,
    /// The type.
    pub value_type: ValueType,
    /// For people.
    pub label: Option<String>,
    /// For people.
    pub help: Option<String>,
    /// Whether it must be given.
    pub required: bool,
    /// Taken when absent.
    pub default: Option<Value>,
    /// The allowed values, empty = all.
    pub choices: Vec<String>,
    /// Least number, or length of a text.
    pub min: Option<i64>,
    /// Greatest number, or length of a text.
    pub max: Option<i64>,
    /// What the whole text must match.
    pub pattern: Option<Regex>,
}

/// Types and checks values against their declarations; `values` win over `fallback`, that over
/// the default. `member` is the list's name on the wire.
///
/// # Errors
/// `InvalidRequest` with `field` `member[i].name` or `.value`.
pub fn typed(
    member: &str,
    definitions: &[Definition],
    values: &[Attribute],
    fallback: &[Attribute],
) -> Result<Values> {
    for (i, given) in values.iter().enumerate() {
        if !definitions
            .iter()
            .any(|definition| definition.name == given.name)
        {
            let names = definitions
                .iter()
                .map(|definition| definition.name.as_str());
            let (name, instead) = (shown(&given.name), instead(names));
            return Err(Error::invalid(
                format!("{member}[{i}].name"),
                format!("The generator has no {member} {name}{instead}"),
            ));
        }
    }
    let mut typed = Vec::with_capacity(definitions.len());
    for definition in definitions {
        if let Some(value) = definition.resolve(member, values, fallback)? {
            typed.push((definition.name.clone(), value));
        }
    }
    Ok(typed)
}

/// The operator's values and the defaults, where no product is known; what has neither is left out.
pub fn standing(definitions: &[Definition], operator: &[Attribute]) -> Values {
    let value = |definition: &Definition| {
        let value = definition.resolve("setting", &[], operator).ok()??;
        Some((definition.name.clone(), value))
    };
    definitions.iter().filter_map(value).collect()
}

impl Definition {
    fn resolve(
        &self,
        member: &str,
        values: &[Attribute],
        fallback: &[Attribute],
    ) -> Result<Option<Value>> {
        let own: Vec<_> = values
            .iter()
            .enumerate()
            .filter(|(_, v)| v.name == self.name)
            .collect();
        let at = own.first().map_or_else(
            || member.to_owned(),
            |(i, _)| format!("{member}[{i}].value"),
        );
        let mut texts: Vec<&str> = own.iter().map(|(_, v)| v.value.as_str()).collect();
        if texts.is_empty() {
            texts = fallback
                .iter()
                .filter(|v| v.name == self.name)
                .map(|v| v.value.as_str())
                .collect();
        }
        match (texts.as_slice(), &self.default) {
            ([], Some(default)) => Ok(Some(default.clone())),
            ([], None) if self.required => Err(Error::invalid(
                member,
                format!("The generator needs a value for {}.", self.name),
            )),
            ([], None) => Ok(None),
            (texts, _) => self
                .read(texts)
                .map(Some)
                .map_err(|message| Error::invalid(at, message)),
        }
    }

    /// Reads the texts of one value; the error is a sentence.
    pub fn read(&self, texts: &[&str]) -> std::result::Result<Value, String> {
        if self.value_type == ValueType::List {
            self.check_length(i64::try_from(texts.len()).unwrap_or(i64::MAX), "entries")?;
            texts.iter().try_for_each(|text| self.check_text(text))?;
            return Ok(Value::List(
                texts.iter().map(|text| (*text).to_owned()).collect(),
            ));
        }
        let [text] = texts else {
            return Err(format!("{} has one value only.", self.name));
        };
        self.read_one(text)
    }

    fn read_one(&self, text: &str) -> std::result::Result<Value, String> {
        match self.value_type {
            ValueType::Text | ValueType::List => {
                self.check_text(text)?;
                self.check_length(
                    i64::try_from(text.chars().count()).unwrap_or(i64::MAX),
                    "characters",
                )?;
                Ok(Value::Text(text.to_owned()))
            }
            ValueType::Int => {
                let number = text
                    .parse()
                    .ok()
                    .filter(|n: &i64| n.unsigned_abs() < 1 << 53);
                let number = number.ok_or_else(|| format!("{} is a whole number.", self.name))?;
                self.check_choice(text)?;
                self.check_length(number, "").map(|()| Value::Int(number))
            }
            ValueType::Bool => match text {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                _ => Err(format!("{} is true or false.", self.name)),
            },
            ValueType::Date => date::parse(text)
                .map(Value::Date)
                .ok_or_else(|| format!("{} is a date like 2027-12-31.", self.name)),
        }
    }

    fn check_text(&self, text: &str) -> std::result::Result<(), String> {
        self.check_choice(text)?;
        match &self.pattern {
            Some(pattern) if !pattern.is_match(text) => {
                Err(format!("{} does not have the form it needs.", self.name))
            }
            _ => Ok(()),
        }
    }

    fn check_choice(&self, text: &str) -> std::result::Result<(), String> {
        if self.choices.is_empty() || self.choices.iter().any(|choice| choice == text) {
            return Ok(());
        }
        Err(format!(
            "{} is one of {}.",
            self.name,
            self.choices.join(", ")
        ))
    }

    fn check_length(&self, length: i64, unit: &str) -> std::result::Result<(), String> {
        let sentence = |bound: &str, value: i64| {
            format!("{} is {bound} {value} {unit}", self.name)
                .trim()
                .to_owned()
                + "."
        };
        match (self.min, self.max) {
            (Some(min), _) if length < min => Err(sentence("at least", min)),
            (_, Some(max)) if length > max => Err(sentence("at most", max)),
            _ => Ok(()),
        }
    }
}
