//! Records of requests that a caller may repeat, and of proofs that nobody may, as rows.

use lds_domain::unit::Outcome;
use lds_domain::{Code, Error};
use serde::{Deserialize, Serialize};

use super::Text;
use crate::row::{Hex, row};

row! {
    /// A request that is worked on or was answered.
    RequestRow<'a> in "requests" {
        caller: Text<'a> as Text,
        request_id: Text<'a> as Text,
        digest: Hex<'a> as Bytes,
        made_at: i64 as Int,
    }
}

row! {
    /// A proof that was shown.
    ProofRow<'a> in "proofs" {
        proof: Hex<'a> as Bytes,
        good_until: i64 as Int,
    }
}

/// What became of an item, as it is stored.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum StoredOutcome {
    /// The id.
    #[serde(rename = "id")]
    Done(String),
    /// The failure, without what only the log may hold.
    #[serde(rename = "failure")]
    Failed {
        /// The code's name.
        code: String,
        /// For the caller.
        message: String,
        /// The member at fault.
        field: Option<String>,
    },
}

impl From<&Outcome> for StoredOutcome {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Done(id) => Self::Done(id.clone()),
            Outcome::Failed(error) => Self::Failed {
                code: error.code.name().to_owned(),
                message: error.message.clone(),
                field: error.field.clone(),
            },
        }
    }
}

impl From<StoredOutcome> for Outcome {
    fn from(outcome: StoredOutcome) -> Self {
        match outcome {
            StoredOutcome::Done(id) => Self::Done(id),
            StoredOutcome::Failed {
                code,
                message,
                field,
            } => {
                let known = Code::ALL.iter().find(|known| known.name() == code);
                let mut error = Error::new(known.copied().unwrap_or(Code::Internal), message);
                error.field = field;
                Self::Failed(error)
            }
        }
    }
}
