//! Replies from the domain's entities: valid by the schema, true to the entity, and what was read
//! can be stored back as it is.

use std::sync::Arc;

use lds_domain::access::{Role, Scope};
use lds_domain::command::{
    BatchAnswer, BatchItem, IssuedLicense, NeededHost, NewToken, OrderInfo, OrderItem, Preview,
    ServiceInfo, Status, StoreItem,
};
use lds_domain::date::{Base, DateRule, Unit};
use lds_domain::generator::{Definition, GeneratorInfo, GeneratorState, Problem, ValueType};
use lds_domain::host::{Form, HostType};
use lds_domain::id::Key;
use lds_domain::license::File;
use lds_domain::order::OrderKey;
use lds_domain::query::Page;
use lds_domain::terms::{LicenseType, Licensee, Terms};
use lds_domain::token::{Network, Token};
use lds_domain::user::{User, UserData, UserState};
use lds_domain::{Code, Error};
use serde::Deserialize;
use time::macros::datetime;

use super::samples::{customer, details, id, license, pair, product, stamps, terms};
use super::xmllint;
use crate::leaf::Day;
use crate::operation::{Operation, activation, internal};
use crate::wire::batch::StateChangeResult;
use crate::wire::license::ReplaceLicensesResult;
use crate::xml::{Event, Reader};
use crate::{Addressing, Context, Version, de, encode_reply};

#[derive(Deserialize)]
struct Response<R> {
    result: R,
}

/// Encodes, validates by the schema, and reads again.
pub(super) fn round<O: Operation>(reply: &O::Reply) -> O::Reply {
    let bytes = encode_reply::<O>(&Context::default(), reply).unwrap();
    let body = xmllint::body(&bytes);
    xmllint::validate(O::SERVICE, std::slice::from_ref(&body));
    let mut reader = Reader::new(&body);
    let Ok(Event::Start(start)) = reader.next_event() else {
        panic!("no element");
    };
    let response: Response<O::Reply> = de::read_content(
        &mut reader,
        start,
        O::SERVICE.namespace(),
        de::Reading::Strict,
    )
    .unwrap();
    response.result
}

fn page<T>(items: Vec<T>) -> Page<T> {
    Page {
        items,
        next_cursor: None,
        total: None,
    }
}

#[test]
fn a_customer_that_was_read_can_be_stored_back() {
    let before = customer();
    let result = round::<internal::FindCustomers>(&page(vec![before.clone()]).into());
    let read = result.customer[0].clone();
    assert_eq!(read.created_at.unwrap().0, before.stamps.created_at);
    assert_eq!(read.updated_by.as_deref(), Some("usr_y"));
    let item = StoreItem::try_from(read).unwrap();
    assert_eq!(item.id, Some(Key::Id(before.id)));
    assert_eq!(
        (item.revision, item.state.as_deref()),
        (Some(3), Some("BLOCKED"))
    );
    assert_eq!(item.data, before.data);
}

#[test]
fn products_with_all_terms_and_with_none_can_be_stored_back() {
    let yearly = Terms {
        expiry: DateRule::After {
            amount: 1,
            unit: Unit::Years,
            from: Base::FirstActivation,
        },
        licensee: Licensee::None,
        ..Terms::default()
    };
    for terms in [terms(), Terms::default(), yearly] {
        let before = product(terms);
        let result = round::<internal::FindProducts>(&page(vec![before.clone()]).into());
        let item = StoreItem::try_from(result.product[0].clone()).unwrap();
        assert_eq!(item.data, before.data);
    }
}

#[test]
fn an_order_that_was_read_can_be_stored_back() {
    let before = details();
    let result = round::<internal::CreateOrders>(&vec![before.clone()].into());
    let read = result.order[0].clone();
    assert_eq!(
        (read.activations_left, read.active_licenses),
        (None, Some(4))
    );
    assert_eq!((read.moves_left, read.emergencies_left), (Some(1), None));
    assert_eq!(read.order_id.as_deref(), Some("…-STUVW"));
    let item = OrderItem::try_from(read).unwrap();
    assert_eq!(item.id, Some(OrderKey::from(before.order.id)));
    assert_eq!(
        (item.terms, item.features),
        (Some(before.order.data.terms), Vec::new())
    );
    assert_eq!(item.relation.as_deref(), Some("RENEWAL"));
    assert_eq!(item.valid_from, before.order.data.valid_from);
}

#[test]
fn a_license_arrives_byte_for_byte() {
    let read = round::<internal::GetLicense>(&license().into());
    assert_eq!(
        read.file[0].text.as_deref(),
        Some("FEATURE a\n\t\"<&>\" ]]>\n")
    );
    assert!(read.file[0].data.is_none() && read.file[1].text.is_none());
    assert_eq!(read.file[1].data.as_ref().unwrap().0, [0, 1, 0xff, b'\r']);
    // Of printf '\000\001\377\r', by sha256sum.
    let digest = "f1e184ab152044af018430242dd43c942d5c5dc0a8013a7a3d94a2c64105a94d";
    assert_eq!(read.file[1].sha256.as_deref(), Some(digest));
    assert_eq!(read.input_digest, Some("ab".repeat(32)));
    assert_eq!(read.issued_at.0, license().issued_at);
    assert_eq!(read.removal.unwrap().by.as_deref(), Some("STAFF"));
    assert_eq!(read.source, "SOAP");
}

#[test]
fn a_licenses_days_and_references_keep_their_places() {
    let before = license();
    let read = round::<internal::FindLicenses>(&page(vec![before.clone()]).into());
    let read = read.license[0].clone();
    let day = |day: Option<Day>| day.map(|day| day.0);
    assert_eq!(read.activated_on.0, before.activated_on);
    assert_eq!(day(read.starts_on), before.starts_on);
    assert_eq!(day(read.expires_on), before.expires_on);
    assert_eq!(day(read.maintenance_until), before.maintenance_until);
    let feature = &read.feature[0];
    assert_eq!(day(feature.expires_on), before.features[0].expires_on);
    assert_eq!(
        day(feature.maintenance_until),
        before.features[0].maintenance_until
    );
    assert_eq!(feature.count, 9_007_199_254_740_991);
    assert_eq!(read.customer_id, before.customer.to_string());
    assert_eq!(read.product_id, before.product.to_string());
    assert_eq!(read.order_ref, before.order.map(|id| id.to_string()));
    assert_eq!((read.replaces, read.replaced_by), (None, Some(read.id)));
    assert_eq!(
        (
            read.parameter[0].name.as_str(),
            read.attribute[0].name.as_str()
        ),
        ("p", "a")
    );
    assert_eq!(read.signer[0].algorithm, "EdDSA");

    let issued = IssuedLicense {
        license: Arc::new(before.clone()),
        licensee: Some("Linz".into()),
    };
    let read = round::<activation::GetLicense>(&issued.into());
    assert_eq!(day(read.starts_on), before.starts_on);
    assert_eq!(day(read.expires_on), before.expires_on);
    assert_eq!(day(read.maintenance_until), before.maintenance_until);
    assert_eq!(read.licensee.as_deref(), Some("Linz"));
    assert_eq!(read.host[0].value, "001122aabbcc");
}

#[test]
fn a_customer_sees_his_license_and_nothing_of_the_vendors() {
    let issued = IssuedLicense {
        license: Arc::new(license()),
        licensee: None,
    };
    let bytes =
        encode_reply::<activation::Activate>(&Context::default(), &issued.clone().into()).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    for internal in [
        "scrapped",
        "usr_",
        "cus_",
        "ord_",
        "inputDigest",
        "<licensee>",
    ] {
        assert!(!text.contains(internal), "{internal}");
    }
    let read = round::<activation::Activate>(&issued.into());
    assert_eq!(
        (read.product_name.as_str(), read.state.as_str()),
        ("Editor", "REMOVED")
    );
}

#[test]
fn an_order_tells_what_it_needs() {
    let ethernet = HostType {
        name: "ETHERNET".into(),
        label: "Ethernet address".into(),
        form: Form::Hex,
        pattern: None,
        example: Some("00-11-22-33-44-55".into()),
        help: None,
    };
    let parameter = |required, default| Definition {
        name: "note".into(),
        value_type: ValueType::Text,
        label: None,
        help: None,
        required,
        default,
        choices: vec!["a".into()],
        min: None,
        max: None,
        pattern: None,
    };
    let default = lds_domain::generator::Value::Text("a".into());
    let info = OrderInfo {
        product_code: "editor".into(),
        product_name: "Editor".into(),
        licensee: Some("Linz".into()),
        license_type: LicenseType::NodeLocked,
        host_types: vec![NeededHost {
            host_type: Arc::new(ethernet),
            min: 0,
            max: 2,
        }],
        min_hosts: 1,
        parameters: vec![parameter(true, None), parameter(true, Some(default))],
        activations_left: Some(1),
        moves: None,
        emergencies: None,
        removal_requested: true,
    };
    let read = round::<activation::GetOrderInfo>(&info.into());
    assert_eq!(
        read.host_type[0].example.as_deref(),
        Some("00-11-22-33-44-55")
    );
    assert_eq!(
        (
            read.activations_left,
            read.moves_left,
            read.removal_requested
        ),
        (Some(1), None, true)
    );
    let required: Vec<_> = read
        .parameter
        .iter()
        .map(|parameter| parameter.required)
        .collect();
    assert_eq!(required, [true, false]);
}

fn item<T>(value: Option<T>, failure: Option<Error>) -> BatchItem<T> {
    BatchItem {
        id: None,
        value,
        failure,
    }
}

#[test]
fn batches_answer_item_by_item() {
    let failure = || Error::new(Code::StaleRevision, "changed").at("customer[1].revision");
    let answer = BatchAnswer {
        status: Status::PartialFailure,
        failed: 1,
        items: vec![item(Some(customer()), None), item(None, Some(failure()))],
    };
    let read = round::<internal::StoreCustomers>(&answer.into());
    assert_eq!(
        (read.status.as_str(), read.total, read.failed),
        ("PARTIAL_FAILURE", 2, 1)
    );
    assert_eq!(read.item[0].customer.as_ref().unwrap().revision, Some(3));
    let failed = read.item[1].failure.as_ref().unwrap();
    assert_eq!(
        (read.item[1].index, failed.code.as_str(), failed.retryable),
        (1, "StaleRevision", false)
    );

    let answer = BatchAnswer {
        status: Status::Failure,
        failed: 1,
        items: vec![item(None::<()>, Some(failure()))],
    };
    let read =
        round::<internal::DeleteCustomers>(&StateChangeResult::new(vec!["ext:a".into()], answer));
    assert_eq!(
        (read.item[0].id.as_str(), read.item[0].failure.is_some()),
        ("ext:a", true)
    );
}

#[test]
fn users_and_tokens() {
    let user = User {
        id: id(),
        revision: 1,
        data: UserData {
            login: "ada".into(),
            display_name: "Ada".into(),
            email: None,
            roles: vec![Role::Manager, Role::Auditor],
            external_ref: None,
            attributes: Vec::new(),
        },
        state: UserState::Invited,
        password: Some(lds_domain::user::PasswordHash("$argon2id$hash".into())),
        totp: false,
        last_signed_in_at: None,
        stamps: stamps(),
    };
    let bytes =
        encode_reply::<internal::FindUsers>(&Context::default(), &page(vec![user.clone()]).into())
            .unwrap();
    assert!(!String::from_utf8(bytes).unwrap().contains("argon2"));
    let read = round::<internal::FindUsers>(&page(vec![user.clone()]).into());
    let item = StoreItem::try_from(read.user[0].clone()).unwrap();
    assert_eq!(item.data, user.data);

    let token = Token {
        id: id(),
        name: "build".into(),
        user: id(),
        scopes: vec![Scope::Read, Scope::Role(Role::Sales)],
        expires_at: Some(datetime!(2027-01-01 00:00 UTC)),
        addresses: vec![Network::parse("192.0.2.0/24").unwrap()],
        digest: [7; 32],
        sealed: Some(vec![1]),
        last_used_at: None,
        revoked: false,
        stamps: stamps(),
    };
    let new = NewToken {
        token,
        secret: Some("lds_secret".into()),
    };
    let read = round::<internal::CreateToken>(&new.into());
    assert_eq!(read.token.scope, ["read", "SALES"]);
    assert_eq!(
        (read.token.address[0].as_str(), read.token.digest),
        ("192.0.2.0/24", true)
    );
    assert_eq!(read.secret.as_deref(), Some("lds_secret"));
}

#[test]
fn previews_generators_and_the_service() {
    let preview = Preview {
        files: vec![File::new("a".into(), "text/plain".into(), Vec::new())],
        warnings: vec![Problem {
            code: "NOT_FOR_USE".into(),
            message: "Not for use.".into(),
            field: None,
        }],
    };
    let read = round::<internal::PreviewLicense>(&preview.into());
    assert_eq!(read.warning[0].code, "NOT_FOR_USE");

    let broken = GeneratorInfo {
        name: "rlm".into(),
        kind: "NATIVE".into(),
        digest: "00".into(),
        state: GeneratorState::Failed,
        message: Some("It crashed.".into()),
        description: None,
        operator_settings: vec![pair("secret", "hidden")],
    };
    let generators = vec![Arc::new(broken)];
    let read = round::<internal::FindGenerators>(&generators.clone().into());
    assert_eq!(
        (
            read.generator[0].state.as_str(),
            read.generator[0].version.as_deref()
        ),
        ("FAILED", None)
    );

    let info = ServiceInfo {
        timezone: "Europe/Vienna".into(),
        limits: vec![("batchItems", 1000)],
        generators,
    };
    let read = round::<internal::GetServiceInfo>(&info.into());
    assert_eq!(
        (read.limit[0].name.as_str(), read.limit[0].value.as_str()),
        ("batchItems", "1000")
    );
    assert_eq!(read.api_version, ["v1"]);
}

#[test]
fn empty_lists_are_valid() {
    round::<internal::FindUsers>(&page(Vec::new()).into());
    round::<internal::FindLicenses>(&page(Vec::new()).into());
    round::<internal::FindGenerators>(&Vec::new().into());
    round::<internal::CreateOrders>(&Vec::new().into());
}

#[test]
fn addressed_requests_get_addressed_replies() {
    let context = Context {
        version: Version::Soap12,
        addressing: Some(Addressing {
            message_id: Some("urn:a&b".into()),
        }),
    };
    let reply = Vec::new().into();
    let bytes = encode_reply::<internal::FindGenerators>(&context, &reply).unwrap();
    let expected = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<soap:Envelope xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\">\
        <soap:Header xmlns:wsa=\"http://www.w3.org/2005/08/addressing\"><wsa:Action>\
        urn:license-distribution-service:v1:LicenseDistributionPort:findGeneratorsResponse</wsa:Action>\
        <wsa:RelatesTo>urn:a&amp;b</wsa:RelatesTo></soap:Header><soap:Body>\
        <findGeneratorsResponse xmlns=\"urn:license-distribution-service:v1\"><result></result></findGeneratorsResponse>\
        </soap:Body></soap:Envelope>";
    assert_eq!(String::from_utf8(bytes).unwrap(), expected);
}

#[test]
fn a_replacement_is_answered_by_the_ids_as_they_were_given() {
    let failure = Error::new(
        Code::ActionNotAllowed,
        "The license was removed and is over.",
    );
    let answer = BatchAnswer {
        status: Status::PartialFailure,
        failed: 1,
        items: vec![
            BatchItem {
                id: None,
                value: None,
                failure: Some(failure),
            },
            BatchItem {
                id: Some(license().id.to_string()),
                value: Some(license()),
                failure: None,
            },
        ],
    };
    let ids = vec!["ext:a".to_owned(), "ext:b".to_owned()];
    let read = round::<internal::ReplaceLicenses>(&ReplaceLicensesResult::new(ids, answer));
    assert_eq!((read.total, read.failed), (2, 1));
    assert_eq!((read.item[0].index, &*read.item[0].id), (0, "ext:a"));
    assert_eq!(
        read.item[0].failure.as_ref().unwrap().code,
        "ActionNotAllowed"
    );
    assert_eq!((read.item[1].index, &*read.item[1].id), (1, "ext:b"));
    assert_eq!(
        read.item[1].license.as_ref().unwrap().id,
        license().id.to_string()
    );
}
