//! What is done with bytes from outside, one function for each way in. None may panic, whatever
//! the bytes are, and each checks what has to hold for all of them. A fuzzer calls them, `make
//! fuzz`, and a test with messages and files that are known.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a panic is what a fuzzer looks for"
)]

use std::fmt::Debug;

use lds_domain::host::Form;
use lds_domain::order_id::OrderId;
use lds_domain::{date, user};
use lds_plugin_api::document::{Description, GenerateRequest, GenerateResult};
use lds_plugin_flexnet::read;
use lds_soap::leaf::Timestamp;
use lds_soap::operation::{activation, internal};
use lds_soap::{Context, Envelope, Fault, Operation, Version, Visitor, decode, encode_fault};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// All forms of hosts.
const FORMS: &[Form] = &[Form::Exact, Form::Hex, Form::Lower, Form::Upper];

/// A message to either service, down to the members of the request. Whatever is wrong with it can
/// be told in an envelope of its own.
pub fn requests(bytes: &[u8]) {
    let Err((context, fault)) = request(bytes) else {
        return;
    };
    let service = activation::Activate::SERVICE;
    let reply = encode_fault(&context, service, &fault, "c");
    let text = decode(&reply, Some("utf-8")).expect("a reply is text");
    let envelope = Envelope::read(&text).map_err(|rejected| rejected.fault);
    let envelope = envelope.expect("a reply is an envelope");
    let name = envelope.request();
    let versions = [Version::Soap11, Version::Soap12];
    assert!(versions.iter().any(|v| name.is(v.namespace(), "Fault")));
}

fn request(bytes: &[u8]) -> Result<(), (Context, Fault)> {
    let unknown = |fault| (Context::default(), fault);
    let text = decode(bytes, None).map_err(|error| unknown(error.into()))?;
    let envelope = Envelope::read(&text).map_err(|rejected| unknown(rejected.fault))?;
    let context = envelope.context();
    let mut reading = Reading {
        envelope: Some(envelope),
        outcome: Ok(()),
    };
    internal::visit(&mut reading);
    activation::visit(&mut reading);
    reading.outcome.map_err(|fault| (context, fault))
}

/// Reads the request of the operation that it names.
struct Reading<'a> {
    envelope: Option<Envelope<'a>>,
    outcome: Result<(), Fault>,
}

impl Visitor for Reading<'_> {
    fn visit<O: Operation>(&mut self) {
        let named = |envelope: &mut Envelope<'_>| {
            let name = envelope.request();
            name.is(O::SERVICE.namespace(), O::NAME)
        };
        if let Some(envelope) = self.envelope.take_if(named) {
            self.outcome = envelope.read_request::<O>().map(drop);
        }
    }
}

/// Single values as people and programs write them. A normal form is its own.
pub fn values(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(order_id) = OrderId::parse(text) {
        assert_eq!(OrderId::parse(order_id.expose()), Ok(order_id));
    }
    if let Some(day) = date::parse(text) {
        assert_eq!(date::format(day), text);
    }
    let _ = Timestamp::parse(text);
    let login = user::fold(text);
    assert_eq!(user::fold(&login), login);
    for form in FORMS {
        let normal = form.apply(text);
        assert_eq!(form.apply(&normal), normal, "{form:?}");
    }
}

/// A FLEXnet license file. What is told of it names one of its lines.
pub fn licenses(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let lines = text.split('\n').count();
    for problem in read::license(text).problems {
        let line = problem.line.expect("a line") as usize;
        assert!((1..=lines).contains(&line), "{problem:?}");
    }
}

/// Documents of the generators' interface. What was read is written such that it is read alike.
pub fn documents(bytes: &[u8]) {
    again::<Description>(bytes);
    again::<GenerateRequest>(bytes);
    again::<GenerateResult>(bytes);
}

fn again<T: Serialize + DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) {
    if let Ok(document) = serde_json::from_slice::<T>(bytes) {
        let written = serde_json::to_vec(&document).expect("it can be written");
        let read = serde_json::from_slice::<T>(&written).expect("it can be read again");
        assert_eq!(read, document);
    }
}
