//! The one place where what went wrong becomes a fault: its text for the caller, its status, and
//! what only the log may hold.

use hyper::StatusCode;
use lds_domain::{Code, Error};
use lds_soap::xml::XmlError;
use lds_soap::{Fault, FaultKind};

use crate::correlation::Correlation;

/// A fault and what the log needs.
pub(super) struct Refusal {
    pub(super) fault: Fault,
    internal: Option<String>,
}

impl Refusal {
    /// The same, for credentials that came in the message itself.
    pub(super) fn for_message_credentials(self) -> Self {
        Self {
            fault: self.fault.for_message_credentials(),
            ..self
        }
    }

    /// 500, as every stack expects of a fault; 401 where HTTP's credentials are asked for.
    pub(super) fn status(&self) -> StatusCode {
        let asks =
            self.fault.code == Code::AuthenticationRequired && self.fault.kind == FaultKind::Client;
        if asks {
            StatusCode::UNAUTHORIZED
        } else {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }

    /// Tells the log what the caller is not told.
    pub(super) fn log(&self, operation: &str, correlation: Correlation) {
        let Some(cause) = &self.internal else { return };
        let code = self.fault.code.name();
        if self.fault.kind == FaultKind::Server {
            tracing::error!(operation, code, cause, correlation_id = %correlation, "failed a call");
        } else {
            tracing::warn!(operation, code, cause, correlation_id = %correlation, "refused a call");
        }
    }
}

impl From<Error> for Refusal {
    fn from(mut error: Error) -> Self {
        Self {
            internal: error.internal.take(),
            fault: error.into(),
        }
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            internal: None,
        }
    }
}

impl From<XmlError> for Refusal {
    fn from(error: XmlError) -> Self {
        Fault::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_missing_http_credentials_are_401() {
        for code in Code::ALL {
            let refusal = Refusal::from(Error::new(*code, "x"));
            let asks = *code == Code::AuthenticationRequired;
            assert_eq!(refusal.status() == StatusCode::UNAUTHORIZED, asks, "{code}");
            let in_message = refusal.for_message_credentials();
            assert_eq!(in_message.status(), StatusCode::INTERNAL_SERVER_ERROR);
        }
    }

    #[test]
    fn what_is_for_the_log_is_in_no_fault() {
        let refusal = Refusal::from(Error::internal("/srv/secret"));
        assert_eq!(refusal.internal.as_deref(), Some("/srv/secret"));
        assert!(!format!("{:?}", refusal.fault).contains("secret"));
    }
}
