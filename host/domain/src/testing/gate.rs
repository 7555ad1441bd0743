//! A place in a port where the next who passes can be held, so that a test decides who comes first.

use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

/// The place; open until somebody holds it.
#[derive(Default)]
pub(crate) struct Gate(Mutex<Option<Stop>>);

struct Stop {
    reached: oneshot::Sender<()>,
    released: oneshot::Receiver<()>,
}

/// Whoever is held, or will be.
pub(crate) struct Held {
    reached: oneshot::Receiver<()>,
    release: oneshot::Sender<()>,
}

impl Gate {
    /// Holds the next who passes; those who come later pass.
    pub(crate) fn hold(&self) -> Held {
        let (reached, at_the_gate) = oneshot::channel();
        let (release, released) = oneshot::channel();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Stop { reached, released });
        Held {
            reached: at_the_gate,
            release,
        }
    }

    /// Waits where it is held.
    pub(super) async fn pass(&self) {
        let stop = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(stop) = stop {
            let _ = stop.reached.send(());
            let _ = stop.released.await;
        }
    }
}

impl Held {
    /// Waits until somebody is held.
    pub(crate) async fn reached(&mut self) {
        (&mut self.reached).await.expect("somebody comes");
    }

    /// Lets him go on.
    pub(crate) fn release(self) {
        self.release.send(()).expect("somebody waits");
    }
}
