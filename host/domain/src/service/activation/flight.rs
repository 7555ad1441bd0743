//! Equal commands in flight share one run, which goes on when a caller hangs up.

use std::collections::HashMap;
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

type Landing = Shared<BoxFuture<'static, Result<License>>>;

/// The commands in flight on this node.
#[derive(Default)]
pub(crate) struct Flights(Mutex<HashMap<Key, Landing>>);

impl Services {
    /// Starts a command or waits for the end of an equal one: then `None`, and the caller looks
    /// again, for what that one made may be removed before it has landed. A dry run and a request
    /// that is recorded under its own id fly alone.
    pub(super) async fn fly(
        self: &Arc<Self>,
        task: &Task,
        ground: &Ground,
    ) -> Result<Option<License>> {
        if task.options.dry_run || task.request.is_some() {
            return self.issue(task, ground.clone()).await.map(Some);
        }
        let key = Key::of(task, ground);
        let mut own = false;
        let landing = self.flights.join(&key, || {
            own = true;
            self.start(key.clone(), task.clone(), ground.clone())
        });
        let license = landing.await?;
        Ok(own.then_some(license))
    }

    fn start(self: &Arc<Self>, key: Key, task: Task, ground: Ground) -> Landing {
        let services = Arc::clone(self);
        let flight = async move {
            let _landing = LandAtTheEnd(&services.flights, &key);
            services.issue(&task, ground).await
        };
        let landing = flight.boxed().shared();
        (self.spawn)(landing.clone().map(drop).boxed());
        landing
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
    fn join(&self, key: &Key, start: impl FnOnce() -> Landing) -> Landing {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(landing) = flights.get(key) {
            return landing.clone();
        }
        let landing = start();
        flights.insert(key.clone(), landing.clone());
        landing
    }

    fn land(&self, key: &Key) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(key);
    }
}
