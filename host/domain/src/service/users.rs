//! Users: find, store, delete, and the first ones from the command line. One active administrator
//! always remains.

mod passwords;
mod states;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::access::{Actor, Permission, Role};
use crate::command::{BatchAnswer, StateChange, StoreUsers, WriteOptions};
use crate::error::{Code, Error, Result};
use crate::id::{Key, UserId};
use crate::password;
use crate::query::{Page, Paging, UserFilter};
use crate::service::Services;
use crate::service::desk::{Deletion, Desk};
use crate::service::entity::{Entity, Stored, Unique, list, reference};
use crate::service::record::Record;
use crate::unit::{Changes, Loaded, Outcome, Rows, UserKey, Wanted};
use crate::user::{PasswordHash, Stamps, User, UserData, UserState};

impl Services {
    /// `findUsers`.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest`.
    pub async fn find_users(
        &self,
        actor: &Actor,
        filter: UserFilter,
        paging: Paging,
    ) -> Result<Page<User>> {
        actor.require(Permission::ReadUsers)?;
        paging.check()?;
        filter.check()?;
        self.store.find_users(filter, paging).await
    }

    /// `storeUsers`: new ones are invited and have no password yet.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest`, `LimitExceeded`, `IdempotencyConflict`; what concerns
    /// one item is its failure.
    pub async fn store_users(
        &self,
        actor: &Actor,
        mut command: StoreUsers,
    ) -> Result<BatchAnswer<User>> {
        actor.require(Permission::WriteUsers)?;
        command.check("user")?;
        for item in &mut command.items {
            normalize(&mut item.data);
        }
        let checked = command.items.iter().map(|item| item.data.check()).collect();
        self.store_items(actor, "storeUsers", command, checked)
            .await
    }

    /// `deleteUsers`: only those without tokens.
    ///
    /// # Errors
    /// As [`Self::store_users`].
    pub async fn delete_users(
        &self,
        actor: &Actor,
        command: StateChange<Key<UserId>>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::WriteUsers)?;
        let deletion = Deletion {
            operation: "deleteUsers",
            event: "user.deleted",
            in_use: "The user has tokens. Disable the user instead.",
        };
        self.delete_items::<User>(actor, deletion, command).await
    }

    /// A user who can sign in at once: how the operator makes the first one. Takes some 20 ms of
    /// work for the hash.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest`, `AlreadyExists`.
    pub async fn create_user_with_password(
        &self,
        actor: &Actor,
        mut data: UserData,
        password: &str,
    ) -> Result<User> {
        actor.require(Permission::WriteUsers)?;
        normalize(&mut data);
        data.check()?;
        password::check(password, &data.login)?;
        let hash = self.hash(password).await?;
        let record = self.record(actor, "createUser", &WriteOptions::default(), None);
        let mut wanted = Wanted::default();
        User::want_rivals(&mut wanted, &data);
        let user = User {
            state: UserState::Active,
            password: Some(hash),
            ..User::create(self.new_id(), data, record.stamps())
        };
        let made = user.clone();
        let decide = move |loaded: &Loaded| {
            let mut changes = Changes::default();
            let mut desk = Desk::new(&record, loaded);
            desk.create(&mut changes, user.clone())?;
            changes.outcomes.push(Outcome::Done(user.id.to_string()));
            Ok(changes)
        };
        self.commit(None, wanted, false, Arc::new(decide)).await?;
        Ok(made)
    }
}

/// Roles are a set.
fn normalize(data: &mut UserData) {
    data.roles.sort_unstable();
    data.roles.dedup();
}

fn administers(user: &User) -> bool {
    user.state == UserState::Active && user.data.roles.contains(&Role::Administrator)
}

/// Active administrators, with what earlier items of the batch did to them.
fn administrators(loaded: &Loaded, changes: &Changes) -> usize {
    let rows = &changes.users;
    let touched =
        |id: &UserId| rows.deleted.contains(id) || rows.changed.iter().any(|user| user.id == *id);
    let kept = loaded.administrators.iter().filter(|id| !touched(id));
    kept.count() + rows.changed.iter().filter(|user| administers(user)).count()
}

impl Entity for User {
    type Id = UserId;
    type Key = Key<UserId>;
    const CREATED: &'static str = "user.created";

    fn id(&self) -> UserId {
        self.id
    }

    fn unique(&self) -> Vec<Unique> {
        let login = ("login", self.data.folded_login());
        let reference = reference(self.data.external_ref.as_ref());
        std::iter::once(login).chain(reference).collect()
    }

    fn members(&self) -> Value {
        let data = &self.data;
        json!({
            "login": data.login,
            "displayName": data.display_name,
            "email": data.email,
            "role": list(&data.roles),
            "externalRef": data.external_ref,
            "attribute": list(&data.attributes),
            "state": self.state,
            "password": self.password.as_ref().map(PasswordHash::digest),
        })
    }

    fn may_become(&self, after: Option<&Self>, loaded: &Loaded, changes: &Changes) -> Result<()> {
        let lost = administers(self) && !after.is_some_and(administers);
        if lost && administrators(loaded, changes) <= 1 {
            let message = "One active administrator must remain.";
            let is_stored = after.is_some_and(|after| after.state == self.state);
            let field = if is_stored { "role" } else { "id" };
            return Err(Error::new(Code::ActionNotAllowed, message).at(field));
        }
        Ok(())
    }

    fn touch(&mut self, record: &Record) {
        self.revision += 1;
        self.stamps = record.touch(&self.stamps);
    }

    fn loaded(loaded: &Loaded) -> impl Iterator<Item = &Self> {
        loaded.users.iter()
    }

    fn find<'a>(loaded: &'a Loaded, key: &Self::Key) -> Option<&'a Self> {
        loaded.user(&UserKey::Key(key.clone()))
    }

    fn want(wanted: &mut Wanted, key: Self::Key) {
        wanted.users.push(UserKey::Key(key));
        wanted.administrators = true;
    }

    fn rows(changes: &mut Changes) -> &mut Rows<Self, UserId> {
        &mut changes.users
    }
}

impl Stored for User {
    type Data = UserData;
    const CHANGED: &'static str = "user.changed";
    const FIRST_STATE: &'static str = UserState::Invited.name();
    const STATE_OPERATIONS: &'static str = "lockUsers, unlockUsers, disableUsers and enableUsers";

    fn create(id: UserId, data: UserData, stamps: Stamps) -> Self {
        Self {
            id,
            revision: 1,
            data,
            state: UserState::Invited,
            password: None,
            totp: false,
            last_signed_in_at: None,
            stamps,
        }
    }

    fn data(&self) -> &UserData {
        &self.data
    }

    fn with(&self, data: UserData) -> Self {
        Self {
            data,
            ..self.clone()
        }
    }

    fn revision(&self) -> u32 {
        self.revision
    }

    fn state(&self) -> &'static str {
        self.state.name()
    }

    fn want_rivals(wanted: &mut Wanted, data: &UserData) {
        let reference = data.external_ref.clone();
        let reference = reference.map(|value| UserKey::Key(Key::External(value)));
        wanted.users.extend(reference);
        wanted.users.push(UserKey::Login(data.folded_login()));
    }
}

#[cfg(test)]
mod tests;
