//! Golden replies: what an operation answers, but for what is new every time, is what lies in
//! `wsdl/messages/replies`. A change of it is a change for every client.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use roxmltree::{Document, Node};
use time::macros::{date, format_description};
use time::{Date, Duration};

/// Members that are new every time, and what stands for them. `version` is that of a program where
/// it is a member of the service or of a generator.
const NEW: [(&str, &str); 19] = [
    ("text", "…"),
    ("licenseText", "…"),
    ("info", "…"),
    ("sha256", "…"),
    ("digest", "…"),
    ("inputDigest", "…"),
    ("fingerprint", "…"),
    ("chain", "…"),
    ("previous", "…"),
    ("hash", "…"),
    ("before", "…"),
    ("after", "…"),
    ("secret", "lds_…"),
    ("password", "…"),
    ("nextCursor", "…"),
    ("grant", "{…}"),
    ("description", "{…}"),
    ("request", "{…}"),
    ("output", "{…}"),
];
/// Likewise, numbers.
const NUMBERS: [&str; 5] = ["micros", "memoryBytes", "entries", "unsignedEntries", "seq"];
const ID: usize = "cus_".len() + 32;
/// The day on which golden replies are given.
const TODAY: Date = date!(2026 - 12 - 01);
/// Days from today on that are told by their distance; any other day was asked for.
const DAYS: std::ops::Range<i64> = 0..60;

/// A reply as it is written to compare.
pub(super) struct Golden {
    /// Ids by their first appearance.
    ids: HashMap<String, usize>,
    /// The day on which it was given.
    today: Option<Date>,
    out: String,
}

impl Golden {
    /// The content of a body, indented, with what is new every time replaced.
    pub(super) fn of(reply: &str) -> String {
        let document = Document::parse(reply).expect("well-formed XML");
        let mut golden = Self {
            ids: HashMap::new(),
            today: given_on(&document),
            out: String::new(),
        };
        golden.write(document.root_element(), 0);
        golden.out
    }

    fn write(&mut self, node: Node, depth: usize) {
        let (indent, name) = ("  ".repeat(depth), node.tag_name().name());
        let namespace = node.tag_name().namespace().filter(|_| depth == 0);
        let declared = namespace.map_or(String::new(), |uri| format!(" xmlns=\"{uri}\""));
        let children: Vec<_> = node.children().filter(Node::is_element).collect();
        let text = self
            .text(node, name)
            .replace('&', "&amp;")
            .replace('<', "&lt;");
        if children.is_empty() {
            writeln!(self.out, "{indent}<{name}{declared}>{text}</{name}>").expect("written");
            return;
        }
        writeln!(self.out, "{indent}<{name}{declared}>").expect("written");
        for child in children {
            self.write(child, depth + 1);
        }
        writeln!(self.out, "{indent}</{name}>").expect("written");
    }

    fn text(&mut self, node: Node, name: &str) -> String {
        let text = node.text().unwrap_or_default().trim();
        let parent = node.parent().map_or("", |parent| parent.tag_name().name());
        let new = NEW.iter().find(|(new, _)| *new == name);
        match new {
            // A licensee's text is no license's, and whether a token is for digests no digest.
            Some((_, instead))
                if parent != "licensee" && !["", "true", "false"].contains(&text) =>
            {
                (*instead).to_owned()
            }
            _ if NUMBERS.contains(&name) => "1".to_owned(),
            _ if name == "version" && ["result", "generator"].contains(&parent) => "…".to_owned(),
            _ if is_id(text) => self.id(text),
            _ if is_order_id(text) => "ABCDE-FGHJK-MNPQR-STUVW".to_owned(),
            _ if text.strip_prefix("customer:").is_some_and(is_id) => {
                format!("customer:{}", self.id(&text["customer:".len()..]))
            }
            _ if is_like(text, "0000-00-00") => self.day(text),
            _ if MOMENTS.iter().any(|pattern| is_like(text, pattern)) => self.moment(text),
            _ => text.to_owned(),
        }
    }

    /// A day, as far from the golden day as it is from today.
    fn day(&self, text: &str) -> String {
        let days = self
            .today
            .map(|today| (parsed(text) - today).whole_days())
            .filter(|days| DAYS.contains(days));
        days.map_or_else(
            || text.to_owned(),
            |days| (TODAY + Duration::days(days)).to_string(),
        )
    }

    /// A moment of today, at ten o'clock; any other one was asked for.
    fn moment(&self, text: &str) -> String {
        if self.today == Some(parsed(text)) {
            return format!("{TODAY}T10:00:00Z");
        }
        text.to_owned()
    }

    fn id(&mut self, id: &str) -> String {
        let n = self.ids.len() + 1;
        let n = *self.ids.entry(id.to_owned()).or_insert(n);
        format!("{}{n:032}", &id[..4])
    }
}

/// Moments as they are written: milliseconds only where there are some.
const MOMENTS: [&str; 2] = ["0000-00-00T00:00:00Z", "0000-00-00T00:00:00.000Z"];

/// The day of the first moment at which something was made or done.
fn given_on(document: &Document) -> Option<Date> {
    let mut texts = ["createdAt", "issuedAt", "time", "processedTime"]
        .iter()
        .map(|name| {
            let mut found = document.descendants();
            let found = found.find(|node| node.tag_name().name() == *name);
            found.and_then(|node| node.text())
        });
    texts.find_map(|text| text.map(parsed))
}

/// The day that a date or a moment begins with.
fn parsed(text: &str) -> Date {
    let day = Date::parse(&text[..10], format_description!("[year]-[month]-[day]"));
    day.expect("a date")
}

/// A prefix and 32 digits.
fn is_id(text: &str) -> bool {
    let is_hex = |sign: u8| sign.is_ascii_hexdigit();
    text.len() == ID && text.as_bytes()[3] == b'_' && text.bytes().skip(4).all(is_hex)
}

/// Four groups of five signs.
fn is_order_id(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').map(str::len).collect();
    groups == [5, 5, 5, 5]
}

/// Whether there are digits where the pattern has some, and else the same.
fn is_like(text: &str, pattern: &str) -> bool {
    let fits = |(sign, wanted): (u8, u8)| sign == wanted || wanted == b'0' && sign.is_ascii_digit();
    text.len() == pattern.len() && text.bytes().zip(pattern.bytes()).all(fits)
}

/// What is wrong with the reply to an operation, unless it is the golden one; what was answered is
/// left beside the built programs.
pub(crate) fn complaint(folder: &str, operation: &str, reply: &str) -> Option<String> {
    let name = format!("{folder}/{operation}.xml");
    let text = Golden::of(reply);
    let answered = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("replies")
        .join(&name);
    std::fs::create_dir_all(answered.parent().expect("a folder")).expect("a folder");
    std::fs::write(&answered, &text).expect("a file");
    let golden = std::fs::read_to_string(replies().join(&name)).unwrap_or_default();
    (text != golden).then(|| format!("{name} is not {}", answered.display()))
}

/// The folder of the golden replies.
fn replies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wsdl/messages/replies")
}

/// How many there are for a service.
pub(crate) fn count(folder: &str) -> usize {
    let files = std::fs::read_dir(replies().join(folder)).expect("the golden replies");
    files.count()
}
