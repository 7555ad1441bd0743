//! Placeholders to digits.

use crate::arguments::Fault;
use crate::layout::{fields, joined, quoted, wrapped};

const PLACEHOLDER: &str = "SIGN=0";
const GRANTS: [&str; 4] = ["FEATURE", "INCREMENT", "UPGRADE", "PACKAGE"];
/// The place of the count in FEATURE and INCREMENT.
const COUNT: usize = 5;

/// The signed text.
pub(crate) fn sign(text: &str, digits: usize, fault: Option<Fault>) -> String {
    if fault == Some(Fault::Empty) {
        return String::new();
    }
    let mut lines: Vec<_> = joined(text).iter().map(|line| Line::of(line)).collect();
    let hosts = servers(&lines);
    for line in lines.iter_mut().filter(|line| line.is_grant()) {
        line.sign(&hosts, digits);
    }
    spoil(&mut lines, fault);
    lines.iter().map(|line| line.text() + "\n").collect()
}

/// The servers' host ids: they enter into every signature.
fn servers(lines: &[Line]) -> String {
    let servers = lines.iter().filter(|line| line.begins("SERVER"));
    let ids = servers.filter_map(|line| line.fields.get(2).map(String::as_str));
    ids.collect::<Vec<_>>().join(" ")
}

fn spoil(lines: &mut Vec<Line>, fault: Option<Fault>) {
    let first = lines.iter().position(Line::is_grant);
    let last = lines.iter().rposition(Line::is_grant);
    match (fault, first, last) {
        (Some(Fault::LeaveOne), Some(first), _) => lines[first].unsign(),
        (Some(Fault::ChangeCount), Some(first), _) => lines[first].add_one(),
        (Some(Fault::DropLine), _, Some(last)) => {
            lines.remove(last);
        }
        _ => {}
    }
}

/// A line by its fields; a comment is one field.
struct Line {
    fields: Vec<String>,
}

impl Line {
    fn of(line: &str) -> Self {
        let fields = if line.starts_with('#') {
            vec![line.to_owned()]
        } else {
            fields(line)
        };
        Self { fields }
    }

    fn begins(&self, word: &str) -> bool {
        self.fields
            .first()
            .is_some_and(|first| first.eq_ignore_ascii_case(word))
    }

    fn is_grant(&self) -> bool {
        GRANTS.iter().any(|word| self.begins(word))
    }

    /// Signs a line that bears the placeholder, quotes its values and adds a checksum.
    fn sign(&mut self, hosts: &str, digits: usize) {
        let Some(place) = self.fields.iter().position(|field| field == PLACEHOLDER) else {
            return;
        };
        let hash = hash(&format!("{hosts}\n{}", self.fields.join(" ")));
        self.fields.remove(place);
        for field in &mut self.fields[1..] {
            *field = quoted(field);
        }
        self.fields.push(format!("ck={}", hash % 256));
        self.fields
            .push(format!("SIGN=\"{}\"", groups(hash, digits)));
    }

    fn unsign(&mut self) {
        self.fields.pop();
        self.fields.push(PLACEHOLDER.to_owned());
    }

    fn add_one(&mut self) {
        if let Some(count) = self.fields.get_mut(COUNT) {
            *count = (count.parse().unwrap_or(0) + 1_u64).to_string();
        }
    }

    fn text(&self) -> String {
        wrapped(&self.fields)
    }
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// This many hex digits in groups of four.
fn groups(seed: u64, digits: usize) -> String {
    let mut state = seed;
    let mut text = String::new();
    for index in 0..digits {
        if index > 0 && index % 4 == 0 {
            text.push(' ');
        }
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        text.push(char::from(b"0123456789ABCDEF"[(state >> 60) as usize]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::sign;
    use crate::arguments::Fault;
    use crate::layout::{fields, joined};

    const TEXT: &str = "# SIGN=0 is a placeholder\nSERVER lic01 001122334455 27000\nVENDOR acmed\nUSE_SERVER\n\
        FEATURE router acmed 2.0 31-dec-2027 5 \\\n\tNOTICE=\"a b\" SN=7 SIGN=0\n\
        INCREMENT viewer acmed 2.0 31-dec-2027 6 SIGN=0\n";

    fn digits(line: &str) -> String {
        let (_, value) = line.split_once("SIGN=\"").unwrap();
        value.chars().filter(char::is_ascii_hexdigit).collect()
    }

    #[test]
    fn every_grant_gets_its_own_digits() {
        let signed = joined(&sign(TEXT, 120, None));
        assert_eq!(signed[..4], joined(TEXT)[..4]);
        let first = fields(&signed[4]);
        assert_eq!(
            first[..8],
            [
                "FEATURE",
                "router",
                "acmed",
                "2.0",
                "31-dec-2027",
                "5",
                "NOTICE=\"a b\"",
                "SN=\"7\""
            ]
        );
        assert_eq!(digits(&signed[4]).len(), 120);
        assert_eq!(digits(&signed[5]).len(), 120);
        assert_ne!(digits(&signed[4]), digits(&signed[5]));
        assert_eq!(digits(&joined(&sign(TEXT, 60, None))[5]).len(), 60);
    }

    #[test]
    fn digits_depend_on_the_servers_and_on_nothing_outside() {
        assert_eq!(sign(TEXT, 120, None), sign(TEXT, 120, None));
        let elsewhere = TEXT.replace("001122334455", "001122334456");
        let (here, there) = (sign(TEXT, 120, None), sign(&elsewhere, 120, None));
        assert_ne!(digits(&joined(&here)[5]), digits(&joined(&there)[5]));
    }

    #[test]
    fn faults_spoil_one_thing() {
        let good = joined(&sign(TEXT, 120, None));
        let bad = |fault| joined(&sign(TEXT, 120, Some(fault)));
        assert_eq!(bad(Fault::Empty), [""; 0]);
        assert_eq!(bad(Fault::DropLine), good[..5]);
        assert_eq!(bad(Fault::Exit), good);
        assert_eq!(
            bad(Fault::ChangeCount)[4],
            good[4].replacen(" 5 ", " 6 ", 1)
        );
        let left = bad(Fault::LeaveOne);
        assert!(left[4].ends_with(" SIGN=0"));
        assert_eq!(left[5], good[5]);
    }
}
