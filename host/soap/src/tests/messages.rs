//! Messages as clients write them, from `wsdl/messages/`: the same request in the hand of each
//! stack, and an example of each step from a customer to a license.

use std::path::{Path, PathBuf};

use lds_domain::command::{
    CreateOrders, EmergencyLicense, Rehost, RehostLicense, StateChange, StoreCustomers,
    StoreProducts,
};
use lds_domain::date::{Base, DateRule, Unit};

use lds_domain::id::{Key, LicenseId, ProductId};
use lds_domain::query::{HostFilter, LicenseFilter, Paging};
use lds_domain::terms::{Allowance, HostLock, HostMatch, HostRule, Terms};
use time::macros::{date, datetime};

use super::{receive, visit_all, xmllint};
use crate::operation::{Operation, Service, Visitor, activation, internal};
use crate::wire::NameValue;
use crate::wire::activation::ActivateRequest;
use crate::wire::license::Host;

fn folder(name: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../wsdl/messages")
        .join(name);
    let files = std::fs::read_dir(folder).unwrap();
    files.map(|file| file.unwrap().path()).collect()
}

pub(super) fn example<O: Operation>() -> O::Request {
    let name = format!("{}.xml", O::NAME);
    let file = folder("examples")
        .into_iter()
        .find(|file| file.ends_with(&name))
        .unwrap();
    receive::<O>(&std::fs::read(file).unwrap(), Some("utf-8")).unwrap()
}

#[test]
fn every_stacks_way_to_write_it_is_the_same_request() {
    let expected = ActivateRequest {
        order_id: "ABCDE-FGHJK-MNPQR-STUVW".into(),
        host: vec![Host {
            host_type: "ETHERNET".into(),
            value: "00-11-22-AA-BB-CC".into(),
            port: Some(27000),
            ..Host::default()
        }],
        parameter: vec![NameValue {
            name: "note".into(),
            value: "Müller & Söhne".into(),
        }],
    };
    let files = folder("activate");
    assert_eq!(files.len(), 7);
    for file in files {
        let request = receive::<activation::Activate>(&std::fs::read(&file).unwrap(), None);
        assert_eq!(request.as_ref(), Ok(&expected), "{}", file.display());
    }
}

/// Reads the example of each operation.
struct Examples(Vec<(Service, String)>);

impl Visitor for Examples {
    fn visit<O: Operation>(&mut self) {
        let start = format!("<{} xmlns=\"{}\"", O::NAME, O::SERVICE.namespace());
        // One operation has the same name in both services.
        let names = [format!("{}.xml", O::NAME), format!("{}-staff.xml", O::NAME)];
        let files = folder("examples").into_iter();
        let files = files.filter(|file| names.iter().any(|name| file.ends_with(name)));
        let texts = files.map(|file| std::fs::read_to_string(file).unwrap());
        let own: Vec<_> = texts.filter(|text| text.contains(&start)).collect();
        assert_eq!(own.len(), 1, "examples of {}", O::NAME);
        receive::<O>(own[0].as_bytes(), None).unwrap();
        self.0.push((O::SERVICE, xmllint::body(own[0].as_bytes())));
    }
}

#[test]
fn every_operation_has_an_example_that_is_read_and_valid() {
    let mut examples = Examples(Vec::new());
    visit_all(&mut examples);
    assert_eq!(examples.0.len(), folder("examples").len());
    for service in super::SERVICES {
        let of = examples.0.iter().filter(|(other, _)| *other == service);
        let bodies: Vec<_> = of.map(|(_, body)| body.trim().to_owned()).collect();
        xmllint::validate(service, &bodies);
    }
}

#[test]
fn a_customer_arrives_as_it_was_written() {
    let command = StoreCustomers::try_from(example::<internal::StoreCustomers>()).unwrap();
    assert_eq!(command.options.request_id.as_deref(), Some("crm-1-created"));
    assert!(!command.atomic && !command.options.dry_run);
    let item = &command.items[0];
    assert_eq!((&item.id, item.revision, &item.state), (&None, None, &None));
    assert_eq!(item.data.name, "Müller & Söhne");
    assert_eq!(
        item.data.contacts[0].email.as_deref(),
        Some("ada@mueller.example")
    );
    assert_eq!(item.data.contacts[0].phone, None);
    let address = item.data.address.as_ref().unwrap();
    assert_eq!(
        (address.city.as_deref(), address.region.as_deref()),
        (Some("Linz"), None)
    );
    assert_eq!(item.data.attributes[0].value, "industry");
    assert_eq!(item.data.external_ref.as_deref(), Some("crm-1"));
}

#[test]
fn a_products_terms_arrive_with_their_defaults() {
    let command = StoreProducts::try_from(example::<internal::StoreProducts>()).unwrap();
    let data = &command.items[0].data;
    let rule = |host_type: &str, max| HostRule {
        host_type: host_type.into(),
        min: 0,
        max,
    };
    let expected = Terms {
        max_activations: 2,
        host_lock: HostLock::Required,
        host_rules: vec![rule("ETHERNET", 2), rule("DISK_SERIAL", 1)],
        min_hosts: 2,
        host_match: HostMatch::AtLeast(2),
        expiry: DateRule::After {
            amount: 1,
            unit: Unit::Years,
            from: Base::FirstActivation,
        },
        moves_allowed: Some(Allowance {
            count: 2,
            per_days: Some(365),
        }),
        ..Terms::default()
    };
    assert_eq!(data.terms, expected);
    assert_eq!(
        (data.features[0].count, data.features[1].count),
        (Some(0), None)
    );
    assert_eq!(
        data.features[1].expiry,
        Some(DateRule::Fixed {
            date: date!(2027 - 12 - 31)
        })
    );
}

#[test]
fn orders_and_states_arrive_by_the_callers_own_references() {
    let command = CreateOrders::try_from(example::<internal::CreateOrders>()).unwrap();
    assert_eq!(
        (command.count, command.order.valid_from),
        (2, Some(date!(2026 - 12 - 01)))
    );
    assert_eq!(command.order.product, Key::External("erp-7".into()));
    assert_eq!(command.order.terms, None);
    let change =
        StateChange::<Key<ProductId>>::try_from(example::<internal::ActivateProducts>()).unwrap();
    assert_eq!(change.batch.items, [Key::External("erp-7".into())]);
    assert_eq!(change.reason, None);
}

#[test]
fn days_of_a_search_are_the_vendors() {
    let clock = EasternClock;
    let request = example::<internal::FindLicenses>();
    let (filter, paging): (LicenseFilter, Paging) = request.into_filter(&clock).unwrap();
    assert_eq!(filter.issued_from, Some(datetime!(2026-11-30 18:30 UTC)));
    assert_eq!(filter.issued_before, Some(datetime!(2026-12-31 18:30 UTC)));
    let host = HostFilter {
        host_type: None,
        values: vec!["00:11:22:aa:bb:cc".into()],
    };
    assert_eq!(filter.host, Some(host));
    assert_eq!(
        (paging.sort.as_deref(), paging.size, paging.with_total),
        (Some("-issuedAt"), 10, true)
    );
}

/// A vendor five and a half hours east of Greenwich.
struct EasternClock;

impl lds_domain::ports::Clock for EasternClock {
    fn now(&self) -> time::OffsetDateTime {
        datetime!(2026-12-01 00:00 UTC)
    }

    fn day(&self, at: time::OffsetDateTime) -> time::Date {
        at.to_offset(time::macros::offset!(+5:30)).date()
    }

    fn timezone(&self) -> &'static str {
        "Asia/Kolkata"
    }
}

#[test]
fn a_rehost_tells_the_old_and_the_new_machine_apart() {
    let command = Rehost::from(example::<activation::Rehost>());
    assert_eq!(command.hosts[0].value, "00-11-22-AA-BB-CC");
    assert_eq!(command.new_hosts[0].value, "00-11-22-AA-BB-CD");
    let command = RehostLicense::try_from(example::<internal::RehostLicense>()).unwrap();
    let id = "lic_0190a1b2c3d47e5f8899aabbccddeeff".parse().unwrap();
    assert_eq!(command.license, Key::Id(id));
    assert_eq!(command.new_hosts[0].value, "00-11-22-AA-BB-CD");
    assert_eq!(command.reason.as_deref(), Some("ticket 4711"));
    let lifted = "The old machine burnt after the order had ended.";
    assert_eq!(command.override_reason.as_deref(), Some(lifted));
    assert_eq!(command.options.request_id.as_deref(), Some("ticket-4711"));
}

#[test]
fn a_replacement_and_an_emergency_arrive_as_they_were_written() {
    let command = StateChange::<Key<LicenseId>>::try_from(example::<internal::ReplaceLicenses>());
    let command = command.unwrap();
    assert_eq!(command.batch.items[1], Key::External("seat-7".to_owned()));
    assert!(command.batch.atomic && !command.batch.options.dry_run);
    assert_eq!(command.reason.as_deref(), Some("maintenance renewed"));
    let command = EmergencyLicense::try_from(example::<internal::EmergencyLicense>()).unwrap();
    assert_eq!((command.days, command.hosts.len()), (Some(3), 1));
    assert!(command.reason.starts_with("license server lost"));
}
