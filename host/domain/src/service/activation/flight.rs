//! Equal activations in flight share one run, which goes on when a caller hangs up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};

use super::{Task, machine_claims};
use crate::attribute::Attribute;
use crate::claim::Claim;
use crate::error::Result;
use crate::id::OrderRef;
use crate::license::License;
use crate::order::OrderView;
use crate::policy::Days;
use crate::service::Services;

type Key = (OrderRef, Vec<Claim>, Vec<Attribute>, Days);
type Landing = Shared<BoxFuture<'static, Result<License>>>;

/// The activations in flight on this node.
#[derive(Default)]
pub(crate) struct Flights(Mutex<HashMap<Key, Landing>>);

impl Services {
    /// Joins an equal activation in flight or starts one. A dry run and a request that is recorded
    /// under its own id fly alone.
    pub(super) async fn fly(self: &Arc<Self>, task: Task, view: &OrderView) -> Result<License> {
        if task.dry_run || task.request.is_some() {
            return self.issue(&task, view.clone()).await;
        }
        let key: Key = (
            view.order.id,
            machine_claims(view, &task.hosts),
            task.parameters.clone(),
            task.days,
        );
        let landing = self
            .flights
            .join(&key, || self.start(key.clone(), task, view.clone()));
        landing.await
    }

    fn start(self: &Arc<Self>, key: Key, task: Task, view: OrderView) -> Landing {
        let services = Arc::clone(self);
        let flight = async move {
            let _landing = LandAtTheEnd(&services.flights, &key);
            services.issue(&task, view).await
        };
        let landing = flight.boxed().shared();
        (self.spawn)(landing.clone().map(drop).boxed());
        landing
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
