//! Lists: every filter and sort, and pages that neither skip nor repeat.

use lds_domain::Code;
use lds_domain::attribute::Attribute;
use lds_domain::customer::{Customer, CustomerState};
use lds_domain::id::{Id, Key};
use lds_domain::license::{License, LicenseKind, LicenseState};
use lds_domain::order::{OrderKey, OrderState};
use lds_domain::ports::Store as _;
use lds_domain::query::{
    CustomerFilter, Filter, HostFilter, LicenseFilter, OrderFilter, Page, Paging, ProductFilter,
    TextFilter, TextMatch, UserFilter,
};
use lds_domain::unit::Changes;
use time::Duration;
use time::macros::date;

use crate::support::samples::{
    activation, attribute, basis, customer, id, license, new, order, product, user,
};
use crate::support::{Bench, NOW, both};

both!(
    pages_neither_skip_nor_repeat,
    every_sort_gives_all_in_its_order,
    a_sort_that_is_none_is_refused,
    a_cursor_of_another_list_is_refused,
    texts_are_found,
    customers_are_filtered,
    users_and_products_are_filtered,
    orders_are_filtered,
    licenses_are_filtered,
    licenses_are_found_by_time,
);

fn page(size: u32) -> Paging {
    Paging {
        size,
        ..Paging::default()
    }
}

fn ids<T>(page: &Page<T>, id: impl Fn(&T) -> u128) -> Vec<u128> {
    page.items.iter().map(id).collect()
}

async fn write_customers(bench: &Bench, names: &[&str]) {
    let all: Vec<Customer> = names
        .iter()
        .zip(1..)
        .map(|(name, n)| customer(n, name))
        .collect();
    bench
        .write(Changes {
            customers: new(all),
            ..Changes::default()
        })
        .await;
}

async fn walk(bench: &Bench, sort: Option<&str>, size: u32) -> Vec<u128> {
    let mut paging = Paging {
        sort: sort.map(str::to_owned),
        ..page(size)
    };
    let mut seen = Vec::new();
    loop {
        let page = bench
            .store
            .find_customers(CustomerFilter::default(), paging.clone())
            .await
            .unwrap();
        assert!(page.items.len() <= size as usize);
        seen.extend(ids(&page, |customer| customer.id.uuid().as_u128()));
        match page.next_cursor {
            Some(cursor) => paging.cursor = Some(cursor),
            None => return seen,
        }
    }
}

async fn pages_neither_skip_nor_repeat(bench: Bench) {
    // Equal names, so that the id decides.
    write_customers(&bench, &["b", "a", "b", "b", "a", "c", "b"]).await;
    for size in [1, 2, 3, 7, 100] {
        assert_eq!(walk(&bench, None, size).await, [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(
            walk(&bench, Some("name"), size).await,
            [2, 5, 1, 3, 4, 7, 6]
        );
        assert_eq!(
            walk(&bench, Some("-name"), size).await,
            [6, 7, 4, 3, 1, 5, 2]
        );
    }
    // What comes in behind the cursor is not seen, what comes after it is.
    let first = bench
        .store
        .find_customers(
            CustomerFilter::default(),
            Paging {
                with_total: true,
                ..page(3)
            },
        )
        .await
        .unwrap();
    assert_eq!(first.total, Some(7));
    bench
        .write(Changes {
            customers: new(vec![customer(100, "z")]),
            ..Changes::default()
        })
        .await;
    let paging = Paging {
        cursor: first.next_cursor,
        ..page(100)
    };
    let rest = bench
        .store
        .find_customers(CustomerFilter::default(), paging)
        .await
        .unwrap();
    assert_eq!(
        ids(&rest, |customer| customer.id.uuid().as_u128()),
        [4, 5, 6, 7, 100]
    );
    assert_eq!((rest.next_cursor, rest.total), (None, None));
}

async fn every_sort_gives_all_in_its_order(bench: Bench) {
    let mut two = order(31, 1);
    two.data.external_ref = None;
    two.data.valid_until = None;
    two.data.product = id(21);
    bench
        .write(Changes {
            products: new(vec![product(21, "ZAP")]),
            ..Changes::default()
        })
        .await;
    bench
        .write(Changes {
            users: new(vec![user(2, "bob"), user(1, "ada")]),
            ..Changes::default()
        })
        .await;
    bench.write(basis(vec![order(30, 1), two])).await;
    let mut endless = license(41, Some(id(31)), "bb");
    endless.expires_on = None;
    endless.external_ref = None;
    bench
        .write(activation(license(40, Some(id(30)), "aa"), 1))
        .await;
    bench
        .write(Changes {
            events: Vec::new(),
            ..activation(endless, 1)
        })
        .await;
    for sort in [
        "id",
        "login",
        "displayName",
        "state",
        "externalRef",
        "createdAt",
        "updatedAt",
    ] {
        let paging = Paging {
            sort: Some(sort.into()),
            ..page(1)
        };
        let first = bench
            .store
            .find_users(UserFilter::default(), paging.clone())
            .await
            .unwrap();
        let next = Paging {
            cursor: first.next_cursor.clone(),
            ..paging
        };
        let second = bench
            .store
            .find_users(UserFilter::default(), next)
            .await
            .unwrap();
        assert_eq!(
            (&*first.items[0].data.login, &*second.items[0].data.login),
            ("ada", "bob"),
            "{sort}"
        );
    }
    for sort in [
        "id",
        "code",
        "version",
        "name",
        "state",
        "externalRef",
        "createdAt",
        "updatedAt",
    ] {
        let paging = Paging {
            sort: Some(sort.into()),
            ..page(1)
        };
        let first = bench
            .store
            .find_products(ProductFilter::default(), paging.clone())
            .await
            .unwrap();
        let next = Paging {
            cursor: first.next_cursor.clone(),
            ..paging
        };
        let second = bench
            .store
            .find_products(ProductFilter::default(), next)
            .await
            .unwrap();
        assert_eq!(
            (&*first.items[0].data.code, &*second.items[0].data.code),
            ("APP", "ZAP"),
            "{sort}"
        );
    }
    for (sort, expected) in [
        ("id", [30, 31]),
        ("-id", [31, 30]),
        ("validUntil", [30, 31]),
        ("externalRef", [31, 30]),
        ("firstActivatedOn", [30, 31]),
        ("activeLicenses", [30, 31]),
        ("state", [30, 31]),
        ("createdAt", [30, 31]),
        ("updatedAt", [30, 31]),
    ] {
        let paging = Paging {
            sort: Some(sort.into()),
            ..page(1)
        };
        let first = bench
            .store
            .find_orders(OrderFilter::default(), paging.clone())
            .await
            .unwrap();
        let next = Paging {
            cursor: first.next_cursor.clone(),
            ..paging
        };
        let second = bench
            .store
            .find_orders(OrderFilter::default(), next)
            .await
            .unwrap();
        let seen = [&first, &second].map(|page| page.items[0].order.id.uuid().as_u128());
        assert_eq!(seen, expected, "{sort}");
    }
    for (sort, expected) in [
        ("issuedAt", [40, 41]),
        ("-issuedAt", [41, 40]),
        ("expiresOn", [40, 41]),
        ("kind", [40, 41]),
        ("state", [40, 41]),
        ("externalRef", [41, 40]),
        ("updatedAt", [40, 41]),
    ] {
        let paging = Paging {
            sort: Some(sort.into()),
            ..page(1)
        };
        let first = bench
            .store
            .find_licenses(LicenseFilter::default(), paging.clone())
            .await
            .unwrap();
        let next = Paging {
            cursor: first.next_cursor.clone(),
            ..paging
        };
        let second = bench
            .store
            .find_licenses(LicenseFilter::default(), next)
            .await
            .unwrap();
        let seen = [&first, &second].map(|page| page.items[0].id.uuid().as_u128());
        assert_eq!(seen, expected, "{sort}");
    }
}

async fn a_sort_that_is_none_is_refused(bench: Bench) {
    for sort in ["", "-", "nonsense", "--id", "name; DROP TABLE customers"] {
        let paging = Paging {
            sort: Some(sort.into()),
            ..page(1)
        };
        let error = bench
            .store
            .find_customers(CustomerFilter::default(), paging)
            .await
            .unwrap_err();
        assert_eq!(
            (error.code, error.field.as_deref()),
            (Code::InvalidRequest, Some("sort")),
            "{sort}"
        );
    }
}

async fn a_cursor_of_another_list_is_refused(bench: Bench) {
    write_customers(&bench, &["a", "b", "c"]).await;
    let first = bench
        .store
        .find_customers(CustomerFilter::default(), page(1))
        .await
        .unwrap();
    let cursor = first.next_cursor.unwrap();
    let blocked = Filter {
        states: vec![CustomerState::Blocked],
        ..Filter::default()
    };
    for (filter, sort, cursor) in [
        (blocked, None, cursor.clone()),
        (CustomerFilter::default(), Some("name"), cursor.clone()),
        (CustomerFilter::default(), None, cursor[1..].to_owned()),
        (CustomerFilter::default(), None, "nonsense".to_owned()),
    ] {
        let paging = Paging {
            sort: sort.map(str::to_owned),
            cursor: Some(cursor),
            ..page(1)
        };
        let error = bench
            .store
            .find_customers(filter, paging)
            .await
            .unwrap_err();
        assert_eq!(
            (error.code, error.field.as_deref()),
            (Code::InvalidRequest, Some("cursor"))
        );
    }
}

fn text<K, S>(value: &str, matching: TextMatch) -> Filter<K, S> {
    Filter {
        text: Some(TextFilter {
            value: value.into(),
            matching,
        }),
        ..Filter::default()
    }
}

async fn texts_are_found(bench: Bench) {
    write_customers(
        &bench,
        &["Müller & Söhne", "müller", "Millers 100%", "a_b\"c'd", "Ab"],
    )
    .await;
    for (value, matching, expected) in [
        ("müller", TextMatch::Exact, vec![2]),
        ("MÜLLER", TextMatch::Prefix, vec![1, 2]),
        ("M", TextMatch::Prefix, vec![1, 2, 3]),
        ("üll", TextMatch::Contains, vec![1, 2]),
        ("& söh", TextMatch::Contains, vec![1]),
        ("100%", TextMatch::Contains, vec![3]),
        ("a%b", TextMatch::Contains, vec![]),
        ("_b\"c'", TextMatch::Contains, vec![4]),
        ("%%%", TextMatch::Contains, vec![]),
        ("OR value", TextMatch::Contains, vec![]),
        ("crm-3", TextMatch::Exact, vec![3]),
        ("zoë o'neil", TextMatch::Exact, vec![1, 2, 3, 4, 5]),
        ("üller", TextMatch::Prefix, vec![]),
    ] {
        let found = bench
            .store
            .find_customers(text(value, matching), page(100))
            .await
            .unwrap();
        assert_eq!(
            ids(&found, |customer| customer.id.uuid().as_u128()),
            expected,
            "{value} {matching}"
        );
    }
    // A changed name is found, the old one no longer.
    let mut renamed = customer(2, "Schmidt");
    renamed.revision = 2;
    bench
        .write(Changes {
            customers: crate::support::samples::changed(vec![renamed]),
            ..Changes::default()
        })
        .await;
    for (value, expected) in [("schmidt", vec![2]), ("müller", vec![1])] {
        let found = bench
            .store
            .find_customers(text(value, TextMatch::Contains), page(100))
            .await
            .unwrap();
        assert_eq!(
            ids(&found, |customer| customer.id.uuid().as_u128()),
            expected,
            "{value}"
        );
    }
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
    let with = |attributes: &[(&str, &str)]| -> Vec<Attribute> {
        attributes
            .iter()
            .map(|(name, value)| attribute(name, value))
            .collect()
    };
    let cases: Vec<(CustomerFilter, Vec<u128>)> = vec![
        (
            Filter {
                ids: vec![Key::Id(id(2)), Key::External("crm-1".into())],
                ..Filter::default()
            },
            vec![1, 2],
        ),
        (
            Filter {
                ids: vec![Key::Id(id(7))],
                ..Filter::default()
            },
            vec![],
        ),
        (
            Filter {
                external_ref: Some("crm-2".into()),
                ..Filter::default()
            },
            vec![2],
        ),
        (
            Filter {
                states: vec![CustomerState::Blocked],
                ..Filter::default()
            },
            vec![2],
        ),
        (
            Filter {
                attributes: with(&[("segment", "gold"), ("region", "eu")]),
                ..Filter::default()
            },
            vec![1],
        ),
        (
            Filter {
                attributes: with(&[("segment", "gold"), ("region", "us")]),
                ..Filter::default()
            },
            vec![],
        ),
        (
            Filter {
                updated_since: Some(NOW + Duration::days(9)),
                ..Filter::default()
            },
            vec![2],
        ),
        (
            Filter {
                updated_since: Some(NOW),
                ..Filter::default()
            },
            vec![1, 2],
        ),
    ];
    for (filter, expected) in cases {
        let paging = Paging {
            with_total: true,
            ..page(100)
        };
        let found = bench
            .store
            .find_customers(filter.clone(), paging)
            .await
            .unwrap();
        assert_eq!(
            ids(&found, |customer| customer.id.uuid().as_u128()),
            expected,
            "{filter:?}"
        );
        assert_eq!(found.total, Some(expected.len() as u64));
    }
}

async fn users_and_products_are_filtered(bench: Bench) {
    bench
        .write(Changes {
            users: new(vec![user(1, "Ada"), user(2, "bob")]),
            products: new(vec![product(20, "APP"), product(21, "ZAP")]),
            ..Changes::default()
        })
        .await;
    let found = bench
        .store
        .find_users(text("ada@ex", TextMatch::Prefix), page(10))
        .await
        .unwrap();
    assert_eq!(found.items, [user(1, "Ada")]);
    let found = bench
        .store
        .find_products(text("zap", TextMatch::Exact), page(10))
        .await
        .unwrap();
    assert_eq!(found.items, [product(21, "ZAP")]);
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
    let cases = [
        (
            OrderFilter {
                customer: Some(Key::Id(id(11))),
                ..OrderFilter::default()
            },
            vec![31],
        ),
        (
            OrderFilter {
                customer: Some(Key::External("crm-10".into())),
                ..OrderFilter::default()
            },
            vec![30],
        ),
        (
            OrderFilter {
                product: Some(Key::Id(id(20))),
                ..OrderFilter::default()
            },
            vec![30, 31],
        ),
        (
            OrderFilter {
                product: Some(Key::Id(id(21))),
                ..OrderFilter::default()
            },
            vec![],
        ),
        (
            OrderFilter {
                root: Some(id(30)),
                ..OrderFilter::default()
            },
            vec![30, 31],
        ),
        (
            OrderFilter {
                root: Some(id(31)),
                ..OrderFilter::default()
            },
            vec![],
        ),
        (
            OrderFilter {
                order_id_part: Some(part),
                ..OrderFilter::default()
            },
            vec![31],
        ),
        (
            OrderFilter {
                common: text("other", TextMatch::Exact),
                ..OrderFilter::default()
            },
            vec![31],
        ),
        (
            OrderFilter {
                common: text("po-30", TextMatch::Exact),
                ..OrderFilter::default()
            },
            vec![30],
        ),
        (
            OrderFilter {
                common: Filter {
                    states: vec![OrderState::Suspended],
                    ..Filter::default()
                },
                ..OrderFilter::default()
            },
            vec![31],
        ),
        (
            OrderFilter {
                common: Filter {
                    ids: vec![
                        OrderKey::OrderId(two.order_id.clone()),
                        OrderKey::Key(Key::Id(id(30))),
                    ],
                    ..Filter::default()
                },
                ..OrderFilter::default()
            },
            vec![30, 31],
        ),
    ];
    for (filter, expected) in cases {
        let found = bench
            .store
            .find_orders(filter.clone(), page(100))
            .await
            .unwrap();
        assert_eq!(
            ids(&found, |view| view.order.id.uuid().as_u128()),
            expected,
            "{filter:?}"
        );
    }
    let found = bench
        .store
        .find_orders(OrderFilter::default(), page(100))
        .await
        .unwrap();
    assert_eq!(found.items[1].order, two);
    assert_eq!(*found.items[1].customer, customer(11, "Other"));
}

async fn licenses_are_filtered(bench: Bench) {
    bench.write(basis(vec![order(30, 1), order(31, 1)])).await;
    let other = License {
        kind: LicenseKind::Emergency,
        state: LicenseState::Removed,
        generator: None,
        ..license(41, Some(id(31)), "bb")
    };
    bench
        .write(activation(license(40, Some(id(30)), "aa"), 1))
        .await;
    bench
        .write(Changes {
            events: Vec::new(),
            ..activation(other, 1)
        })
        .await;
    let on = |host_type: Option<&str>, values: &[&str]| LicenseFilter {
        host: Some(HostFilter {
            host_type: host_type.map(str::to_owned),
            values: values.iter().map(|&value| value.to_owned()).collect(),
        }),
        ..LicenseFilter::default()
    };
    let plain = LicenseFilter::default;
    let cases = [
        (plain(), vec![40, 41]),
        (
            LicenseFilter {
                order: Some(OrderKey::from(id::<lds_domain::id::OrderRef>(31))),
                ..plain()
            },
            vec![41],
        ),
        (
            LicenseFilter {
                order: Some(OrderKey::OrderId(order(30, 1).order_id)),
                ..plain()
            },
            vec![40],
        ),
        (
            LicenseFilter {
                order: Some(OrderKey::Key(Key::External("po-31".into()))),
                ..plain()
            },
            vec![41],
        ),
        (
            LicenseFilter {
                customer: Some(Key::External("crm-10".into())),
                ..plain()
            },
            vec![40, 41],
        ),
        (
            LicenseFilter {
                product: Some(Key::Id(id(21))),
                ..plain()
            },
            vec![],
        ),
        (on(None, &["aa", "zz"]), vec![40]),
        (on(Some("ETHERNET"), &["bb"]), vec![41]),
        (on(Some("HOSTNAME"), &["bb"]), vec![]),
        (
            LicenseFilter {
                kinds: vec![LicenseKind::Emergency, LicenseKind::Manual],
                ..plain()
            },
            vec![41],
        ),
        (
            LicenseFilter {
                generator: Some("token".into()),
                ..plain()
            },
            vec![40],
        ),
        (
            LicenseFilter {
                common: Filter {
                    states: vec![LicenseState::Active],
                    ..Filter::default()
                },
                ..plain()
            },
            vec![40],
        ),
        (
            LicenseFilter {
                common: Filter {
                    attributes: vec![attribute("asset", "42")],
                    ..Filter::default()
                },
                ..plain()
            },
            vec![40, 41],
        ),
        (
            LicenseFilter {
                common: Filter {
                    ids: vec![Key::External("lic-41".into())],
                    ..Filter::default()
                },
                ..plain()
            },
            vec![41],
        ),
        (
            LicenseFilter {
                common: text("acme", TextMatch::Exact),
                ..plain()
            },
            vec![40, 41],
        ),
        (
            LicenseFilter {
                common: text("lic-4", TextMatch::Prefix),
                ..plain()
            },
            vec![40, 41],
        ),
        (
            LicenseFilter {
                common: text("product ap", TextMatch::Contains),
                ..plain()
            },
            vec![40, 41],
        ),
    ];
    for (filter, expected) in cases {
        let found = bench
            .store
            .find_licenses(filter.clone(), page(100))
            .await
            .unwrap();
        assert_eq!(
            ids(&found, |license| license.id.uuid().as_u128()),
            expected,
            "{filter:?}"
        );
    }
    let found = bench.store.find_licenses(plain(), page(1)).await.unwrap();
    assert_eq!(
        found.items,
        [license(40, Some(id(30)), "aa")],
        "files included"
    );
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
        let events = vec![crate::support::samples::event(500 + n as u128)];
        bench
            .write(Changes {
                events,
                ..activation(license, 1)
            })
            .await;
    }
    let plain = LicenseFilter::default;
    for (filter, expected) in [
        (
            LicenseFilter {
                issued_from: Some(NOW + Duration::hours(1)),
                ..plain()
            },
            vec![41, 42],
        ),
        (
            LicenseFilter {
                issued_before: Some(NOW + Duration::hours(1)),
                ..plain()
            },
            vec![40],
        ),
        (
            LicenseFilter {
                expires_from: Some(date!(2027 - 02 - 01)),
                ..plain()
            },
            vec![41],
        ),
        (
            LicenseFilter {
                expires_until: Some(date!(2027 - 01 - 31)),
                ..plain()
            },
            vec![40],
        ),
        (
            LicenseFilter {
                expires_from: Some(date!(2027 - 01 - 31)),
                expires_until: Some(date!(2027 - 02 - 01)),
                ..plain()
            },
            vec![40, 41],
        ),
    ] {
        let found = bench
            .store
            .find_licenses(filter.clone(), page(100))
            .await
            .unwrap();
        assert_eq!(
            ids(&found, |license| license.id.uuid().as_u128()),
            expected,
            "{filter:?}"
        );
    }
}
