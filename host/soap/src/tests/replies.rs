//! Replies from the domain's entities: valid by the schema, true to the entity, and what was read
//! can be stored back as it is.

use std::sync::Arc;

use lds_domain::command::{
    CreatedOrders, IssuedLicense, NeededHost, OrderInfo, OrderItem, StoreItem,
};
use lds_domain::date::{Base, DateRule, Unit};
use lds_domain::generator::{Definition, ValueType};
use lds_domain::host::{Form, HostType};
use lds_domain::id::Key;
use lds_domain::order::OrderKey;
use lds_domain::query::Page;
use lds_domain::terms::{LicenseType, Licensee, Terms};
use serde::Deserialize;

use super::samples::{customer, details, license, product, terms};
use super::xmllint;
use crate::leaf::Day;
use crate::operation::{Operation, activation, internal};
use crate::xml::{Event, Reader};
use crate::{Context, de, encode_reply};

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

pub(super) fn page<T>(items: Vec<T>) -> Page<T> {
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
    let created = CreatedOrders {
        orders: vec![before.clone()],
        gone: vec!["ord_1".to_owned()],
    };
    let result = round::<internal::CreateOrders>(&created.into());
    let told = &result.extra[0];
    assert_eq!((told.name.as_str(), told.value.as_str()), ("id", "ord_1"));
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
