//! Passwords: everyone his own, others' by those who may change users.

use std::sync::Arc;

use futures_util::FutureExt;

use crate::access::{Actor, Permission, Who};
use crate::command::{ResetPassword, WriteOptions};
use crate::error::{Error, Result};
use crate::id::{Id, UserId};
use crate::password;
use crate::service::desk::Desk;
use crate::service::entity::Entity;
use crate::service::{Services, not_found};
use crate::unit::{Changes, Loaded, Outcome, UserKey, Wanted};
use crate::user::{PasswordHash, User, UserState};

impl Services {
    /// `resetPassword`: answers with the password if it was drawn. Who was invited is active from
    /// now on; who is kept out stays so. By a token nobody changes his own password: it may hold
    /// less than its user. One hash is made at a time.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`, `InvalidRequest`.
    pub async fn reset_password(
        &self,
        actor: &Actor,
        command: ResetPassword,
    ) -> Result<Option<String>> {
        let user = self.user_to_reset(actor, &command).await?;
        let drawn = match &command.password {
            Some(given) => password::check(given, &user.data.login).map(|()| None)?,
            None => Some(password::draw(&*self.random)),
        };
        let new = drawn.as_ref().or(command.password.as_ref());
        let hash = self
            .hash(new.map(String::as_str).unwrap_or_default())
            .await?;
        self.set_password(actor, user.id, hash).await?;
        Ok(drawn)
    }

    /// To those who may not know others, others are denied whether they exist or not.
    async fn user_to_reset(&self, actor: &Actor, command: &ResetPassword) -> Result<Arc<User>> {
        let found = self.store.user(UserKey::Key(command.user.clone())).await?;
        let is_own = found
            .as_ref()
            .is_some_and(|user| actor.who == Who::User(user.id, None));
        actor.require(if is_own {
            Permission::ChangeOwn
        } else {
            Permission::WriteUsers
        })?;
        found.ok_or_else(|| not_found(UserId::KIND))
    }

    /// On a thread of its own: nobody waits behind it but those who hash, and their turn ends with
    /// the work, even if the caller has gone.
    pub(super) async fn hash(&self, password: &str) -> Result<PasswordHash> {
        let turn = Arc::clone(&self.hashing).lock_owned().await;
        let (password, random) = (password.to_owned(), Arc::clone(&self.random));
        let work = async move {
            let hash = password::hash(&password, &*random);
            drop(turn);
            hash
        };
        let (work, hash) = work.remote_handle();
        std::thread::Builder::new()
            .name("lds-password".to_owned())
            .spawn(|| work.now_or_never())
            .map_err(Error::unavailable)?;
        hash.await
    }

    async fn set_password(&self, actor: &Actor, id: UserId, hash: PasswordHash) -> Result<()> {
        let options = WriteOptions::default();
        let record = self.record(actor, "resetPassword", &options, None);
        let mut wanted = Wanted::default();
        User::want(&mut wanted, id.into());
        let decide = move |loaded: &Loaded| {
            let mut desk = Desk::<User>::new(&record, loaded);
            let before = desk.find(&id.into())?;
            let mut changes = Changes::default();
            let after = with_password(before, hash.clone());
            desk.change(&mut changes, "user.passwordChanged", before, after)?;
            changes.outcomes.push(Outcome::Done(id.to_string()));
            Ok(changes)
        };
        self.commit(None, wanted, false, Arc::new(decide)).await?;
        Ok(())
    }
}

fn with_password(user: &User, hash: PasswordHash) -> User {
    let state = match user.state {
        UserState::Invited => UserState::Active,
        state => state,
    };
    User {
        password: Some(hash),
        state,
        ..user.clone()
    }
}

#[cfg(test)]
mod tests;
