//! Whether users are let in: lock, unlock, disable, enable. Who is let in is asked at every call,
//! so that a change is in force with the next one, for passwords and tokens alike.

use crate::access::{Actor, Permission};
use crate::command::{BatchAnswer, StateChange};
use crate::error::{Code, Error, Result};
use crate::id::{Key, UserId};
use crate::service::Services;
use crate::service::items::Transition;
use crate::user::{User, UserState};

impl Services {
    /// `lockUsers`: not let in until they are unlocked.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest` where the reason is missing, `LimitExceeded`,
    /// `IdempotencyConflict`; what concerns one item is its failure.
    pub async fn lock_users(
        &self,
        actor: &Actor,
        command: StateChange<Key<UserId>>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::WriteUsers)?;
        let lock = Transition::new("lockUsers", "user.locked", |user: &User| match user.state {
            UserState::Disabled => Err(other_way(user, "enableUsers changes it first.")),
            _ => Ok(in_state(user, UserState::Locked)),
        });
        self.change_items(actor, lock.with_reason(), command).await
    }

    /// `unlockUsers`: as they were before they were locked.
    ///
    /// # Errors
    /// As [`Self::lock_users`], but no reason is needed.
    pub async fn unlock_users(
        &self,
        actor: &Actor,
        command: StateChange<Key<UserId>>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::WriteUsers)?;
        let unlock = Transition::new("unlockUsers", "user.unlocked", |user: &User| {
            match user.state {
                UserState::Disabled => Err(other_way(user, "enableUsers changes that.")),
                _ => Ok(in_state(user, let_in(user))),
            }
        });
        self.change_items(actor, unlock, command).await
    }

    /// `disableUsers`: switched off, whatever they were.
    ///
    /// # Errors
    /// As [`Self::lock_users`].
    pub async fn disable_users(
        &self,
        actor: &Actor,
        command: StateChange<Key<UserId>>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::WriteUsers)?;
        let disable = Transition::new("disableUsers", "user.disabled", |user| {
            Ok(in_state(user, UserState::Disabled))
        });
        self.change_items(actor, disable.with_reason(), command)
            .await
    }

    /// `enableUsers`: switched on again.
    ///
    /// # Errors
    /// As [`Self::lock_users`], but no reason is needed.
    pub async fn enable_users(
        &self,
        actor: &Actor,
        command: StateChange<Key<UserId>>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::WriteUsers)?;
        let enable = Transition::new("enableUsers", "user.enabled", |user: &User| {
            match user.state {
                UserState::Locked => Err(other_way(user, "unlockUsers changes that.")),
                _ => Ok(in_state(user, let_in(user))),
            }
        });
        self.change_items(actor, enable, command).await
    }
}

/// The state of a user whom nobody keeps out.
const fn let_in(user: &User) -> UserState {
    match user.password {
        Some(_) => UserState::Active,
        None => UserState::Invited,
    }
}

fn in_state(user: &User, state: UserState) -> Option<User> {
    (user.state != state).then(|| User {
        state,
        ..user.clone()
    })
}

fn other_way(user: &User, hint: &str) -> Error {
    let message = format!("The user is {}; {hint}", user.state);
    Error::new(Code::ActionNotAllowed, message).at("id")
}

#[cfg(test)]
mod tests;
