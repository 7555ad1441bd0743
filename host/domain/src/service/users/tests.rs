//! Users: the first one, unique logins, and the administrator who always remains.

use proptest::prelude::*;

use super::*;
use crate::command::StoreItem;
use crate::testing::{Bench, actor, batch, new, replace, user_data};

const PASSWORD: &str = "correct horse battery";

async fn with_password(bench: &Bench, login: &str, role: Role) -> Result<User> {
    let data = user_data(login, role);
    let operator = Actor::operator();
    let services = &bench.services;
    services
        .create_user_with_password(&operator, data, PASSWORD)
        .await
}

pub(super) fn is_password(password: &str, hash: Option<&PasswordHash>) -> bool {
    password::verify(password, hash, &mut password::Workspace::default())
}

/// Puts an active user into the store as it is after a password was set, without the work.
pub(super) async fn active(bench: &Bench, login: &str, role: Role) -> User {
    let administrator = actor(Role::Administrator);
    let command = batch(vec![new(user_data(login, role))]);
    let answer = bench.services.store_users(&administrator, command).await;
    let mut user = answer.unwrap().items[0].value.clone().unwrap();
    user.state = UserState::Active;
    user.password = Some(PasswordHash("a hash".to_owned()));
    let mut changes = Changes::default();
    changes.users.changed.push(user.clone());
    let unit = crate::unit::Unit {
        request: None,
        wanted: Wanted::default(),
        decide: Arc::new(move |_| Ok(changes.clone())),
        dry_run: false,
    };
    bench.services.store().commit(unit).await.unwrap();
    user
}

#[tokio::test]
async fn the_operator_makes_a_user_who_can_sign_in() {
    let bench = Bench::new();
    let user = with_password(&bench, "anna", Role::Administrator)
        .await
        .unwrap();
    assert_eq!(user.state, UserState::Active);
    let tables = bench.tables();
    let stored = &tables.users[&user.id];
    assert!(is_password(PASSWORD, stored.password.as_ref()));
    let entry = &tables.audit[0];
    assert_eq!(
        (entry.actor.as_str(), entry.action),
        ("operator", "createUser")
    );
    let set = entry
        .changes
        .iter()
        .find(|change| change.member == "password");
    assert!(set.unwrap().before.is_none() && set.unwrap().after.is_some());
    let again = with_password(&bench, "ANNA", Role::Sales)
        .await
        .unwrap_err();
    assert_eq!(
        (again.code, again.field.as_deref()),
        (Code::AlreadyExists, Some("login"))
    );
}

#[tokio::test]
async fn weak_passwords_make_no_user() {
    let bench = Bench::new();
    let data = user_data("anna", Role::Administrator);
    let operator = Actor::operator();
    let refused = bench
        .services
        .create_user_with_password(&operator, data, "short");
    assert_eq!(
        refused.await.unwrap_err().field.as_deref(),
        Some("password")
    );
    assert!(bench.tables().users.is_empty());
}

#[tokio::test]
async fn a_login_is_unique_without_case_also_inside_a_batch() {
    let bench = Bench::new();
    let administrator = actor(Role::Administrator);
    let logins = ["anna", "Anna", "bert"];
    let items = logins
        .iter()
        .map(|login| new(user_data(login, Role::Sales)));
    let command = batch(items.collect());
    let answer = bench
        .services
        .store_users(&administrator, command)
        .await
        .unwrap();
    let failed: Vec<_> = answer
        .items
        .iter()
        .map(|item| item.failure.is_some())
        .collect();
    assert_eq!(failed, [false, true, false]);
    let first = answer.items[0].value.as_ref().unwrap();
    assert_eq!(first.state, UserState::Invited);
}

#[tokio::test]
async fn roles_are_a_set() {
    let bench = Bench::new();
    let user = active(&bench, "anna", Role::Sales).await;
    let administrator = actor(Role::Administrator);
    let mut data = user.data.clone();
    data.roles = vec![Role::Sales, Role::Sales];
    let command = batch(vec![replace(user.id, user.revision, data)]);
    let answer = bench
        .services
        .store_users(&administrator, command)
        .await
        .unwrap();
    assert_eq!(answer.items[0].value.as_ref(), Some(&user));
}

#[derive(Clone, Debug)]
enum Act {
    Give(usize, Role),
    Delete(usize),
    KeepOut(State, [usize; 2]),
    LetIn(State, usize),
}

/// A state in which a user is kept out.
#[derive(Clone, Copy, Debug)]
enum State {
    Locked,
    Disabled,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let role = prop_oneof![Just(Role::Administrator), Just(Role::Sales)];
    let state = prop_oneof![Just(State::Locked), Just(State::Disabled)];
    let act = prop_oneof![
        2 => (0_usize..3, role).prop_map(|(who, role)| Act::Give(who, role)),
        1 => (0_usize..3).prop_map(Act::Delete),
        2 => (state.clone(), [0_usize..3, 0..3]).prop_map(|(state, who)| Act::KeepOut(state, who)),
        1 => (state, 0_usize..3).prop_map(|(state, who)| Act::LetIn(state, who)),
    ];
    proptest::collection::vec(act, 1..12)
}

async fn apply_state(bench: &Bench, users: &[User], act: &Act) {
    let (administrator, services) = (actor(Role::Administrator), &bench.services);
    let command = |who: &[usize]| StateChange {
        batch: batch(who.iter().map(|who| Key::Id(users[*who].id)).collect()),
        reason: Some("tests".to_owned()),
    };
    let answer = match act {
        Act::Give(..) => return,
        Act::Delete(who) => {
            services
                .delete_users(&administrator, command(&[*who]))
                .await
        }
        Act::KeepOut(State::Locked, who) => services.lock_users(&administrator, command(who)).await,
        Act::KeepOut(State::Disabled, who) => {
            services.disable_users(&administrator, command(who)).await
        }
        Act::LetIn(State::Locked, who) => {
            services
                .unlock_users(&administrator, command(&[*who]))
                .await
        }
        Act::LetIn(State::Disabled, who) => {
            services
                .enable_users(&administrator, command(&[*who]))
                .await
        }
    };
    answer.unwrap();
}

/// Changes of roles run in batches of two, deletions one by one.
async fn apply(bench: &Bench, users: &[User], acts: &[Act]) {
    let administrator = actor(Role::Administrator);
    for pair in acts.chunks(2) {
        let mut items: Vec<StoreItem<UserId, UserData>> = Vec::new();
        for act in pair {
            match act {
                Act::Give(who, role) => {
                    let tables = bench.tables();
                    let Some(user) = tables.users.get(&users[*who].id) else {
                        continue;
                    };
                    let roles = vec![*role];
                    let data = UserData {
                        roles,
                        ..user.data.clone()
                    };
                    items.push(replace(user.id, user.revision, data));
                }
                _ => apply_state(bench, users, act).await,
            }
        }
        if !items.is_empty() {
            bench
                .services
                .store_users(&administrator, batch(items))
                .await
                .unwrap();
        }
    }
}

proptest! {
    #[test]
    fn one_active_administrator_always_remains(acts in acts()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let bench = Bench::new();
            let mut users = Vec::new();
            for (login, role) in [("anna", Role::Administrator), ("bert", Role::Administrator), ("carl", Role::Sales)] {
                users.push(active(&bench, login, role).await);
            }
            apply(&bench, &users, &acts).await;
            let left = bench.tables().users.values().filter(|user| administers(user)).count();
            prop_assert!(left >= 1);
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn the_last_administrator_keeps_role_and_place() {
    let bench = Bench::new();
    let last = active(&bench, "anna", Role::Administrator).await;
    let heir = active(&bench, "bert", Role::Sales).await;
    let administrator = actor(Role::Administrator);
    let demoted =
        |user: &User, role| replace(user.id, user.revision, user_data(&user.data.login, role));
    let alone = batch(vec![demoted(&last, Role::Sales)]);
    let answer = bench
        .services
        .store_users(&administrator, alone)
        .await
        .unwrap();
    assert_eq!(
        answer.items[0].failure.as_ref().unwrap().code,
        Code::ActionNotAllowed
    );
    let command = StateChange {
        batch: batch(vec![Key::Id(last.id)]),
        reason: None,
    };
    let answer = bench
        .services
        .delete_users(&administrator, command)
        .await
        .unwrap();
    assert_eq!(
        answer.items[0].failure.as_ref().unwrap().code,
        Code::ActionNotAllowed
    );
    let handed_over = batch(vec![
        demoted(&heir, Role::Administrator),
        demoted(&last, Role::Sales),
    ]);
    let answer = bench
        .services
        .store_users(&administrator, handed_over)
        .await
        .unwrap();
    assert_eq!(answer.failed, 0);
}
