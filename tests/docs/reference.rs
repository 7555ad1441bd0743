//! `docs/soap-reference.md` is the WSDLs' own words, put in order. With `LDS_REWRITE=1` in its
//! environment the test writes the page; without, it fails where the page is not what it would write.

mod page;
mod wsdl;

use super::{assert_written, read};

const PAGE: &str = "docs/soap-reference.md";

#[test]
fn the_reference_says_what_the_wsdls_say() {
    let written = page::reference(&[
        page::Service {
            title: "The vendor's service",
            anchor: "vendor",
            wsdl: wsdl::Wsdl::parse(&read("wsdl/license-distribution-service.wsdl")),
        },
        page::Service {
            title: "The customers' service",
            anchor: "customers",
            wsdl: wsdl::Wsdl::parse(&read("wsdl/activation-service.wsdl")),
        },
    ]);
    assert_written(PAGE, &written);
}
