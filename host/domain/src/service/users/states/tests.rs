//! Users that are kept out and let in again.

use super::*;
use crate::access::Role;
use crate::service::users::tests::active;
use crate::testing::{Bench, actor, batch, new, user_data};

const OPERATIONS: [&str; 4] = ["lockUsers", "unlockUsers", "disableUsers", "enableUsers"];

async fn change(bench: &Bench, operation: &str, user: UserId) -> Result<Option<Error>> {
    let (administrator, services) = (actor(Role::Administrator), &bench.services);
    let command = StateChange {
        batch: batch(vec![Key::Id(user)]),
        reason: Some("a reason".to_owned()),
    };
    let answer = match operation {
        "lockUsers" => services.lock_users(&administrator, command).await,
        "unlockUsers" => services.unlock_users(&administrator, command).await,
        "disableUsers" => services.disable_users(&administrator, command).await,
        _ => services.enable_users(&administrator, command).await,
    };
    answer.map(|mut answer| answer.items.remove(0).failure)
}

fn state(bench: &Bench, user: UserId) -> UserState {
    bench.tables().users[&user].state
}

#[tokio::test]
async fn each_operation_leads_from_each_state_where_it_says() {
    use UserState::{Active, Disabled, Locked};
    // From a state: after each of the operations; `None`: refused.
    let table = [
        (
            Active,
            [Some(Locked), Some(Active), Some(Disabled), Some(Active)],
        ),
        (Locked, [Some(Locked), Some(Active), Some(Disabled), None]),
        (Disabled, [None, None, Some(Disabled), Some(Active)]),
    ];
    for (from, expected) in table {
        for (operation, expected) in OPERATIONS.into_iter().zip(expected) {
            let bench = Bench::new();
            let user = active(&bench, "anna", Role::Sales).await.id;
            let way = match from {
                Locked => Some("lockUsers"),
                Disabled => Some("disableUsers"),
                _ => None,
            };
            if let Some(way) = way {
                assert_eq!(change(&bench, way, user).await, Ok(None));
            }
            let events = bench.tables().events.len();
            let failure = change(&bench, operation, user).await.unwrap();
            let told = failure.map(|error| (error.code, error.field));
            let refused = (Code::ActionNotAllowed, Some("id".to_owned()));
            assert_eq!(
                told,
                expected.is_none().then_some(refused),
                "{from} {operation}"
            );
            assert_eq!(
                state(&bench, user),
                expected.unwrap_or(from),
                "{from} {operation}"
            );
            let is_changed = expected.is_some_and(|to| to != from);
            let happened = bench.tables().events.len() - events;
            assert_eq!(happened, usize::from(is_changed), "{from} {operation}");
        }
    }
}

#[tokio::test]
async fn who_never_had_a_password_is_invited_again() {
    for (out, back) in [
        ("lockUsers", "unlockUsers"),
        ("disableUsers", "enableUsers"),
    ] {
        let bench = Bench::new();
        let administrator = actor(Role::Administrator);
        let invited = batch(vec![new(user_data("anna", Role::Sales))]);
        let answer = bench.services.store_users(&administrator, invited).await;
        let user = answer.unwrap().items[0].value.as_ref().unwrap().id;
        assert_eq!(change(&bench, out, user).await, Ok(None));
        assert_ne!(state(&bench, user), UserState::Invited);
        assert_eq!(change(&bench, back, user).await, Ok(None));
        assert_eq!(state(&bench, user), UserState::Invited);
    }
}

#[tokio::test]
async fn the_last_administrator_is_not_kept_out() {
    for operation in ["lockUsers", "disableUsers"] {
        let bench = Bench::new();
        let last = active(&bench, "anna", Role::Administrator).await.id;
        let failure = change(&bench, operation, last).await.unwrap().unwrap();
        assert_eq!(failure.code, Code::ActionNotAllowed);
        assert_eq!(failure.field.as_deref(), Some("id"));
        assert_eq!(state(&bench, last), UserState::Active);
        active(&bench, "bert", Role::Administrator).await;
        assert_eq!(change(&bench, operation, last).await, Ok(None));
    }
}

#[tokio::test]
async fn keeping_out_needs_a_reason_and_an_administrator() {
    let bench = Bench::new();
    let user = active(&bench, "anna", Role::Sales).await.id;
    let without = |user| StateChange {
        batch: batch(vec![Key::Id(user)]),
        reason: None,
    };
    let administrator = actor(Role::Administrator);
    let locked = bench
        .services
        .lock_users(&administrator, without(user))
        .await;
    let disabled = bench
        .services
        .disable_users(&administrator, without(user))
        .await;
    for refused in [locked, disabled] {
        assert_eq!(refused.unwrap_err().field.as_deref(), Some("reason"));
    }
    let manager = actor(Role::Manager);
    let refused = bench.services.unlock_users(&manager, without(user)).await;
    assert_eq!(refused.unwrap_err().code, Code::PermissionDenied);
}
