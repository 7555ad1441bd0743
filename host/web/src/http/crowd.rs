//! How many connections each client has, so that none has them all. It must not know what they are
//! for.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::limiter::site;

/// Fewer connections than these are left to every client, however few there are for all.
const LEAST: usize = 16;

/// The connections by client.
#[derive(Clone)]
pub(super) struct Crowd {
    limit: usize,
    present: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One of them; it ends when this is dropped.
pub(super) struct Presence {
    crowd: Crowd,
    client: IpAddr,
}

impl Crowd {
    /// One client may have half of all connections.
    pub(super) fn new(connections: usize) -> Self {
        Self {
            limit: (connections / 2).max(LEAST),
            present: Arc::default(),
        }
    }

    /// A further connection of a client; nothing where he has enough of them.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Presence> {
        let client = site(address);
        let is_let_in = self.with(|present| {
            let count = present.entry(client).or_default();
            let is_let_in = *count < self.limit;
            *count += usize::from(is_let_in);
            is_let_in
        });
        is_let_in.then(|| Presence {
            crowd: self.clone(),
            client,
        })
    }

    fn with<T>(&self, f: impl FnOnce(&mut HashMap<IpAddr, usize>) -> T) -> T {
        f(&mut self.present.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.crowd.with(|present| {
            if let Some(count) = present.get_mut(&self.client) {
                *count -= 1;
                if *count == 0 {
                    present.remove(&self.client);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_half_of_all_connections_at_most() {
        let crowd = Crowd::new(100);
        let enter = |address: &str| crowd.enter(address.parse().unwrap());
        let mut inside: Vec<_> = (0..50).map_while(|_| enter("192.0.2.1")).collect();
        assert_eq!(inside.len(), 50);
        assert!(enter("192.0.2.1").is_none());
        assert!(enter("192.0.2.2").is_some());
        inside.pop();
        assert!(enter("192.0.2.1").is_some());
        inside.clear();
        assert!(crowd.present.lock().unwrap().is_empty());
    }

    #[test]
    fn where_there_are_few_one_client_may_have_them_all() {
        let crowd = Crowd::new(2);
        let address = "192.0.2.1".parse().unwrap();
        let inside: Vec<_> = (0..2).map_while(|_| crowd.enter(address)).collect();
        assert_eq!(inside.len(), 2);
    }
}
