//! Whose password is verified next: few at once, each in memory that is kept for the next one. It
//! must not know what follows from the answer.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lds_domain::password::{self, Workspace};
use lds_domain::user::PasswordHash;
use lds_domain::{Error, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limiter::site;

/// Passwords that are verified at once: each takes 19 MiB and a processor.
const AT_ONCE: usize = 2;
/// How long a caller waits for his turn.
const PATIENCE: Duration = Duration::from_secs(5);
/// Clients wait in as many lanes, and the first of each lane for one another. Few share one.
const LANES: usize = 256;

/// Lets one client at a time through from each lane: whoever sends many passwords keeps those
/// waiting who come after him in his lane, and the others for one password at most.
pub(super) struct Turns {
    lanes: [Arc<Semaphore>; LANES],
    places: Arc<Semaphore>,
    hasher: RandomState,
    memory: Memory,
}

/// What is not in use at the moment.
type Memory = Arc<Mutex<Vec<Workspace>>>;

/// The right to have one password verified.
pub(super) struct Turn {
    memory: Memory,
    _lane: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

impl Turns {
    pub(super) fn new() -> Self {
        Self {
            lanes: std::array::from_fn(|_| Arc::new(Semaphore::new(1))),
            places: Arc::new(Semaphore::new(AT_ONCE)),
            hasher: RandomState::new(),
            memory: Memory::default(),
        }
    }

    /// Waits for the turn of a client.
    ///
    /// # Errors
    /// `Unavailable` if it does not come soon.
    pub(super) async fn next(&self, address: IpAddr) -> Result<Turn> {
        tokio::time::timeout(PATIENCE, self.wait(address))
            .await
            .map_err(|_| Error::unavailable("too many passwords wait to be verified"))?
    }

    async fn wait(&self, address: IpAddr) -> Result<Turn> {
        let lane = Arc::clone(&self.lanes[self.lane(address)]);
        let lane = lane.acquire_owned().await.map_err(Error::internal)?;
        let place = Arc::clone(&self.places).acquire_owned().await;
        Ok(Turn {
            memory: Arc::clone(&self.memory),
            _lane: lane,
            _place: place.map_err(Error::internal)?,
        })
    }

    /// Clients of one site share a lane: their passwords are counted one after the other.
    fn lane(&self, address: IpAddr) -> usize {
        let [first, ..] = self.hasher.hash_one(site(address)).to_le_bytes();
        usize::from(first)
    }
}

impl Turn {
    /// Whether a password is the one that was hashed. The turn ends with the work, even if nobody
    /// waits for the answer any more.
    pub(super) async fn verify(self, password: String, hash: Option<PasswordHash>) -> Result<bool> {
        tokio::task::spawn_blocking(move || {
            let mut workspace = self.with_memory(Vec::pop).unwrap_or_default();
            let is_right = password::verify(&password, hash.as_ref(), &mut workspace);
            self.with_memory(|memory| memory.push(workspace));
            is_right
        })
        .await
        .map_err(Error::internal)
    }

    fn with_memory<T>(&self, f: impl FnOnce(&mut Vec<Workspace>) -> T) -> T {
        f(&mut self.memory.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use futures_util::future::join_all;

    use super::*;

    fn address(n: u16) -> IpAddr {
        let [high, low] = n.to_be_bytes();
        IpAddr::from([192, 0, high, low])
    }

    #[tokio::test]
    async fn who_sends_many_keeps_himself_waiting() {
        let turns = Turns::new();
        let is_apart = |n: &u16| turns.lane(address(*n)) != turns.lane(address(0));
        let other = address((1..=u16::MAX).find(is_apart).unwrap());
        let mine = turns.next(address(0)).await.unwrap();
        let mut waiting = Box::pin(turns.next(address(0)));
        assert!(waiting.as_mut().now_or_never().is_none());
        assert!(turns.next(other).now_or_never().is_some());
        drop(mine);
        assert!(waiting.await.is_ok());
    }

    #[tokio::test]
    async fn memory_is_kept_for_those_at_once_and_no_more() {
        let turns = Turns::new();
        let verified = (0..8).map(async |n| {
            let turn = turns.next(address(n)).await.unwrap();
            turn.verify("wrong password".to_owned(), None)
                .await
                .unwrap()
        });
        assert_eq!(join_all(verified).await, [false; 8]);
        let kept = turns.memory.lock().unwrap().len();
        assert!((1..=AT_ONCE).contains(&kept), "{kept}");
    }
}
