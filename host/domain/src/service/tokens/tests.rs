//! Tokens: whose, with which rights, told once, revoked.

use std::collections::BTreeSet;

use time::Duration;

use super::*;
use crate::access::Role;
use crate::testing::{Bench, NOW, actor, batch, new, user_data};
use crate::token::{TokenKey, TokenState};

async fn user(bench: &Bench, login: &str, role: Role) -> (UserId, Actor) {
    let administrator = actor(Role::Administrator);
    let command = batch(vec![new(user_data(login, role))]);
    let answer = bench.services.store_users(&administrator, command).await;
    let id = answer.unwrap().items[0].value.as_ref().unwrap().id;
    let own = Actor {
        who: Who::User(id, None),
        ..actor(role)
    };
    (id, own)
}

fn command(scopes: &[Scope]) -> CreateToken {
    CreateToken {
        user: None,
        name: "script".to_owned(),
        scopes: scopes.to_vec(),
        expires_at: None,
        addresses: Vec::new(),
        digest: false,
        request_id: None,
    }
}

fn revocation(ids: &[TokenId]) -> StateChange<TokenId> {
    StateChange {
        batch: batch(ids.to_vec()),
        reason: Some("lost".to_owned()),
    }
}

async fn refusal(bench: &Bench, actor: &Actor, command: CreateToken) -> (Code, String) {
    let refused = bench.services.create_token(actor, command).await;
    let error = refused.map(|_| ()).unwrap_err();
    (error.code, error.field.unwrap_or_default())
}

#[tokio::test]
async fn a_secret_is_told_once_and_kept_as_digest() {
    let bench = Bench::new();
    let (id, anna) = user(&bench, "anna", Role::Sales).await;
    let mut wanted = command(&[Scope::Role(Role::Sales)]);
    wanted.request_id = Some("r1".to_owned());
    let made = bench
        .services
        .create_token(&anna, wanted.clone())
        .await
        .unwrap();
    let secret = made.secret.unwrap();
    assert!(token::is_well_formed(&secret));
    let found = bench
        .services
        .store()
        .token(TokenKey::Digest(token::digest(&secret)))
        .await
        .unwrap();
    assert_eq!(
        found.map(|(token, user)| (token, user.id)),
        Some((made.token.clone(), id))
    );
    let again = bench.services.create_token(&anna, wanted).await.unwrap();
    assert_eq!((again.token, again.secret), (made.token, None));
    assert_eq!(bench.tables().tokens.len(), 1);
    let audit = format!("{:?}", bench.tables().audit);
    assert!(!audit.contains(&secret));
}

#[tokio::test]
async fn a_secret_is_kept_sealed_for_password_digests_alone() {
    let bench = Bench::new();
    let (_, anna) = user(&bench, "anna", Role::Sales).await;
    let plain = command(&[Scope::Read]);
    let made = bench.services.create_token(&anna, plain.clone()).await;
    assert_eq!(made.unwrap().token.sealed, None);
    let wanted = CreateToken {
        digest: true,
        ..plain
    };
    let made = bench.services.create_token(&anna, wanted).await.unwrap();
    let store = bench.services.store();
    let found = store.token(TokenKey::Id(made.token.id)).await.unwrap();
    let (token, _) = found.unwrap();
    let opened = store.open(token.id, &token.sealed.unwrap()).unwrap();
    assert_eq!(Some(opened), made.secret);
}

#[tokio::test]
async fn a_token_holds_no_more_than_its_user() {
    let bench = Bench::new();
    let (id, anna) = user(&bench, "anna", Role::Sales).await;
    let more = command(&[Scope::Read, Scope::Role(Role::Manager)]);
    let denied = (Code::PermissionDenied, "scope[1]".to_owned());
    assert_eq!(refusal(&bench, &anna, more.clone()).await, denied);
    let others = CreateToken {
        user: Some(Key::Id(id)),
        ..more
    };
    let administrator = actor(Role::Administrator);
    assert_eq!(refusal(&bench, &administrator, others).await, denied);
}

#[tokio::test]
async fn the_generator_endpoint_is_for_those_who_may_generate() {
    let bench = Bench::new();
    let (_, seller) = user(&bench, "anna", Role::Sales).await;
    let (_, manager) = user(&bench, "bert", Role::Manager).await;
    let wanted = command(&[Scope::Generator, Scope::Generator]);
    let denied = (Code::PermissionDenied, "scope[0]".to_owned());
    assert_eq!(refusal(&bench, &seller, wanted.clone()).await, denied);
    let made = bench.services.create_token(&manager, wanted).await.unwrap();
    assert_eq!(made.token.scopes, [Scope::Generator]);
}

#[tokio::test]
async fn others_tokens_are_for_those_who_may_change_users() {
    let bench = Bench::new();
    let (id, anna) = user(&bench, "anna", Role::Sales).await;
    let (_, bert) = user(&bench, "bert", Role::Manager).await;
    let of_anna = CreateToken {
        user: Some(Key::Id(id)),
        ..command(&[Scope::Read])
    };
    assert_eq!(
        refusal(&bench, &bert, of_anna.clone()).await.0,
        Code::PermissionDenied
    );
    let operator = Actor::operator();
    let made = bench
        .services
        .create_token(&operator, of_anna.clone())
        .await
        .unwrap();
    assert_eq!(made.token.user, id);
    bench.services.create_token(&anna, of_anna).await.unwrap();
    let nobodys = refusal(&bench, &operator, command(&[Scope::Read])).await;
    assert_eq!(nobodys, (Code::InvalidRequest, "userId".to_owned()));
    let stranger = Actor::anonymous(None, crate::access::Source::Soap);
    let refused = refusal(&bench, &stranger, command(&[Scope::Read])).await;
    assert_eq!(refused.0, Code::AuthenticationRequired);
}

/// Neither for its own user nor as its own: the new one would outlive it.
#[tokio::test]
async fn a_token_makes_another_only_where_it_may_change_users() {
    let bench = Bench::new();
    let (id, _) = user(&bench, "anna", Role::Manager).await;
    let (chief, _) = user(&bench, "bert", Role::Administrator).await;
    let by_token = |user, role| Actor {
        who: Who::User(user, Some(bench.services.new_id())),
        ..actor(role)
    };
    for user in [None, Some(Key::Id(id))] {
        let wanted = CreateToken {
            user,
            ..command(&[Scope::Role(Role::Manager)])
        };
        let denied = refusal(&bench, &by_token(id, Role::Manager), wanted).await;
        assert_eq!(denied, (Code::PermissionDenied, String::new()));
    }
    let of_anna = CreateToken {
        user: Some(Key::Id(id)),
        ..command(&[Scope::Read])
    };
    let administrator = by_token(chief, Role::Administrator);
    let made = bench.services.create_token(&administrator, of_anna).await;
    assert_eq!(made.unwrap().token.user, id);
}

#[tokio::test]
async fn a_token_ends_in_the_future() {
    let bench = Bench::new();
    let (_, anna) = user(&bench, "anna", Role::Sales).await;
    let until = |end| CreateToken {
        expires_at: Some(end),
        ..command(&[Scope::Read])
    };
    let refused = refusal(&bench, &anna, until(NOW)).await;
    assert_eq!(refused, (Code::InvalidRequest, "expiresAt".to_owned()));
    let end = NOW + Duration::days(1);
    let made = bench
        .services
        .create_token(&anna, until(end))
        .await
        .unwrap();
    assert!(made.token.is_good(NOW, None) && !made.token.is_good(end, None));
}

#[tokio::test]
async fn a_revoked_token_stays_for_the_record_and_is_good_no_more() {
    let bench = Bench::new();
    let (_, anna) = user(&bench, "anna", Role::Sales).await;
    let (_, bert) = user(&bench, "bert", Role::Sales).await;
    let made = bench
        .services
        .create_token(&anna, command(&[Scope::Read]))
        .await
        .unwrap();
    let id = made.token.id;
    let stolen = bench
        .services
        .revoke_tokens(&bert, revocation(&[id]))
        .await
        .unwrap();
    assert_eq!(
        stolen.items[0].failure.as_ref().unwrap().code,
        Code::NotFound
    );
    for _ in 0..2 {
        let answer = bench
            .services
            .revoke_tokens(&anna, revocation(&[id]))
            .await
            .unwrap();
        assert_eq!(answer.failed, 0);
    }
    for (states, expected) in [
        (vec![], vec![]),
        (vec![TokenState::Active], vec![]),
        (vec![TokenState::Revoked], vec![id]),
        (vec![TokenState::Active, TokenState::Revoked], vec![id]),
    ] {
        let filter = TokenFilter {
            states,
            ..TokenFilter::default()
        };
        let find = bench
            .services
            .find_tokens(&anna, filter.clone(), Paging::default());
        let found = find.await.unwrap().items.into_iter().map(|token| token.id);
        assert_eq!(found.collect::<Vec<_>>(), expected, "{filter:?}");
    }
    let tables = bench.tables();
    assert!(!tables.tokens[&id].is_good(NOW, None));
    let revocations = tables
        .events
        .iter()
        .filter(|event| event.kind == "token.revoked");
    assert_eq!(revocations.count(), 1);
    let nobody = Actor::anonymous(None, crate::access::Source::Soap);
    let refused = bench
        .services
        .revoke_tokens(&nobody, revocation(&[id]))
        .await;
    assert_eq!(refused.unwrap_err().code, Code::AuthenticationRequired);
}

/// What of the tokens that were made a caller finds.
async fn found(bench: &Bench, actor: &Actor, user: Option<UserId>) -> Result<BTreeSet<TokenId>> {
    let filter = TokenFilter {
        user: user.map(Key::Id),
        ..TokenFilter::default()
    };
    let page = bench
        .services
        .find_tokens(actor, filter, Paging::default())
        .await?;
    Ok(page.items.iter().map(|token| token.id).collect())
}

#[tokio::test]
async fn everyone_finds_his_own_and_auditors_all() {
    let bench = Bench::new();
    let (anna_id, anna) = user(&bench, "anna", Role::Sales).await;
    let (bert_id, bert) = user(&bench, "bert", Role::Support).await;
    let services = &bench.services;
    let sales = command(&[Scope::Role(Role::Sales)]);
    let of_anna = services
        .create_token(&anna, sales.clone())
        .await
        .unwrap()
        .token
        .id;
    let gone = services.create_token(&anna, sales).await.unwrap().token.id;
    services
        .revoke_tokens(&anna, revocation(&[gone]))
        .await
        .unwrap();
    let support = command(&[Scope::Role(Role::Support)]);
    let of_bert = services
        .create_token(&bert, support)
        .await
        .unwrap()
        .token
        .id;
    assert_eq!(found(&bench, &anna, None).await, Ok([of_anna].into()));
    assert_eq!(found(&bench, &anna, Some(bert_id)).await, Ok([].into()));
    let auditor = actor(Role::Auditor);
    assert_eq!(
        found(&bench, &auditor, None).await,
        Ok([of_anna, of_bert].into())
    );
    assert_eq!(
        found(&bench, &auditor, Some(anna_id)).await,
        Ok([of_anna].into())
    );
}

/// By a token that reads, and by one for the generators' endpoint.
#[tokio::test]
async fn a_token_without_the_right_changes_none() {
    let bench = Bench::new();
    let (id, anna) = user(&bench, "anna", Role::Administrator).await;
    let own = bench
        .services
        .create_token(&anna, command(&[Scope::Read]))
        .await;
    let own = own.unwrap().token.id;
    let by = |scope| Actor {
        who: Who::User(id, Some(own)),
        access: Access::of_token(&[Role::Sales], &[scope]),
        ..anna.clone()
    };
    assert_eq!(
        found(&bench, &by(Scope::Read), None).await,
        Ok([own].into())
    );
    let refused = found(&bench, &by(Scope::Generator), None).await;
    assert_eq!(refused.unwrap_err().code, Code::PermissionDenied);
    for scope in [Scope::Read, Scope::Generator] {
        let refused = refusal(&bench, &by(scope), command(&[Scope::Read])).await;
        assert_eq!(refused.0, Code::PermissionDenied);
        let refused = bench
            .services
            .revoke_tokens(&by(scope), revocation(&[own]))
            .await;
        assert_eq!(refused.unwrap_err().code, Code::PermissionDenied);
    }
}
