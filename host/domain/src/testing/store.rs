//! A store in memory: one lock, one unit at a time, the same promises as a database. What a
//! database would refuse by a unique index makes a test fail here.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use time::OffsetDateTime;

use super::gate::Gate;
use super::tables::Tables;
use crate::customer::Customer;
use crate::error::{Error, Result};
use crate::id::{Id, Key, LicenseId, OrderRef, TokenId};
use crate::license::License;
use crate::order::{Order, OrderLookup, OrderView};
use crate::ports::{Records, Secrets, Store};
use crate::product::Product;
use crate::query::{
    CustomerFilter, Filter, LicenseFilter, OrderFilter, Page, Paging, ProductFilter, TokenFilter,
    UserFilter,
};
use crate::records::{AuditFilter, AuditRecord, EventFilter, Feed, Span, Verdict};
use crate::token::{Token, TokenKey};
use crate::unit::{Committed, Loaded, Stop, Unit, UserKey, Wanted};
use crate::user::User;

/// The store.
#[derive(Default)]
pub(crate) struct MemoryStore {
    tables: Mutex<Tables>,
    /// Behind it lies the answer to whoever asked for an order.
    pub(crate) orders_read: Gate,
    /// Behind it lies the answer to whoever committed.
    pub(crate) committed: Gate,
}

impl MemoryStore {
    /// A copy of everything.
    pub(crate) fn tables(&self) -> Tables {
        self.lock().clone()
    }

    fn commit_now(&self, unit: Unit) -> Result<Committed, Stop> {
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

    fn lock(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn order(&self, lookup: OrderLookup) -> Result<Option<Arc<OrderView>>> {
        let view = self.lock().view(&lookup).map(Arc::new);
        self.orders_read.pass().await;
        Ok(view)
    }

    async fn license(&self, key: Key<LicenseId>) -> Result<Option<License>> {
        let tables = self.lock();
        let mut all = tables.licenses.values();
        Ok(all
            .find(|license| key.is(license.id, license.external_ref.as_deref()))
            .cloned())
    }

    async fn document(&self, license: LicenseId) -> Result<Option<Vec<u8>>> {
        let document = self.lock().documents.get(&license).cloned();
        Ok(document.map(|document| document.to_vec()))
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

    async fn token(&self, key: TokenKey) -> Result<Option<(Token, Arc<User>)>> {
        let tables = self.lock();
        let token = tables.tokens.values().find(|token| match key {
            TokenKey::Id(id) => token.id == id,
            TokenKey::Digest(digest) => token.digest == digest,
        });
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

    async fn find_tokens(&self, filter: TokenFilter, paging: Paging) -> Result<Page<Token>> {
        let tables = self.lock();
        let fits = |token: &&Token| {
            let user = &tables.users[&token.user];
            let named = |key: &Key<_>| key.is(user.id, user.data.external_ref.as_deref());
            filter.takes(token.state())
                && any(&filter.ids, &token.id)
                && filter.own.is_none_or(|own| own == token.user)
                && filter.user.as_ref().is_none_or(named)
        };
        Ok(page(tables.tokens.values().filter(fits).cloned(), &paging))
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
        let committed = self.commit_now(unit);
        self.committed.pass().await;
        committed
    }

    async fn disabled_generators(&self) -> Result<Vec<String>> {
        Ok(self.lock().disabled_generators.iter().cloned().collect())
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

/// Not sealed at all, but bound to its token.
impl Secrets for MemoryStore {
    fn seal(&self, token: TokenId, secret: &str) -> Result<Vec<u8>> {
        Ok(format!("{token} {secret}").into_bytes())
    }

    fn open(&self, token: TokenId, sealed: &[u8]) -> Result<String> {
        let text = std::str::from_utf8(sealed).map_err(Error::internal)?;
        let secret = text.strip_prefix(&format!("{token} "));
        secret
            .map(str::to_owned)
            .ok_or_else(|| Error::internal("sealed for another token"))
    }
}

/// Tests of the domain look at the tables; chains and places are the business of databases.
#[async_trait]
impl Records for MemoryStore {
    async fn find_audit_entries(
        &self,
        _: AuditFilter,
        paging: Paging,
    ) -> Result<Page<AuditRecord>> {
        Ok(page(std::iter::empty(), &paging))
    }

    async fn verify_audit(&self, _: Span) -> Result<Verdict> {
        Ok(Verdict::default())
    }

    async fn find_events(&self, _: EventFilter) -> Result<Feed> {
        Ok(Feed {
            events: Vec::new(),
            next_cursor: "end".to_owned(),
        })
    }
}

pub(super) fn keys<I: Id, S>(
    filter: &Filter<Key<I>, S>,
    id: I,
    external_ref: Option<&str>,
) -> bool {
    let named = filter.ids.is_empty() || filter.ids.iter().any(|key| key.is(id, external_ref));
    let referred = filter.external_ref.as_deref();
    named && referred.is_none_or(|wanted| external_ref == Some(wanted))
}

pub(super) fn any<S: PartialEq>(wanted: &[S], is: &S) -> bool {
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
