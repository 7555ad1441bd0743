//! The optional keywords of a grant line that a feature's parameters stand for: one table for the
//! description, the plan and the comparison.

use lds_plugin_api::document::{Definition, Problem, ValueType, Values};

use crate::model::Attribute;
use crate::{rules, settings};

/// A keyword and its parameter.
pub(crate) struct Keyword {
    word: &'static str,
    parameter: &'static str,
    label: &'static str,
    shape: Shape,
}

/// How a parameter becomes a value.
enum Shape {
    Text,
    /// From the first to the second.
    Number(i64, i64),
    /// Hours, of which this many are the bare word.
    NumberOrBare(i64, i64, u64),
    /// Words in one value.
    List,
    /// A bare word if true.
    Switch,
    /// NONE, SITE, or letters in the order UHDV.
    Sharing,
}

const fn keyword(
    word: &'static str,
    parameter: &'static str,
    label: &'static str,
    shape: Shape,
) -> Keyword {
    Keyword {
        word,
        parameter,
        label,
        shape,
    }
}

const SHARING: &str = "NONE|SITE|U?H?D?V?";

/// In the order of writing.
const KEYWORDS: [Keyword; 23] = [
    keyword(
        "BORROW",
        "borrowHours",
        "Hours it may be borrowed for",
        Shape::NumberOrBare(1, 8760, 168),
    ),
    keyword("DUP_GROUP", "dupGroup", "Sharing", Shape::Sharing),
    keyword(
        "SUITE_DUP_GROUP",
        "suiteDupGroup",
        "Sharing of the suite",
        Shape::Sharing,
    ),
    keyword(
        "HOST_BASED",
        "hostBased",
        "Named hosts",
        Shape::Number(1, 1_000_000),
    ),
    keyword(
        "USER_BASED",
        "userBased",
        "Named users",
        Shape::Number(1, 1_000_000),
    ),
    keyword(
        "LINGER",
        "lingerSeconds",
        "Seconds it stays checked out",
        Shape::Number(0, 31_536_000),
    ),
    keyword(
        "OVERDRAFT",
        "overdraft",
        "Overdraft",
        Shape::Number(1, 1_000_000),
    ),
    keyword(
        "SUPERSEDE",
        "supersede",
        "Replaces older grants of the feature",
        Shape::Switch,
    ),
    keyword(
        "SUPERSEDE",
        "supersedes",
        "Replaces older grants of these features",
        Shape::List,
    ),
    keyword(
        "TS_OK",
        "terminalServers",
        "Works on terminal servers",
        Shape::Switch,
    ),
    keyword(
        "ONE_TS_OK",
        "oneTerminalServer",
        "Works on one terminal server",
        Shape::Switch,
    ),
    keyword("PLATFORMS", "platforms", "Platforms", Shape::List),
    keyword(
        "VM_PLATFORMS",
        "vmPlatforms",
        "Virtual machines",
        Shape::Text,
    ),
    keyword("TZ", "timeZone", "Time zone", Shape::Text),
    keyword("ISSUER", "issuer", "Issuer", Shape::Text),
    keyword("NOTICE", "notice", "Notice", Shape::Text),
    keyword("SN", "serialNumber", "Serial number", Shape::Text),
    keyword(
        "VENDOR_STRING",
        "vendorString",
        "Vendor string",
        Shape::Text,
    ),
    keyword("asset_info", "assetInfo", "Asset", Shape::Text),
    keyword("dist_info", "distInfo", "Distributor", Shape::Text),
    keyword("user_info", "userInfo", "User", Shape::Text),
    keyword("vendor_info", "vendorInfo", "Vendor's remark", Shape::Text),
    keyword("sort", "sort", "Order among lines", Shape::Number(0, 255)),
];

/// The parameters of a feature.
pub(crate) fn definitions() -> impl Iterator<Item = Definition> {
    KEYWORDS.iter().map(|keyword| {
        let definition = |value_type| {
            Definition::new(keyword.parameter, value_type)
                .label(keyword.label)
                .help(&format!("Keyword {}", keyword.word))
        };
        match keyword.shape {
            Shape::Text => definition(ValueType::Text).range(1, 500),
            Shape::Number(min, max) | Shape::NumberOrBare(min, max, _) => {
                definition(ValueType::Int).range(min, max)
            }
            Shape::List => definition(ValueType::List),
            Shape::Switch => definition(ValueType::Bool),
            Shape::Sharing => definition(ValueType::Text).pattern(SHARING).range(1, 4),
        }
    })
}

/// The keywords that a feature's parameters ask for; `place` is the pointer to them.
pub(crate) fn attributes(parameters: &Values, place: &str) -> Result<Vec<Attribute>, Problem> {
    let mut attributes = Vec::new();
    for keyword in &KEYWORDS {
        attributes.extend(keyword.attribute(parameters, place)?);
    }
    exclusive(&attributes, "SUPERSEDE", "SUPERSEDE", place)?;
    exclusive(&attributes, "TS_OK", "ONE_TS_OK", place)?;
    Ok(attributes)
}

fn exclusive(attributes: &[Attribute], one: &str, other: &str, place: &str) -> Result<(), Problem> {
    let both = attributes
        .iter()
        .filter(|attribute| attribute.word == one || attribute.word == other);
    if both.count() < 2 {
        return Ok(());
    }
    let message = format!("A line has at most one of {one} and {other}.");
    Err(Problem::new("KEYWORD_TWICE", message).at(place))
}

impl Keyword {
    fn attribute(&self, parameters: &Values, place: &str) -> Result<Option<Attribute>, Problem> {
        let name = self.parameter;
        match self.shape {
            Shape::Text => self.text(settings::text(parameters, name, place)?, place),
            Shape::Sharing => self.sharing(settings::text(parameters, name, place)?, place),
            Shape::List => {
                let words = settings::list(parameters, name, place)?;
                for word in &words {
                    self.checked(word, rules::word, place)?;
                }
                Ok((!words.is_empty()).then(|| Attribute::new(self.word, words.join(" "))))
            }
            Shape::Switch => {
                let on = settings::flag(parameters, name, place)? == Some(true);
                Ok(on.then(|| Attribute::bare(self.word)))
            }
            Shape::Number(..) => Ok(settings::number(parameters, name, place)?
                .map(|number| Attribute::new(self.word, number.to_string()))),
            Shape::NumberOrBare(.., bare) => {
                let number = settings::number(parameters, name, place)?;
                Ok(number.map(|number| {
                    if number == bare {
                        Attribute::bare(self.word)
                    } else {
                        Attribute::new(self.word, number.to_string())
                    }
                }))
            }
        }
    }

    fn text(&self, text: Option<&str>, place: &str) -> Result<Option<Attribute>, Problem> {
        let Some(text) = text else { return Ok(None) };
        self.checked(text, rules::value, place)?;
        Ok(Some(Attribute::new(self.word, text)))
    }

    fn sharing(&self, text: Option<&str>, place: &str) -> Result<Option<Attribute>, Problem> {
        let Some(text) = text else { return Ok(None) };
        let mut rest = "UHDV".chars();
        let letters =
            !text.is_empty() && text.chars().all(|letter| rest.any(|next| next == letter));
        if letters || text == "NONE" || text == "SITE" {
            return Ok(Some(Attribute::new(self.word, text)));
        }
        Err(self.problem("is not NONE, SITE or letters in the order UHDV", place))
    }

    fn checked(
        &self,
        text: &str,
        rule: fn(&str) -> Result<(), &'static str>,
        place: &str,
    ) -> Result<(), Problem> {
        rule(text).map_err(|reason| self.problem(reason, place))
    }

    fn problem(&self, reason: &str, place: &str) -> Problem {
        Problem::new("VALUE", format!("{} {reason}.", self.label))
            .at(format!("{place}/{}", self.parameter))
    }
}
