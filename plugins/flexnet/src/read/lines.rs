//! Layout: physical lines to logical ones, logical lines to fields.

use lds_plugin_api::document::Problem;

/// A line with its continuations.
pub(super) struct LogicalLine {
    /// Where it begins, from 1.
    pub(super) number: usize,
    text: String,
    /// It ends in a backslash with nothing behind.
    dangling: bool,
}

/// Joins what backslashes at line ends continue.
pub(super) fn logical_lines(text: &str) -> Vec<LogicalLine> {
    let mut lines: Vec<LogicalLine> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_end();
        let (line, continues) = match line.strip_suffix('\\') {
            Some(line) => (line.trim_end(), true),
            None => (line, false),
        };
        match lines.last_mut().filter(|last| last.dangling) {
            Some(last) => last.append(line, continues),
            None => lines.push(LogicalLine {
                number: index + 1,
                text: line.to_owned(),
                dangling: continues,
            }),
        }
    }
    lines
}

impl LogicalLine {
    fn append(&mut self, line: &str, continues: bool) {
        self.text.push(' ');
        self.text.push_str(line.trim_start());
        self.dangling = continues;
    }

    /// The words; quotes hold blanks together and are dropped.
    pub(super) fn fields(&self) -> Result<Vec<String>, Problem> {
        if self.text.trim_start().starts_with('#') {
            return Ok(Vec::new());
        }
        if self.dangling {
            let message = "The backslash at the end continues into nothing.";
            return Err(Problem::new("DANGLING_CONTINUATION", message));
        }
        let mut fields = Vec::new();
        let mut field = None::<String>;
        let mut quoted = false;
        for sign in self.text.chars() {
            match sign {
                '"' => quoted = !quoted,
                _ if sign.is_whitespace() && !quoted => fields.extend(field.take()),
                _ => field.get_or_insert_default().push(sign),
            }
        }
        fields.extend(field);
        if quoted {
            return Err(Problem::new("QUOTE", "A quote is not closed."));
        }
        Ok(fields)
    }
}
