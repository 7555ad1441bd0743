//! A map of bounded size that forgets what was touched longest ago: memory of limits and of
//! verified passwords. It must not know what it remembers.

use std::collections::HashMap;
use std::hash::Hash;

/// Two generations: when the younger one is full it becomes the older one, which is forgotten. So
/// the last `limit` keys are always known, at most twice as many are kept, and no step takes long.
pub(crate) struct Recent<K, V> {
    limit: usize,
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Eq + Hash, V> Recent<K, V> {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            young: HashMap::new(),
            old: HashMap::new(),
        }
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.young.get(key).or_else(|| self.old.get(key))
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        if self.young.len() >= self.limit && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.old.remove(&key);
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_keys_are_known_and_the_oldest_forgotten() {
        let mut recent = Recent::new(10);
        for key in 0..1000 {
            recent.insert(key, key * 2);
            assert!(recent.young.len() + recent.old.len() <= 20);
        }
        assert!((990..1000).all(|key| recent.get(&key) == Some(&(key * 2))));
        assert_eq!(recent.get(&0), None);
    }

    #[test]
    fn a_key_has_one_value_whichever_generation_it_was_in() {
        let mut recent = Recent::new(2);
        for key in ["a", "b", "c"] {
            recent.insert(key, 1);
        }
        recent.insert("a", 2);
        assert_eq!(recent.get(&"a"), Some(&2));
        assert_eq!(recent.get(&"b"), Some(&1));
    }
}
