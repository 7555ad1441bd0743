//! Every filter of the lists of tokens, customers, orders and licenses.

use std::fmt::Debug;

use lds_domain::Result;
use lds_domain::customer::CustomerState;
use lds_domain::id::{Id, Key};
use lds_domain::license::{File, License, LicenseKind, LicenseState};
use lds_domain::order::{OrderKey, OrderState};
use lds_domain::ports::Store as _;
use lds_domain::query::{
    CustomerFilter, HostFilter, LicenseFilter, OrderFilter, Page, TextFilter, TextMatch,
    TokenFilter,
};
use lds_domain::token::TokenState;
use lds_domain::unit::Changes;
use time::Duration;
use time::macros::date;

use super::{ids, page, text};
use crate::support::samples::{
    activation, attribute, basis, customer, event, id, license, new, order, token, user,
};
use crate::support::{Bench, NOW, both};

both!(
    tokens_are_filtered,
    customers_are_filtered,
    orders_are_filtered,
    licenses_are_filtered,
    licenses_are_found_by_time,
);

/// Filters, each with the entities that it lets through.
struct Cases<F>(Vec<(F, Vec<u128>)>);

impl<F: Default + Clone + Debug> Cases<F> {
    const fn new() -> Self {
        Self(Vec::new())
    }

    /// A filter with what is set, and what it lets through.
    fn with(mut self, set: impl FnOnce(&mut F), expected: &[u128]) -> Self {
        let mut filter = F::default();
        set(&mut filter);
        self.0.push((filter, expected.to_vec()));
        self
    }

    async fn check<T>(self, find: impl AsyncFn(F) -> Result<Page<T>>, id: impl Fn(&T) -> u128) {
        for (filter, expected) in self.0 {
            let found = find(filter.clone()).await.unwrap();
            assert_eq!(ids(&found, &id), expected, "{filter:?}");
            assert_eq!(found.total, Some(expected.len() as u64), "{filter:?}");
        }
    }
}

fn counted() -> lds_domain::query::Paging {
    lds_domain::query::Paging {
        with_total: true,
        ..page(100)
    }
}

async fn tokens_are_filtered(bench: Bench) {
    let mut revoked = token(6, 2, 8);
    revoked.revoked = true;
    "old".clone_into(&mut revoked.name);
    revoked.stamps.updated_at = NOW + Duration::days(9);
    bench
        .write(Changes {
            users: new(vec![user(1, "ada"), user(2, "bob")]),
            tokens: new(vec![token(5, 1, 7), revoked]),
            ..Changes::default()
        })
        .await;
    let both_states = vec![TokenState::Revoked, TokenState::Active];
    let all = || both_states.clone();
    let named = |value: &str| {
        Some(TextFilter {
            value: value.to_owned(),
            matching: TextMatch::Prefix,
        })
    };
    let cases = Cases::<TokenFilter>::new()
        .with(|_| (), &[5])
        .with(|f| f.states = vec![TokenState::Active], &[5])
        .with(|f| f.states = vec![TokenState::Revoked], &[6])
        .with(|f| f.states = all(), &[5, 6])
        .with(|f| f.ids = vec![id(6)], &[])
        .with(|f| (f.ids, f.states) = (vec![id(6)], all()), &[6])
        .with(|f| (f.user, f.states) = (Some(Key::Id(id(2))), all()), &[6])
        .with(|f| (f.own, f.states) = (Some(id(1)), all()), &[5])
        .with(|f| (f.text, f.states) = (named("OLD"), all()), &[6])
        .with(
            |f| (f.updated_since, f.states) = (Some(NOW + Duration::days(9)), all()),
            &[6],
        );
    let find = async |filter| bench.store.find_tokens(filter, counted()).await;
    cases.check(find, |token| token.id.uuid().as_u128()).await;
}

async fn customers_are_filtered(bench: Bench) {
    let mut blocked = customer(2, "Two");
    blocked.state = CustomerState::Blocked;
    blocked.data.attributes = vec![attribute("segment", "silver")];
    blocked.stamps.updated_at = NOW + Duration::days(9);
    bench
        .write(Changes {
            customers: new(vec![customer(1, "One"), blocked]),
            ..Changes::default()
        })
        .await;
    let both_keys = vec![Key::Id(id(2)), Key::External("crm-1".into())];
    let gold = |region| vec![attribute("segment", "gold"), attribute("region", region)];
    let cases = Cases::<CustomerFilter>::new()
        .with(|f| f.ids = both_keys, &[1, 2])
        .with(|f| f.ids = vec![Key::Id(id(7))], &[])
        .with(|f| f.external_ref = Some("crm-2".into()), &[2])
        .with(|f| f.states = vec![CustomerState::Blocked], &[2])
        .with(|f| f.attributes = gold("eu"), &[1])
        .with(|f| f.attributes = gold("us"), &[])
        .with(|f| f.updated_since = Some(NOW + Duration::days(9)), &[2])
        .with(|f| f.updated_since = Some(NOW), &[1, 2]);
    let find = async |filter| bench.store.find_customers(filter, counted()).await;
    cases
        .check(find, |customer| customer.id.uuid().as_u128())
        .await;
}

async fn orders_are_filtered(bench: Bench) {
    let mut two = order(31, 1);
    two.state = OrderState::Suspended;
    two.root = id(30);
    two.data.customer = id(11);
    bench
        .write(Changes {
            customers: new(vec![customer(11, "Other")]),
            ..Changes::default()
        })
        .await;
    bench.write(basis(vec![order(30, 1), two.clone()])).await;
    let part: String = two.order_id.expose().replace('-', "")[3..9].to_owned();
    let keys = vec![
        OrderKey::OrderId(two.order_id.clone()),
        OrderKey::Key(Key::Id(id(30))),
    ];
    let cases = Cases::<OrderFilter>::new()
        .with(|f| f.customer = Some(Key::Id(id(11))), &[31])
        .with(|f| f.customer = Some(Key::External("crm-10".into())), &[30])
        .with(|f| f.product = Some(Key::Id(id(20))), &[30, 31])
        .with(|f| f.product = Some(Key::Id(id(21))), &[])
        .with(|f| f.root = Some(id(30)), &[30, 31])
        .with(|f| f.root = Some(id(31)), &[])
        .with(|f| f.order_id_part = Some(part), &[31])
        .with(|f| f.common = text("other", TextMatch::Exact), &[31])
        .with(|f| f.common = text("po-30", TextMatch::Exact), &[30])
        .with(|f| f.common.states = vec![OrderState::Suspended], &[31])
        .with(|f| f.common.ids = keys, &[30, 31]);
    let find = async |filter| bench.store.find_orders(filter, counted()).await;
    cases
        .check(find, |view| view.order.id.uuid().as_u128())
        .await;
    let all = find(OrderFilter::default()).await.unwrap();
    assert_eq!(all.items[1].order, two);
    assert_eq!(*all.items[1].customer, customer(11, "Other"));
}

/// A host of any type where none is named.
fn host(host_type: Option<&str>, value: &str) -> HostFilter {
    HostFilter {
        host_type: host_type.map(str::to_owned),
        values: vec![value.to_owned(), "zz".to_owned()],
    }
}

fn file(name: &str, text: &str) -> File {
    File::new(name.to_owned(), "text/plain".to_owned(), text.into())
}

async fn licenses_are_filtered(bench: Bench) {
    bench.write(basis(vec![order(30, 1), order(31, 1)])).await;
    let other = License {
        kind: LicenseKind::Emergency,
        state: LicenseState::Removed,
        generator: None,
        files: vec![file("other.lic", "other")],
        ..license(41, Some(id(31)), "bb")
    };
    let digest = |file: &File| file.sha256;
    let (own, others) = (digest(&other.files[0]), [0; 32]);
    let one = license(40, Some(id(30)), "aa");
    bench.write(activation(one.clone(), 1)).await;
    bench
        .write(Changes {
            events: Vec::new(),
            ..activation(other, 1)
        })
        .await;
    let by_id = OrderKey::from(id::<lds_domain::id::OrderRef>(31));
    let by_order_id = OrderKey::OrderId(order(30, 1).order_id);
    let by_reference = OrderKey::Key(Key::External("po-31".into()));
    let kinds = vec![LicenseKind::Emergency, LicenseKind::Manual];
    let cases = Cases::<LicenseFilter>::new()
        .with(|_| (), &[40, 41])
        .with(|f| f.order = Some(by_id), &[41])
        .with(|f| f.order = Some(by_order_id), &[40])
        .with(|f| f.order = Some(by_reference), &[41])
        .with(
            |f| f.customer = Some(Key::External("crm-10".into())),
            &[40, 41],
        )
        .with(|f| f.product = Some(Key::Id(id(21))), &[])
        .with(|f| f.host = Some(host(None, "aa")), &[40])
        .with(|f| f.host = Some(host(Some("ETHERNET"), "bb")), &[41])
        .with(|f| f.host = Some(host(Some("HOSTNAME"), "bb")), &[])
        .with(|f| f.kinds = kinds, &[41])
        .with(|f| f.generator = Some("token".into()), &[40])
        .with(|f| f.files = vec![others, own], &[41])
        .with(|f| f.files = vec![others], &[])
        .with(|f| f.common.states = vec![LicenseState::Active], &[40])
        .with(
            |f| f.common.attributes = vec![attribute("asset", "42")],
            &[40, 41],
        )
        .with(
            |f| f.common.ids = vec![Key::External("lic-41".into())],
            &[41],
        )
        .with(|f| f.common = text("acme", TextMatch::Exact), &[40, 41])
        .with(|f| f.common = text("lic-4", TextMatch::Prefix), &[40, 41])
        .with(
            |f| f.common = text("product ap", TextMatch::Contains),
            &[40, 41],
        );
    let find = async |filter| bench.store.find_licenses(filter, counted()).await;
    cases
        .check(find, |license| license.id.uuid().as_u128())
        .await;
    let first = bench
        .store
        .find_licenses(LicenseFilter::default(), page(1))
        .await
        .unwrap();
    assert_eq!(first.items, [one], "files included");
}

async fn licenses_are_found_by_time(bench: Bench) {
    bench
        .write(basis(vec![order(30, 1), order(31, 1), order(32, 1)]))
        .await;
    let at = |n: u128, order: u128, hours: i64, expires| License {
        issued_at: NOW + Duration::hours(hours),
        expires_on: expires,
        ..license(n, Some(id(order)), "aa")
    };
    let all = [
        at(40, 30, 0, Some(date!(2027 - 01 - 31))),
        at(41, 31, 1, Some(date!(2027 - 02 - 01))),
        at(42, 32, 2, None),
    ];
    for (n, license) in all.into_iter().enumerate() {
        let events = vec![event(500 + n as u128)];
        bench
            .write(Changes {
                events,
                ..activation(license, 1)
            })
            .await;
    }
    let later = Some(NOW + Duration::hours(1));
    let (january, february) = (date!(2027 - 01 - 31), date!(2027 - 02 - 01));
    let between = |f: &mut LicenseFilter| {
        f.expires_from = Some(january);
        f.expires_until = Some(february);
    };
    let cases = Cases::<LicenseFilter>::new()
        .with(|f| f.issued_from = later, &[41, 42])
        .with(|f| f.issued_before = later, &[40])
        .with(|f| f.expires_from = Some(february), &[41])
        .with(|f| f.expires_until = Some(january), &[40])
        .with(between, &[40, 41]);
    let find = async |filter| bench.store.find_licenses(filter, counted()).await;
    cases
        .check(find, |license| license.id.uuid().as_u128())
        .await;
}
