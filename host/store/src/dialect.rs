//! The little in which the two databases differ, and the statements made of it.
//!
//! Every statement takes one parameter, a JSON array of rows, and answers with at most one value, a
//! JSON array as well: a whole group of reads or writes is one round trip.

use std::sync::Arc;

use crate::row::{Column, Kind, Row};

/// The text of a statement; the database prepares it once a connection.
pub(crate) type Sql = Arc<str>;

/// A kind of database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `SQLite`.
    Sqlite,
    /// `PostgreSQL`.
    Postgres,
}

impl Dialect {
    /// The parameter's rows as a table `e` with a column `value`.
    pub(crate) const fn rows(self) -> &'static str {
        match self {
            // Each row in the binary form: it is not parsed again for each of its places.
            Self::Sqlite => "jsonb_each($1) AS e",
            Self::Postgres => "jsonb_array_elements($1::jsonb) AS e(value)",
        }
    }

    /// The parameter itself, where it is one row.
    pub(crate) const fn parameter(self) -> &'static str {
        match self {
            Self::Sqlite => "$1",
            Self::Postgres => "$1::jsonb",
        }
    }

    /// What stands at a place of a row of the parameter.
    pub(crate) fn at(self, place: usize, kind: Kind) -> String {
        self.within("e.value", place, kind)
    }

    /// What stands at a place of an array.
    pub(crate) fn within(self, array: &str, place: usize, kind: Kind) -> String {
        let text = format!("{array}->>{place}");
        match (self, kind) {
            (_, Kind::Text) => format!("({text})"),
            (Self::Sqlite, Kind::Int) => text,
            (Self::Sqlite, Kind::Json) => format!("{array}->{place}"),
            (Self::Sqlite, Kind::Id | Kind::MaybeId | Kind::Bytes | Kind::MaybeBytes) => {
                format!("unhex({text})")
            }
            (Self::Postgres, Kind::Json) => format!("({array}->{place})"),
            (Self::Postgres, Kind::Int) => format!("({text})::bigint"),
            (Self::Postgres, Kind::Id | Kind::MaybeId) => format!("({text})::uuid"),
            (Self::Postgres, Kind::Bytes | Kind::MaybeBytes) => format!("decode({text}, 'hex')"),
        }
    }

    /// Whether a column is among the list at a place of an array.
    pub(crate) fn among(self, column: &str, array: &str, place: usize, kind: Kind) -> String {
        let texts = format!("jsonb_array_elements_text({array}->{place})");
        match (self, kind) {
            (Self::Sqlite, Kind::Id | Kind::MaybeId | Kind::Bytes | Kind::MaybeBytes) => {
                format!("{column} IN (SELECT unhex(value) FROM json_each({array}, '$[{place}]'))")
            }
            (Self::Sqlite, Kind::Int | Kind::Text | Kind::Json) => {
                format!("{column} IN (SELECT value FROM json_each({array}, '$[{place}]'))")
            }
            (Self::Postgres, Kind::Bytes | Kind::MaybeBytes) => {
                format!("{column} = ANY (ARRAY(SELECT decode({texts}, 'hex')))")
            }
            (Self::Postgres, Kind::Id | Kind::MaybeId) => {
                format!("{column} = ANY (ARRAY(SELECT ({texts})::uuid))")
            }
            (Self::Postgres, Kind::Int | Kind::Text | Kind::Json) => {
                format!("{column} = ANY (ARRAY(SELECT {texts}))")
            }
        }
    }

    /// A column as a member of a JSON array.
    pub(crate) fn give(self, column: &str, kind: Kind) -> String {
        match (self, kind) {
            (_, Kind::Int | Kind::Text)
            | (Self::Postgres, Kind::Json | Kind::Id | Kind::MaybeId) => column.to_owned(),
            (Self::Sqlite, Kind::Json) => format!("json({column})"),
            (Self::Sqlite, Kind::Id | Kind::Bytes) => format!("hex({column})"),
            // hex(NULL) is the empty text.
            (Self::Sqlite, Kind::MaybeId | Kind::MaybeBytes) => {
                format!("nullif(hex({column}), '')")
            }
            (Self::Postgres, Kind::Bytes | Kind::MaybeBytes) => format!("encode({column}, 'hex')"),
        }
    }

    /// The read columns of a row, of the table called so, as a JSON array.
    pub(crate) fn row<R: Row>(self, alias: &str) -> String {
        let given: Vec<_> = R::COLUMNS[..R::READ]
            .iter()
            .map(|column| self.give(&format!("{alias}.{}", column.name), column.kind))
            .collect();
        self.array(&given.join(", "))
    }

    /// A JSON array of these expressions.
    pub(crate) fn array(self, members: &str) -> String {
        match self {
            Self::Sqlite => format!("json_array({members})"),
            Self::Postgres => format!("json_build_array({members})"),
        }
    }

    /// All values of an expression over the rows of a query, as a JSON array.
    pub(crate) fn list(self, expression: &str) -> String {
        match self {
            Self::Sqlite => format!("json_group_array({expression})"),
            Self::Postgres => format!("coalesce(json_agg({expression}), '[]'::json)"),
        }
    }

    /// A query that answers with one JSON array of an expression over its rows.
    pub(crate) fn query(self, expression: &str, from: &str) -> String {
        let list = self.list(expression);
        match self {
            Self::Sqlite => format!("SELECT {list} FROM {from}"),
            Self::Postgres => format!("SELECT ({list})::text FROM {from}"),
        }
    }

    /// A query that answers with a JSON array of one expression.
    pub(crate) fn single(self, expression: &str, from: &str) -> String {
        let parameter = self.parameter();
        let value = self.array(expression);
        match self {
            Self::Sqlite => format!("SELECT {value} FROM {from}"),
            // A parameter has to be used.
            Self::Postgres => {
                format!("SELECT ({value})::text FROM {from} AND {parameter} IS NOT NULL")
            }
        }
    }

    /// Inserts rows.
    pub(crate) fn insert<R: Row>(self) -> Sql {
        let names: Vec<_> = R::COLUMNS.iter().map(|column| column.name).collect();
        let values: Vec<_> = self.values(R::COLUMNS);
        let (table, names, values) = (R::TABLE, names.join(", "), values.join(", "));
        // Sorted by their unique keys, so that two transactions never wait for each other.
        let order = match self {
            Self::Sqlite => "",
            Self::Postgres => " ORDER BY 1, 2",
        };
        format!(
            "INSERT INTO {table} ({names}) SELECT {values} FROM {} WHERE true{order}",
            self.rows()
        )
        .into()
    }

    /// Overwrites rows by their first column.
    pub(crate) fn update<R: Row>(self) -> Sql {
        let values = self.values(R::COLUMNS);
        let assignments: Vec<_> = R::COLUMNS
            .iter()
            .zip(&values)
            .skip(1)
            .filter(|(column, _)| !R::KEPT.contains(&column.name))
            .map(|(column, value)| format!("{} = {value}", column.name))
            .collect();
        let (table, key) = (R::TABLE, R::COLUMNS[0].name);
        format!(
            "UPDATE {table} SET {} FROM {} WHERE {table}.{key} = {}",
            assignments.join(", "),
            self.rows(),
            values[0]
        )
        .into()
    }

    /// Deletes rows by an id column.
    pub(crate) fn delete(self, table: &str, key: &str) -> Sql {
        let id = self.at(0, Kind::Id);
        format!(
            "DELETE FROM {table} WHERE {key} IN (SELECT {id} FROM {})",
            self.rows()
        )
        .into()
    }

    fn values(self, columns: &[Column]) -> Vec<String> {
        let places = columns.iter().enumerate();
        places
            .map(|(place, column)| self.at(place, column.kind))
            .collect()
    }
}
