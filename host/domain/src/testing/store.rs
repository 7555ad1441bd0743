//! A store in memory: one lock, one unit at a time, the same promises as a database. What a
//! database would refuse by a unique index makes a test fail here.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::audit::{AuditEntry, Event};
use crate::claim::{Claim, ClaimClass};
use crate::customer::Customer;
use crate::error::Result;
use crate::id::{CustomerId, Id, Key, LicenseId, OrderRef, ProductId, TokenId, UserId};
use crate::license::License;
use crate::order::{AllowanceUse, Matched, Order, OrderLookup, OrderView};
use crate::order_id::OrderId;
use crate::ports::Store;
use crate::product::Product;
use crate::query::{
    CustomerFilter, Filter, LicenseFilter, OrderFilter, Page, Paging, ProductFilter, UserFilter,
};
use crate::token::Token;
use crate::unit::{
    Changes, Committed, Loaded, Outcome, ProductKey, RequestKey, Rows, Stop, Unit, UserKey, Wanted,
    conflict,
};
use crate::user::{User, UserState};

/// The store.
#[derive(Default)]
pub(crate) struct MemoryStore(Mutex<Tables>);

/// What is stored.
#[derive(Clone, Default)]
pub(crate) struct Tables {
    pub(crate) users: BTreeMap<UserId, User>,
    pub(crate) tokens: BTreeMap<TokenId, Token>,
    pub(crate) customers: BTreeMap<CustomerId, Customer>,
    pub(crate) products: BTreeMap<ProductId, Product>,
    pub(crate) orders: BTreeMap<OrderRef, Order>,
    pub(crate) licenses: BTreeMap<LicenseId, License>,
    pub(crate) claims: HashMap<(OrderRef, ClaimClass, Claim), LicenseId>,
    pub(crate) uses: Vec<(OrderRef, AllowanceUse)>,
    pub(crate) order_ids: HashSet<OrderId>,
    pub(crate) requests: HashMap<(String, String), ([u8; 32], Vec<Outcome>)>,
    pub(crate) audit: Vec<AuditEntry>,
    pub(crate) events: Vec<Event>,
}

impl MemoryStore {
    /// A copy of everything.
    pub(crate) fn tables(&self) -> Tables {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn order(&self, lookup: OrderLookup) -> Result<Option<OrderView>> {
        Ok(self.lock().view(&lookup))
    }

    async fn license(&self, key: Key<LicenseId>) -> Result<Option<License>> {
        let tables = self.lock();
        let mut all = tables.licenses.values();
        Ok(all
            .find(|license| key.is(license.id, license.external_ref.as_deref()))
            .cloned())
    }

    async fn load(&self, wanted: Wanted) -> Result<Loaded> {
        Ok(self.lock().load(&wanted))
    }

    async fn user(&self, key: UserKey) -> Result<Option<Arc<User>>> {
        let wanted = Wanted {
            users: vec![key],
            ..Wanted::default()
        };
        Ok(self.lock().load(&wanted).users.pop().map(Arc::new))
    }

    async fn token(&self, digest: [u8; 32]) -> Result<Option<(Token, Arc<User>)>> {
        let tables = self.lock();
        let token = tables.tokens.values().find(|token| token.digest == digest);
        Ok(token.and_then(|token| {
            let user = tables.users.get(&token.user)?;
            Some((token.clone(), Arc::new(user.clone())))
        }))
    }

    async fn token_used(&self, token: &Token, at: OffsetDateTime) -> Result<()> {
        if let Some(token) = self.lock().tokens.get_mut(&token.id) {
            token.last_used_at = Some(at);
        }
        Ok(())
    }

    async fn user_signed_in(&self, user: &User, at: OffsetDateTime) -> Result<()> {
        if let Some(user) = self.lock().users.get_mut(&user.id) {
            user.last_signed_in_at = Some(at);
        }
        Ok(())
    }

    async fn find_users(&self, filter: UserFilter, paging: Paging) -> Result<Page<User>> {
        let tables = self.lock();
        let fits = |user: &&User| {
            keys(&filter, user.id, user.data.external_ref.as_deref())
                && any(&filter.states, &user.state)
        };
        Ok(page(tables.users.values().filter(fits).cloned(), &paging))
    }

    async fn find_customers(
        &self,
        filter: CustomerFilter,
        paging: Paging,
    ) -> Result<Page<Customer>> {
        let tables = self.lock();
        let fits = |customer: &&Customer| {
            keys(&filter, customer.id, customer.data.external_ref.as_deref())
                && any(&filter.states, &customer.state)
        };
        Ok(page(
            tables.customers.values().filter(fits).cloned(),
            &paging,
        ))
    }

    async fn find_products(&self, filter: ProductFilter, paging: Paging) -> Result<Page<Product>> {
        let tables = self.lock();
        let fits = |product: &&Product| {
            keys(&filter, product.id, product.data.external_ref.as_deref())
                && any(&filter.states, &product.state)
        };
        Ok(page(
            tables.products.values().filter(fits).cloned(),
            &paging,
        ))
    }

    async fn find_orders(&self, filter: OrderFilter, paging: Paging) -> Result<Page<OrderView>> {
        let tables = self.lock();
        let common = &filter.common;
        let fits = |order: &&Order| {
            (common.ids.is_empty() || common.ids.iter().any(|key| key.is(order)))
                && any(&common.states, &order.state)
        };
        let views = tables
            .orders
            .values()
            .filter(fits)
            .filter_map(|order| tables.view(&OrderLookup::plain(order.id.into())));
        Ok(page(views, &paging))
    }

    async fn find_licenses(&self, filter: LicenseFilter, paging: Paging) -> Result<Page<License>> {
        let tables = self.lock();
        let mut found: Vec<_> = tables
            .licenses
            .values()
            .filter(|license| tables.fits(license, &filter))
            .cloned()
            .collect();
        if paging.sort.as_deref() == Some("-issuedAt") {
            found.sort_by_key(|license| std::cmp::Reverse((license.issued_at, license.id)));
        }
        Ok(page(found.into_iter(), &paging))
    }

    async fn commit(&self, unit: Unit) -> Result<Committed, Stop> {
        let mut tables = self.lock();
        if let Some(request) = &unit.request
            && let Some(committed) = tables.replay(request)
        {
            return committed;
        }
        let changes = (unit.decide)(&tables.load(&unit.wanted))?;
        if !unit.dry_run {
            tables.apply(&changes);
            if let Some(request) = unit.request {
                let answer = (request.digest, changes.outcomes.clone());
                tables.requests.insert((request.caller, request.id), answer);
            }
        }
        Ok(Committed {
            outcomes: changes.outcomes.clone(),
            replayed: false,
            changes,
        })
    }

    async fn orders(&self, ids: &[OrderRef]) -> Result<Vec<Order>> {
        let tables = self.lock();
        Ok(ids
            .iter()
            .filter_map(|id| tables.orders.get(id).cloned())
            .collect())
    }

    async fn ready(&self) -> Result<()> {
        Ok(())
    }
}

impl Tables {
    fn replay(&self, request: &RequestKey) -> Option<Result<Committed, Stop>> {
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

    fn load(&self, wanted: &Wanted) -> Loaded {
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
            licenses: self.bare_licenses(&wanted.licenses),
            taken_order_ids: self.taken(&wanted.order_ids),
            referenced: if wanted.references {
                self.referenced()
            } else {
                HashSet::new()
            },
        }
    }

    fn administrators(&self, wanted: &Wanted) -> Vec<UserId> {
        let active = |user: &&User| {
            wanted.administrators
                && user.state == UserState::Active
                && user
                    .data
                    .roles
                    .contains(&crate::access::Role::Administrator)
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

    fn bare_licenses(&self, keys: &[Key<LicenseId>]) -> Vec<License> {
        let bare = |license: &License| License {
            files: Vec::new(),
            ..license.clone()
        };
        let named = |license: &&License| {
            keys.iter()
                .any(|key| key.is(license.id, license.external_ref.as_deref()))
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

    fn view(&self, lookup: &OrderLookup) -> Option<OrderView> {
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
            only: only.cloned(),
            uses: self
                .uses
                .iter()
                .filter(|(id, _)| *id == order.id)
                .map(|(_, used)| *used)
                .collect(),
            removal_requested: live()
                .any(|license| license.state == crate::license::LicenseState::RemovalRequested),
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
            let license = self.licenses.get(&id)?.clone();
            Some(Matched { class, license })
        };
        held.into_iter().filter_map(matched).collect()
    }

    fn referenced(&self) -> HashSet<Uuid> {
        let orders = self.orders.values();
        let of_orders = orders.flat_map(|o| [o.data.customer.uuid(), o.data.product.uuid()]);
        let licenses = self.licenses.values();
        let of_licenses = licenses.flat_map(|l| [l.customer.uuid(), l.product.uuid()]);
        let of_tokens = self.tokens.values().map(|token| token.user.uuid());
        of_orders.chain(of_licenses).chain(of_tokens).collect()
    }

    fn fits(&self, license: &License, filter: &LicenseFilter) -> bool {
        let of_order = |key: &crate::order::OrderKey| {
            let order = license.order.and_then(|id| self.orders.get(&id));
            order.is_some_and(|order| key.is(order))
        };
        let on_host = |wanted: &crate::query::HostFilter| {
            license.hosts.iter().any(|host| {
                wanted
                    .host_type
                    .as_ref()
                    .is_none_or(|name| *name == host.host_type)
                    && wanted.values.contains(&host.value)
            })
        };
        keys(&filter.common, license.id, license.external_ref.as_deref())
            && any(&filter.common.states, &license.state)
            && any(&filter.kinds, &license.kind)
            && filter.order.as_ref().is_none_or(of_order)
            && filter.host.as_ref().is_none_or(on_host)
    }

    fn apply(&mut self, changes: &Changes) {
        write(&mut self.users, &changes.users, |user| user.id);
        write(&mut self.tokens, &changes.tokens, |token| token.id);
        write(&mut self.customers, &changes.customers, |customer| {
            customer.id
        });
        write(&mut self.products, &changes.products, |product| product.id);
        self.write_orders(&changes.orders);
        self.check_unique();
        for id in &changes.released {
            self.claims.retain(|_, license| license != id);
        }
        self.write_licenses(changes);
        for activity in &changes.activity {
            let order = self
                .orders
                .get_mut(&activity.order)
                .expect("the order of a count");
            let count = order.active_licenses.checked_add_signed(activity.licenses);
            order.active_licenses = count.expect("a count of 0 or more");
            order.first_activated_on = order.first_activated_on.or(activity.first_activated_on);
        }
        self.uses
            .extend(changes.uses.iter().map(|new| (new.order, new.used)));
        self.audit.extend(changes.audit.iter().cloned());
        self.events.extend(changes.events.iter().cloned());
    }

    /// Counters are the store's own.
    fn write_orders(&mut self, rows: &Rows<Order, OrderRef>) {
        let kept = |order: &Order| Order {
            active_licenses: self
                .orders
                .get(&order.id)
                .map_or(0, |old| old.active_licenses),
            first_activated_on: self
                .orders
                .get(&order.id)
                .and_then(|old| old.first_activated_on),
            ..order.clone()
        };
        let rows = Rows {
            new: rows.new.clone(),
            changed: rows.changed.iter().map(kept).collect(),
            deleted: rows.deleted.clone(),
        };
        for order in &rows.new {
            assert!(
                self.order_ids.insert(order.order_id.clone()),
                "an Order ID given out twice"
            );
        }
        write(&mut self.orders, &rows, |order| order.id);
    }

    fn write_licenses(&mut self, changes: &Changes) {
        for license in &changes.licenses {
            let old = self
                .licenses
                .get_mut(&license.id)
                .expect("a changed license is there");
            let files = std::mem::take(&mut old.files);
            *old = License {
                files,
                ..license.clone()
            };
        }
        for new in &changes.new_licenses {
            self.licenses.insert(new.license.id, (*new.license).clone());
            for claim in &new.claims {
                let order = new.license.order.expect("claims are those of an order");
                let held = self
                    .claims
                    .insert((order, new.class, *claim), new.license.id);
                assert_eq!(held, None, "a claim held twice");
            }
        }
    }

    fn check_unique(&self) {
        unique(self.users.values().map(|user| user.data.folded_login()));
        unique(
            self.users
                .values()
                .filter_map(|user| user.data.external_ref.clone()),
        );
        unique(
            self.customers
                .values()
                .filter_map(|c| c.data.external_ref.clone()),
        );
        unique(
            self.products
                .values()
                .filter_map(|p| p.data.external_ref.clone()),
        );
        unique(
            self.products
                .values()
                .map(|p| (p.data.code.clone(), p.data.version.clone())),
        );
        unique(
            self.orders
                .values()
                .filter_map(|order| order.data.external_ref.clone()),
        );
    }
}

fn unique<T: Eq + std::hash::Hash>(values: impl Iterator<Item = T>) {
    let mut seen = HashSet::new();
    for value in values {
        assert!(seen.insert(value), "a unique value stored twice");
    }
}

fn write<T: Clone, I: Ord + Copy>(
    table: &mut BTreeMap<I, T>,
    rows: &Rows<T, I>,
    id: impl Fn(&T) -> I,
) {
    for row in &rows.new {
        let old = table.insert(id(row), row.clone());
        assert!(old.is_none(), "a new row is new");
    }
    for row in &rows.changed {
        let old = table.insert(id(row), row.clone());
        assert!(old.is_some(), "a changed row is there");
    }
    for id in &rows.deleted {
        assert!(table.remove(id).is_some(), "a deleted row is there");
    }
}

fn keys<I: Id, S>(filter: &Filter<Key<I>, S>, id: I, external_ref: Option<&str>) -> bool {
    let named = filter.ids.is_empty() || filter.ids.iter().any(|key| key.is(id, external_ref));
    let referred = filter.external_ref.as_deref();
    named && referred.is_none_or(|wanted| external_ref == Some(wanted))
}

fn any<S: PartialEq>(wanted: &[S], is: &S) -> bool {
    wanted.is_empty() || wanted.contains(is)
}

/// A cursor is the number of items passed.
fn page<T>(items: impl Iterator<Item = T>, paging: &Paging) -> Page<T> {
    let all: Vec<T> = items.collect();
    let (total, size) = (all.len(), paging.size as usize);
    let start: usize = paging.cursor.as_ref().map_or(0, |cursor| {
        cursor.parse().expect("a cursor made by this store")
    });
    Page {
        items: all.into_iter().skip(start).take(size).collect(),
        next_cursor: (start + size < total).then(|| (start + size).to_string()),
        total: paging.with_total.then_some(total as u64),
    }
}
