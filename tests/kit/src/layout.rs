//! Lines as kits read and write them: continuations joined, and broken anew elsewhere.

/// Narrower than what anybody else writes, so that every layout changes.
const COLUMNS: usize = 60;

/// Joins lines that end in a backslash with those that follow.
pub(crate) fn joined(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut continues = false;
    for line in text.lines() {
        let line = line.trim_end();
        let part = line.strip_suffix('\\').unwrap_or(line);
        match lines.last_mut().filter(|_| continues) {
            Some(last) => {
                last.push(' ');
                last.push_str(part.trim());
            }
            None => lines.push(part.trim_end().to_owned()),
        }
        continues = part.len() < line.len();
    }
    lines
}

/// The fields of a line; blanks between quotes separate nothing.
pub(crate) fn fields(line: &str) -> Vec<String> {
    let mut quoted = false;
    let parts = line.split(|sign: char| {
        quoted ^= sign == '"';
        sign.is_whitespace() && !quoted
    });
    parts
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// A value in quotes, needed or not.
pub(crate) fn quoted(field: &str) -> String {
    match field.split_once('=') {
        Some((word, value)) if !value.starts_with('"') => format!("{word}=\"{value}\""),
        _ => field.to_owned(),
    }
}

/// A line, broken between fields.
pub(crate) fn wrapped(fields: &[String]) -> String {
    let mut text = String::new();
    let mut column = 0;
    for field in fields {
        if column > 0 && column + field.len() > COLUMNS {
            text.push_str(" \\\n\t");
            column = 8;
        } else if column > 0 {
            text.push(' ');
        }
        text.push_str(field);
        column += field.len() + 1;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{fields, joined, quoted, wrapped};

    #[test]
    fn what_is_wrapped_can_be_joined() {
        let line: Vec<_> = (0..40).map(|n| format!("K{n}=\"v {n}\"")).collect();
        let text = wrapped(&line);
        assert!(text.lines().count() > 5);
        assert!(text.lines().all(|line| line.len() <= COLUMNS_AND_BACKSLASH));
        assert_eq!(joined(&text), [line.join(" ")]);
        assert_eq!(fields(&line.join("  ")), line);
    }

    const COLUMNS_AND_BACKSLASH: usize = super::COLUMNS + " \\".len();

    #[test]
    fn quotes_are_put_around_values_only() {
        assert_eq!(quoted("SN=7"), "SN=\"7\"");
        assert_eq!(quoted("NOTICE=\"a b\""), "NOTICE=\"a b\"");
        assert_eq!(quoted("BORROW"), "BORROW");
    }
}
