//! From the items of a command to one unit and back to its answer: the same way for every entity.

use std::collections::HashMap;
use std::sync::Arc;

use crate::access::Actor;
use crate::command::{Batch, BatchAnswer, StateChange, StoreItem};
use crate::error::Result;
use crate::id::Id;
use crate::service::batch::{answer, each};
use crate::service::desk::{Deletion, Desk, Prepared};
use crate::service::entity::{Entity, Stored};
use crate::service::record::Record;
use crate::service::{Services, check_reason, request_key};
use crate::unit::{Changes, Committed, Loaded, Outcome, Wanted};

/// Leads an entity into another state; `None`: it is there already.
type Step<E> = Box<dyn Fn(&E) -> Result<Option<E>> + Send + Sync>;

/// One named change of state.
pub(super) struct Transition<E> {
    operation: &'static str,
    event: &'static str,
    reason: Needed,
    step: Step<E>,
}

impl<E> Transition<E> {
    /// The operation's name, the kind of event that tells of it, and what is done to each.
    pub(super) fn new(
        operation: &'static str,
        event: &'static str,
        step: impl Fn(&E) -> Result<Option<E>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            operation,
            event,
            reason: Needed::No,
            step: Box::new(step),
        }
    }

    /// The same, but something is taken away, so that it needs a reason.
    pub(super) fn with_reason(self) -> Self {
        Self {
            reason: Needed::Yes,
            ..self
        }
    }
}

/// One plural change of any kind.
pub(super) struct Plural {
    /// The operation's name.
    pub(super) operation: &'static str,
    /// Whether something is taken away, so that it needs a reason.
    pub(super) reason: Needed,
    /// What is read under the locks.
    pub(super) wanted: Wanted,
}

/// Whether something must be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needed {
    /// It must.
    Yes,
    /// It may.
    No,
}

impl Services {
    /// A new id.
    pub(super) fn new_id<I: Id>(&self) -> I {
        I::generate(&*self.clock, &*self.random)
    }

    /// `store…`: items that create and items that replace. `checked` tells of each whether it is
    /// right by itself.
    pub(super) async fn store_items<E: Stored>(
        &self,
        actor: &Actor,
        operation: &'static str,
        batch: Batch<StoreItem<E::Id, E::Data>>,
        checked: Vec<Result<()>>,
    ) -> Result<BatchAnswer<E>> {
        let request = request_key(actor, &batch.options, operation, &batch);
        let record = self.record(actor, operation, &batch.options, None);
        let wanted = wanted_to_store::<E>(&batch.items);
        let (atomic, dry_run) = (batch.atomic, batch.options.dry_run);
        let batch = self.prepared(batch, checked);
        let decide = move |loaded: &Loaded| {
            let mut desk = Desk::<E>::new(&record, loaded);
            Ok(each(&batch, |changes, item| desk.store(changes, item)))
        };
        let committed = self
            .commit(request, wanted, dry_run, Arc::new(decide))
            .await?;
        self.told(atomic, committed).await
    }

    fn prepared<T, I: Id>(
        &self,
        batch: Batch<T>,
        checked: Vec<Result<()>>,
    ) -> Batch<Prepared<T, I>> {
        let items = batch.items.into_iter().zip(checked);
        Batch {
            items: items
                .map(|(item, checked)| Prepared {
                    item,
                    id: self.new_id(),
                    checked,
                })
                .collect(),
            atomic: batch.atomic,
            options: batch.options,
        }
    }

    /// `delete…`.
    pub(super) async fn delete_items<E: Entity>(
        &self,
        actor: &Actor,
        deletion: Deletion,
        command: StateChange<E::Key>,
    ) -> Result<BatchAnswer<()>> {
        let plural = Plural {
            operation: deletion.operation,
            reason: Needed::No,
            wanted: Wanted {
                references: true,
                ..wanted_to_change::<E>(&command)
            },
        };
        let decide = move |batch: &Batch<E::Key>, loaded: &Loaded, record: &Record| {
            let mut desk = Desk::<E>::new(record, loaded);
            each(batch, |changes, key| desk.remove(changes, &deletion, key))
        };
        self.change_all(actor, plural, command, decide).await
    }

    /// A plural change of state; repeating it changes nothing.
    pub(super) async fn change_items<E: Entity>(
        &self,
        actor: &Actor,
        transition: Transition<E>,
        command: StateChange<E::Key>,
    ) -> Result<BatchAnswer<()>> {
        let plural = Plural {
            operation: transition.operation,
            reason: transition.reason,
            wanted: wanted_to_change::<E>(&command),
        };
        let decide = move |batch: &Batch<E::Key>, loaded: &Loaded, record: &Record| {
            let mut desk = Desk::<E>::new(record, loaded);
            each(batch, |changes, key| {
                let before = desk.find(key)?;
                // All items lead to one state: one that is named twice is there already.
                if !desk.is_touched(before.id())
                    && let Some(after) = (transition.step)(before)?
                {
                    desk.change(changes, transition.event, before, after)?;
                }
                Ok(before.id().to_string())
            })
        };
        self.change_all(actor, plural, command, decide).await
    }

    /// What all plural changes have in common: the checks, the record, one unit for all items and
    /// the answer to each. Serves also what is no [`Entity`], as licenses.
    pub(super) async fn change_all<K, F>(
        &self,
        actor: &Actor,
        plural: Plural,
        command: StateChange<K>,
        decide: F,
    ) -> Result<BatchAnswer<()>>
    where
        K: std::fmt::Debug + Send + Sync + 'static,
        F: Fn(&Batch<K>, &Loaded, &Record) -> Changes + Send + Sync + 'static,
    {
        command.batch.check("id")?;
        let reason = command.reason.as_deref();
        check_reason(reason, plural.reason == Needed::Yes)?;
        let options = &command.batch.options;
        let request = request_key(actor, options, plural.operation, &command);
        let record = self.record(actor, plural.operation, options, reason);
        let (atomic, dry_run) = (command.batch.atomic, options.dry_run);
        let decide = move |loaded: &Loaded| Ok(decide(&command.batch, loaded, &record));
        let committed = self
            .commit(request, plural.wanted, dry_run, Arc::new(decide))
            .await?;
        Ok(answer(atomic, &committed.outcomes, |_| Some(())))
    }

    /// The answer with the entities.
    async fn told<E: Entity>(&self, atomic: bool, committed: Committed) -> Result<BatchAnswer<E>> {
        let outcomes = committed.outcomes.clone();
        let entities = self.entities::<E>(committed).await?;
        Ok(answer(atomic, &outcomes, |id| entities.get(id).cloned()))
    }

    /// The entities that a unit answers with, by id: as written, else as they are now. Of those
    /// that are gone by now there is none.
    async fn entities<E: Entity>(&self, mut committed: Committed) -> Result<HashMap<String, E>> {
        let rows = std::mem::take(E::rows(&mut committed.changes));
        let written = rows.new.into_iter().chain(rows.changed);
        let mut found: HashMap<_, _> = written
            .map(|entity| (entity.id().to_string(), entity))
            .collect();
        let missing: Vec<E::Key> = done(&committed.outcomes)
            .filter(|id| !found.contains_key(*id))
            .filter_map(|id| id.parse::<E::Id>().ok().map(E::Key::from))
            .collect();
        if !missing.is_empty() {
            let loaded = self.store.load(wanted_by_key::<E>(&missing)).await?;
            found
                .extend(E::loaded(&loaded).map(|entity| (entity.id().to_string(), entity.clone())));
        }
        Ok(found)
    }
}

/// The ids of the items that were done.
pub(super) fn done(outcomes: &[Outcome]) -> impl Iterator<Item = &str> {
    outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::Done(id) => Some(id.as_str()),
        Outcome::Failed(_) => None,
    })
}

fn wanted_by_key<E: Entity>(keys: &[E::Key]) -> Wanted {
    let mut wanted = Wanted::default();
    for key in keys {
        E::want(&mut wanted, key.clone());
    }
    wanted
}

fn wanted_to_change<E: Entity>(command: &StateChange<E::Key>) -> Wanted {
    Wanted {
        for_change: true,
        ..wanted_by_key::<E>(&command.batch.items)
    }
}

fn wanted_to_store<E: Stored>(items: &[StoreItem<E::Id, E::Data>]) -> Wanted {
    let mut wanted = Wanted {
        for_change: true,
        ..Wanted::default()
    };
    for item in items {
        if let Some(key) = &item.id {
            E::want(&mut wanted, key.clone());
        }
        E::want_rivals(&mut wanted, &item.data);
    }
    wanted
}

#[cfg(test)]
mod tests;
