//! Licenses that were issued elsewhere: claimed, counted, handed out as they came.

use time::macros::{date, datetime};

use super::*;
use crate::attribute::Attribute;
use crate::command::{BatchAnswer, ImportItem, Status};
use crate::license::{File, GrantedFeature, LicenseKind};
use crate::terms::{HostLock, HostMatch, HostRule};

const OTHER: &str = "00-11-22-AA-BB-CD";

fn text(words: &str) -> File {
    let bytes = words.as_bytes().to_vec();
    File::new("old.lic".to_owned(), "text/plain".to_owned(), bytes)
}

fn of_order(value: &str) -> ImportItem {
    ImportItem {
        order: Some(OrderKey::from(id::<OrderRef>(3))),
        customer: None,
        product: None,
        hosts: vec![host(value)],
        files: vec![text("FEATURE draw\r\nSIGN=1\r\n")],
        issued_at: datetime!(2019-03-01 08:30:00.5 UTC),
        starts_on: None,
        expires_on: Some(date!(2020 - 02 - 29)),
        maintenance_until: None,
        features: vec![GrantedFeature {
            name: "draw".to_owned(),
            version: Some("2.0".to_owned()),
            count: 5,
            expires_on: None,
            maintenance_until: None,
        }],
        external_ref: None,
        attributes: Vec::new(),
    }
}

fn manual() -> ImportItem {
    ImportItem {
        order: None,
        customer: Some(Key::Id(id(1))),
        product: Some(Key::Id(id(2))),
        hosts: Vec::new(),
        ..of_order(MACHINE)
    }
}

impl Shop {
    async fn import_as(
        &self,
        role: Role,
        command: Batch<ImportItem>,
    ) -> Result<BatchAnswer<License>> {
        let services = &self.bench.services;
        services.import_licenses(&actor(role), command).await
    }

    async fn import(&self, items: Vec<ImportItem>) -> BatchAnswer<License> {
        let command = crate::testing::batch(items);
        self.import_as(Role::Manager, command).await.unwrap()
    }

    /// Code and member of the one item's failure.
    async fn turned_away(&self, item: ImportItem) -> (Code, String) {
        let answer = self.import(vec![item]).await;
        assert_eq!(answer.status, Status::Failure);
        let failure = answer.items[0].failure.clone().unwrap();
        (failure.code, failure.field.unwrap_or_default())
    }
}

fn at(code: Code, field: &str) -> (Code, String) {
    (code, field.to_owned())
}

fn many() -> Terms {
    Terms {
        max_activations: 0,
        ..ethernet_terms()
    }
}

#[tokio::test]
async fn what_was_imported_is_handed_out_as_it_came() {
    let shop = Shop::new(ethernet_terms()).await;
    let answer = shop.import(vec![of_order(MACHINE)]).await;
    assert_eq!(answer.status, Status::Success);
    let license = answer.items[0].value.clone().unwrap();
    assert_eq!(license.files, of_order(MACHINE).files);
    assert_eq!(
        (license.kind, license.source),
        (LicenseKind::Activation, Source::Import)
    );
    assert_eq!(license.issued_at, datetime!(2019-03-01 08:30 UTC));
    assert_eq!(license.activated_on, date!(2019 - 03 - 01));
    assert_eq!((&license.generator, license.input_digest), (&None, None));
    let fetched = shop.activate("001122aabbcc").await.unwrap().license;
    assert_eq!(*fetched, license);
    assert_eq!(shop.bench.generators.runs(), 0);
    let tables = shop.bench.tables();
    let order = &tables.orders[&shop.order.id];
    assert_eq!(order.active_licenses, 1);
    assert_eq!(order.first_activated_on, Some(date!(2019 - 03 - 01)));
    assert_eq!(
        (tables.audit[0].action, tables.events[0].kind),
        ("importLicenses", "license.created")
    );
    assert_eq!(tables.events[0].order, Some(shop.order.id));
    shop.check_counters();
}

#[tokio::test]
async fn one_without_an_order_is_kept_and_never_issued_anew() {
    let shop = Shop::new(ethernet_terms()).await;
    let answer = shop.import(vec![manual()]).await;
    let license = answer.items[0].value.clone().unwrap();
    assert_eq!((license.kind, license.order), (LicenseKind::Manual, None));
    assert_eq!(
        (license.customer, license.product),
        (customer().id, product().id)
    );
    assert!(shop.bench.tables().claims.is_empty());
    let command = StateChange {
        batch: crate::testing::batch(vec![Key::Id(license.id)]),
        reason: Some("more".to_owned()),
    };
    let replaced = shop.replace(command).await;
    let failure = replaced.items[0].failure.as_ref().unwrap();
    assert_eq!(failure.code, Code::ActionNotAllowed);
    shop.remove(license.id).await;
}

#[tokio::test]
async fn a_machine_has_one_license_and_an_order_as_many_as_it_may() {
    let two = Terms {
        max_activations: 2,
        ..ethernet_terms()
    };
    let shop = Shop::new(two).await;
    shop.activate(MACHINE).await.unwrap();
    assert_eq!(
        shop.turned_away(of_order(MACHINE)).await,
        at(Code::AlreadyExists, "host")
    );
    let third = "00-11-22-AA-BB-CE";
    let answer = shop
        .import(vec![of_order(OTHER), of_order(OTHER), of_order(third)])
        .await;
    let codes: Vec<_> = answer
        .items
        .iter()
        .map(|item| item.failure.as_ref().map(|failure| failure.code))
        .collect();
    assert_eq!(
        codes,
        [
            None,
            Some(Code::AlreadyExists),
            Some(Code::NoActivationsLeft)
        ]
    );
    assert_eq!((answer.status, answer.failed), (Status::PartialFailure, 2));
    shop.check_counters();
}

#[tokio::test]
async fn machines_that_share_enough_hosts_are_one() {
    let terms = Terms {
        max_activations: 0,
        host_lock: HostLock::Required,
        host_rules: vec![HostRule {
            host_type: "ETHERNET".to_owned(),
            min: 0,
            max: 3,
        }],
        min_hosts: 2,
        host_match: HostMatch::AtLeast(2),
        ..Terms::default()
    };
    let shop = Shop::new(terms).await;
    let three = |last| ImportItem {
        hosts: vec![host(MACHINE), host(OTHER), host(last)],
        ..of_order(MACHINE)
    };
    let first = shop.import(vec![three("00-11-22-AA-BB-01")]).await;
    assert_eq!(first.status, Status::Success);
    let second = shop.turned_away(three("00-11-22-AA-BB-02")).await;
    assert_eq!(second, at(Code::AlreadyExists, "host"));
    assert_eq!(shop.licenses().len(), 1);
}

#[tokio::test]
async fn an_order_begins_with_the_earliest() {
    let shop = Shop::new(many()).await;
    let earlier = ImportItem {
        issued_at: datetime!(2017-01-02 00:00 UTC),
        ..of_order(OTHER)
    };
    shop.import(vec![of_order(MACHINE), earlier]).await;
    let first = shop.bench.tables().orders[&shop.order.id].first_activated_on;
    assert_eq!(first, Some(date!(2017 - 01 - 02)));
}

#[tokio::test]
async fn an_order_that_is_not_served_takes_none() {
    let shop = Shop::new(many()).await;
    shop.change_order(|order| order.state = OrderState::Suspended)
        .await;
    assert_eq!(
        shop.turned_away(of_order(MACHINE)).await.0,
        Code::OrderSuspended
    );
    shop.change_order(|order| order.state = OrderState::Revoked)
        .await;
    assert_eq!(
        shop.turned_away(of_order(MACHINE)).await.0,
        Code::OrderRevoked
    );
    // Its days are for new licenses.
    shop.change_order(|order| {
        order.state = OrderState::Active;
        order.data.valid_from = Some(date!(2030 - 01 - 01));
    })
    .await;
    assert_eq!(
        shop.import(vec![of_order(MACHINE)]).await.status,
        Status::Success
    );
    let homeless = ImportItem {
        hosts: Vec::new(),
        ..of_order(MACHINE)
    };
    assert_eq!(shop.turned_away(homeless).await.0, Code::HostMissing);
}

/// Each item fails with this code at this member, and none is kept.
async fn assert_turned_away(cases: Vec<(ImportItem, Code, &str)>) {
    let shop = Shop::new(many()).await;
    for (item, code, field) in cases {
        let told = shop.turned_away(item.clone()).await;
        assert_eq!(told, at(code, field), "{item:?}");
    }
    assert!(shop.licenses().is_empty());
}

fn but(mut item: ImportItem, change: impl FnOnce(&mut ImportItem)) -> ImportItem {
    change(&mut item);
    item
}

#[tokio::test]
async fn an_item_names_an_order_or_a_customer_and_a_product() {
    let under = |change: fn(&mut ImportItem)| but(of_order(MACHINE), change);
    let without = |change: fn(&mut ImportItem)| but(manual(), change);
    let unknown = || Some(OrderKey::from(id::<OrderRef>(99)));
    let (invalid, missing) = (Code::InvalidRequest, Code::NotFound);
    assert_turned_away(vec![
        (
            but(of_order(MACHINE), |i| i.order = unknown()),
            missing,
            "orderId",
        ),
        (under(|i| i.order = None), invalid, "orderId"),
        (
            under(|i| i.customer = Some(Key::Id(id(1)))),
            invalid,
            "customerId",
        ),
        (
            under(|i| i.product = Some(Key::Id(id(2)))),
            invalid,
            "productId",
        ),
        (without(|i| i.customer = None), invalid, "customerId"),
        (without(|i| i.product = None), invalid, "productId"),
        (
            without(|i| i.customer = Some(Key::Id(id(9)))),
            missing,
            "customerId",
        ),
        (
            without(|i| i.product = Some(Key::Id(id(9)))),
            missing,
            "productId",
        ),
    ])
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_an_item_is_its_failure() {
    let with = |change: fn(&mut ImportItem)| but(of_order(MACHINE), change);
    let odd = || File::new("a b".to_owned(), "text/plain".to_owned(), vec![1]);
    let odd = but(of_order(MACHINE), |i| i.files = vec![odd()]);
    let invalid = Code::InvalidRequest;
    assert_turned_away(vec![
        (with(|i| i.files.clear()), invalid, "file"),
        (with(|i| i.files.push(text("b"))), invalid, "file[1].name"),
        (odd, invalid, "file[0].name"),
        (
            with(|i| i.issued_at = NOW + time::Duration::SECOND),
            invalid,
            "issuedAt",
        ),
        (
            with(|i| i.starts_on = Some(date!(2020 - 03 - 01))),
            invalid,
            "expiresOn",
        ),
        (
            with(|i| i.features[0].count = 1 << 53),
            invalid,
            "feature[0].count",
        ),
        (
            with(|i| i.hosts = vec![host("zz")]),
            Code::HostInvalid,
            "host[0].value",
        ),
        (
            with(|i| i.external_ref = Some(String::new())),
            invalid,
            "externalRef",
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_reference_stands_for_one_license() {
    let shop = Shop::new(many()).await;
    let named = |value| ImportItem {
        external_ref: Some("old-1".to_owned()),
        ..of_order(value)
    };
    let answer = shop.import(vec![named(MACHINE), named(OTHER)]).await;
    let failure = answer.items[1].failure.clone().unwrap();
    assert_eq!(
        (failure.code, failure.field.as_deref()),
        (Code::AlreadyExists, Some("externalRef"))
    );
    assert_eq!(
        shop.turned_away(named(OTHER)).await,
        at(Code::AlreadyExists, "externalRef")
    );
    let found = shop
        .bench
        .store
        .license(Key::External("old-1".to_owned()))
        .await;
    assert_eq!(found.unwrap().unwrap().hosts[0].value, "001122aabbcc");
}

#[tokio::test]
async fn all_or_none_dry_or_repeated() {
    let shop = Shop::new(many()).await;
    let mut command = crate::testing::batch(vec![of_order(MACHINE), of_order(MACHINE)]);
    command.atomic = true;
    let answer = shop
        .import_as(Role::Manager, command.clone())
        .await
        .unwrap();
    assert_eq!((answer.status, answer.failed), (Status::Failure, 1));
    assert!(shop.licenses().is_empty());
    command.items = vec![of_order(MACHINE), manual()];
    command.options.dry_run = true;
    let dry = shop
        .import_as(Role::Administrator, command.clone())
        .await
        .unwrap();
    assert_eq!(dry.status, Status::Success);
    assert!(dry.items[0].value.is_some());
    assert!(shop.licenses().is_empty());
    command.options = WriteOptions {
        request_id: Some("m-1".to_owned()),
        dry_run: false,
    };
    let first = shop
        .import_as(Role::Manager, command.clone())
        .await
        .unwrap();
    let again = shop
        .import_as(Role::Manager, command.clone())
        .await
        .unwrap();
    assert_eq!(again, first);
    command.items[1].attributes = vec![Attribute {
        name: "a".to_owned(),
        value: "b".to_owned(),
    }];
    let other = shop.import_as(Role::Manager, command).await;
    assert_eq!(code(other), Code::IdempotencyConflict);
    assert_eq!(shop.licenses().len(), 2);
}

#[tokio::test]
async fn managers_alone_import() {
    let shop = Shop::new(many()).await;
    for role in [Role::Sales, Role::Support, Role::Developer, Role::Auditor] {
        let command = crate::testing::batch(vec![of_order(MACHINE)]);
        let refused = shop.import_as(role, command).await;
        assert_eq!(code(refused), Code::PermissionDenied, "{role}");
    }
}
