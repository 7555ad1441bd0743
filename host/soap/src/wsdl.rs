//! The WSDLs as they are served: the files of `wsdl/`, with the service's address put in.

use std::borrow::Cow;

use crate::envelope::Version;
use crate::operation::Service;
use crate::xml::escape_attribute;

/// Stands for the address in the files.
const PLACEHOLDER: &str = "http://localhost/";

/// The file that describes a service for a version of SOAP.
pub const fn document(service: Service, version: Version) -> &'static str {
    match (service, version) {
        (Service::LicenseDistribution, Version::Soap11) => {
            include_str!("../../../wsdl/license-distribution-service.wsdl")
        }
        (Service::LicenseDistribution, Version::Soap12) => {
            include_str!("../../../wsdl/license-distribution-service-soap12.wsdl")
        }
        (Service::Activation, Version::Soap11) => {
            include_str!("../../../wsdl/activation-service.wsdl")
        }
        // Others describe it for one version alone.
        (Service::Generator, Version::Soap11 | Version::Soap12) => {
            include_str!("../../../wsdl/license-generator-service.wsdl")
        }
        (Service::Activation, Version::Soap12) => {
            include_str!("../../../wsdl/activation-service-soap12.wsdl")
        }
    }
}

/// The file with the URL under which the service is reached, whatever characters that has.
pub fn serve(service: Service, version: Version, url: &str) -> String {
    let mut address = Vec::with_capacity(url.len());
    escape_attribute(url, &mut address);
    let address = String::from_utf8_lossy(&address);
    let place = |address: Cow<str>| format!("<soap:address location=\"{address}\"/>");
    document(service, version).replacen(&place(PLACEHOLDER.into()), &place(address), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_put_in_and_escaped() {
        for service in [
            Service::LicenseDistribution,
            Service::Activation,
            Service::Generator,
        ] {
            for version in [Version::Soap11, Version::Soap12] {
                let served = serve(service, version, "https://a.example/x?y=1&z=\"<");
                let address =
                    "<soap:address location=\"https://a.example/x?y=1&amp;z=&quot;&lt;\"/>";
                assert_eq!(served.matches(address).count(), 1);
                let place = format!("location=\"{PLACEHOLDER}\"");
                assert_eq!(
                    served.replace(address, &format!("<soap:address {place}/>")),
                    document(service, version)
                );
            }
        }
    }
}
