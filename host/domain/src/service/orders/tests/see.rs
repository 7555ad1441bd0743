//! What callers see of orders.

use time::macros::date;

use super::*;
use crate::command::Left;
use crate::order::UseKind;
use crate::terms::{Allowance, Terms};
use crate::testing::ethernet_terms;
use crate::unit::NewUse;

#[tokio::test]
async fn an_order_id_is_shown_to_those_who_may_see_it() {
    let shop = Shop::open().await;
    let order = shop.order(shop.item()).await;
    let services = &shop.bench.services;
    let find = async |role, part: Option<&str>| {
        let filter = OrderFilter {
            order_id_part: part.map(str::to_owned),
            ..OrderFilter::default()
        };
        services
            .find_orders(&actor(role), filter, Paging::default())
            .await
    };
    let seen = find(Role::Support, Some("2345")).await.unwrap();
    assert_eq!(seen.items[0].shown_order_id, order.order_id.expose());
    let hidden = find(Role::Auditor, None).await.unwrap();
    assert_eq!(hidden.items[0].shown_order_id, order.order_id.shortened());
    let probing = find(Role::Auditor, Some("2345")).await.unwrap_err();
    assert_eq!(probing.code, Code::PermissionDenied);
    for part in ["234", "2 3-4", "234é", "23%4"] {
        let error = find(Role::Support, Some(part)).await.unwrap_err();
        assert_eq!(error.field.as_deref(), Some("orderIdPart"), "{part}");
    }
    assert_eq!(normal_part("ab-c 2").unwrap(), "ABC2");
}

#[tokio::test]
async fn what_is_left_of_the_moves_is_told() {
    let shop = Shop::open().await;
    let item = OrderItem {
        terms: Some(Terms {
            moves_allowed: Some(Allowance {
                count: 2,
                per_days: Some(30),
            }),
            ..ethernet_terms()
        }),
        ..shop.item()
    };
    let answer = shop.store(vec![item]).await;
    let made = answer.items[0].value.clone().unwrap();
    assert_eq!(
        made.moves,
        Some(Left {
            left: 2,
            refill_on: None
        })
    );
    assert_eq!(made.emergencies, None);
    let mut changes = Changes::default();
    changes.uses.push(NewUse {
        order: made.order.id,
        used: AllowanceUse {
            kind: UseKind::Move,
            on: date!(2026 - 11 - 20),
            license: shop.bench.services.new_id(),
        },
    });
    shop.write(changes).await;
    let answer = shop.store(vec![read_back(&made.order)]).await;
    let told = answer.items[0].value.as_ref().unwrap().moves;
    let refill_on = Some(date!(2026 - 12 - 20));
    assert_eq!(told, Some(Left { left: 1, refill_on }));
}
