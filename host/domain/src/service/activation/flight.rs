//! Equal commands in flight share one run, which goes on when a caller hangs up.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};

use super::{Ground, Task, machine_claims};
use crate::attribute::Attribute;
use crate::claim::Claim;
use crate::decision::{Aim, Side};
use crate::error::Result;
use crate::id::{LicenseId, OrderRef};
use crate::license::License;
use crate::policy::Days;
use crate::service::Services;

/// What makes two commands equal.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    order: OrderRef,
    aim: Aim,
    side: Side,
    ending: Option<LicenseId>,
    claims: Vec<Claim>,
    parameters: Vec<Attribute>,
    days: Days,
    lasting: Option<u32>,
}

/// Whether a command may have been committed.
#[derive(Clone, Debug, Default)]
pub(super) struct Committing(Arc<AtomicBool>);

impl Committing {
    /// To be called before a commit.
    pub(super) fn begin(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn has_begun(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

type Landing = Shared<BoxFuture<'static, Result<Arc<License>>>>;

/// A command in flight.
#[derive(Clone)]
struct Flight {
    landing: Landing,
    committing: Committing,
}

/// The commands in flight on this node.
#[derive(Default)]
pub(crate) struct Flights(Mutex<HashMap<Key, Flight>>);

impl Services {
    /// Starts a command or joins an equal one. `None` where that one was being committed already:
    /// what it made may have been removed since, so the caller looks again. A dry run and a
    /// request that is recorded under its own id fly alone.
    pub(super) async fn fly(
        self: &Arc<Self>,
        task: &Task,
        ground: &Ground,
    ) -> Result<Option<Arc<License>>> {
        if task.options.dry_run || task.request.is_some() {
            let alone = Committing::default();
            return self.issue(task, ground.clone(), &alone).await.map(Some);
        }
        let key = Key::of(task, ground);
        let mut own = false;
        let flight = self.flights.join(&key, || {
            own = true;
            self.start(key.clone(), task.clone(), ground.clone())
        });
        let late = !own && flight.committing.has_begun();
        let license = flight.landing.await?;
        Ok((!late).then_some(license))
    }

    fn start(self: &Arc<Self>, key: Key, task: Task, ground: Ground) -> Flight {
        let (services, committing) = (Arc::clone(self), Committing::default());
        let begins = committing.clone();
        let run = async move {
            let _landing = LandAtTheEnd(&services.flights, &key);
            services.issue(&task, ground, &begins).await
        };
        let landing = run.boxed().shared();
        (self.spawn)(landing.clone().map(drop).boxed());
        Flight {
            landing,
            committing,
        }
    }
}

impl Key {
    fn of(task: &Task, ground: &Ground) -> Self {
        Self {
            order: ground.view.order.id,
            aim: task.aim,
            side: task.side(),
            ending: ground.ending.as_ref().map(|license| license.id),
            claims: machine_claims(&ground.view, &task.hosts),
            parameters: task.parameters.clone(),
            days: task.days,
            lasting: task.lasting,
        }
    }
}

/// Takes a flight off the list however it ends, by a panic too.
struct LandAtTheEnd<'a>(&'a Flights, &'a Key);

impl Drop for LandAtTheEnd<'_> {
    fn drop(&mut self) {
        self.0.land(self.1);
    }
}

impl Flights {
    fn join(&self, key: &Key, start: impl FnOnce() -> Flight) -> Flight {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(key) {
            return flight.clone();
        }
        let flight = start();
        flights.insert(key.clone(), flight.clone());
        flight
    }

    fn land(&self, key: &Key) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key);
    }
}
