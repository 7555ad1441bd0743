//! What a page says when the domain refuses: the one place that turns an error into a status and
//! into words that tell what to do next.

use axum::http::StatusCode;
use lds_domain::order_id::mistyped;
use lds_domain::{Code, Error};
use serde::Serialize;

/// A message above the form.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Note {
    /// `bad`: refused; `warn`: someone should look.
    pub(super) tone: &'static str,
    /// A few words.
    pub(super) title: &'static str,
    /// What is wrong, where the title does not say it all.
    pub(super) text: Option<String>,
    /// What to do next.
    pub(super) advice: &'static str,
    /// Id of the field at fault.
    pub(super) target: Option<String>,
}

impl Note {
    /// What a page says about a refusal.
    pub(super) fn refusal(error: &Error) -> Self {
        let (title, advice) = words(error);
        Self {
            tone: "bad",
            title,
            text: (!is_told(error.code)).then(|| error.message.clone()),
            advice,
            target: None,
        }
    }
}

/// Whether it is most likely a slip of the finger.
pub(super) fn is_mistyped(error: &Error) -> bool {
    error.code == Code::OrderNotUsable && error.message == mistyped().message
}

/// The status of a page that says so.
pub(super) const fn status(error: &Error) -> StatusCode {
    match error.code {
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::Unavailable | Code::GeneratorUnavailable | Code::GeneratorTimeout => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Code::Internal | Code::GeneratorFailed | Code::SignerFailed => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

const AGAIN: &str = "Try again in a few minutes. The same Order ID and host never give two \
                     licenses, so nothing is lost by trying.";
const FETCH: &str = "A license that you already have is shown again: enter its host as before.";

/// Whether the title of the page tells all that the message would.
const fn is_told(code: Code) -> bool {
    matches!(
        code,
        Code::OrderNotUsable
            | Code::OrderSuspended
            | Code::OrderRevoked
            | Code::GeneratorUnavailable
            | Code::Unavailable
            | Code::Internal
    )
}

const fn order_words(code: Code) -> Option<(&'static str, &'static str)> {
    Some(match code {
        Code::OrderSuspended => (
            "This order is suspended",
            "Ask the vendor why. Once it is lifted this page works again with the same Order ID.",
        ),
        Code::OrderRevoked => (
            "This order was revoked",
            "It gives no license any more. Ask the vendor if you did not expect that.",
        ),
        Code::OrderExpired => ("The time to activate is over", FETCH),
        Code::OrderNotYetValid => (
            "It is too early",
            "Come back on that day; the Order ID stays the same.",
        ),
        Code::NoActivationsLeft => ("No activations left", FETCH),
        _ => return None,
    })
}

fn words(error: &Error) -> (&'static str, &'static str) {
    if let Some(words) = order_words(error.code) {
        return words;
    }
    match error.code {
        Code::OrderNotUsable if is_mistyped(error) => (
            "This Order ID is probably mistyped",
            "Its last character does not fit the others. Compare it with your e-mail.",
        ),
        Code::OrderNotUsable => (
            "This Order ID is not known",
            "Compare it with the one that you received.",
        ),
        Code::HostMissing => ("A host is missing", "Fill in the marked field."),
        Code::HostTypeUnsupported | Code::HostInvalid => {
            ("Check the host", "Correct the marked field.")
        }
        Code::HostDenied => (
            "This host is not accepted",
            "Take another adapter of the machine: many machines share this value.",
        ),
        Code::InvalidRequest | Code::LimitExceeded | Code::GeneratorRejected => (
            "Something has to be corrected",
            "What you typed is kept: correct it and send it again.",
        ),
        Code::NoLicense => (
            "There is no license for this machine",
            "Get it with the button below.",
        ),
        Code::RateLimited => ("Too many attempts", "Wait a minute, then try again."),
        Code::GeneratorUnavailable | Code::GeneratorTimeout => {
            ("The license can't be written right now", AGAIN)
        }
        Code::Unavailable => ("The service can't answer right now", AGAIN),
        Code::GeneratorFailed | Code::SignerFailed | Code::Internal => {
            ("That went wrong on our side", AGAIN)
        }
        _ => (
            "This can't be done",
            "Ask the vendor, who can see the reason.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_says_what_to_do() {
        for code in Code::ALL {
            let note = Note::refusal(&Error::new(*code, "Text."));
            assert!(
                !note.title.is_empty() && note.advice.ends_with('.'),
                "{code}"
            );
            assert!(status(&Error::new(*code, "")).as_u16() >= 400, "{code}");
        }
    }

    #[test]
    fn a_slip_is_told_from_an_unknown_order() {
        let slip = Note::refusal(&mistyped());
        assert_eq!(slip.title, "This Order ID is probably mistyped");
        let unknown = Note::refusal(&lds_domain::order_id::unknown());
        assert_eq!(unknown.title, "This Order ID is not known");
    }

    #[test]
    fn what_passes_by_itself_is_no_fault_of_the_form() {
        let status = |code| status(&Error::new(code, ""));
        assert_eq!(status(Code::HostInvalid), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            status(Code::GeneratorUnavailable),
            StatusCode::SERVICE_UNAVAILABLE
        );
        assert_eq!(status(Code::Internal), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
