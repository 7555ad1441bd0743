//! The services and their operations as a table of types: whoever serves them needs one generic
//! function and no branch per operation.

pub mod activation;
pub mod generator;
pub mod internal;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::de::Reading;

/// A service: what one WSDL describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// For the vendor's own systems.
    LicenseDistribution,
    /// For customers and their installers; the Order ID is the credential.
    Activation,
    /// For `FlexNet` Operations, which has its texts written here: a contract that is not our own.
    Generator,
}

impl Service {
    /// The namespace of its messages.
    pub const fn namespace(self) -> &'static str {
        match self {
            Self::LicenseDistribution => "urn:license-distribution-service:v1",
            Self::Activation => "urn:license-distribution-service:activation:v1",
            Self::Generator => "urn:com.flexnet.external.type",
        }
    }

    /// The port type in its WSDL.
    pub const fn port_type(self) -> &'static str {
        match self {
            Self::LicenseDistribution => "LicenseDistributionPort",
            Self::Activation => "ActivationPort",
            Self::Generator => "LicenseGeneratorServiceInterface",
        }
    }

    /// How its messages are read.
    pub(crate) const fn reading(self) -> Reading {
        match self {
            Self::LicenseDistribution | Self::Activation => Reading::Strict,
            Self::Generator => Reading::Lenient,
        }
    }

    /// Whether a reply is one `result` in the reply's element, or that element itself.
    pub(crate) const fn wraps_replies(self) -> bool {
        !matches!(self, Self::Generator)
    }
}

/// An operation of a service.
pub trait Operation: Send + Sync + 'static {
    /// Of which service.
    const SERVICE: Service;
    /// The name of the operation.
    const NAME: &'static str;
    /// The name of the request's element.
    const REQUEST: &'static str;
    /// The name of the reply's element.
    const RESPONSE: &'static str;
    /// The request.
    type Request: DeserializeOwned + Serialize + Send + 'static;
    /// The reply: what is in `result`, where the service wraps it.
    type Reply: DeserializeOwned + Serialize + Send + 'static;
}

/// Something that is done for each operation.
pub trait Visitor {
    /// Called once for each operation.
    fn visit<O: Operation>(&mut self);
}

macro_rules! operations {
    ($(#[$doc:meta])* $visit:ident, $service:ident {
        $($(#[$odoc:meta])* $name:ident = $text:literal: $request:ty => $reply:ty;)+
    }) => {
        operations! { $(#[$doc])* $visit, $service {
            $($(#[$odoc])* $name = $text, $text => [concat!($text, "Response")]: $request => $reply;)+
        } }
    };
    ($(#[$doc:meta])* $visit:ident, $service:ident {
        $($(#[$odoc:meta])* $name:ident = $text:literal, $in:literal => [$out:expr]:
            $request:ty => $reply:ty;)+
    }) => {
        $(
            $(#[$odoc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $name;

            impl $crate::operation::Operation for $name {
                const SERVICE: $crate::operation::Service = $crate::operation::Service::$service;
                const NAME: &'static str = $text;
                const REQUEST: &'static str = $in;
                const RESPONSE: &'static str = $out;
                type Request = $request;
                type Reply = $reply;
            }
        )+

        $(#[$doc])*
        pub fn $visit(visitor: &mut impl $crate::operation::Visitor) {
            $(visitor.visit::<$name>();)+
        }
    };
}
use operations;
