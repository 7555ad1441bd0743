//! Golden replies: what an operation answers, but for what is new every time, is what lies in
//! `wsdl/messages/replies`. A change of it is a change for every client.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use roxmltree::Node;

/// Members that are new every time, and what stands for them. `version` is that of a program where
/// it is a member of the service or of a generator.
const NEW: [(&str, &str); 19] = [
    ("text", "…"),
    ("data", "AAAA"),
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
    ("timezone", "UTC"),
];
/// Likewise, numbers.
const NUMBERS: [&str; 5] = ["micros", "memoryBytes", "entries", "unsigned", "seq"];
const ID: usize = "cus_".len() + 32;

/// A reply as it is written to compare.
pub(super) struct Golden {
    /// Ids by their first appearance.
    ids: HashMap<String, usize>,
    out: String,
}

impl Golden {
    /// The content of a body, indented, with what is new every time replaced.
    pub(super) fn of(reply: &str) -> String {
        let document = roxmltree::Document::parse(reply).expect("well-formed XML");
        let mut golden = Self {
            ids: HashMap::new(),
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
            // Whether a token is for digests is no digest.
            Some((_, instead)) if !["", "true", "false"].contains(&text) => (*instead).to_owned(),
            _ if NUMBERS.contains(&name) => "1".to_owned(),
            _ if name == "version" && ["result", "generator"].contains(&parent) => "…".to_owned(),
            _ if is_id(text) => self.id(text),
            _ if is_order_id(text) => "ABCDE-FGHJK-MNPQR-STUVW".to_owned(),
            _ if text.strip_prefix("customer:").is_some_and(is_id) => {
                format!("customer:{}", self.id(&text["customer:".len()..]))
            }
            _ if is_like(text, "0000-00-00") => "2026-12-01".to_owned(),
            _ if text.ends_with('Z')
                && is_like(&text[..text.len().min(19)], "0000-00-00T00:00:00") =>
            {
                "2026-12-01T10:00:00Z".to_owned()
            }
            _ => text.to_owned(),
        }
    }

    fn id(&mut self, id: &str) -> String {
        let n = self.ids.len() + 1;
        let n = *self.ids.entry(id.to_owned()).or_insert(n);
        format!("{}{n:032}", &id[..4])
    }
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

/// Panics unless the reply to an operation is the golden one; what was answered is left beside the
/// built programs.
pub(super) fn assert_golden(folder: &str, operation: &str, reply: &str) {
    let name = format!("{folder}/{operation}.xml");
    let text = Golden::of(reply);
    let answered = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("replies")
        .join(&name);
    std::fs::create_dir_all(answered.parent().expect("a folder")).expect("a folder");
    std::fs::write(&answered, &text).expect("a file");
    let golden = std::fs::read_to_string(replies().join(&name)).unwrap_or_default();
    assert_eq!(text, golden, "{name} is not {}", answered.display());
}

/// The folder of the golden replies.
fn replies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wsdl/messages/replies")
}

/// How many there are for a service.
pub(super) fn count(folder: &str) -> usize {
    let files = std::fs::read_dir(replies().join(folder)).expect("the golden replies");
    files.count()
}
