//! The services and their operations as a table of types: whoever serves them needs one generic
//! function and no branch per operation.

pub mod activation;
pub mod internal;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A service: what one WSDL describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// For the vendor's own systems.
    LicenseDistribution,
    /// For customers and their installers; the Order ID is the credential.
    Activation,
}

impl Service {
    /// The target namespace of its WSDL.
    pub const fn namespace(self) -> &'static str {
        match self {
            Self::LicenseDistribution => "urn:license-distribution-service:v1",
            Self::Activation => "urn:license-distribution-service:activation:v1",
        }
    }

    /// The port type in its WSDL.
    pub const fn port_type(self) -> &'static str {
        match self {
            Self::LicenseDistribution => "LicenseDistributionPort",
            Self::Activation => "ActivationPort",
        }
    }
}

/// An operation of a service.
pub trait Operation: Send + Sync + 'static {
    /// Of which service.
    const SERVICE: Service;
    /// The name of the operation, and of the request's element.
    const NAME: &'static str;
    /// The name of the reply's element, which holds one `result`.
    const RESPONSE: &'static str;
    /// The request.
    type Request: DeserializeOwned + Serialize + Send + 'static;
    /// What is in `result`.
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
        $(
            $(#[$odoc])*
            #[derive(Clone, Copy, Debug)]
            pub struct $name;

            impl $crate::operation::Operation for $name {
                const SERVICE: $crate::operation::Service = $crate::operation::Service::$service;
                const NAME: &'static str = $text;
                const RESPONSE: &'static str = concat!($text, "Response");
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
