//! The memory that bodies take together before anyone knows who sent them. It must not know what is
//! in them.

use std::sync::Arc;

use hyper::body::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of each body that are not counted: the number of connections bounds them, and whoever
/// fills the room with large messages does not stop small ones.
const FREE: usize = 64 << 10;
/// Bodies of the largest size that there is room for at once.
const LARGEST: usize = 16;

/// The room for all bodies.
#[derive(Clone, Debug)]
pub(crate) struct Room(Arc<Semaphore>);

/// What one body takes of it.
#[derive(Debug)]
pub(crate) struct Share {
    room: Room,
    taken: Option<OwnedSemaphorePermit>,
}

/// A body, which keeps its share until it is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    pub(super) bytes: Bytes,
    pub(super) _share: Share,
}

impl Room {
    /// Room for bodies of this size at most.
    pub(crate) fn new(body_limit: usize) -> Self {
        let bytes = body_limit.saturating_mul(LARGEST);
        Self(Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS))))
    }

    /// The share of a body of which nothing is known yet.
    pub(super) fn share(&self) -> Share {
        Share {
            room: self.clone(),
            taken: None,
        }
    }
}

impl Share {
    /// Makes it large enough for so many bytes; nothing where the room is full.
    #[must_use]
    pub(super) fn grow(&mut self, bytes: usize) -> Option<()> {
        let taken = self
            .taken
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        let more = bytes.saturating_sub(FREE).saturating_sub(taken);
        let more = u32::try_from(more).ok()?;
        let more = Arc::clone(&self.room.0).try_acquire_many_owned(more).ok()?;
        match &mut self.taken {
            Some(taken) => taken.merge(more),
            none => *none = Some(more),
        }
        Some(())
    }
}

impl std::ops::Deref for Held {
    type Target = Bytes;

    fn deref(&self) -> &Bytes {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_bodies_share_the_room_and_small_ones_need_none() {
        let limit = 4 * FREE;
        let room = Room::new(limit);
        let mut shares = Vec::new();
        let grown = |shares: &mut Vec<Share>, bytes| {
            shares.push(room.share());
            shares.last_mut().and_then(|share| share.grow(bytes))
        };
        for _ in 0..LARGEST {
            assert_eq!(grown(&mut shares, limit), Some(()));
        }
        while grown(&mut shares, limit).is_some() {
            assert!(shares.len() < 2 * LARGEST);
        }
        assert_eq!(grown(&mut shares, FREE), Some(()));
        shares.clear();
        assert_eq!(grown(&mut shares, limit), Some(()));
    }

    #[test]
    fn a_share_grows_with_its_body() {
        let room = Room::new(FREE);
        let mut share = room.share();
        for bytes in [1, FREE, FREE + 10, FREE + 5, FREE + 20] {
            assert_eq!(share.grow(bytes), Some(()));
        }
        assert_eq!(room.0.available_permits(), LARGEST * FREE - 20);
    }
}
