//! Where in a TOML text each key stands.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// The keys of a text that have values, with their places.
pub(super) struct Lines<'a> {
    text: &'a str,
    keys: Vec<(String, Range<usize>)>,
}

impl<'a> Lines<'a> {
    /// Reads as far as the text can be read.
    pub(super) fn of(text: &'a str) -> Self {
        let mut keys = Vec::new();
        let (table, _) = DeTable::parse_recoverable(text);
        collect(table.get_ref(), "", &mut keys);
        Self { text, keys }
    }

    /// The line of a place, from 1.
    pub(super) fn number(&self, place: usize) -> usize {
        let before = self.text.bytes().take(place);
        1 + before.filter(|byte| *byte == b'\n').count()
    }

    /// The key that a place belongs to, from its first sign to the end of its value.
    pub(super) fn key_at(&self, place: usize) -> Option<&str> {
        let mut keys = self.keys.iter();
        let (key, _) = keys.find(|(_, range)| range.contains(&place))?;
        Some(key)
    }

    /// Every key with its line.
    pub(super) fn into_numbers(self) -> impl Iterator<Item = (String, usize)> {
        let numbers: Vec<_> = self
            .keys
            .iter()
            .map(|(_, range)| self.number(range.start))
            .collect();
        self.keys.into_iter().map(|(key, _)| key).zip(numbers)
    }
}

fn collect(table: &DeTable<'_>, parent: &str, keys: &mut Vec<(String, Range<usize>)>) {
    for (key, value) in table {
        let path = join(parent, key.get_ref());
        match value.get_ref() {
            DeValue::Table(table) => collect(table, &path, keys),
            _ => keys.push((path, key.span().start..value.span().end)),
        }
    }
}

/// `http` and `listen` give `http.listen`.
pub(super) fn join(parent: &str, key: &str) -> String {
    if parent.is_empty() {
        key.to_owned()
    } else {
        format!("{parent}.{key}")
    }
}
