//! Every sort of every list, walked in pages of one.

use lds_domain::Result;
use lds_domain::ports::Store as _;
use lds_domain::query::{LicenseFilter, OrderFilter, Page, Paging, ProductFilter, UserFilter};
use lds_domain::unit::Changes;

use super::page;
use crate::support::samples::{activation, basis, id, license, new, order, product, user};
use crate::support::{Bench, both};

both!(
    users_are_sorted,
    products_are_sorted,
    orders_are_sorted,
    licenses_are_sorted,
);

/// The two entities of a list in the order of a sort, each on a page of its own.
async fn pair<T: Clone>(sort: &str, find: impl AsyncFn(Paging) -> Result<Page<T>>) -> [T; 2] {
    let paging = Paging {
        sort: Some(sort.into()),
        ..page(1)
    };
    let first = find(paging.clone()).await.unwrap();
    let next = Paging {
        cursor: first.next_cursor.clone(),
        ..paging
    };
    let second = find(next).await.unwrap();
    assert_eq!(second.next_cursor, None, "{sort}");
    [first, second].map(|page| page.items[0].clone())
}

async fn users_are_sorted(bench: Bench) {
    let users = new(vec![user(2, "bob"), user(1, "ada")]);
    bench
        .write(Changes {
            users,
            ..Changes::default()
        })
        .await;
    let find = async |paging| bench.store.find_users(UserFilter::default(), paging).await;
    for sort in [
        "id",
        "login",
        "displayName",
        "state",
        "externalRef",
        "createdAt",
        "updatedAt",
    ] {
        let logins = pair(sort, find).await.map(|user| user.data.login);
        assert_eq!(logins, ["ada", "bob"], "{sort}");
    }
}

async fn products_are_sorted(bench: Bench) {
    let products = new(vec![product(21, "ZAP"), product(20, "APP")]);
    bench
        .write(Changes {
            products,
            ..Changes::default()
        })
        .await;
    let find = async |paging| {
        let all = ProductFilter::default();
        bench.store.find_products(all, paging).await
    };
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
        let codes = pair(sort, find).await.map(|product| product.data.code);
        assert_eq!(codes, ["APP", "ZAP"], "{sort}");
    }
}

/// Two orders, the second with nothing that need not be there.
async fn write_orders(bench: &Bench) {
    let mut two = order(31, 1);
    two.data.external_ref = None;
    two.data.valid_until = None;
    bench.write(basis(vec![order(30, 1), two])).await;
}

async fn orders_are_sorted(bench: Bench) {
    write_orders(&bench).await;
    let find = async |paging| {
        bench
            .store
            .find_orders(OrderFilter::default(), paging)
            .await
    };
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
        let seen = pair(sort, find).await.map(|view| view.order.id);
        assert_eq!(seen, expected.map(id), "{sort}");
    }
}

async fn licenses_are_sorted(bench: Bench) {
    write_orders(&bench).await;
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
    let find = async |paging| {
        let all = LicenseFilter::default();
        bench.store.find_licenses(all, paging).await
    };
    for (sort, expected) in [
        ("issuedAt", [40, 41]),
        ("-issuedAt", [41, 40]),
        ("expiresOn", [40, 41]),
        ("kind", [40, 41]),
        ("state", [40, 41]),
        ("externalRef", [41, 40]),
        ("updatedAt", [40, 41]),
    ] {
        let seen = pair(sort, find).await.map(|license| license.id);
        assert_eq!(seen, expected.map(id), "{sort}");
    }
}
