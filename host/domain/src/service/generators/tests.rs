//! Switches: who may turn them, what they stop, and when it is known.

use time::Duration;

use super::*;
use crate::access::{Actor, Role, Source};
use crate::command::{BatchAnswer, PreviewLicense, WriteOptions};
use crate::id::Key;
use crate::testing::{Bench, GENERATOR, NOW, actor, batch, new, product_data};

fn names(names: &[&str], reason: Option<&str>) -> StateChange<String> {
    StateChange {
        batch: batch(names.iter().map(|name| (*name).to_owned()).collect()),
        reason: reason.map(str::to_owned),
    }
}

async fn disable(bench: &Bench) -> BatchAnswer<()> {
    let command = names(&[GENERATOR], Some("its key leaked"));
    let developer = actor(Role::Developer);
    let answer = bench.services.disable_generators(&developer, command);
    answer.await.unwrap()
}

async fn enable(bench: &Bench) -> BatchAnswer<()> {
    let developer = actor(Role::Developer);
    let answer = bench
        .services
        .enable_generators(&developer, names(&[GENERATOR], None));
    answer.await.unwrap()
}

async fn state(bench: &Bench) -> GeneratorState {
    let found = bench
        .services
        .find_generators(&actor(Role::Auditor), &[])
        .await;
    found.unwrap()[0].state
}

/// Whether a product can be stored, and then previewed.
async fn is_in_use(bench: &Bench, code: &str) -> Result<()> {
    let developer = actor(Role::Developer);
    let stored = bench
        .services
        .store_products(&developer, batch(vec![new(product_data(code))]))
        .await?;
    let item = stored.items.into_iter().next().unwrap();
    item.failure.map_or(Ok(()), Err)
}

#[tokio::test]
async fn generators_are_found_by_name() {
    let bench = Bench::new();
    let find = async |role, name: &str| {
        let names = [name.to_owned()];
        bench.services.find_generators(&actor(role), &names).await
    };
    assert_eq!(find(Role::Developer, GENERATOR).await.unwrap().len(), 1);
    assert_eq!(find(Role::Developer, "other").await.unwrap().len(), 0);
    assert_eq!(state(&bench).await, GeneratorState::Ready);
    let refused = find(Role::Sales, GENERATOR).await.unwrap_err();
    assert_eq!(refused.code, Code::PermissionDenied);
}

#[tokio::test]
async fn one_that_is_off_writes_nothing_until_it_is_on_again() {
    let bench = Bench::new();
    is_in_use(&bench, "a").await.unwrap();
    assert_eq!(disable(&bench).await.failed, 0);
    assert_eq!(state(&bench).await, GeneratorState::Disabled);
    let refused = is_in_use(&bench, "b").await.unwrap_err();
    assert_eq!(refused.code, Code::GeneratorUnavailable);
    assert!(
        refused
            .message
            .contains("switched off by disableGenerators")
    );
    assert!(refused.message.ends_with("; there is none."));
    let product = *bench.tables().products.keys().next().unwrap();
    let preview = async || {
        let command = PreviewLicense {
            order: None,
            customer: None,
            product: Some(Key::Id(product)),
            terms: Some(crate::terms::Terms::default()),
            features: Vec::new(),
            hosts: Vec::new(),
            parameters: Vec::new(),
        };
        let sales = actor(Role::Sales);
        bench.services.preview_license(&sales, command).await
    };
    let refused = preview().await.unwrap_err();
    assert_eq!(refused.code, Code::GeneratorUnavailable);
    assert!(refused.internal.unwrap().contains("switched off"));
    assert_eq!(bench.generators.runs(), 0);
    assert_eq!(enable(&bench).await.failed, 0);
    preview().await.unwrap();
    assert_eq!(state(&bench).await, GeneratorState::Ready);
}

#[tokio::test]
async fn host_types_of_one_that_is_off_are_not_proposed() {
    let bench = Bench::new();
    let refusal = async || {
        let host = crate::host::Host {
            host_type: "ETHER".to_owned(),
            value: "1".to_owned(),
            name: None,
            port: None,
        };
        let refused = bench.services.normal_hosts("host", &[host]).await;
        refused.unwrap_err().message
    };
    assert!(refusal().await.contains("ETHERNET"));
    disable(&bench).await;
    assert!(!refusal().await.contains("ETHERNET"));
}

#[tokio::test]
async fn turning_a_switch_is_written_down_once() {
    let bench = Bench::new();
    disable(&bench).await;
    assert_eq!(disable(&bench).await.failed, 0);
    enable(&bench).await;
    enable(&bench).await;
    let tables = bench.tables();
    let told: Vec<_> = tables.events.iter().map(|event| event.kind).collect();
    assert_eq!(told, ["generator.disabled", "generator.enabled"]);
    let entry = &tables.audit[0];
    assert_eq!(
        (entry.action, entry.subject.as_str()),
        ("disableGenerators", GENERATOR)
    );
    assert_eq!(entry.reason.as_deref(), Some("its key leaked"));
    let change = &entry.changes[0];
    let states = (change.before.as_deref(), change.after.as_deref());
    assert_eq!(states, (Some("READY"), Some("DISABLED")));
}

#[tokio::test]
async fn other_nodes_know_it_after_a_second() {
    let bench = Bench::new();
    let other = Services::new(
        bench.store.clone(),
        bench.generators.clone(),
        bench.clock.clone(),
        Arc::new(crate::ports::fixed::SeededRandom::new(3)),
        Arc::new(|future| drop(tokio::spawn(future))),
    );
    other.check_on(GENERATOR).await.unwrap();
    disable(&bench).await;
    bench.clock.set(NOW + Duration::milliseconds(999));
    other.check_on(GENERATOR).await.unwrap();
    bench.clock.set(NOW + Duration::SECOND);
    let refused = other.check_on(GENERATOR).await.unwrap_err();
    assert_eq!(refused.code, Code::GeneratorUnavailable);
    bench.clock.set(NOW - Duration::HOUR);
    assert!(other.check_on(GENERATOR).await.is_err());
    enable(&bench).await;
    bench.clock.set(NOW - 2 * Duration::HOUR);
    other.check_on(GENERATOR).await.unwrap();
}

#[tokio::test]
async fn items_fail_by_themselves_and_dry_runs_turn_nothing() {
    let bench = Bench::new();
    let (developer, reason) = (actor(Role::Developer), Some("why"));
    let mixed = names(&["other", GENERATOR, GENERATOR], reason);
    let mut dry = mixed.clone();
    dry.batch.options.dry_run = true;
    let answer = bench.services.disable_generators(&developer, dry).await;
    assert_eq!(answer.unwrap().failed, 1);
    assert_eq!(state(&bench).await, GeneratorState::Ready);
    let mut atomic = mixed.clone();
    atomic.batch.atomic = true;
    let answer = bench.services.disable_generators(&developer, atomic).await;
    assert_eq!(answer.unwrap().status, crate::command::Status::Failure);
    assert_eq!(state(&bench).await, GeneratorState::Ready);
    let answer = bench
        .services
        .disable_generators(&developer, mixed)
        .await
        .unwrap();
    let failure = answer.items[0].failure.as_ref().unwrap();
    assert_eq!(
        (failure.code, failure.field.as_deref()),
        (Code::NotFound, Some("id"))
    );
    assert_eq!(answer.failed, 1);
    assert_eq!(bench.tables().events.len(), 1);
}

#[tokio::test]
async fn a_request_is_answered_once() {
    let bench = Bench::new();
    let developer = actor(Role::Developer);
    let mut command = names(&[GENERATOR], Some("why"));
    command.batch.options = WriteOptions {
        request_id: Some("r-1".to_owned()),
        dry_run: false,
    };
    let send = async |command| bench.services.disable_generators(&developer, command).await;
    send(command.clone()).await.unwrap();
    enable(&bench).await;
    send(command.clone()).await.unwrap();
    assert_eq!(state(&bench).await, GeneratorState::Ready);
    command.reason = Some("another".to_owned());
    assert_eq!(
        send(command).await.unwrap_err().code,
        Code::IdempotencyConflict
    );
}

#[tokio::test]
async fn switches_are_for_developers_and_need_a_reason() {
    let bench = Bench::new();
    let turn = async |role, reason| {
        let command = names(&[GENERATOR], reason);
        let actor = actor(role);
        let answer = bench.services.disable_generators(&actor, command).await?;
        Ok::<_, Error>(answer.failed)
    };
    for role in [Role::Manager, Role::Auditor, Role::Support] {
        let refused = turn(role, Some("why")).await.unwrap_err();
        assert_eq!(refused.code, Code::PermissionDenied);
    }
    let refused = turn(Role::Developer, None).await.unwrap_err();
    assert_eq!(refused.field.as_deref(), Some("reason"));
    assert_eq!(turn(Role::Administrator, Some("why")).await, Ok(0));
}

#[tokio::test]
async fn a_test_needs_no_switch_but_a_generator_that_works() {
    let bench = Bench::new();
    disable(&bench).await;
    let test = async |actor: &Actor, name: &str| {
        let command = TestGenerator {
            name: name.to_owned(),
            request: None,
        };
        bench.services.test_generator(actor, command).await
    };
    let developer = actor(Role::Developer);
    assert_eq!(test(&developer, GENERATOR).await.unwrap().status, "OK");
    let missing = test(&developer, "other").await.unwrap_err();
    assert_eq!(
        (missing.code, missing.field.as_deref()),
        (Code::NotFound, Some("name"))
    );
    let manager = test(&actor(Role::Manager), GENERATOR).await.unwrap_err();
    assert_eq!(manager.code, Code::PermissionDenied);
    let nobody = Actor::anonymous(None, Source::Soap);
    let nobody = test(&nobody, GENERATOR).await.unwrap_err();
    assert_eq!(nobody.code, Code::AuthenticationRequired);
    bench
        .generators
        .change(|info| info.state = GeneratorState::Failed);
    let failed = test(&developer, GENERATOR).await.unwrap_err();
    assert_eq!(failed.code, Code::GeneratorUnavailable);
    assert_eq!(bench.tables().audit.len(), 1, "a test is not written down");
}
