//! The conditions of a list, and their values as one row of the parameter.

use lds_domain::id::{Id, Key};
use lds_domain::query::{Filter, TextFilter, TextMatch};
use lds_domain::{Error, Result};
use serde::Serialize;
use serde_json::Value;

use super::cursor::Cursor;
use super::sorts::Sort;
use crate::dialect::Dialect;
use crate::failure::Failure;
use crate::row::Kind::{self, Bytes, Int, Text};
use crate::row::{Hex, Millis, RowId};
use crate::write::{attribute_digest, fold};

/// Above every text that begins with what stands before it.
const HIGHEST: char = '\u{10ffff}';

/// Conditions on the row `t`.
pub(super) struct Query {
    dialect: Dialect,
    values: Vec<Value>,
    conditions: Vec<String>,
}

impl Query {
    /// No condition yet.
    pub(super) const fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            values: Vec::new(),
            conditions: Vec::new(),
        }
    }

    /// All conditions.
    pub(super) fn condition(&self) -> String {
        if self.conditions.is_empty() {
            return "true".to_owned();
        }
        self.conditions.join(" AND ")
    }

    /// The statement's parameter. A database refuses a parameter that no statement uses, and a
    /// statement without conditions uses none but its limit.
    pub(super) fn parameter(&self) -> Result<String> {
        Ok(serde_json::to_string(&self.values).map_err(Failure::from)?)
    }

    /// A value, as an expression.
    pub(super) fn value(&mut self, kind: Kind, value: impl Serialize) -> Result<String> {
        let place = self.place(value)?;
        Ok(self.dialect.within(self.dialect.parameter(), place, kind))
    }

    /// A number, as an expression.
    pub(super) fn number(&mut self, number: usize) -> Result<String> {
        self.value(Int, number)
    }

    /// Adds a condition.
    pub(super) fn require(&mut self, condition: String) {
        self.conditions.push(condition);
    }

    /// Adds `column operator value`.
    pub(super) fn compare(
        &mut self,
        comparison: &str,
        kind: Kind,
        value: impl Serialize,
    ) -> Result<()> {
        let value = self.value(kind, value)?;
        self.require(format!("{comparison} {value}"));
        Ok(())
    }

    /// That a column is one of the values, as an expression.
    pub(super) fn among(
        &mut self,
        column: &str,
        kind: Kind,
        values: impl Serialize,
    ) -> Result<String> {
        let place = self.place(values)?;
        Ok(self
            .dialect
            .among(column, self.dialect.parameter(), place, kind))
    }

    /// That a text column is one of the names, if there are any.
    pub(super) fn any_of(
        &mut self,
        column: &str,
        names: impl Iterator<Item = &'static str>,
    ) -> Result<()> {
        let names: Vec<_> = names.collect();
        if !names.is_empty() {
            let condition = self.among(column, Text, names)?;
            self.require(condition);
        }
        Ok(())
    }

    /// That a column refers to an entity of a table.
    pub(super) fn refers<I: Id>(&mut self, column: &str, table: &str, key: &Key<I>) -> Result<()> {
        match key {
            Key::Id(id) => self.compare(&format!("{column} ="), Kind::Id, RowId::of(*id)),
            Key::External(reference) => {
                let reference = self.value(Text, reference)?;
                self.require(format!(
                    "{column} = (SELECT id FROM {table} WHERE external_ref = {reference})"
                ));
                Ok(())
            }
        }
    }

    /// What all filters have but keys and states.
    pub(super) fn common<K, S>(&mut self, filter: &Filter<K, S>) -> Result<()> {
        if let Some(reference) = &filter.external_ref {
            self.compare("t.external_ref =", Text, reference)?;
        }
        for attribute in &filter.attributes {
            let digest = attribute_digest(attribute);
            let digest = self.value(Bytes, Hex::from(&digest))?;
            self.require(format!(
                "t.id IN (SELECT owner FROM attributes WHERE digest = {digest})"
            ));
        }
        if let Some(since) = filter.updated_since {
            self.compare("t.updated_at >=", Int, Millis(since))?;
        }
        Ok(())
    }

    /// That one of these columns is the id of an entity with such a text of the kind beside it.
    pub(super) fn text(
        &mut self,
        filter: Option<&TextFilter>,
        places: &[(&str, &str)],
    ) -> Result<()> {
        let Some(filter) = filter else { return Ok(()) };
        let matches = match filter.matching {
            TextMatch::Exact => {
                let value = self.value(Text, fold(&filter.value))?;
                format!("value = {value}")
            }
            TextMatch::Prefix => {
                let value = fold(&filter.value);
                let above = self.value(Text, format!("{value}{HIGHEST}"))?;
                let value = self.value(Text, value)?;
                format!("value >= {value} AND value < {above}")
            }
            TextMatch::Contains => self.contains(&fold(&filter.value))?,
        };
        let any: Vec<_> = places
            .iter()
            .map(|(column, kind)| {
                format!("{column} IN (SELECT owner FROM texts WHERE kind = '{kind}' AND {matches})")
            })
            .collect();
        self.require(format!("({})", any.join(" OR ")));
        Ok(())
    }

    /// That a text holds a value, by the trigram index.
    pub(super) fn contains(&mut self, value: &str) -> Result<String> {
        match self.dialect {
            Dialect::Sqlite => {
                let phrase = format!("\"{}\"", value.replace('"', "\"\""));
                let phrase = self.value(Text, phrase)?;
                Ok(format!(
                    "place IN (SELECT rowid FROM texts_trigrams WHERE texts_trigrams MATCH {phrase})"
                ))
            }
            Dialect::Postgres => {
                let escaped = value
                    .replace('\\', "\\\\")
                    .replace('%', "\\%")
                    .replace('_', "\\_");
                let pattern = self.value(Text, format!("%{escaped}%"))?;
                Ok(format!("value LIKE {pattern}"))
            }
        }
    }

    /// That a row comes after the cursor's.
    pub(super) fn after(&mut self, sort: &Sort, descending: bool, cursor: &Cursor) -> Result<()> {
        let (value, id) = (
            self.value(sort.kind, &cursor.0)?,
            self.value(Kind::Id, cursor.1)?,
        );
        let beyond = if descending { "<" } else { ">" };
        self.require(format!(
            "({}, t.id) {beyond} ({value}, {id})",
            sort.expression
        ));
        Ok(())
    }

    fn place(&mut self, value: impl Serialize) -> Result<usize> {
        let value =
            serde_json::to_value(value).map_err(|error| Error::from(Failure::from(error)))?;
        self.values.push(value);
        Ok(self.values.len() - 1)
    }
}
