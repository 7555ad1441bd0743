//! The one error of the domain: a code that clients may rely on, a sentence for the caller and,
//! apart from it, what only the log may hold.

use std::fmt;

/// Result of everything that can be refused.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! codes {
    ($($name:ident $doc:literal),+ $(,)?) => {
        /// What went wrong, as clients see it (the fault table of the service contract).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $doc] $name),+ }

        impl Code {
            /// Every code, in the order of the contract.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The name on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),+ }
            }
        }
    };
}

codes! {
    AuthenticationRequired "No or wrong credentials.",
    PermissionDenied "The caller's roles do not allow it.",
    InvalidRequest "A member is missing, malformed or contradicts another one; `field` names it.",
    LimitExceeded "More than a published limit allows.",
    NotFound "No such object.",
    AlreadyExists "A unique value is taken.",
    StaleRevision "The object was changed since it was read.",
    IdempotencyConflict "The request id was used with other content.",
    InUse "Something refers to the object.",
    OrderNotUsable "Unknown or mistyped Order ID.",
    OrderSuspended "The order is suspended or its customer blocked.",
    OrderRevoked "The order is revoked for good.",
    OrderExpired "New activations are no longer taken.",
    OrderNotYetValid "New activations are not taken yet.",
    HostMissing "A host is needed.",
    HostTypeUnsupported "The host's type is not allowed here.",
    HostInvalid "The host's value does not fit its type.",
    HostDenied "The operator denies this host value.",
    NoActivationsLeft "All activations are in use.",
    AllowanceExhausted "The allowance is used up; the message tells the next date.",
    ActionNotAllowed "A rule forbids it in this state.",
    NoLicense "There is no such license.",
    RemovalNotRequested "The vendor has not asked for a removal.",
    GeneratorRejected "The generator refused the data.",
    GeneratorFailed "The generator failed.",
    GeneratorTimeout "The generator took too long.",
    GeneratorUnavailable "The generator is not available now.",
    SignerFailed "Signing failed.",
    RateLimited "Too many requests.",
    Unavailable "The service can not answer now.",
    Internal "An unexpected failure; the correlation id leads to the log.",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A refusal or failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What clients may branch on.
    pub code: Code,
    /// A sentence fit for an end user.
    pub message: String,
    /// Path of the member at fault, as in `customer[0].contact[1].name`.
    pub field: Option<String>,
    /// When trying again makes sense, in seconds.
    pub retry_after_seconds: Option<u32>,
    /// For the log only: causes, paths, what a generator printed.
    pub internal: Option<String>,
}

impl Error {
    /// An error with a code and a sentence for the caller.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            field: None,
            retry_after_seconds: None,
            internal: None,
        }
    }

    /// `InvalidRequest` at a member.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(Code::InvalidRequest, message).at(field)
    }

    /// `Internal`, with what the log needs.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::new(Code::Internal, "An unexpected error occurred.").because(cause)
    }

    /// `Unavailable`, with what the log needs.
    pub fn unavailable(cause: impl fmt::Display) -> Self {
        Self::new(
            Code::Unavailable,
            "The service can not answer now. Try again soon.",
        )
        .because(cause)
    }

    /// Names the member at fault.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Puts a path before the member at fault: `terms` before `quantity` gives `terms.quantity`.
    #[must_use]
    pub fn within(mut self, parent: &str) -> Self {
        self.field = Some(match self.field.take() {
            Some(field) => format!("{parent}.{field}"),
            None => parent.to_owned(),
        });
        self
    }

    /// Adds what only the log may hold.
    #[must_use]
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.internal = Some(cause.to_string());
        self
    }

    /// Whether the same request may succeed later without a change.
    pub const fn retryable(&self) -> bool {
        matches!(
            self.code,
            Code::GeneratorTimeout
                | Code::GeneratorUnavailable
                | Code::RateLimited
                | Code::Unavailable
        )
    }
}

/// Longest part of what a caller wrote that a message repeats, in characters.
const MAX_SHOWN: usize = 40;

/// What a caller wrote, fit to be repeated in a message.
pub(crate) fn shown(text: &str) -> String {
    let printable = text.chars().filter(|sign| !sign.is_control());
    printable.take(MAX_SHOWN).collect()
}

/// The end of a message that refuses a name: those that are taken instead.
pub(crate) fn instead<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().collect();
    match names.as_slice() {
        [] => "; there is none.".to_owned(),
        names => format!("; there are: {}.", names.join(", ")),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)?;
        if let Some(field) = &self.field {
            write!(f, " ({field})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
