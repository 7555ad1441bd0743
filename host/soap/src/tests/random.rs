//! Random input: nothing panics, and what is written is read again.

use proptest::prelude::*;

use super::{activate, message_with, receive};
use crate::operation::Operation;
use crate::operation::activation::Activate;
use crate::operation::internal::StoreCustomers;
use crate::wire::NameValue;
use crate::wire::customer::{Address, Contact, Customer};
use crate::wire::store::StoreCustomersRequest;
use crate::{Context, Envelope, Version, decode, encode_fault, ser};

/// A message with much in it for mutations to break.
fn busy() -> String {
    let headers = "<w:Security xmlns:w=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\" s:mustUnderstand=\"1\">\
        <w:UsernameToken><w:Username>a</w:Username><w:Password Type=\"#PasswordText\">b&amp;c</w:Password></w:UsernameToken></w:Security>\
        <a:MessageID xmlns:a=\"http://www.w3.org/2005/08/addressing\">urn:1</a:MessageID>";
    let content = "<orderId><![CDATA[A]]>&#66;</orderId><!-- c --><host><type>é</type><value>x</value><port>1</port></host><parameter/>";
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{}",
        message_with(Version::Soap11, headers, &activate(content))
    )
}

/// Whatever happens, a refusal can be told.
fn survives(bytes: &[u8]) {
    if let Err(fault) = receive::<Activate>(bytes, None) {
        let reply = encode_fault(&Context::default(), Activate::SERVICE, &fault, "c");
        let text = decode(&reply, Some("utf-8")).unwrap();
        assert!(
            Envelope::read(&text)
                .unwrap()
                .request()
                .is(Version::Soap11.namespace(), "Fault")
        );
    }
}

/// Text that an element can hold and that is not the same as no element.
fn text() -> impl Strategy<Value = String> {
    "[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]{1,20}"
}

prop_compose! {
    fn customer()(
        id in proptest::option::of(text()),
        revision in proptest::option::of(0_u32..=0x7fff_ffff),
        name in text(),
        contacts in proptest::collection::vec((text(), proptest::option::of(text())), 0..3),
        street in proptest::option::of(text()),
        attributes in proptest::collection::vec((text(), ".{0}|[a-z\\r\\n\\t<&>\"' ]{1,9}"), 0..3),
    ) -> Customer {
        let contact = |(name, email)| Contact { name, email, ..Contact::default() };
        let attribute = |(name, value)| NameValue { name, value };
        Customer {
            id,
            revision,
            name,
            contact: contacts.into_iter().map(contact).collect(),
            address: street.map(|street| Address { street: Some(street), ..Address::default() }),
            attribute: attributes.into_iter().map(attribute).collect(),
            ..Customer::default()
        }
    }
}

proptest! {
    #[test]
    fn mutated_messages_never_panic(
        cuts in proptest::collection::vec((any::<proptest::sample::Index>(), 0_usize..20, proptest::collection::vec(any::<u8>(), 0..6)), 1..4),
    ) {
        let mut bytes = busy().into_bytes();
        for (place, length, instead) in cuts {
            let start = place.index(bytes.len() + 1);
            let end = (start + length).min(bytes.len());
            bytes.splice(start..end, instead);
        }
        survives(&bytes);
    }

    #[test]
    fn messages_of_misplaced_pieces_never_panic(
        pieces in proptest::collection::vec((any::<proptest::sample::Index>(), 1_usize..60), 1..12),
    ) {
        let message = busy().into_bytes();
        let mut bytes = Vec::new();
        for (place, length) in pieces {
            let start = place.index(message.len());
            bytes.extend(&message[start..(start + length).min(message.len())]);
        }
        survives(&bytes);
    }

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        survives(&bytes);
    }

    #[test]
    fn what_is_written_is_read(customers in proptest::collection::vec(customer(), 0..4), atomic in proptest::option::of(any::<bool>())) {
        let request = StoreCustomersRequest { customer: customers, atomic, ..StoreCustomersRequest::default() };
        let mut out = Vec::new();
        ser::write_element(StoreCustomers::NAME, StoreCustomers::SERVICE.namespace(), &request, &mut out).unwrap();
        let message = super::message(std::str::from_utf8(&out).unwrap());
        prop_assert_eq!(receive::<StoreCustomers>(message.as_bytes(), None), Ok(request));
    }
}

#[test]
fn the_message_that_is_mutated_is_good() {
    let request = receive::<Activate>(busy().as_bytes(), Some("utf-8")).unwrap();
    assert_eq!(request.order_id, "AB");
    assert_eq!(request.host[0].port, Some(1));
}
