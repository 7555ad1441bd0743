//! The desk at which the items of one batch are worked on: it knows which unique values are taken
//! and which entities an earlier item changed. Pure: it sees what was read and adds to the changes.

use std::collections::{HashMap, HashSet};

use crate::audit::difference;
use crate::command::StoreItem;
use crate::error::{Code, Error, Result};
use crate::id::Id;
use crate::service::batch::{check_revision, check_state};
use crate::service::entity::{Entity, Stored, Unique};
use crate::service::record::Record;
use crate::unit::{Changes, Loaded};

/// An item with what was drawn and found out before its unit.
pub(super) struct Prepared<T, I> {
    /// The item.
    pub(super) item: T,
    /// The id, if it creates.
    pub(super) id: I,
    /// Whether it is right by itself.
    pub(super) checked: Result<()>,
}

/// One `delete…`.
pub(super) struct Deletion {
    /// The operation's name.
    pub(super) operation: &'static str,
    /// The kind of event that tells of it.
    pub(super) event: &'static str,
    /// Why one that is referred to stays.
    pub(super) in_use: &'static str,
}

/// One batch at work.
pub(super) struct Desk<'a, E: Entity> {
    record: &'a Record,
    loaded: &'a Loaded,
    taken: HashMap<Unique, E::Id>,
    touched: HashSet<E::Id>,
}

impl<'a, E: Entity> Desk<'a, E> {
    /// A desk with what was read on it.
    pub(super) fn new(record: &'a Record, loaded: &'a Loaded) -> Self {
        let all = E::loaded(loaded);
        let taken =
            all.flat_map(|entity| entity.unique().into_iter().map(|key| (key, entity.id())));
        Self {
            record,
            loaded,
            taken: taken.collect(),
            touched: HashSet::new(),
        }
    }

    /// The entity as it was read.
    pub(super) fn find(&self, key: &E::Key) -> Result<&'a E> {
        E::find(self.loaded, key).ok_or_else(|| E::missing(key))
    }

    /// Whether an earlier item made, changed or deleted it.
    pub(super) fn is_touched(&self, id: E::Id) -> bool {
        self.touched.contains(&id)
    }

    /// The revision that a caller read is another one once an earlier item changed the entity.
    pub(super) fn check_untouched(&self, id: E::Id) -> Result<()> {
        if self.is_touched(id) {
            let message = "An earlier item of this request changed the object.";
            return Err(Error::new(Code::StaleRevision, message).at("revision"));
        }
        Ok(())
    }

    /// Refuses values that another entity has, or gave up in this very batch.
    fn check_unique(&self, entity: &E) -> Result<()> {
        for key in entity.unique() {
            if self
                .taken
                .get(&key)
                .is_some_and(|owner| *owner != entity.id())
            {
                let message = format!("Another {} has this {}.", E::Id::KIND, key.0);
                return Err(Error::new(Code::AlreadyExists, message).at(key.0));
            }
        }
        Ok(())
    }

    /// Adds a new entity, unless another one has its unique values.
    pub(super) fn create(&mut self, changes: &mut Changes, entity: E) -> Result<()> {
        self.check_unique(&entity)?;
        let members = difference(None, Some(&entity.members()));
        let order = entity.order();
        self.record
            .add(changes, E::CREATED, &entity.id(), order, members);
        self.take(&entity);
        E::rows(changes).new.push(entity);
        Ok(())
    }

    /// Adds a changed entity, unless its unique values or its own rules forbid it.
    pub(super) fn change(
        &mut self,
        changes: &mut Changes,
        kind: &'static str,
        before: &E,
        mut after: E,
    ) -> Result<()> {
        self.check_unique(&after)?;
        before.may_become(Some(&after), self.loaded, changes)?;
        after.touch(self.record);
        let members = difference(Some(&before.members()), Some(&after.members()));
        let order = after.order();
        self.record.add(changes, kind, &after.id(), order, members);
        self.take(&after);
        E::rows(changes).changed.push(after);
        Ok(())
    }

    /// One item of `delete…`.
    pub(super) fn remove(
        &mut self,
        changes: &mut Changes,
        deletion: &Deletion,
        key: &E::Key,
    ) -> Result<String> {
        let entity = self.find(key)?;
        let id = entity.id();
        if self.is_touched(id) {
            return Err(E::missing(key));
        }
        if self.loaded.referenced.contains(&id.uuid()) {
            return Err(Error::new(Code::InUse, deletion.in_use).at("id"));
        }
        entity.may_become(None, self.loaded, changes)?;
        let members = difference(Some(&entity.members()), None);
        self.record
            .add(changes, deletion.event, &id, entity.order(), members);
        self.touched.insert(id);
        E::rows(changes).deleted.push(id);
        Ok(id.to_string())
    }

    fn take(&mut self, entity: &E) {
        self.touched.insert(entity.id());
        let keys = entity.unique().into_iter();
        self.taken.extend(keys.map(|key| (key, entity.id())));
    }
}

impl<E: Stored> Desk<'_, E> {
    /// One item of `store…`.
    pub(super) fn store(
        &mut self,
        changes: &mut Changes,
        prepared: &Prepared<StoreItem<E::Id, E::Data>, E::Id>,
    ) -> Result<String> {
        prepared.checked.clone()?;
        let item = &prepared.item;
        match &item.id {
            Some(key) => self.replace(changes, key, item),
            None => self.store_new(changes, prepared.id, item),
        }
    }

    fn store_new(
        &mut self,
        changes: &mut Changes,
        id: E::Id,
        item: &StoreItem<E::Id, E::Data>,
    ) -> Result<String> {
        check_state(item.state.as_deref(), E::FIRST_STATE, E::STATE_OPERATIONS)?;
        let entity = E::create(id, item.data.clone(), self.record.stamps());
        self.create(changes, entity)?;
        Ok(id.to_string())
    }

    /// Storing what is there already changes nothing.
    fn replace(
        &mut self,
        changes: &mut Changes,
        key: &E::Key,
        item: &StoreItem<E::Id, E::Data>,
    ) -> Result<String> {
        let before = self.find(key)?;
        self.check_untouched(before.id())?;
        check_revision(item.revision, before.revision())?;
        check_state(item.state.as_deref(), before.state(), E::STATE_OPERATIONS)?;
        if *before.data() != item.data {
            let after = before.with(item.data.clone());
            self.change(changes, E::CHANGED, before, after)?;
        }
        Ok(before.id().to_string())
    }
}
