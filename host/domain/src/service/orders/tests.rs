//! Orders: made from products, replaced, seen.

use proptest::prelude::*;
use time::macros::date;

use super::*;
use crate::access::Role;
use crate::attribute::Attribute;
use crate::command::{Batch, CreateOrders, Left, OrderItem, WriteOptions};
use crate::generator::Problem;
use crate::id::{Id, Key};
use crate::order::UseKind;
use crate::product::Product;
use crate::terms::{Allowance, HostMatch, HostRule, Terms};
use crate::testing::{
    Bench, actor, batch, customer_data, ethernet_terms, feature, new, order_item, product_data,
    replace,
};
use crate::unit::{Activity, NewUse, Unit};

/// A bench with a customer and an active product.
struct Shop {
    bench: Bench,
    customer: crate::id::CustomerId,
    product: Product,
}

impl Shop {
    async fn open() -> Self {
        let bench = Bench::new();
        let manager = actor(Role::Manager);
        let customers = batch(vec![new(customer_data("Acme"))]);
        let customers = bench
            .services
            .store_customers(&manager, customers)
            .await
            .unwrap();
        let product = product(&bench, "cad").await;
        Self {
            customer: customers.items[0].value.as_ref().unwrap().id,
            product,
            bench,
        }
    }

    fn item(&self) -> OrderItem {
        order_item(self.customer, self.product.id)
    }

    async fn store(&self, items: Vec<OrderItem>) -> BatchAnswer<OrderDetails> {
        let command = batch(items);
        let sales = actor(Role::Sales);
        self.bench
            .services
            .store_orders(&sales, command)
            .await
            .unwrap()
    }

    async fn order(&self, item: OrderItem) -> Order {
        let answer = self.store(vec![item]).await;
        answer.items[0].value.clone().unwrap().order
    }

    async fn failure(&self, item: OrderItem) -> (Code, String) {
        let answer = self.store(vec![item]).await;
        let error = answer.items[0].failure.clone().unwrap();
        (error.code, error.field.unwrap_or_default())
    }

    async fn create(&self, count: u32) -> Vec<OrderDetails> {
        let command = self.copies(count);
        let sales = actor(Role::Sales);
        self.bench
            .services
            .create_orders(&sales, command)
            .await
            .unwrap()
    }

    fn copies(&self, count: u32) -> CreateOrders {
        CreateOrders {
            order: self.item(),
            count,
            options: WriteOptions::default(),
        }
    }

    /// What the store does to an order besides services: licenses counted, allowances used.
    async fn write(&self, changes: Changes) {
        let unit = Unit {
            request: None,
            wanted: Wanted::default(),
            decide: Arc::new(move |_| Ok(changes.clone())),
            dry_run: false,
        };
        self.bench.services.store().commit(unit).await.unwrap();
    }
}

async fn product(bench: &Bench, code: &str) -> Product {
    let manager = actor(Role::Manager);
    let products = batch(vec![new(product_data(code))]);
    let products = bench
        .services
        .store_products(&manager, products)
        .await
        .unwrap();
    let product = products.items[0].value.clone().unwrap();
    let command = StateChange {
        batch: batch(vec![Key::Id(product.id)]),
        reason: None,
    };
    bench
        .services
        .activate_products(&manager, command)
        .await
        .unwrap();
    bench.tables().products[&product.id].clone()
}

type Spoil = fn(&mut OrderItem, String);

/// The item that stores an order back as it was read.
fn read_back(order: &Order) -> OrderItem {
    OrderItem {
        id: Some(order.id.into()),
        revision: Some(order.revision),
        order_id: Some(order.order_id.expose().to_lowercase()),
        terms: Some(order.data.terms.clone()),
        features: order.data.features.clone(),
        valid_from: order.data.valid_from,
        valid_until: order.data.valid_until,
        notes: order.data.notes.clone(),
        external_ref: order.data.external_ref.clone(),
        attributes: order.data.attributes.clone(),
        state: Some(order.state.name().to_owned()),
        root: Some(order.root.to_string()),
        ..order_item(order.data.customer, order.data.product)
    }
}

fn change(ids: &[OrderRef], reason: Option<&str>) -> StateChange<OrderKey> {
    StateChange {
        batch: batch(ids.iter().map(|id| (*id).into()).collect()),
        reason: reason.map(str::to_owned),
    }
}

#[tokio::test]
async fn a_new_order_copies_what_it_leaves_out() {
    let shop = Shop::open().await;
    let order = shop.order(shop.item()).await;
    assert_eq!(order.data.terms, shop.product.data.terms);
    assert_eq!(order.data.features, shop.product.data.features);
    assert_eq!(
        (order.root, order.created_on),
        (order.id, date!(2026 - 11 - 25))
    );
    let own = OrderItem {
        features: vec![feature("extra")],
        ..shop.item()
    };
    let own = shop.order(own).await;
    assert_eq!(own.data.terms, shop.product.data.terms);
    assert_eq!(own.data.features, [feature("extra")]);
}

#[tokio::test]
async fn many_orders_have_an_order_id_each() {
    let shop = Shop::open().await;
    let orders = shop.create(1000).await;
    let ids: std::collections::HashSet<_> = orders.iter().map(|o| &o.order.order_id).collect();
    assert_eq!(ids.len(), 1000);
    assert!(ids.iter().all(|id| id.is_own()));
    assert_eq!(shop.bench.tables().orders.len(), 1000);
    assert_eq!(
        shop.bench
            .tables()
            .audit
            .iter()
            .filter(|e| e.action == "createOrders")
            .count(),
        1000
    );
}

#[tokio::test]
async fn an_order_id_of_a_dry_run_is_not_told() {
    let shop = Shop::open().await;
    let mut command = shop.copies(2);
    command.options.dry_run = true;
    let sales = actor(Role::Sales);
    let services = &shop.bench.services;
    let orders = services.create_orders(&sales, command).await.unwrap();
    assert_eq!(orders.len(), 2);
    for order in orders {
        assert_eq!(order.shown_order_id, order.order.order_id.shortened());
    }
    assert!(shop.bench.tables().orders.is_empty());
}

#[tokio::test]
async fn what_a_copy_can_not_have_is_refused_for_the_request() {
    let shop = Shop::open().await;
    let sales = actor(Role::Sales);
    let mut referred = shop.copies(2);
    referred.order.external_ref = Some("r-1".to_owned());
    let mut imported = shop.copies(2);
    imported.order.order_id = Some("OLD0001000200030004".to_owned());
    let mut none = shop.copies(0);
    none.count = 0;
    let mut backwards = shop.copies(3);
    backwards.order.valid_from = Some(date!(2027 - 01 - 02));
    backwards.order.valid_until = Some(date!(2027 - 01 - 01));
    for (command, field) in [
        (referred, "order.externalRef"),
        (imported, "order.orderId"),
        (none, "count"),
        (shop.copies(1001), "count"),
        (backwards, "order.validUntil"),
    ] {
        let error = shop
            .bench
            .services
            .create_orders(&sales, command)
            .await
            .unwrap_err();
        assert_eq!(error.field.as_deref(), Some(field));
    }
    assert!(shop.bench.tables().orders.is_empty());
}

#[tokio::test]
async fn a_repeated_request_makes_no_further_orders() {
    let shop = Shop::open().await;
    let sales = actor(Role::Sales);
    let mut command = shop.copies(3);
    command.options.request_id = Some("r1".to_owned());
    let first = shop
        .bench
        .services
        .create_orders(&sales, command.clone())
        .await
        .unwrap();
    let suspend = change(&[first[1].order.id], Some("unpaid"));
    shop.bench
        .services
        .suspend_orders(&sales, suspend)
        .await
        .unwrap();
    let again = shop
        .bench
        .services
        .create_orders(&sales, command.clone())
        .await
        .unwrap();
    let ids = |orders: &[OrderDetails]| orders.iter().map(|o| o.order.id).collect::<Vec<_>>();
    assert_eq!(ids(&first), ids(&again));
    assert_eq!(again[1].order.state, OrderState::Suspended);
    assert_eq!(shop.bench.tables().orders.len(), 3);
    command.count = 4;
    let other = shop
        .bench
        .services
        .create_orders(&sales, command)
        .await
        .unwrap_err();
    assert_eq!(other.code, Code::IdempotencyConflict);
}

#[tokio::test]
async fn only_active_products_are_ordered() {
    let shop = Shop::open().await;
    let order = shop.order(shop.item()).await;
    let manager = actor(Role::Manager);
    let other = product(&shop.bench, "other").await;
    let retire = StateChange {
        batch: batch(vec![Key::Id(shop.product.id), Key::Id(other.id)]),
        reason: Some("old".to_owned()),
    };
    shop.bench
        .services
        .retire_products(&manager, retire)
        .await
        .unwrap();
    let refused = (Code::ActionNotAllowed, "productId".to_owned());
    assert_eq!(shop.failure(shop.item()).await, refused);
    let mut moved = read_back(&order);
    moved.product = Key::Id(other.id);
    assert_eq!(shop.failure(moved).await, refused);
    // Orders that exist go on.
    let mut noted = read_back(&order);
    noted.notes = Some("kept".to_owned());
    assert_eq!(shop.order(noted).await.revision, 2);
}

#[tokio::test]
async fn what_was_read_can_be_stored_back() {
    let shop = Shop::open().await;
    let order = shop.order(shop.item()).await;
    let asked = shop.bench.generators.validations();
    let same = shop.order(read_back(&order)).await;
    assert_eq!(same, order);
    assert_eq!(shop.bench.generators.validations(), asked);
    let mut longer = read_back(&order);
    longer.valid_until = Some(date!(2027 - 12 - 31));
    longer.features = Vec::new();
    let changed = shop.order(longer).await;
    assert_eq!((changed.revision, changed.data.features.len()), (2, 0));
    let tables = shop.bench.tables();
    let members = tables.audit.last().unwrap().changes.iter();
    let members: Vec<_> = members.map(|change| change.member.as_str()).collect();
    assert_eq!(members, ["feature", "validUntil"]);
}

#[tokio::test]
async fn what_operations_change_is_not_stored() {
    let shop = Shop::open().await;
    let order = shop.order(shop.item()).await;
    let stranger = OrderRef::from_uuid(uuid::Uuid::from_u128(9)).to_string();
    let items: [(&str, Spoil); 6] = [
        ("state", |item, _| item.state = Some("REVOKED".to_owned())),
        ("orderId", |item, _| {
            item.order_id = Some("22222-22222-22222-22222".to_owned());
        }),
        ("parentRef", |item, other| item.parent = Some(other)),
        ("rootRef", |item, other| item.root = Some(other)),
        ("relation", |item, _| {
            item.relation = Some("RENEWAL".to_owned());
        }),
        ("terms", |item, _| item.terms = None),
    ];
    for (field, spoil) in items {
        let mut item = read_back(&order);
        spoil(&mut item, stranger.clone());
        let expected = (Code::InvalidRequest, field.to_owned());
        assert_eq!(shop.failure(item).await, expected);
    }
    let stale = OrderItem {
        revision: Some(7),
        ..read_back(&order)
    };
    assert_eq!(shop.failure(stale).await.0, Code::StaleRevision);
    let unknown = OrderItem {
        id: Some(OrderKey::parse("22222-22222-22222-22222").unwrap()),
        ..read_back(&order)
    };
    assert_eq!(
        shop.failure(unknown).await,
        (Code::OrderNotUsable, "id".to_owned())
    );
}

#[tokio::test]
async fn an_imported_order_id_is_given_out_once() {
    let shop = Shop::open().await;
    let imported = OrderItem {
        order_id: Some("old-0001-0002-0003-0004".to_owned()),
        ..shop.item()
    };
    let answer = shop.store(vec![imported.clone(), imported.clone()]).await;
    let first = answer.items[0].value.as_ref().unwrap();
    assert_eq!(first.shown_order_id, "OLD0001000200030004");
    let exists = (Code::AlreadyExists, "orderId".to_owned());
    let second = answer.items[1].failure.clone().unwrap();
    assert_eq!((second.code, second.field.unwrap()), exists);
    assert_eq!(shop.failure(imported).await, exists);
    let short = OrderItem {
        order_id: Some("SHORT".to_owned()),
        ..shop.item()
    };
    assert_eq!(
        shop.failure(short).await,
        (Code::InvalidRequest, "orderId".to_owned())
    );
}

#[tokio::test]
async fn own_terms_and_features_are_shown_to_the_generator() {
    let shop = Shop::open().await;
    let asked = shop.bench.generators.validations();
    shop.order(shop.item()).await;
    assert_eq!(shop.bench.generators.validations(), asked);
    let mut parameter = feature("extra");
    parameter.parameters.push(Attribute {
        name: "tier".to_owned(),
        value: "high".to_owned(),
    });
    let item = OrderItem {
        features: vec![feature("core"), parameter],
        ..shop.item()
    };
    let field = "feature[1].parameter[0].value";
    assert_eq!(
        shop.failure(item).await,
        (Code::InvalidRequest, field.to_owned())
    );
    shop.bench.generators.find(vec![Problem {
        code: "TOO_MANY".to_owned(),
        message: "At most 5.".to_owned(),
        field: Some("/quantity".to_owned()),
    }]);
    let item = OrderItem {
        terms: Some(Terms {
            quantity: 6,
            ..ethernet_terms()
        }),
        ..shop.item()
    };
    let refused = (Code::GeneratorRejected, "terms.quantity".to_owned());
    assert_eq!(shop.failure(item).await, refused);
}

#[tokio::test]
async fn host_rules_stay_while_there_are_live_licenses() {
    let shop = Shop::open().await;
    let order = shop.order(shop.item()).await;
    let mut changes = Changes::default();
    changes.activity.push(Activity {
        order: order.id,
        licenses: 1,
        first_activated_on: None,
    });
    shop.write(changes).await;
    let with_terms = |change: fn(&mut Terms)| {
        let mut item = read_back(&order);
        let mut terms = order.data.terms.clone();
        change(&mut terms);
        item.terms = Some(terms);
        item
    };
    let refused = (Code::ActionNotAllowed, "terms".to_owned());
    let unlocked = with_terms(|terms| {
        terms.host_lock = crate::terms::HostLock::None;
        terms.host_rules.clear();
    });
    assert_eq!(shop.failure(unlocked).await, refused);
    let matched = with_terms(|terms| terms.host_match = HostMatch::AtLeast(1));
    assert_eq!(shop.failure(matched).await, refused);
    let more = with_terms(|terms| {
        terms.host_rules.push(HostRule {
            host_type: "HOSTNAME".to_owned(),
            min: 0,
            max: 1,
        });
    });
    assert_eq!(shop.failure(more.clone()).await, refused);
    let raised = with_terms(|terms| terms.max_activations = 9);
    let raised = shop.order(raised).await;
    assert_eq!((raised.revision, raised.active_licenses), (2, 1));

    let mut changes = Changes::default();
    changes.activity.push(Activity {
        order: order.id,
        licenses: -1,
        first_activated_on: None,
    });
    shop.write(changes).await;
    let more = OrderItem {
        revision: Some(2),
        ..more
    };
    assert_eq!(shop.order(more).await.revision, 3);
}

#[tokio::test]
async fn a_revoked_order_stays_revoked() {
    let shop = Shop::open().await;
    let (one, two) = (
        shop.order(shop.item()).await.id,
        shop.order(shop.item()).await.id,
    );
    let services = &shop.bench.services;
    let sales = actor(Role::Sales);
    let missing = services.suspend_orders(&sales, change(&[one], None)).await;
    assert_eq!(missing.unwrap_err().field.as_deref(), Some("reason"));
    for _ in 0..2 {
        let done = services
            .suspend_orders(&sales, change(&[one, one], Some("unpaid")))
            .await;
        assert_eq!(done.unwrap().failed, 0);
    }
    services
        .revoke_orders(&sales, change(&[two], Some("refund")))
        .await
        .unwrap();
    let resumed = services
        .resume_orders(&sales, change(&[one, two], None))
        .await
        .unwrap();
    let failed: Vec<_> = resumed
        .items
        .iter()
        .map(|item| item.failure.is_some())
        .collect();
    assert_eq!(failed, [false, true]);
    let tables = shop.bench.tables();
    let states = [one, two].map(|id| (tables.orders[&id].state, tables.orders[&id].revision));
    assert_eq!(states, [(OrderState::Active, 3), (OrderState::Revoked, 2)]);
    let changes = tables
        .events
        .iter()
        .filter(|event| event.order == Some(one));
    let kinds: Vec<_> = changes.map(|event| event.kind).collect();
    assert_eq!(kinds, ["order.created", "order.suspended", "order.resumed"]);
}

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

#[tokio::test]
async fn a_product_that_changes_under_an_order_is_looked_at_again() {
    let shop = Shop::open().await;
    let item = Arc::new(OrderItem {
        terms: Some(ethernet_terms()),
        ..shop.item()
    });
    let draft = draft::Draft {
        item,
        id: shop.bench.services.new_id(),
        drawn: crate::order_id::OrderId::parse("22222-22222-22222-22222").unwrap(),
        checked: Ok(Some(shop.product.revision)),
    };
    let wanted = Wanted {
        products: vec![crate::unit::ProductKey::Key(Key::Id(shop.product.id))],
        ..Wanted::default()
    };
    let before = shop
        .bench
        .services
        .store
        .load(wanted.clone())
        .await
        .unwrap();
    assert!(!draft.is_stale(&before));
    let manager = actor(Role::Manager);
    let mut data = shop.product.data.clone();
    data.name = "Another name".to_owned();
    let change = batch(vec![replace(shop.product.id, shop.product.revision, data)]);
    shop.bench
        .services
        .store_products(&manager, change)
        .await
        .unwrap();
    let mut after = shop.bench.services.store.load(wanted).await.unwrap();
    assert!(draft.is_stale(&after));
    after.products.clear();
    after.taken_order_ids = vec![draft.drawn.clone()];
    assert!(draft.is_stale(&after));
}

#[tokio::test]
async fn roles_decide_who_may() {
    let shop = Shop::open().await;
    for role in Role::ALL {
        let command: Batch<_> = batch(vec![shop.item()]);
        let may = shop
            .bench
            .services
            .store_orders(&actor(*role), command)
            .await;
        let writes = matches!(role, Role::Administrator | Role::Manager | Role::Sales);
        let code = may.err().map(|error| error.code);
        assert_eq!(code, (!writes).then_some(Code::PermissionDenied), "{role}");
    }
}

proptest! {
    /// However items are mixed, each one that was done made one order, and no Order ID is there
    /// twice, nor one of an item that failed.
    #[test]
    fn order_ids_and_orders_go_together(imports in proptest::collection::vec(proptest::option::of(0_u8..4), 1..12), atomic: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let shop = Shop::open().await;
            let item = |import: &Option<u8>| OrderItem {
                order_id: import.map(|n| format!("IMPORTED0000000{n}")),
                ..shop.item()
            };
            let mut command = batch(imports.iter().map(item).collect());
            command.atomic = atomic;
            let answer = shop.bench.services.store_orders(&actor(Role::Sales), command).await.unwrap();
            let mut distinct: Vec<_> = imports.iter().flatten().collect();
            distinct.sort_unstable();
            distinct.dedup();
            let good = imports.iter().filter(|import| import.is_none()).count() + distinct.len();
            let failed = imports.len() - good;
            let written = if atomic && failed > 0 { 0 } else { good };
            let tables = shop.bench.tables();
            prop_assert_eq!(answer.failed, failed);
            prop_assert_eq!(answer.items.iter().filter(|item| item.value.is_some()).count(), written);
            prop_assert_eq!((tables.orders.len(), tables.order_ids.len()), (written, written));
            Ok(())
        })?;
    }
}
