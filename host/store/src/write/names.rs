//! What a unit locks, by every name it has: two units of one group never lock the same, so that
//! none depends on what another writes.

use std::collections::HashMap;

use lds_domain::id::{Id, Key};
use lds_domain::order::OrderKey;
use lds_domain::token::Proof;
use lds_domain::unit::{Loaded, ProductKey, Unit, UserKey, Wanted};
use uuid::Uuid;

/// A name of something that is locked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Name {
    Id(Uuid),
    Reference(&'static str, String),
    Login(String),
    Code(String, Option<String>),
    OrderId(String),
    Request(String, String),
    Administrators,
    Switch(String),
    Proof(Proof),
}

/// Whether others may lock the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lock {
    Shared,
    Exclusive,
}

/// Names that a unit locks.
#[derive(Debug, Default)]
pub(super) struct Names(Vec<(Name, Lock)>);

impl Names {
    /// Those by which a unit asks.
    pub(super) fn asked(unit: &Unit) -> Self {
        let mut names = Self::default();
        if let Some(request) = &unit.request {
            names.exclusive(Name::Request(request.caller.clone(), request.id.clone()));
        }
        names.add_asked(&unit.wanted);
        names
    }

    /// The ids of what was found.
    pub(super) fn found(wanted: &Wanted, loaded: &Loaded) -> Self {
        let mut names = Self::default();
        let lock = strength(wanted);
        for view in &loaded.orders {
            names.exclusive(Name::Id(view.order.id.uuid()));
            names
                .0
                .push((Name::Id(view.customer.id.uuid()), Lock::Shared));
        }
        for license in &loaded.licenses {
            names.exclusive(Name::Id(license.id.uuid()));
            if let Some(order) = license.order {
                names.exclusive(Name::Id(order.uuid()));
            }
        }
        let users = loaded
            .users
            .iter()
            .map(|user| (Name::Id(user.id.uuid()), Lock::Exclusive));
        let tokens = loaded
            .tokens
            .iter()
            .map(|token| (Name::Id(token.id.uuid()), Lock::Exclusive));
        let customers = loaded
            .customers
            .iter()
            .map(|customer| (Name::Id(customer.id.uuid()), lock));
        let products = loaded
            .products
            .iter()
            .map(|product| (Name::Id(product.id.uuid()), lock));
        names
            .0
            .extend(users.chain(tokens).chain(customers).chain(products));
        names
    }

    fn add_asked(&mut self, wanted: &Wanted) {
        let lock = strength(wanted);
        if wanted.administrators {
            self.exclusive(Name::Administrators);
        }
        for lookup in &wanted.orders {
            self.exclusive(match &lookup.key {
                OrderKey::OrderId(id) => Name::OrderId(id.expose().to_owned()),
                OrderKey::Key(key) => entity("order", key),
            });
        }
        for id in &wanted.order_ids {
            self.exclusive(Name::OrderId(id.expose().to_owned()));
        }
        for key in &wanted.users {
            self.exclusive(match key {
                UserKey::Login(login) => Name::Login(login.clone()),
                UserKey::Key(key) => entity("user", key),
            });
        }
        let products = wanted.products.iter().map(|key| match key {
            ProductKey::Code(code, version) => Name::Code(code.clone(), version.clone()),
            ProductKey::Key(key) => entity("product", key),
        });
        let customers = wanted.customers.iter().map(|key| entity("customer", key));
        self.0
            .extend(products.chain(customers).map(|name| (name, lock)));
        for proof in &wanted.proofs {
            self.exclusive(Name::Proof(*proof));
        }
        let licenses = wanted.licenses.iter().map(|key| entity("license", key));
        for name in &wanted.switches {
            self.exclusive(Name::Switch(name.clone()));
        }
        let tokens = wanted.tokens.iter().map(|id| Name::Id(id.uuid()));
        self.0
            .extend(licenses.chain(tokens).map(|name| (name, Lock::Exclusive)));
    }

    fn exclusive(&mut self, name: Name) {
        self.0.push((name, Lock::Exclusive));
    }
}

fn strength(wanted: &Wanted) -> Lock {
    if wanted.for_change {
        Lock::Exclusive
    } else {
        Lock::Shared
    }
}

fn entity<I: Id>(kind: &'static str, key: &Key<I>) -> Name {
    match key {
        Key::Id(id) => Name::Id(id.uuid()),
        Key::External(reference) => Name::Reference(kind, reference.clone()),
    }
}

/// The names that the units of a group hold.
#[derive(Debug, Default)]
pub(super) struct Held(HashMap<Name, Lock>);

impl Held {
    /// Takes names; `false`, and nothing is taken, if another unit holds one of them.
    pub(super) fn take(&mut self, names: Names) -> bool {
        let taken = |(name, lock): &(Name, Lock)| match self.0.get(name) {
            None => false,
            Some(held) => *held == Lock::Exclusive || *lock == Lock::Exclusive,
        };
        if names.0.iter().any(taken) {
            return false;
        }
        for (name, lock) in names.0 {
            let held = self.0.entry(name).or_insert(lock);
            if lock == Lock::Exclusive {
                *held = lock;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[(u128, Lock)]) -> Names {
        let name = |(id, lock): &(u128, Lock)| (Name::Id(Uuid::from_u128(*id)), *lock);
        Names(list.iter().map(name).collect())
    }

    #[test]
    fn what_is_shared_is_shared_and_what_is_not_is_not() {
        let mut held = Held::default();
        assert!(held.take(names(&[(1, Lock::Exclusive), (9, Lock::Shared)])));
        assert!(held.take(names(&[(2, Lock::Exclusive), (9, Lock::Shared)])));
        assert!(!held.take(names(&[(3, Lock::Exclusive), (9, Lock::Exclusive)])));
        assert!(!held.take(names(&[(1, Lock::Shared)])));
        assert!(
            held.take(names(&[(3, Lock::Exclusive)])),
            "a refused unit holds nothing"
        );
    }

    #[test]
    fn a_unit_may_name_the_same_twice() {
        let mut held = Held::default();
        assert!(held.take(names(&[(1, Lock::Exclusive), (1, Lock::Shared)])));
        assert!(!held.take(names(&[(1, Lock::Shared)])));
    }
}
