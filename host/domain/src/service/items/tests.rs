//! The mechanics of batches, shown with customers; other entities take the same way.

use proptest::prelude::*;

use super::*;
use crate::Code;
use crate::access::Role;
use crate::command::{BatchItem, Status, StoreCustomers};
use crate::customer::{Customer, CustomerData};
use crate::error::Error;
use crate::id::{CustomerId, Key};
use crate::query::{CustomerFilter, Paging};
use crate::testing::{
    Bench, NOW, actor, batch, customer_data, new, order_item, product_data, replace,
};
use crate::unit::ProductKey;

async fn store(bench: &Bench, command: StoreCustomers) -> BatchAnswer<Customer> {
    let manager = actor(Role::Manager);
    let answer = bench.services.store_customers(&manager, command).await;
    answer.unwrap()
}

async fn stored(bench: &Bench, data: CustomerData) -> Customer {
    let answer = store(bench, batch(vec![new(data)])).await;
    answer.items[0].value.clone().unwrap()
}

fn referred(name: &str, reference: &str) -> CustomerData {
    CustomerData {
        external_ref: Some(reference.to_owned()),
        ..customer_data(name)
    }
}

fn failure<T>(item: &BatchItem<T>) -> (Code, &str) {
    let error: &Error = item.failure.as_ref().unwrap();
    (error.code, error.field.as_deref().unwrap_or_default())
}

fn with_request_id<T>(mut command: Batch<T>, id: &str) -> Batch<T> {
    command.options.request_id = Some(id.to_owned());
    command
}

fn keys(ids: &[CustomerId]) -> StateChange<Key<CustomerId>> {
    StateChange {
        batch: batch(ids.iter().copied().map(Key::Id).collect()),
        reason: None,
    }
}

#[tokio::test]
async fn a_change_counts_up_and_is_written_down() {
    let bench = Bench::new();
    let made = stored(&bench, customer_data("Acme")).await;
    assert_eq!((made.revision, made.stamps.created_at), (1, NOW));
    bench.clock.set(NOW + time::Duration::hours(1));
    let data = CustomerData {
        notes: Some("pays late".to_owned()),
        ..made.data.clone()
    };
    let answer = store(&bench, batch(vec![replace(made.id, 1, data)])).await;
    let changed = answer.items[0].value.clone().unwrap();
    assert_eq!((changed.revision, changed.stamps.created_at), (2, NOW));
    assert_eq!(changed.stamps.updated_at, NOW + time::Duration::hours(1));
    let tables = bench.tables();
    assert_eq!(tables.customers[&made.id], changed);
    let entry = &tables.audit[1];
    assert_eq!(entry.action, "storeCustomers");
    assert_eq!(entry.subject, made.id.to_string());
    let members: Vec<_> = entry.changes.iter().map(|c| c.member.as_str()).collect();
    assert_eq!(members, ["notes"]);
    let kinds: Vec<_> = tables.events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, ["customer.created", "customer.changed"]);
}

#[tokio::test]
async fn storing_what_is_there_changes_nothing() {
    let bench = Bench::new();
    let made = stored(&bench, customer_data("Acme")).await;
    let mut item = replace(made.id, 1, made.data.clone());
    item.state = Some("ACTIVE".to_owned());
    let answer = store(&bench, batch(vec![item])).await;
    assert_eq!(answer.items[0].value.as_ref(), Some(&made));
    assert_eq!(bench.tables().audit.len(), 1);
}

#[tokio::test]
async fn a_replacement_names_what_it_was_made_from() {
    let bench = Bench::new();
    let made = stored(&bench, customer_data("Acme")).await;
    let mut without = replace(made.id, 1, customer_data("A"));
    without.revision = None;
    let mut blocked = replace(made.id, 1, customer_data("B"));
    blocked.state = Some("BLOCKED".to_owned());
    let nobody = CustomerId::from_uuid(uuid::Uuid::from_u128(9));
    let items = vec![
        without,
        replace(made.id, 2, customer_data("C")),
        blocked,
        replace(nobody, 1, customer_data("D")),
        new(customer_data(" ")),
    ];
    let answer = store(&bench, batch(items)).await;
    let failures: Vec<_> = answer.items.iter().map(failure).collect();
    let expected = [
        (Code::InvalidRequest, "revision"),
        (Code::StaleRevision, "revision"),
        (Code::InvalidRequest, "state"),
        (Code::NotFound, "id"),
        (Code::InvalidRequest, "name"),
    ];
    assert_eq!(failures, expected);
    assert_eq!((answer.status, answer.failed), (Status::Failure, 5));
    assert_eq!(bench.tables().customers[&made.id], made);
}

#[tokio::test]
async fn a_failing_item_is_left_out_and_leaves_no_trace() {
    let bench = Bench::new();
    let items = vec![new(customer_data("")), new(customer_data("Acme"))];
    let answer = store(&bench, batch(items)).await;
    assert_eq!((answer.status, answer.failed), (Status::PartialFailure, 1));
    assert_eq!(answer.items[0].id, None);
    let tables = bench.tables();
    let counts = (
        tables.customers.len(),
        tables.audit.len(),
        tables.events.len(),
    );
    assert_eq!(counts, (1, 1, 1));
    assert_eq!(answer.items[1].id, Some(tables.audit[0].subject.clone()));
}

#[tokio::test]
async fn an_atomic_batch_is_all_or_nothing() {
    let bench = Bench::new();
    let mut command = batch(vec![new(customer_data("Acme")), new(customer_data(""))]);
    command.atomic = true;
    let answer = store(&bench, command).await;
    assert_eq!((answer.status, answer.failed), (Status::Failure, 1));
    assert_eq!(
        (&answer.items[0].id, &answer.items[0].failure),
        (&None, &None)
    );
    let tables = bench.tables();
    assert!(tables.customers.is_empty() && tables.audit.is_empty() && tables.events.is_empty());
}

#[tokio::test]
async fn a_dry_run_answers_and_writes_nothing() {
    let bench = Bench::new();
    let mut command = with_request_id(batch(vec![new(customer_data("Acme"))]), "r1");
    command.options.dry_run = true;
    let answer = store(&bench, command).await;
    assert_eq!(answer.items[0].value.as_ref().unwrap().data.name, "Acme");
    let tables = bench.tables();
    assert!(tables.customers.is_empty() && tables.requests.is_empty());
}

#[tokio::test]
async fn a_repeated_request_is_answered_with_the_objects_as_they_are_now() {
    let bench = Bench::new();
    let items = vec![
        new(customer_data("Acme")),
        new(customer_data("")),
        new(customer_data("Gone")),
    ];
    let command = with_request_id(batch(items), "r1");
    let first = store(&bench, command.clone()).await;
    let (acme, gone) = (
        first.items[0].value.clone().unwrap(),
        first.items[2].value.clone().unwrap(),
    );
    store(
        &bench,
        batch(vec![replace(acme.id, 1, customer_data("Acme 2"))]),
    )
    .await;
    let manager = actor(Role::Manager);
    let delete = bench.services.delete_customers(&manager, keys(&[gone.id]));
    assert_eq!(delete.await.unwrap().failed, 0);

    let again = store(&bench, command.clone()).await;
    assert_eq!((again.status, again.failed), (first.status, first.failed));
    assert_eq!(again.items[0].value.as_ref().unwrap().data.name, "Acme 2");
    assert_eq!(again.items[1], first.items[1]);
    assert_eq!(again.items[2].id, Some(gone.id.to_string()));
    assert_eq!(again.items[2].value, None);
    assert_eq!(bench.tables().customers.len(), 1);

    let other = with_request_id(batch(vec![new(customer_data("Other"))]), "r1");
    let refused = bench.services.store_customers(&manager, other).await;
    assert_eq!(refused.unwrap_err().code, Code::IdempotencyConflict);
}

#[tokio::test]
async fn references_are_unique_also_inside_a_batch() {
    let bench = Bench::new();
    let one = stored(&bench, referred("One", "r-1")).await;
    let two = stored(&bench, referred("Two", "r-2")).await;
    let items = vec![
        new(referred("Three", "r-1")),
        new(referred("Four", "r-4")),
        new(referred("Five", "r-4")),
        replace(two.id, 1, referred("Two", "r-1")),
        replace(one.id, 1, referred("One again", "r-1")),
    ];
    let answer = store(&bench, batch(items)).await;
    let exists = (Code::AlreadyExists, "externalRef");
    for i in [0, 2, 3] {
        assert_eq!(failure(&answer.items[i]), exists, "item {i}");
    }
    assert_eq!(answer.failed, 3);
    assert_eq!(bench.tables().customers[&one.id].data.name, "One again");
}

#[tokio::test]
async fn an_entity_that_an_earlier_item_changed_is_stale() {
    let bench = Bench::new();
    let made = stored(&bench, referred("Acme", "r-1")).await;
    let mut by_reference = replace(made.id, 1, referred("Third", "r-1"));
    by_reference.id = Some(Key::External("r-1".to_owned()));
    let items = vec![replace(made.id, 1, referred("Second", "r-1")), by_reference];
    let answer = store(&bench, batch(items)).await;
    assert_eq!(answer.items[0].failure, None);
    assert_eq!(failure(&answer.items[1]), (Code::StaleRevision, "revision"));
    assert_eq!(bench.tables().customers[&made.id].data.name, "Second");
}

#[tokio::test]
async fn what_is_referred_to_stays() {
    let bench = Bench::new();
    let used = stored(&bench, customer_data("Used")).await;
    let free = stored(&bench, customer_data("Free")).await;
    let manager = actor(Role::Manager);
    let products = batch(vec![new(product_data("cad"))]);
    let products = bench.services.store_products(&manager, products).await;
    let product = products.unwrap().items[0].value.clone().unwrap();
    let activate = StateChange {
        batch: batch(vec![Key::Id(product.id)]),
        reason: None,
    };
    bench
        .services
        .activate_products(&manager, activate)
        .await
        .unwrap();
    let orders = batch(vec![order_item(used.id, product.id)]);
    let orders = bench.services.store_orders(&manager, orders).await.unwrap();
    assert_eq!(orders.failed, 0);

    let command = keys(&[used.id, free.id, free.id]);
    let answer = bench
        .services
        .delete_customers(&manager, command)
        .await
        .unwrap();
    assert_eq!(failure(&answer.items[0]), (Code::InUse, "id"));
    assert_eq!(answer.items[1].failure, None);
    assert_eq!(failure(&answer.items[2]), (Code::NotFound, "id"));
    let tables = bench.tables();
    assert_eq!(tables.customers.keys().collect::<Vec<_>>(), [&used.id]);
    assert_eq!(
        tables.events.last().map(|event| event.kind),
        Some("customer.deleted")
    );
}

#[tokio::test]
async fn roles_decide_who_may() {
    let bench = Bench::new();
    let command = batch(vec![new(customer_data("Acme"))]);
    for role in Role::ALL {
        let actor = actor(*role);
        let may = bench
            .services
            .store_customers(&actor, command.clone())
            .await;
        let writes = matches!(role, Role::Administrator | Role::Manager | Role::Sales);
        let code = may.err().map(|error| error.code);
        assert_eq!(code, (!writes).then_some(Code::PermissionDenied), "{role}");
        let found =
            bench
                .services
                .find_customers(&actor, CustomerFilter::default(), Paging::default());
        assert!(found.await.is_ok(), "{role}");
    }
    let nobody = crate::access::Actor::anonymous(None, crate::access::Source::Soap);
    let refused = bench.services.store_customers(&nobody, command).await;
    assert_eq!(refused.unwrap_err().code, Code::AuthenticationRequired);
}

#[tokio::test]
async fn a_batch_has_limits() {
    let bench = Bench::new();
    let manager = actor(Role::Manager);
    let mut codes = Vec::new();
    for count in [0, 1001] {
        let items = (0..count).map(|i| new(customer_data(&format!("Customer {i}"))));
        let command = batch(items.collect());
        codes.push(
            bench
                .services
                .store_customers(&manager, command)
                .await
                .unwrap_err()
                .code,
        );
    }
    assert_eq!(codes, [Code::InvalidRequest, Code::LimitExceeded]);
    assert!(bench.tables().customers.is_empty());
}

/// Rivals and referred products are asked for by the keys that the store knows.
#[test]
fn what_is_wanted_names_rivals() {
    let items = [new::<crate::id::ProductId, _>(product_data("cad"))];
    let wanted = wanted_to_store::<crate::product::Product>(&items);
    assert_eq!(wanted.products, [ProductKey::Code("cad".to_owned(), None)]);
    assert!(wanted.for_change);
}

/// One item of a history: a reference to name, revisions ahead of the one in force, a name and a
/// reference to set.
type Act = (Option<u8>, u32, u8, Option<u8>);

fn reference(number: u8) -> String {
    format!("r-{number}")
}

fn item(tables: &crate::testing::Tables, act: Act) -> StoreItem<CustomerId, CustomerData> {
    let (named, ahead, name, set) = act;
    let data = CustomerData {
        external_ref: set.map(reference),
        ..customer_data(&format!("Customer {name}"))
    };
    let Some(named) = named.map(reference) else {
        return new(data);
    };
    let mut all = tables.customers.values();
    let current = all.find(|customer| customer.data.external_ref.as_ref() == Some(&named));
    StoreItem {
        id: Some(Key::External(named)),
        revision: Some(current.map_or(1, |customer| customer.revision) + ahead),
        ..new(data)
    }
}

proptest! {
    /// Every change is counted and written down once, whatever is stored in whatever order; that
    /// references stay unique the store itself asserts.
    #[test]
    fn revisions_count_the_entries(
        history in proptest::collection::vec(
            (proptest::collection::vec(
                (proptest::option::of(0_u8..3), 0_u32..2, 0_u8..2, proptest::option::of(0_u8..3)), 1..5), any::<bool>()),
            1..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let bench = Bench::new();
            for (acts, atomic) in history {
                let before = bench.tables();
                let mut command = batch(acts.into_iter().map(|act| item(&before, act)).collect());
                command.atomic = atomic;
                let answer = store(&bench, command).await;
                let after = bench.tables();
                if answer.status == Status::Failure {
                    prop_assert_eq!(after.audit.len(), before.audit.len());
                }
                prop_assert_eq!(after.audit.len(), after.events.len());
                for customer in after.customers.values() {
                    let subject = customer.id.to_string();
                    let entries = after.audit.iter().filter(|entry| entry.subject == subject);
                    prop_assert_eq!(entries.count(), customer.revision as usize);
                }
            }
            Ok(())
        })?;
    }
}
