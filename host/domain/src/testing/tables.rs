//! What the store in memory holds, read as a unit asks for it.

mod apply;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use uuid::Uuid;

use super::store::{any, keys};
use crate::access::Role;
use crate::audit::{AuditEntry, Event};
use crate::claim::{Claim, ClaimClass};
use crate::customer::Customer;
use crate::error::Result;
use crate::id::{CustomerId, Id, LicenseId, OrderRef, ProductId, TokenId, UserId};
use crate::license::{File, License, LicenseState};
use crate::order::{AllowanceUse, Matched, Order, OrderKey, OrderLookup, OrderState, OrderView};
use crate::order_id::OrderId;
use crate::product::Product;
use crate::query::{HostFilter, LicenseFilter};
use crate::token::{Proof, Token};
use crate::unit::{
    Changes, Committed, Estate, Loaded, Outcome, ProductKey, RequestKey, Stop, UserKey, Wanted,
    conflict,
};
use crate::user::{User, UserState};

/// What is stored.
#[derive(Clone, Default)]
pub(crate) struct Tables {
    pub(crate) users: BTreeMap<UserId, User>,
    pub(crate) tokens: BTreeMap<TokenId, Token>,
    pub(crate) customers: BTreeMap<CustomerId, Customer>,
    pub(crate) products: BTreeMap<ProductId, Product>,
    pub(crate) orders: BTreeMap<OrderRef, Order>,
    pub(crate) licenses: BTreeMap<LicenseId, License>,
    pub(crate) documents: BTreeMap<LicenseId, Arc<[u8]>>,
    pub(crate) claims: HashMap<(OrderRef, ClaimClass, Claim), LicenseId>,
    pub(crate) disabled_generators: std::collections::BTreeSet<String>,
    pub(crate) uses: Vec<(OrderRef, AllowanceUse)>,
    pub(crate) order_ids: HashSet<OrderId>,
    pub(crate) requests: HashMap<(String, String), ([u8; 32], Vec<Outcome>)>,
    pub(crate) spent: Vec<Proof>,
    pub(crate) audit: Vec<AuditEntry>,
    pub(crate) events: Vec<Event>,
}

impl Tables {
    pub(super) fn replay(&self, request: &RequestKey) -> Option<Result<Committed, Stop>> {
        let (digest, outcomes) = self
            .requests
            .get(&(request.caller.clone(), request.id.clone()))?;
        if *digest != request.digest {
            return Some(Err(conflict().into()));
        }
        Some(Ok(Committed {
            outcomes: outcomes.clone(),
            replayed: true,
            changes: Changes::default(),
        }))
    }

    pub(super) fn load(&self, wanted: &Wanted) -> Loaded {
        let users = |user: &&User| {
            wanted.users.iter().any(|key| match key {
                UserKey::Key(key) => key.is(user.id, user.data.external_ref.as_deref()),
                UserKey::Login(login) => user.data.folded_login() == *login,
            })
        };
        let customers = |customer: &&Customer| {
            let mut keys = wanted.customers.iter();
            keys.any(|key| key.is(customer.id, customer.data.external_ref.as_deref()))
        };
        let products = |product: &&Product| {
            wanted.products.iter().any(|key| match key {
                ProductKey::Key(key) => key.is(product.id, product.data.external_ref.as_deref()),
                ProductKey::Code(code, version) => {
                    product.data.code == *code && product.data.version == *version
                }
            })
        };
        let shared = |customer: &Customer| Arc::new(customer.clone());
        Loaded {
            users: self.users.values().filter(users).cloned().collect(),
            administrators: self.administrators(wanted),
            tokens: wanted
                .tokens
                .iter()
                .filter_map(|id| self.tokens.get(id).cloned())
                .collect(),
            customers: self
                .customers
                .values()
                .filter(customers)
                .map(shared)
                .collect(),
            products: self
                .products
                .values()
                .filter(products)
                .cloned()
                .map(Arc::new)
                .collect(),
            orders: self.views(&wanted.orders),
            licenses: self.bare_licenses(wanted),
            disabled_generators: self.switched_off(wanted),
            taken_order_ids: self.taken(&wanted.order_ids),
            referenced: if wanted.references {
                self.referenced()
            } else {
                HashSet::new()
            },
            estates: self
                .customers
                .values()
                .filter(|customer| {
                    let reference = customer.data.external_ref.as_deref();
                    wanted
                        .estates
                        .iter()
                        .any(|key| key.is(customer.id, reference))
                })
                .map(|customer| self.estate(customer.id))
                .collect(),
            spent: self.spent(&wanted.proofs),
        }
    }

    fn spent(&self, proofs: &[Proof]) -> Vec<Proof> {
        let known = |proof: &&Proof| self.spent.contains(proof);
        proofs.iter().filter(known).copied().collect()
    }

    /// Told to those alone who asked.
    fn switched_off(&self, wanted: &Wanted) -> Vec<String> {
        if wanted.switches.is_empty() && wanted.generators.is_empty() {
            return Vec::new();
        }
        self.disabled_generators.iter().cloned().collect()
    }

    fn administrators(&self, wanted: &Wanted) -> Vec<UserId> {
        let active = |user: &&User| {
            wanted.administrators
                && user.state == UserState::Active
                && user.data.roles.contains(&Role::Administrator)
        };
        self.users
            .values()
            .filter(active)
            .map(|user| user.id)
            .collect()
    }

    fn taken(&self, ids: &[OrderId]) -> Vec<OrderId> {
        ids.iter()
            .filter(|id| self.order_ids.contains(id))
            .cloned()
            .collect()
    }

    fn bare_licenses(&self, wanted: &Wanted) -> Vec<Arc<License>> {
        let bare = |license: &License| {
            Arc::new(License {
                files: Vec::new(),
                ..license.clone()
            })
        };
        let of_orders = |license: &License| {
            let order = license.order.and_then(|id| self.orders.get(&id));
            let mut keys = wanted.licenses_of.iter();
            license.is_in_force() && order.is_some_and(|order| keys.any(|key| key.is(order)))
        };
        let named = |license: &&License| {
            let mut keys = wanted.licenses.iter();
            keys.any(|key| key.is(license.id, license.external_ref.as_deref()))
                || of_orders(license)
        };
        self.licenses.values().filter(named).map(bare).collect()
    }

    /// Each order once, with the claims of all lookups that name it.
    fn views(&self, lookups: &[OrderLookup]) -> Vec<OrderView> {
        let named = |order: &Order| -> Option<OrderView> {
            let mut own = lookups.iter().filter(|lookup| lookup.key.is(order));
            let first = own.next()?.clone();
            let merged = own.fold(first, |mut sum, lookup| {
                sum.claims.extend(&lookup.claims);
                sum.only |= lookup.only;
                sum
            });
            self.view(&merged)
        };
        self.orders.values().filter_map(named).collect()
    }

    pub(super) fn view(&self, lookup: &OrderLookup) -> Option<OrderView> {
        let order = self.orders.values().find(|order| lookup.key.is(order))?;
        let live = || {
            self.licenses
                .values()
                .filter(|l| l.order == Some(order.id) && l.is_live())
        };
        let only = live()
            .next()
            .filter(|_| lookup.only && order.active_licenses == 1);
        Some(OrderView {
            order: order.clone(),
            customer: Arc::new(self.customers.get(&order.data.customer)?.clone()),
            product: Arc::new(self.products.get(&order.data.product)?.clone()),
            matched: self.matched(order.id, &lookup.claims),
            only: only.cloned().map(Arc::new),
            uses: self
                .uses
                .iter()
                .filter(|(id, _)| *id == order.id)
                .map(|(_, used)| *used)
                .collect(),
            removal_requested: live()
                .any(|license| license.state == LicenseState::RemovalRequested),
        })
    }

    fn matched(&self, order: OrderRef, claims: &[Claim]) -> Vec<Matched> {
        let mut held = BTreeMap::new();
        for ((holder, class, claim), license) in &self.claims {
            if *holder == order && claims.contains(claim) {
                held.insert(*license, *class);
            }
        }
        let matched = |(id, class)| {
            let license = Arc::new(self.licenses.get(&id)?.clone());
            Some(Matched { class, license })
        };
        held.into_iter().filter_map(matched).collect()
    }

    fn estate(&self, customer: CustomerId) -> Estate {
        let licenses = || {
            self.licenses
                .values()
                .filter(|license| license.customer == customer)
        };
        let holds = |order: &Order| {
            order.data.customer == customer
                || licenses().any(|license| license.order == Some(order.id))
        };
        let mut open = self
            .orders
            .values()
            .filter(|order| order.state != OrderState::Revoked);
        let mut files = licenses().flat_map(|license| &license.files);
        Estate {
            customer,
            has_orders: open.any(holds),
            has_texts: files.any(|file| !file.is_erased()),
        }
    }

    fn referenced(&self) -> HashSet<Uuid> {
        let orders = self.orders.values();
        let of_orders = orders.flat_map(|o| [o.data.customer.uuid(), o.data.product.uuid()]);
        let licenses = self.licenses.values();
        let of_licenses = licenses.flat_map(|l| [l.customer.uuid(), l.product.uuid()]);
        let of_tokens = self.tokens.values().map(|token| token.user.uuid());
        let activated = self.licenses.values().filter_map(|l| l.order);
        let derived = self.orders.values().filter_map(|o| o.parent);
        let of_families = activated.chain(derived).map(Id::uuid);
        of_orders
            .chain(of_licenses)
            .chain(of_tokens)
            .chain(of_families)
            .collect()
    }

    pub(super) fn fits(&self, license: &License, filter: &LicenseFilter) -> bool {
        let of_order = |key: &OrderKey| {
            let order = license.order.and_then(|id| self.orders.get(&id));
            order.is_some_and(|order| key.is(order))
        };
        let on_host = |wanted: &HostFilter| {
            license.hosts.iter().any(|host| {
                wanted
                    .host_type
                    .as_ref()
                    .is_none_or(|name| *name == host.host_type)
                    && wanted.values.contains(&host.value)
            })
        };
        let has_file = |file: &File| filter.files.contains(&file.sha256);
        keys(&filter.common, license.id, license.external_ref.as_deref())
            && any(&filter.common.states, &license.state)
            && any(&filter.kinds, &license.kind)
            && filter.order.as_ref().is_none_or(of_order)
            && filter.host.as_ref().is_none_or(on_host)
            && (filter.files.is_empty() || license.files.iter().any(has_file))
    }
}
