//! How many run at once, how many wait, and who is turned away.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

/// A number of places and a queue before them.
pub(crate) struct Gate {
    places: Semaphore,
    waiting: AtomicUsize,
    queue: usize,
}

/// Why one may not enter.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum GateError {
    /// All places are taken and the queue is full.
    Full,
}

impl Gate {
    pub(crate) fn new(places: usize, queue: usize) -> Self {
        Self {
            places: Semaphore::new(places),
            waiting: AtomicUsize::new(0),
            queue,
        }
    }

    /// Takes a place, waiting for it in the queue; the place is free again when
    /// the permit is dropped.
    pub(crate) async fn enter(&self) -> Result<SemaphorePermit<'_>, GateError> {
        if let Ok(permit) = self.places.try_acquire() {
            return Ok(permit);
        }
        let waiting = Waiting::join(&self.waiting, self.queue)?;
        let permit = self.places.acquire().await.map_err(|_| GateError::Full);
        drop(waiting);
        permit
    }
}

/// A place in the queue, given up also when the caller goes away.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn join(count: &'a AtomicUsize, most: usize) -> Result<Self, GateError> {
        if count.fetch_add(1, Ordering::Relaxed) >= most {
            count.fetch_sub(1, Ordering::Relaxed);
            return Err(GateError::Full);
        }
        Ok(Self(count))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::task::{Context, Waker};

    use super::{Gate, GateError};

    #[tokio::test]
    async fn turns_away_who_finds_the_queue_full() {
        let gate = Gate::new(1, 1);
        let inside = gate.enter().await.unwrap();
        let mut second = Box::pin(gate.enter());
        let mut context = Context::from_waker(Waker::noop());
        assert!(second.as_mut().poll(&mut context).is_pending());
        assert_eq!(gate.enter().await.unwrap_err(), GateError::Full);
        drop(inside);
        assert!(second.await.is_ok());
    }

    #[tokio::test]
    async fn one_who_goes_away_leaves_the_queue() {
        let gate = Gate::new(1, 1);
        let inside = gate.enter().await.unwrap();
        let mut second = Box::pin(gate.enter());
        let mut context = Context::from_waker(Waker::noop());
        assert!(second.as_mut().poll(&mut context).is_pending());
        drop(second);
        let mut third = Box::pin(gate.enter());
        assert!(third.as_mut().poll(&mut context).is_pending());
        drop(inside);
        assert!(third.await.is_ok());
    }
}
