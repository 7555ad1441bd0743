//! What the mechanics that all entities share must know of one: its keys, its unique values, its
//! members, where it lies in what was read and in what is written.

use serde::Serialize;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::id::{Id, Key, OrderRef};
use crate::service::not_found;
use crate::service::record::Record;
use crate::unit::{Changes, Loaded, Rows, Wanted};
use crate::user::Stamps;

/// A member whose value no two entities of a kind share, by its name on the wire, and the value.
pub(super) type Unique = (&'static str, String);

/// Something that is written, item by item.
pub(super) trait Entity: Clone + Send + Sync + 'static {
    /// Its identifier.
    type Id: Id;
    /// How callers name it.
    type Key: Clone + std::fmt::Debug + From<Self::Id> + Send + Sync + 'static;
    /// The kind of event that tells of a new one.
    const CREATED: &'static str;

    /// Its id.
    fn id(&self) -> Self::Id;
    /// The order it concerns.
    fn order(&self) -> Option<OrderRef> {
        None
    }
    /// The values that no other one has.
    fn unique(&self) -> Vec<Unique>;
    /// All that can change, by the names on the wire.
    fn members(&self) -> Value;
    /// Refuses a change, or a deletion, that a rule of the entity forbids. `changes` has what
    /// earlier items did.
    fn may_become(
        &self,
        _after: Option<&Self>,
        _loaded: &Loaded,
        _changes: &Changes,
    ) -> Result<()> {
        Ok(())
    }
    /// Counts a change and stamps it.
    fn touch(&mut self, record: &Record);
    /// All of the kind that were read.
    fn loaded(loaded: &Loaded) -> impl Iterator<Item = &Self>;
    /// One that was read.
    fn find<'a>(loaded: &'a Loaded, key: &Self::Key) -> Option<&'a Self>;
    /// What to say when there is no such one.
    fn missing(_key: &Self::Key) -> Error {
        not_found(Self::Id::KIND)
    }
    /// Asks for one to be read.
    fn want(wanted: &mut Wanted, key: Self::Key);
    /// The rows of the kind.
    fn rows(changes: &mut Changes) -> &mut Rows<Self, Self::Id>;
}

/// Something that `store…` creates and replaces from data alone.
pub(super) trait Stored: Entity<Key = Key<<Self as Entity>::Id>> {
    /// What the caller sets.
    type Data: Clone + PartialEq + std::fmt::Debug + Send + Sync + 'static;
    /// The kind of event that tells of a change.
    const CHANGED: &'static str;
    /// The state of a new one.
    const FIRST_STATE: &'static str;
    /// The operations that change the state, for a sentence.
    const STATE_OPERATIONS: &'static str;

    /// A new one.
    fn create(id: Self::Id, data: Self::Data, stamps: Stamps) -> Self;
    /// What the caller sets.
    fn data(&self) -> &Self::Data;
    /// The same with other data.
    fn with(&self, data: Self::Data) -> Self;
    /// Its revision.
    fn revision(&self) -> u32;
    /// Its state.
    fn state(&self) -> &'static str;
    /// Asks for those to be read that could have the same unique values.
    fn want_rivals(wanted: &mut Wanted, data: &Self::Data);
}

/// An external reference as a unique value.
pub(super) fn reference(value: Option<&String>) -> Option<Unique> {
    value.map(|value| ("externalRef", value.clone()))
}

/// A list as a member: an empty one has no value.
pub(super) fn list<T: Serialize>(items: &[T]) -> Value {
    if items.is_empty() {
        Value::Null
    } else {
        serde_json::json!(items)
    }
}
