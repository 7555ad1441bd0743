//! Orders that something came of: which can be deleted, and what a reset of allowances gives back.

use time::{Date, Duration};

use super::*;
use crate::command::BatchAnswer;
use crate::order::Relation;
use crate::terms::Allowance;
use crate::testing::{batch, order_item};

impl Shop {
    async fn delete(&self, ids: &[OrderRef]) -> BatchAnswer<()> {
        let services = &self.bench.services;
        services
            .delete_orders(&actor(Role::Sales), change(ids))
            .await
            .unwrap()
    }

    async fn reset(&self) {
        let (sales, command) = (actor(Role::Sales), change(&[self.order.id]));
        let answer = self.bench.services.reset_allowances(&sales, command);
        assert_eq!(answer.await.unwrap().failed, 0);
    }

    /// An order that was derived from the shop's.
    async fn child(&self) -> Order {
        let child = Order {
            id: id(4),
            order_id: OrderId::draw(&SeededRandom::new(10)),
            parent: Some(self.order.id),
            relation: Some(Relation::Renewal),
            ..self.order.clone()
        };
        let orders = Rows {
            new: vec![child.clone()],
            ..Default::default()
        };
        self.write(Changes {
            orders,
            ..Changes::default()
        })
        .await;
        child
    }

    /// A move: the license of the machine comes and goes.
    async fn moved(&self) -> Result<IssuedLicense> {
        self.activate(MACHINE).await.unwrap();
        self.deactivate(MACHINE).await
    }
}

fn change(ids: &[OrderRef]) -> StateChange<OrderKey> {
    StateChange {
        batch: batch(ids.iter().map(|id| (*id).into()).collect()),
        reason: None,
    }
}

fn codes(answer: &BatchAnswer<()>) -> Vec<Option<Code>> {
    let failures = answer.items.iter().map(|item| item.failure.as_ref());
    failures.map(|failure| failure.map(|f| f.code)).collect()
}

#[tokio::test]
async fn an_order_is_deleted_when_its_family_is() {
    let shop = Shop::new(ethernet_terms()).await;
    let (parent, child) = (shop.order.id, shop.child().await.id);
    assert_eq!(codes(&shop.delete(&[parent]).await), [Some(Code::InUse)]);
    assert_eq!(codes(&shop.delete(&[child]).await), [None]);
    let twice = shop.delete(&[parent, parent]).await;
    assert_eq!(codes(&twice), [None, Some(Code::NotFound)]);
    let tables = shop.bench.tables();
    assert!(tables.orders.is_empty());
    let told = tables.events.iter().map(|event| (event.kind, event.order));
    let told: Vec<_> = told.collect();
    let gone = |id| ("order.deleted", Some(id));
    assert_eq!(told, [gone(child), gone(parent)]);
    let entries = tables.audit.iter().map(|entry| entry.action);
    assert_eq!(entries.collect::<Vec<_>>(), ["deleteOrders"; 2]);
}

#[tokio::test]
async fn the_order_id_of_a_deleted_order_is_not_given_out_again() {
    let shop = Shop::new(ethernet_terms()).await;
    shop.delete(&[shop.order.id]).await;
    assert_eq!(code(shop.activate(MACHINE).await), Code::OrderNotUsable);
    let mut item = order_item(customer().id, product().id);
    item.order_id = Some(shop.order.order_id.expose().to_owned());
    let services = &shop.bench.services;
    let sales = actor(Role::Sales);
    let stored = services.store_orders(&sales, batch(vec![item])).await;
    let failure = stored.unwrap().items[0].failure.clone().unwrap();
    assert_eq!(failure.code, Code::AlreadyExists);
}

#[tokio::test]
async fn an_order_that_had_a_license_stays() {
    let shop = Shop::new(ethernet_terms()).await;
    let license = shop.activate(MACHINE).await.unwrap().license;
    let in_use = [Some(Code::InUse)];
    assert_eq!(codes(&shop.delete(&[shop.order.id]).await), in_use);
    shop.remove(license.id).await;
    assert_eq!(codes(&shop.delete(&[shop.order.id]).await), in_use);
    assert!(shop.bench.tables().orders.contains_key(&shop.order.id));
}

#[tokio::test]
async fn moves_of_the_days_before_a_reset_count_no_more() {
    let shop = shop_with_moves(2, Some(30)).await;
    shop.moved().await.unwrap();
    shop.bench.clock.set(NOW + Duration::days(1));
    shop.moved().await.unwrap();
    assert_eq!(code(shop.moved().await), Code::AllowanceExhausted);
    shop.reset().await;
    let reset = shop.bench.tables().orders[&shop.order.id].clone();
    let today = NOW.date().next_day();
    assert_eq!((reset.revision, reset.allowances_reset_on), (2, today));
    // Also a move of this day is one of before.
    shop.deactivate(MACHINE).await.unwrap();

    shop.reset().await;
    let again = shop.bench.tables().orders[&shop.order.id].clone();
    let written = |order: Order| (order.revision, order.stamps);
    assert_eq!(written(again), written(reset), "reset twice a day");
    shop.bench.clock.set(NOW + Duration::days(2));
    shop.moved().await.unwrap();
    shop.moved().await.unwrap();
    assert_eq!(code(shop.moved().await), Code::AllowanceExhausted);
}

#[tokio::test]
async fn who_writes_orders_may_delete_and_reset_them() {
    let shop = Shop::new(ethernet_terms()).await;
    let services = &shop.bench.services;
    for role in Role::ALL {
        let writes = matches!(role, Role::Administrator | Role::Manager | Role::Sales);
        let expected = (!writes).then_some(Code::PermissionDenied);
        let (actor, command) = (actor(*role), change(&[id(99)]));
        let deleted = services.delete_orders(&actor, command.clone()).await;
        assert_eq!(deleted.err().map(|e| e.code), expected, "{role}");
        let reset = services.reset_allowances(&actor, command).await;
        assert_eq!(reset.err().map(|e| e.code), expected, "{role}");
    }
}

async fn shop_with_moves(count: u32, per_days: Option<u32>) -> Shop {
    let moves_allowed = Some(Allowance { count, per_days });
    Shop::new(Terms {
        moves_allowed,
        ..ethernet_terms()
    })
    .await
}

/// What a customer and the vendor do, a number of days after what they did last.
#[derive(Clone, Copy, Debug)]
enum Step {
    Move,
    Reset,
}

fn steps() -> impl proptest::strategy::Strategy<Value = Vec<(i64, Step)>> {
    use proptest::prelude::*;
    let step = prop_oneof![4 => Just(Step::Move), 1 => Just(Step::Reset)];
    proptest::collection::vec((0_i64..12, step), 1..40)
}

/// A move is possible as long as fewer than the allowed ones lie in the days that count.
async fn play(steps: Vec<(i64, Step)>, count: u32, per_days: Option<u32>) {
    let shop = shop_with_moves(count, per_days).await;
    let (mut now, mut moves, mut reset) = (NOW, Vec::<Date>::new(), None);
    for (days, step) in steps {
        now += Duration::days(days);
        shop.bench.clock.set(now);
        let today = now.date();
        if matches!(step, Step::Reset) {
            shop.reset().await;
            reset = Some(today);
            continue;
        }
        let counts = |on: &&Date| {
            let late = per_days.is_none_or(|days| (today - **on).whole_days() < i64::from(days));
            late && reset.is_none_or(|reset| **on > reset)
        };
        let used = moves.iter().filter(counts).count();
        match shop.moved().await {
            Ok(_) => {
                assert!(used < count as usize, "{used} of {count} were used");
                moves.push(today);
            }
            Err(error) => {
                assert_eq!(error.code, Code::AllowanceExhausted);
                assert!(used >= count as usize, "{used} of {count} were used");
            }
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]

    #[test]
    fn moves_are_counted_by_the_day(
        steps in steps(),
        count in 1_u32..4,
        per_days in proptest::option::of(1_u32..40),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(play(steps, count, per_days));
    }
}
