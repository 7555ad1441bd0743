//! API tokens: create, find, revoke. Everyone has his own; others' are for those who may change users.
//! A token makes no other: its expiry, its addresses and its revocation would bind its thief no more.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::access::{Access, Actor, Permission, Scope, Who};
use crate::command::{BatchAnswer, CreateToken, NewToken, StateChange, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::id::{Id, Key, TokenId, UserId};
use crate::query::{Page, Paging, TokenFilter};
use crate::service::desk::Desk;
use crate::service::entity::{Entity, Unique};
use crate::service::items::{Transition, done};
use crate::service::record::Record;
use crate::service::{Services, not_found, request_key};
use crate::token::{self, Token};
use crate::unit::{Changes, Loaded, Outcome, Rows, UserKey, Wanted};
use crate::user::{User, UserState};

impl Services {
    /// `createToken`: the secret is in this answer and nowhere else.
    ///
    /// # Errors
    /// `PermissionDenied` for another user's token, by a token that may not change users, and for
    /// scopes beyond the user's roles; `InvalidRequest`, `NotFound`, `IdempotencyConflict`.
    pub async fn create_token(&self, actor: &Actor, command: CreateToken) -> Result<NewToken> {
        let options = WriteOptions {
            request_id: command.request_id.clone(),
            dry_run: false,
        };
        options.check()?;
        token::check(&command.name, &command.scopes, &command.addresses)?;
        let user = UserKey::Key(owner(actor, &command)?);
        let request = request_key(actor, &options, "createToken", &command);
        let (id, secret) = (self.new_id(), token::draw_secret(&*self.random));
        let seal = command.digest.then(|| self.store.seal(id, &secret));
        let draft = Draft {
            id,
            digest: token::digest(&secret),
            sealed: seal.transpose()?,
            user: user.clone(),
            record: self.record(actor, "createToken", &options, None),
            command,
        };
        let wanted = Wanted {
            users: vec![user],
            ..Wanted::default()
        };
        let decide = move |loaded: &Loaded| Ok(draft.decide(loaded)?);
        let committed = self
            .commit(request, wanted, false, Arc::new(decide))
            .await?;
        let secret = (!committed.replayed).then_some(secret);
        let written = committed.changes.tokens.new.into_iter().next();
        let token = match written {
            Some(token) => token,
            None => self.created_before(&committed.outcomes).await?,
        };
        Ok(NewToken { token, secret })
    }

    async fn created_before(&self, outcomes: &[Outcome]) -> Result<Token> {
        let id = done(outcomes).next().unwrap_or_default().parse()?;
        let wanted = Wanted {
            tokens: vec![id],
            ..Wanted::default()
        };
        let loaded = self.store.load(wanted).await?;
        loaded
            .token(id)
            .cloned()
            .ok_or_else(|| not_found(TokenId::KIND))
    }

    /// `findTokens`: one's own, or all by those who may read users.
    ///
    /// # Errors
    /// `AuthenticationRequired`, `PermissionDenied`, `InvalidRequest`.
    pub async fn find_tokens(
        &self,
        actor: &Actor,
        mut filter: TokenFilter,
        paging: Paging,
    ) -> Result<Page<Token>> {
        filter.own = match actor.who {
            _ if actor.access.allows(Permission::ReadUsers) => None,
            Who::User(user, _) if actor.access.reaches_the_store() => Some(user),
            _ => return Err(denied(actor, Permission::ReadUsers)),
        };
        paging.check()?;
        filter.check()?;
        self.store.find_tokens(filter, paging).await
    }

    /// `revokeTokens`: one's own, or others' by those who may change users. To everyone else
    /// others' tokens do not exist.
    ///
    /// # Errors
    /// `AuthenticationRequired`, `InvalidRequest` where the reason is missing,
    /// `IdempotencyConflict`; what concerns one item is its failure.
    pub async fn revoke_tokens(
        &self,
        actor: &Actor,
        command: StateChange<TokenId>,
    ) -> Result<BatchAnswer<()>> {
        let own = match actor.who {
            _ if actor.access.allows(Permission::WriteUsers) => None,
            Who::User(user, _) if actor.access.allows(Permission::ChangeOwn) => Some(user),
            _ => return Err(denied(actor, Permission::WriteUsers)),
        };
        let revoke = Transition::new("revokeTokens", "token.revoked", move |token| {
            revoked(token, own)
        });
        self.change_items(actor, revoke.with_reason(), command)
            .await
    }
}

/// Why someone without this permission is refused.
fn denied(actor: &Actor, permission: Permission) -> Error {
    let sign_in = || Error::new(Code::AuthenticationRequired, "Sign in to do this.");
    actor.require(permission).err().unwrap_or_else(sign_in)
}

/// `own`: only this user's tokens are there.
fn revoked(token: &Token, own: Option<UserId>) -> Result<Option<Token>> {
    if own.is_some_and(|user| user != token.user) {
        return Err(not_found(TokenId::KIND));
    }
    Ok((!token.revoked).then(|| Token {
        revoked: true,
        ..token.clone()
    }))
}

/// Whose token it becomes. One's own only who signed in himself makes.
fn owner(actor: &Actor, command: &CreateToken) -> Result<Key<UserId>> {
    let own = match actor.who {
        Who::User(own, _) => Some(Key::Id(own)),
        _ => None,
    };
    let by_token = matches!(actor.who, Who::User(_, Some(_)));
    let user = command.user.clone().or_else(|| own.clone());
    if own.is_some() && user == own && !by_token {
        actor.require(Permission::ChangeOwn)?;
    } else {
        actor.require(Permission::WriteUsers)?;
    }
    user.ok_or_else(|| Error::invalid("userId", "Tell whose token it is to be."))
}

/// A token with all that does not come from the store.
struct Draft {
    id: TokenId,
    digest: [u8; 32],
    sealed: Option<Vec<u8>>,
    user: UserKey,
    record: Record,
    command: CreateToken,
}

impl Draft {
    fn decide(&self, loaded: &Loaded) -> Result<Changes> {
        let user = loaded
            .user(&self.user)
            .ok_or_else(|| not_found(UserId::KIND).at("userId"))?;
        self.check(user)?;
        let mut changes = Changes::default();
        Desk::new(&self.record, loaded).create(&mut changes, self.token(user.id))?;
        changes.outcomes.push(Outcome::Done(self.id.to_string()));
        Ok(changes)
    }

    fn check(&self, user: &User) -> Result<()> {
        if matches!(user.state, UserState::Locked | UserState::Disabled) {
            let message = format!("The user is {}.", user.state);
            return Err(Error::new(Code::ActionNotAllowed, message).at("userId"));
        }
        if self
            .command
            .expires_at
            .is_some_and(|end| end <= self.record.at)
        {
            return Err(Error::invalid("expiresAt", "The time has passed already."));
        }
        for (i, scope) in self.command.scopes.iter().enumerate() {
            Self::check_scope(user, *scope).map_err(|error| error.at(format!("scope[{i}]")))?;
        }
        Ok(())
    }

    /// A token holds no role that its user has not, and the generator's endpoint is for those who may
    /// generate.
    fn check_scope(user: &User, scope: Scope) -> Result<()> {
        let denied = |message| Err(Error::new(Code::PermissionDenied, message));
        if let Scope::Role(role) = scope
            && !user.data.roles.contains(&role)
        {
            return denied("The user does not have this role.");
        }
        let roles = Access::of_roles(&user.data.roles);
        if scope == Scope::Generator && !roles.allows(Permission::IssueLicenses) {
            return denied("The user's roles do not allow making licenses without orders.");
        }
        Ok(())
    }

    fn token(&self, user: UserId) -> Token {
        let mut scopes: Vec<Scope> = Vec::new();
        for scope in &self.command.scopes {
            if !scopes.contains(scope) {
                scopes.push(*scope);
            }
        }
        Token {
            id: self.id,
            name: self.command.name.clone(),
            user,
            scopes,
            expires_at: self.command.expires_at,
            addresses: self.command.addresses.clone(),
            digest: self.digest,
            sealed: self.sealed.clone(),
            last_used_at: None,
            revoked: false,
            stamps: self.record.stamps(),
        }
    }
}

impl Entity for Token {
    type Id = TokenId;
    type Key = TokenId;
    const CREATED: &'static str = "token.created";

    fn id(&self) -> TokenId {
        self.id
    }

    fn unique(&self) -> Vec<Unique> {
        Vec::new()
    }

    fn members(&self) -> Value {
        let scopes: Vec<_> = self.scopes.iter().map(|scope| scope.name()).collect();
        let addresses: Vec<_> = self.addresses.iter().map(ToString::to_string).collect();
        json!({
            "name": self.name,
            "userId": self.user.to_string(),
            "scope": scopes,
            "expiresAt": self.expires_at.map(time::OffsetDateTime::unix_timestamp),
            "address": if addresses.is_empty() { Value::Null } else { json!(addresses) },
            "digest": self.sealed.is_some().then_some(true),
            "revoked": self.revoked.then_some(true),
        })
    }

    fn touch(&mut self, record: &Record) {
        self.stamps = record.touch(&self.stamps);
    }

    fn loaded(loaded: &Loaded) -> impl Iterator<Item = &Self> {
        loaded.tokens.iter()
    }

    fn find<'a>(loaded: &'a Loaded, key: &Self::Key) -> Option<&'a Self> {
        loaded.token(*key)
    }

    fn want(wanted: &mut Wanted, key: Self::Key) {
        wanted.tokens.push(key);
    }

    fn rows(changes: &mut Changes) -> &mut Rows<Self, TokenId> {
        &mut changes.tokens
    }
}

#[cfg(test)]
mod tests;
