//! Lists: every filter and sort, and pages that neither skip nor repeat.

mod filters;
mod sorts;

use lds_domain::Code;
use lds_domain::claim::ClaimClass;
use lds_domain::customer::{Customer, CustomerState};
use lds_domain::id::{Id, OrderRef};
use lds_domain::license::{File, License};
use lds_domain::ports::Store as _;
use lds_domain::query::{
    CustomerFilter, Filter, LicenseFilter, MAX_PAGE, Page, Paging, TextFilter, TextMatch,
};
use lds_domain::unit::{Activity, Changes, NewLicense};

use crate::support::samples::{basis, customer, id, license, new, order, product, user};
use crate::support::{Bench, both};

both!(
    pages_neither_skip_nor_repeat,
    a_sort_that_is_none_is_refused,
    a_cursor_of_another_list_is_refused,
    texts_are_found,
    users_and_products_are_filtered,
    a_page_has_a_thousand_licenses_with_their_files,
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

/// The largest page there is, of licenses that weigh twice what a group of units may: they were
/// written by one unit, which is a group of its own.
async fn a_page_has_a_thousand_licenses_with_their_files(bench: Bench) {
    let order_id = id::<OrderRef>(30);
    let text = |n: u128| format!("{n:08}").repeat(1 << 10).into_bytes();
    let made = |n: u128| NewLicense {
        license: License {
            files: vec![File::new("app.lic".into(), "text/plain".into(), text(n))],
            ..license(1000 + n, Some(order_id), "aa")
        }
        .into(),
        claims: Vec::new(),
        class: ClaimClass::Live,
        document: None,
    };
    let count = MAX_PAGE + 1;
    bench.write(basis(vec![order(30, 0)])).await;
    bench
        .write(Changes {
            new_licenses: (0..u128::from(count)).map(made).collect(),
            activity: vec![Activity {
                order: order_id,
                licenses: i32::try_from(count).unwrap(),
                first_activated_on: None,
            }],
            ..Changes::default()
        })
        .await;
    let find = async |paging| {
        let all = LicenseFilter::default();
        bench.store.find_licenses(all, paging).await.unwrap()
    };
    let first = find(page(MAX_PAGE)).await;
    assert_eq!(first.items.len(), 1000);
    for (n, license) in (0..).zip(&first.items) {
        assert_eq!(license.id, id(1000 + n));
        assert_eq!(*license.files[0].bytes, *text(n));
    }
    let cursor = first.next_cursor;
    assert!(cursor.is_some());
    let second = find(Paging {
        cursor,
        ..page(MAX_PAGE)
    })
    .await;
    assert_eq!(ids(&second, |license| license.id.uuid().as_u128()), [2000]);
    assert_eq!(second.next_cursor, None);
}
