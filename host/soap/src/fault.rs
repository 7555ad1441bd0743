//! Faults: what a refusal looks like on the wire, in both versions of SOAP.

use lds_domain::{Code, Error};
use serde::{Deserialize, Serialize};

use crate::de;
use crate::wire::NameValue;
use crate::xml::XmlError;

/// Whose fault it is, or which of SOAP's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The request has to be changed.
    Client,
    /// The server failed; the same request may succeed later.
    Server,
    /// A header that has to be understood is not.
    MustUnderstand,
    /// Neither SOAP 1.1 nor 1.2.
    VersionMismatch,
    /// Wrong credentials in the message.
    FailedAuthentication,
    /// A malformed or doubled security header.
    InvalidSecurity,
}

/// A refusal or failure, ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// SOAP's fault code.
    pub kind: FaultKind,
    /// Our own.
    pub code: Code,
    /// A sentence fit for an end user.
    pub message: String,
    /// Path of the member at fault, as in `customer[0].name`.
    pub field: Option<String>,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// When trying again makes sense.
    pub retry_after_seconds: Option<u32>,
}

impl Fault {
    /// A fault of the client's.
    pub fn client(message: impl Into<String>) -> Self {
        Error::new(Code::InvalidRequest, message).into()
    }

    /// A fault of one of SOAP's own kinds.
    pub fn of(kind: FaultKind, message: impl Into<String>) -> Self {
        let code = match kind {
            FaultKind::FailedAuthentication => Code::AuthenticationRequired,
            FaultKind::Server => Code::Internal,
            _ => Code::InvalidRequest,
        };
        Self {
            kind,
            ..Self::from(Error::new(code, message))
        }
    }

    /// The same, for credentials that came in the message itself.
    #[must_use]
    pub fn for_message_credentials(self) -> Self {
        match self.code {
            Code::AuthenticationRequired => Self {
                kind: FaultKind::FailedAuthentication,
                ..self
            },
            _ => self,
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self {
            kind: kind(error.code),
            code: error.code,
            retryable: error.retryable(),
            message: error.message,
            field: error.field,
            retry_after_seconds: error.retry_after_seconds,
        }
    }
}

impl From<XmlError> for Fault {
    fn from(error: XmlError) -> Self {
        Self::client(error.0)
    }
}

impl From<de::Error> for Fault {
    fn from(error: de::Error) -> Self {
        Error::from(error).into()
    }
}

/// Whose fault a code is: exhaustive, so that a new code has to be thought of.
const fn kind(code: Code) -> FaultKind {
    match code {
        Code::AuthenticationRequired
        | Code::PermissionDenied
        | Code::InvalidRequest
        | Code::LimitExceeded
        | Code::NotFound
        | Code::AlreadyExists
        | Code::StaleRevision
        | Code::IdempotencyConflict
        | Code::InUse
        | Code::OrderNotUsable
        | Code::OrderSuspended
        | Code::OrderRevoked
        | Code::OrderExpired
        | Code::OrderNotYetValid
        | Code::HostMissing
        | Code::HostTypeUnsupported
        | Code::HostInvalid
        | Code::HostDenied
        | Code::NoActivationsLeft
        | Code::AllowanceExhausted
        | Code::ActionNotAllowed
        | Code::NoLicense
        | Code::RemovalNotRequested
        | Code::GeneratorRejected
        | Code::RateLimited => FaultKind::Client,
        Code::GeneratorFailed
        | Code::GeneratorTimeout
        | Code::GeneratorUnavailable
        | Code::SignerFailed
        | Code::Unavailable
        | Code::Internal => FaultKind::Server,
    }
}

/// The detail of a fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceFault {
    /// What went wrong, to branch on.
    pub code: String,
    /// A sentence fit for an end user.
    pub message: String,
    /// Path of the member at fault.
    pub field: Option<String>,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// When trying again makes sense.
    pub retry_after_seconds: Option<u32>,
    /// Leads to the server's log.
    pub correlation_id: String,
    /// What later versions add.
    #[serde(default)]
    pub extra: Vec<NameValue>,
}

impl ServiceFault {
    /// The detail of a fault.
    pub fn new(fault: &Fault, correlation_id: &str) -> Self {
        Self {
            code: fault.code.name().to_owned(),
            message: fault.message.clone(),
            field: fault.field.clone(),
            retryable: fault.retryable,
            retry_after_seconds: fault.retry_after_seconds,
            correlation_id: correlation_id.to_owned(),
            extra: Vec::new(),
        }
    }
}

/// The detail of a fault of the service for `FlexNet` Operations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicGeneratorException {
    /// A sentence, with the path of the member at fault and what leads to the server's log.
    pub message: Option<String>,
    /// What went wrong, to branch on.
    pub name: Option<String>,
}

/// What that service calls whatever it or a generator does not do.
const UNSUPPORTED: &str = "UnsupportedOperation";

impl LicGeneratorException {
    /// The detail of a fault.
    pub fn new(fault: &Fault, correlation_id: &str) -> Self {
        let name = match fault.code {
            Code::ActionNotAllowed => UNSUPPORTED,
            code => code.name(),
        };
        let field = fault.field.as_ref().map(|field| format!(" ({field})"));
        let field = field.unwrap_or_default();
        Self {
            message: Some(format!("{}{field} [{correlation_id}]", fault.message)),
            name: Some(name.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_retried_is_never_called_the_clients_fault_but_for_rate_limits() {
        for code in Code::ALL {
            let fault = Fault::from(Error::new(*code, "x"));
            assert!(
                !fault.retryable || fault.kind == FaultKind::Server || *code == Code::RateLimited
            );
        }
    }

    #[test]
    fn wrong_credentials_of_the_message_are_told_in_the_words_of_ws_security() {
        let refused = Fault::from(Error::new(Code::AuthenticationRequired, "x"));
        assert_eq!(refused.kind, FaultKind::Client);
        assert_eq!(
            refused.for_message_credentials().kind,
            FaultKind::FailedAuthentication
        );
    }
}
