//! Each operation's request and reply against the schema: samples made from it come out of the
//! wire types as they went in, so names, order, and types are the same on both sides.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::schema::{Sample, Schema};
use super::{SERVICES, visit_all, xmllint};
use crate::operation::{Operation, Service, Visitor};
use crate::xml::{Event, Reader};
use crate::{Context, Envelope, Version, de, encode_reply, ser};

/// All operations, checked one by one; documents are collected and validated at the end.
struct Check {
    schemas: BTreeMap<&'static str, Schema>,
    documents: BTreeMap<&'static str, Vec<String>>,
}

#[derive(Deserialize)]
struct Response<R> {
    result: R,
}

impl Visitor for Check {
    fn visit<O: Operation>(&mut self) {
        for sample in [Sample::Full, Sample::Bare] {
            let request = self.request::<O>(sample);
            let reply = self.reply::<O>(sample);
            let documents = self.documents.entry(O::SERVICE.namespace()).or_default();
            documents.extend([request, reply]);
        }
    }
}

impl Check {
    fn element<O: Operation>(&self, name: &str, sample: Sample) -> String {
        let namespace = O::SERVICE.namespace();
        let schema = &self.schemas[namespace];
        let content = schema.sample(&schema.elements[name], sample);
        format!("<{name} xmlns=\"{namespace}\">{content}</{name}>")
    }

    fn request<O: Operation>(&self, sample: Sample) -> String {
        let element = self.element::<O>(O::NAME, sample);
        let message = super::message(&element);
        let envelope = Envelope::read(&message).unwrap();
        assert!(envelope.request().is(O::SERVICE.namespace(), O::NAME));
        let request = envelope.read_request::<O>();
        let request = request.unwrap_or_else(|fault| panic!("{}: {fault:?}\n{element}", O::NAME));
        let mut out = Vec::new();
        ser::write_element(O::NAME, O::SERVICE.namespace(), &request, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), element);
        element
    }

    fn reply<O: Operation>(&self, sample: Sample) -> String {
        let element = self.element::<O>(O::RESPONSE, sample);
        let mut reader = Reader::new(&element);
        let Ok(Event::Start(start)) = reader.next_event() else {
            panic!("no element");
        };
        let response: Result<Response<O::Reply>, _> = de::read_content(
            &mut reader,
            start,
            O::SERVICE.namespace(),
            de::Reading::Strict,
        );
        let response =
            response.unwrap_or_else(|error| panic!("{}: {error}\n{element}", O::RESPONSE));
        for version in [Version::Soap11, Version::Soap12] {
            let context = Context {
                version,
                addressing: None,
            };
            let reply = encode_reply::<O>(&context, &response.result).unwrap();
            assert_eq!(xmllint::body(&reply), element);
        }
        element
    }
}

#[test]
fn every_operation_reads_and_writes_what_its_schema_says() {
    let schemas = SERVICES.map(|service| (service.namespace(), Schema::of(service)));
    let mut check = Check {
        schemas: schemas.into(),
        documents: BTreeMap::new(),
    };
    visit_all(&mut check);
    for service in SERVICES {
        xmllint::validate(service, &check.documents[service.namespace()]);
    }
    let counts = |service: Service| check.documents[service.namespace()].len() / 4;
    assert_eq!(SERVICES.map(counts), [52, 7]);
}
