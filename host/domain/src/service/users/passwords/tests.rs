//! Passwords: who may set whose, and what it makes of the user.

use std::sync::Mutex;
use std::thread::{self, ThreadId};

use super::*;
use crate::access::Role;
use crate::error::Code;
use crate::id::Key;
use crate::ports::Random;
use crate::service::users::tests::{active, is_password};
use crate::testing::{Bench, actor, batch, new, user_data};

const PASSWORD: &str = "correct horse battery";

fn as_user(user: &User) -> Actor {
    Actor {
        who: Who::User(user.id, None),
        ..actor(user.data.roles[0])
    }
}

async fn reset(
    bench: &Bench,
    actor: &Actor,
    user: UserId,
    password: Option<&str>,
) -> Result<Option<String>> {
    let command = ResetPassword {
        user: user.into(),
        password: password.map(str::to_owned),
    };
    bench.services.reset_password(actor, command).await
}

fn stored(bench: &Bench, user: UserId) -> User {
    bench.tables().users[&user].clone()
}

#[tokio::test]
async fn who_was_invited_is_active_with_a_drawn_password() {
    let bench = Bench::new();
    let administrator = actor(Role::Administrator);
    let invited = batch(vec![new(user_data("a", Role::Sales))]);
    let answer = bench.services.store_users(&administrator, invited).await;
    let user = answer.unwrap().items[0].value.as_ref().unwrap().id;
    let drawn = reset(&bench, &administrator, user, None)
        .await
        .unwrap()
        .unwrap();
    assert!(drawn.len() >= 20);
    let now = stored(&bench, user);
    assert_eq!((now.state, now.revision), (UserState::Active, 2));
    assert!(is_password(&drawn, now.password.as_ref()));
    let tables = bench.tables();
    let entry = tables.audit.last().unwrap();
    let members: Vec<_> = entry.changes.iter().map(|change| &*change.member).collect();
    assert_eq!(members, ["password", "state"]);
    assert!(!format!("{:?}", tables.audit).contains(&drawn));
    let again = reset(&bench, &administrator, user, None).await.unwrap();
    assert_ne!(again, Some(drawn));
}

#[tokio::test]
async fn everyone_sets_his_own_and_no_others() {
    let bench = Bench::new();
    let anna = active(&bench, "anna", Role::Sales).await;
    let bert = active(&bench, "bert", Role::Sales).await;
    let told = reset(&bench, &as_user(&anna), anna.id, Some(PASSWORD)).await;
    assert_eq!(told, Ok(None));
    assert!(is_password(
        PASSWORD,
        stored(&bench, anna.id).password.as_ref()
    ));
    for other in [bert.id, UserId::from_uuid(uuid::Uuid::from_u128(77))] {
        let refused = reset(&bench, &as_user(&anna), other, Some(PASSWORD)).await;
        assert_eq!(refused.unwrap_err().code, Code::PermissionDenied);
    }
    let administrator = actor(Role::Administrator);
    let nobody = UserId::from_uuid(uuid::Uuid::from_u128(77));
    let missing = reset(&bench, &administrator, nobody, Some(PASSWORD)).await;
    assert_eq!(missing.unwrap_err().code, Code::NotFound);
    assert_eq!(stored(&bench, bert.id), bert);
}

/// A token may hold less than its user, and a password holds all.
#[tokio::test]
async fn a_token_does_not_set_its_users_password() {
    let bench = Bench::new();
    let anna = active(&bench, "anna", Role::Sales).await;
    let token = crate::id::TokenId::from_uuid(uuid::Uuid::from_u128(5));
    let by_token = Actor {
        who: Who::User(anna.id, Some(token)),
        ..as_user(&anna)
    };
    let refused = reset(&bench, &by_token, anna.id, Some(PASSWORD)).await;
    assert_eq!(refused.unwrap_err().code, Code::PermissionDenied);
    assert_eq!(stored(&bench, anna.id), anna);
}

#[tokio::test]
async fn weak_passwords_are_refused_and_who_is_kept_out_stays_so() {
    let bench = Bench::new();
    let anna = active(&bench, "anna", Role::Sales).await;
    let administrator = actor(Role::Administrator);
    let refused = reset(&bench, &administrator, anna.id, Some("I am Anna 12")).await;
    assert_eq!(refused.unwrap_err().field.as_deref(), Some("password"));
    let lock = crate::command::StateChange {
        batch: batch(vec![Key::Id(anna.id)]),
        reason: Some("tests".to_owned()),
    };
    bench
        .services
        .lock_users(&administrator, lock)
        .await
        .unwrap();
    reset(&bench, &administrator, anna.id, Some(PASSWORD))
        .await
        .unwrap();
    assert_eq!(stored(&bench, anna.id).state, UserState::Locked);
}

/// Randomness that notes the threads that ask for it; a hash asks for its salt.
struct Witness(Mutex<Vec<ThreadId>>);

impl Random for Witness {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
        self.0.lock().unwrap().push(thread::current().id());
    }
}

#[tokio::test]
async fn nobody_else_waits_for_a_hash() {
    let bench = Bench::new();
    let witness = Arc::new(Witness(Mutex::default()));
    let services = Services::new(
        bench.store.clone(),
        bench.generators.clone(),
        bench.clock.clone(),
        witness.clone(),
        Arc::new(|future| drop(tokio::spawn(future))),
    );
    let hash = services.hash(PASSWORD).await.unwrap();
    assert!(is_password(PASSWORD, Some(&hash)));
    let asked = witness.0.lock().unwrap();
    assert!(!asked.is_empty() && !asked.contains(&thread::current().id()));
}
