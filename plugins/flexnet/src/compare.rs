//! What differs in meaning between the license that was asked for and a file that was read.
//! Layout, quotes, letter case of keywords, checksums and the signature itself are the kit's.

use std::collections::BTreeMap;

use crate::date;
use crate::model::{Grant, License, Server, Signature};
use crate::read::Reading;

/// What must stand behind SIGN=.
#[derive(Clone, Copy, Debug)]
pub enum Signing<'a> {
    /// The kit has not been there.
    Placeholder,
    /// Hex digits, one of these numbers of them.
    Signed(&'a [usize]),
}

/// Keywords that a kit adds and that grant nothing.
const OF_THE_KIT: [&str; 3] = ["SIGN2", "AUTH", "CK"];
/// Characters of a file's word in a sentence.
const SHOWN: usize = 60;

/// What differs, a sentence each; none: the same license.
pub fn differences(asked: &License, found: &Reading, signing: Signing<'_>) -> Vec<String> {
    let mut differences: Vec<_> = found
        .problems
        .iter()
        .map(|problem| {
            format!(
                "line {}: {}",
                problem.line.unwrap_or_default(),
                problem.message
            )
        })
        .collect();
    let found = &found.license;
    header(asked, found, &mut differences);
    if asked.grants.len() != found.grants.len() {
        let (is, wanted) = (found.grants.len(), asked.grants.len());
        differences.push(format!("the file has {is} grants, asked for {wanted}"));
        return differences;
    }
    for (asked, found) in asked.grants.iter().zip(&found.grants) {
        differences.extend(grant(asked, found));
        differences.extend(signature(found, signing));
    }
    differences
}

fn header(asked: &License, found: &License, differences: &mut Vec<String>) {
    let servers = |license: &License| {
        license
            .servers
            .iter()
            .map(canonical_server)
            .collect::<Vec<_>>()
    };
    if servers(asked) != servers(found) {
        differences.push("the SERVER lines differ".to_owned());
    }
    if asked.vendors != found.vendors {
        differences.push("the VENDOR lines differ".to_owned());
    }
    if asked.use_server != found.use_server {
        differences.push("USE_SERVER differs".to_owned());
    }
}

fn canonical_server(server: &Server) -> (String, String, Option<u16>) {
    (server.host.clone(), host_id(&server.host_id), server.port)
}

fn grant(asked: &Grant, found: &Grant) -> Vec<String> {
    // The usual case, without making sentences.
    if asked == found {
        return Vec::new();
    }
    if asked.name != found.name {
        return vec![format!(
            "{}: the file has {} in its place",
            asked.name,
            shown(&found.name)
        )];
    }
    let mut differences = Vec::new();
    let mut differs = |what: &str, found: &str, asked_for: &str| {
        if found != asked_for {
            let (found, asked_for) = (shown(found), shown(asked_for));
            differences.push(format!(
                "{}: {what} is {found}, asked for {asked_for}",
                asked.name
            ));
        }
    };
    differs("the line", found.line.word(), asked.line.word());
    differs("the vendor", &found.vendor, &asked.vendor);
    differs("the version", &found.version, &asked.version);
    differs("the expiry", &expiry(found), &expiry(asked));
    differs("count", &count(found.count), &count(asked.count));
    let (found, wanted) = (attributes(found), attributes(asked));
    for word in found
        .keys()
        .chain(wanted.keys().filter(|word| !found.contains_key(*word)))
    {
        let value = |values: &BTreeMap<String, String>| {
            values
                .get(word)
                .cloned()
                .unwrap_or_else(|| "absent".to_owned())
        };
        differs(word, &value(&found), &value(&wanted));
    }
    differences
}

fn expiry(grant: &Grant) -> String {
    grant
        .expiry
        .map_or("permanent".to_owned(), |day| day.to_string())
}

fn count(count: u64) -> String {
    match count {
        0 => "uncounted".to_owned(),
        count => count.to_string(),
    }
}

/// The keywords that mean something, by name, in one spelling each.
fn attributes(grant: &Grant) -> BTreeMap<String, String> {
    let attributes = grant.attributes.iter().map(|attribute| {
        let word = attribute.word.to_ascii_uppercase();
        let value = match &attribute.value {
            None => "set".to_owned(),
            Some(value) => format!("\"{}\"", canonical(&word, value)),
        };
        (word, value)
    });
    attributes
        .filter(|(word, _)| !OF_THE_KIT.contains(&word.as_str()))
        .collect()
}

fn canonical(word: &str, value: &str) -> String {
    let words: Vec<_> = value.split_whitespace().collect();
    let joined = words.join(" ");
    match word {
        "ISSUED" | "START" => {
            date::Date::from_license(&joined).map_or(joined, |day| day.to_string())
        }
        "HOSTID" => words.into_iter().map(host_id).collect::<Vec<_>>().join(" "),
        "DUP_GROUP" | "SUITE_DUP_GROUP" => joined.to_ascii_uppercase(),
        _ => joined,
    }
}

/// Letter case of hex digits and prefixes has no meaning, nor have dashes of `ID=`.
fn host_id(id: &str) -> String {
    match id.split_once('=') {
        Some((prefix, value)) if prefix.eq_ignore_ascii_case("ID") => {
            format!("ID={}", value.replace('-', ""))
        }
        Some((prefix, value)) => format!("{}={value}", prefix.to_ascii_uppercase()),
        None => id.to_ascii_lowercase(),
    }
}

fn signature(grant: &Grant, signing: Signing<'_>) -> Option<String> {
    let name = shown(&grant.name);
    match (&grant.signature, signing) {
        (Signature::Placeholder, Signing::Placeholder) => None,
        (_, Signing::Placeholder) => Some(format!("{name}: SIGN is not the placeholder")),
        (Signature::Digits(digits), Signing::Signed(lengths))
            if lengths.contains(&digits.len()) =>
        {
            None
        }
        (Signature::Digits(digits), Signing::Signed(_)) => Some(format!(
            "{name}: SIGN has {} digits, which the product does not allow",
            digits.len()
        )),
        (_, Signing::Signed(_)) => Some(format!("{name}: the line is not signed")),
    }
}

/// A word of a file in a sentence for people.
fn shown(text: &str) -> String {
    text.chars()
        .filter(|sign| !sign.is_control())
        .take(SHOWN)
        .collect()
}
