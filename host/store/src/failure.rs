//! What can go wrong with a database, sorted by what to do about it.

use std::borrow::Cow;
use std::time::Duration;

use lds_domain::Error;

/// A failed statement or connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A unique value was taken meanwhile: decide again.
    #[error("a unique value is taken: {0}")]
    Unique(String),
    /// The database asks to repeat the transaction: deadlock, serialization.
    #[error("the transaction must be repeated: {0}")]
    Repeat(String),
    /// Nothing can be done now: disk full, read-only, locked.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The connection broke or was refused: another one may do.
    #[error("the connection to the database is lost: {0}")]
    Lost(String),
    /// No answer came in time; what was asked may still be done.
    #[error("the database did not answer within {0:?}")]
    Late(Duration),
    /// The connection broke while a transaction was being committed: it may be there or not.
    #[error("the outcome of a transaction is unknown: {0}")]
    Unknown(String),
    /// A defect: of a statement, of a stored row, of a decision.
    #[error("{0}")]
    Internal(String),
}

impl Failure {
    /// A defect in what is stored or written.
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        Self::Internal(cause.to_string())
    }

    /// The same failure, met at COMMIT: only what the database refused for good is known.
    pub(crate) fn at_commit(self) -> Self {
        match self {
            Self::Unique(_) | Self::Repeat(_) => self,
            unknown => Self::Unknown(unknown.to_string()),
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::from(&failure)
    }
}

impl From<&Failure> for Error {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::Internal(_) => Self::internal(failure),
            Failure::Unique(_)
            | Failure::Repeat(_)
            | Failure::Unavailable(_)
            | Failure::Lost(_)
            | Failure::Late(_)
            | Failure::Unknown(_) => Self::unavailable(failure),
        }
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(format!("a row that is none: {error}"))
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        let text = error.to_string();
        match &error {
            sqlx::Error::Database(database) if database.is_unique_violation() => Self::Unique(text),
            sqlx::Error::Database(database) => of_code(database.code(), text),
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::WorkerCrashed => Self::Lost(text),
            _ => Self::Internal(text),
        }
    }
}

/// `PostgreSQL` tells five signs, `SQLite` a number whose lowest byte is the primary code.
fn of_code(code: Option<Cow<'_, str>>, text: String) -> Failure {
    let Some(code) = code else {
        return Failure::Internal(text);
    };
    if code.len() == 5 {
        return of_sqlstate(&code, text);
    }
    let primary = code.parse::<u32>().map_or(0, |code| code & 0xff);
    match primary {
        // BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN, PROTOCOL
        5 | 6 | 7 | 8 | 10 | 13 | 14 | 15 => Failure::Unavailable(text),
        _ => Failure::Internal(text),
    }
}

fn of_sqlstate(code: &str, text: String) -> Failure {
    match code {
        "40P01" | "40001" => Failure::Repeat(text),
        // A read-only transaction, a lock that was not got in time.
        "25006" | "55P03" => Failure::Unavailable(text),
        // The server shuts down, crashed, or does not take connections yet.
        "57P01" | "57P02" | "57P03" => Failure::Lost(text),
        _ if code.starts_with("08") => Failure::Lost(text),
        // Resources, an operator's intervention, the system.
        _ if ["53", "57", "58"].contains(&&code[..2]) => Failure::Unavailable(text),
        _ => Failure::Internal(text),
    }
}

#[cfg(test)]
mod tests {
    use lds_domain::Code;

    use super::*;

    fn of(code: &str) -> Failure {
        of_code(Some(code.into()), String::new())
    }

    #[test]
    fn codes_are_sorted_by_what_to_do() {
        for busy in [
            "5", "517", "13", "8", "1032", "10", "778", "53100", "57014", "25006", "55P03",
        ] {
            assert!(matches!(of(busy), Failure::Unavailable(_)), "{busy}");
        }
        for lost in ["57P01", "57P02", "57P03", "08006"] {
            assert!(matches!(of(lost), Failure::Lost(_)), "{lost}");
        }
        for again in ["40P01", "40001"] {
            assert!(matches!(of(again), Failure::Repeat(_)), "{again}");
        }
        for defect in ["1", "42601", "22P02", "19"] {
            assert!(matches!(of(defect), Failure::Internal(_)), "{defect}");
        }
    }

    #[test]
    fn a_commit_is_undone_only_where_the_database_says_so() {
        let text = String::new;
        for refused in [Failure::Unique(text()), Failure::Repeat(text())] {
            assert!(!matches!(refused.at_commit(), Failure::Unknown(_)));
        }
        for open in [
            Failure::Unavailable(text()),
            Failure::Lost(text()),
            Failure::Late(Duration::ZERO),
            Failure::Internal(text()),
        ] {
            assert!(matches!(open.at_commit(), Failure::Unknown(_)));
        }
    }

    #[test]
    fn nothing_of_the_cause_is_told_to_callers() {
        let error = Error::from(Failure::Unavailable("database or disk is full".into()));
        assert_eq!(error.code, Code::Unavailable);
        assert!(!error.message.contains("disk"));
        assert!(
            error
                .internal
                .is_some_and(|cause| cause.contains("disk is full"))
        );
    }
}
