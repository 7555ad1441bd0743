//! A license text that is looked at, on the wire.

use serde::{Deserialize, Serialize};

use super::common::NameValue;
use super::license::{File, License};

/// Asks which license a text is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyLicenseRequest {
    /// The files of one license, or some of them; their names are not compared.
    #[serde(default)]
    pub file: Vec<File>,
    /// The generator that is to read them; absent: whichever can.
    pub generator: Option<String>,
}

/// Something in a text that a user would stumble over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextProblem {
    /// To branch on.
    pub code: String,
    /// For people.
    pub message: String,
    /// Line of the text, from 1.
    pub line: Option<u32>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

/// What a text is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyLicenseResult {
    /// `EXACT` (byte for byte that of a license), `SAME_MEANING` (other bytes that say the same; signatures are not compared), `CHANGED` (made from a license, but says something else) or `UNKNOWN`.
    #[serde(rename = "match")]
    pub matched: String,
    /// Of which license; look at its state too.
    pub license: Option<License>,
    /// In what the text differs from that license, a sentence each; of `SAME_MEANING`, that its bytes are others and its signature was not compared.
    #[serde(default)]
    pub difference: Vec<String>,
    /// What the text grants, as JSON text in the words of the generator's interface, where `signed` tells that it holds a signature, which was not compared; absent where no generator can read it.
    pub grant: Option<String>,
    /// What a user of the text would stumble over.
    #[serde(default)]
    pub problem: Vec<TextProblem>,
    /// What later versions of the service add; ignored on input.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}
