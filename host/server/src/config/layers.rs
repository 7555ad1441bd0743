//! Puts the layers on each other: defaults, file, environment, flags; and remembers which one each
//! value came from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::Error as _;
use toml::{Table, Value};

use super::lines::Lines;
use super::{Config, ConfigError, names};

/// Variables begin with it.
pub(super) const PREFIX: &str = "LDS_";
/// The one setting that is in no section, so that its variable has no double underscore.
const DATA_DIR: &str = "LDS_DATA_DIR";
/// Sections with names in them that variables could not spell.
const FILE_ONLY: [&str; 4] = ["plugins", "remotes", "signers", "plugin_trust"];

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A line of the file.
    File(PathBuf, usize),
    /// A variable of the environment.
    Variable(String),
    /// A flag of the command.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// A flag that sets a key.
pub(crate) struct Flag {
    pub(crate) name: &'static str,
    pub(crate) key: &'static str,
    pub(crate) value: String,
}

/// The configuration, and where its values came from; those that are missing are defaults.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) config: Config,
    pub(crate) origins: BTreeMap<String, Origin>,
}

/// Reads a file, if there is one, and puts variables and flags on it.
pub(crate) fn load(
    file: Option<&Path>,
    variables: impl Iterator<Item = (String, String)>,
    flags: Vec<Flag>,
) -> Result<Loaded, ConfigError> {
    let mut layers = Layers::default();
    if let Some(path) = file {
        layers.add_file(path)?;
    }
    let ours = variables.filter(|(name, _)| name.starts_with(PREFIX));
    let (mut settings, others): (Vec<_>, Vec<_>) = ours.partition(|(name, _)| is_setting(name));
    for (name, _) in others {
        names::refuse_slip(&name)?;
    }
    settings.sort();
    for (name, value) in settings {
        let key = key_of(&name)?;
        layers.set(&key, &value, Origin::Variable(name))?;
    }
    for flag in flags {
        layers.set(flag.key, &flag.value, Origin::Flag(flag.name))?;
    }
    layers.finish()
}

/// Other programs may have variables that begin like ours.
fn is_setting(name: &str) -> bool {
    name == DATA_DIR || name.contains("__")
}

/// `LDS_HTTP__LISTEN` is `http.listen`.
fn key_of(name: &str) -> Result<String, ConfigError> {
    let key = name[PREFIX.len()..].to_lowercase().replace("__", ".");
    let section = key.split('.').next().unwrap_or_default();
    if FILE_ONLY.contains(&section) {
        return Err(ConfigError::new(format!(
            "{name}: [{section}] is read from the file alone"
        )));
    }
    Ok(key)
}

#[derive(Default)]
struct Layers {
    table: Table,
    origins: BTreeMap<String, Origin>,
}

impl Layers {
    fn add_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::new(format!("{}: {error}", path.display())))?;
        let wrong = |error| ConfigError::in_file(path.display(), &text, &error);
        // Typed first: only an error in the text itself knows its place.
        toml::from_str::<Config>(&text).map_err(wrong)?;
        self.table = text.parse().map_err(wrong)?;
        let lines = Lines::of(&text).into_numbers();
        self.origins
            .extend(lines.map(|(key, line)| (key, Origin::File(path.to_owned(), line))));
        Ok(())
    }

    /// A text is taken as a TOML value where that fits, else as it is.
    fn set(&mut self, key: &str, text: &str, origin: Origin) -> Result<(), ConfigError> {
        let plain = || self.with(key, Value::String(text.to_owned()));
        let table = match toml_value(text) {
            Some(value) => self
                .with(key, value)
                .or_else(|error| plain().or(Err(error))),
            None => plain(),
        };
        self.table = table.map_err(|error| ConfigError::of_value(&origin, &error))?;
        self.origins.remove(&twin(key));
        self.origins.insert(key.to_owned(), origin);
        Ok(())
    }

    /// The table with another value, if that makes a configuration. A secret and its file are one
    /// setting in two forms: the later takes the place of the earlier.
    fn with(&self, key: &str, value: Value) -> Result<Table, toml::de::Error> {
        let mut table = self.table.clone();
        let (sections, name) = key.rsplit_once('.').unwrap_or(("", key));
        let section = section(&mut table, sections)?;
        section.remove(&twin(name));
        section.insert(name.to_owned(), value);
        Config::deserialize(table.clone())?;
        Ok(table)
    }

    fn finish(self) -> Result<Loaded, ConfigError> {
        let config = Config::deserialize(self.table);
        Ok(Loaded {
            config: config.map_err(|error| ConfigError::new(error.message()))?,
            origins: self.origins,
        })
    }
}

/// `a.b` within a table; made where it is missing.
fn section<'a>(table: &'a mut Table, path: &str) -> Result<&'a mut Table, toml::de::Error> {
    let names = path.split('.').filter(|name| !name.is_empty());
    names.into_iter().try_fold(table, |table, name| {
        table
            .entry(name)
            .or_insert_with(|| Value::Table(Table::new()))
            .as_table_mut()
            .ok_or_else(|| toml::de::Error::custom(format!("{name} is a value, not a section")))
    })
}

fn toml_value(text: &str) -> Option<Value> {
    let value = toml::de::ValueDeserializer::parse(text).ok()?;
    Value::deserialize(value).ok()
}

/// `url` of `url_file` and the other way round.
fn twin(key: &str) -> String {
    match key.strip_suffix("_file") {
        Some(secret) => secret.to_owned(),
        None => format!("{key}_file"),
    }
}
