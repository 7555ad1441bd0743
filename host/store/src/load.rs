//! Loads what units want: one query a table for all of them.

use std::collections::HashSet;
use std::sync::Arc;

use lds_domain::customer::Customer;
use lds_domain::id::{CustomerId, Id, ProductId, UserId};
use lds_domain::license::License;
use lds_domain::order::OrderView;
use lds_domain::order_id::OrderId;
use lds_domain::product::Product;
use lds_domain::token::{Proof, Token};
use lds_domain::unit::{Estate, Loaded, Wanted};
use lds_domain::user::User;

use crate::connection::{Fetch, ask};
use crate::failure::Failure;
use crate::keyed;
use crate::row::{Hex, RowId, Rows};
use crate::rows::customer::CustomerRow;
use crate::rows::license::LicenseRow;
use crate::rows::product::ProductRow;
use crate::rows::token::TokenRow;
use crate::rows::user::UserRow;
use crate::statements::Reads;
use crate::view::{self, ViewRow};

/// What each of the units wants, as it is now.
pub(crate) async fn load(
    fetch: &mut (impl Fetch + ?Sized),
    sql: &Reads,
    wanted: &[&Wanted],
) -> Result<Vec<Loaded>, Failure> {
    let mut loading = Loading {
        fetch,
        sql,
        wanted,
        loaded: wanted.iter().map(|_| Loaded::default()).collect(),
    };
    loading.orders().await?;
    loading.licenses().await?;
    loading.customers().await?;
    loading.products().await?;
    loading.users().await?;
    loading.administrators().await?;
    loading.tokens().await?;
    loading.disabled_generators().await?;
    loading.order_ids().await?;
    loading.references().await?;
    loading.estates().await?;
    loading.spent().await?;
    Ok(loading.loaded)
}

struct Loading<'a, F: ?Sized> {
    fetch: &'a mut F,
    sql: &'a Reads,
    wanted: &'a [&'a Wanted],
    loaded: Vec<Loaded>,
}

impl<F: Fetch + ?Sized> Loading<'_, F> {
    async fn orders(&mut self) -> Result<(), Failure> {
        let mut rows = Rows::default();
        for (n, wanted) in self.wanted.iter().enumerate() {
            for lookup in &wanted.orders {
                view::question(&mut rows, n, lookup)?;
            }
        }
        for (n, row) in ask::<(usize, ViewRow)>(self.fetch, &self.sql.orders, rows).await? {
            let view = OrderView::try_from(row)?;
            view::merge(&mut self.unit(n)?.orders, view);
        }
        Ok(())
    }

    async fn licenses(&mut self) -> Result<(), Failure> {
        let mut rows = Rows::default();
        for (n, wanted) in self.wanted.iter().enumerate() {
            for (id, reference) in wanted.licenses.iter().map(keyed::entity) {
                rows.push(&(n, id, reference))?;
            }
        }
        let mut found: Vec<(usize, LicenseRow<'_>)> =
            ask(self.fetch, &self.sql.bare_licenses, rows).await?;
        found.extend(self.licenses_of().await?);
        for (n, row) in found {
            let license = Arc::new(License::from(row));
            once(&mut self.unit(n)?.licenses, license, |license| license.id);
        }
        Ok(())
    }

    async fn licenses_of(&mut self) -> Result<Vec<(usize, LicenseRow<'static>)>, Failure> {
        let mut rows = Rows::default();
        for (n, wanted) in self.wanted.iter().enumerate() {
            for (id, order_id, reference) in wanted.licenses_of.iter().map(keyed::order) {
                rows.push(&(n, id, order_id, reference))?;
            }
        }
        ask(self.fetch, &self.sql.licenses_of, rows).await
    }

    async fn customers(&mut self) -> Result<(), Failure> {
        let mut rows = Rows::default();
        for (n, wanted) in self.wanted.iter().enumerate() {
            for (id, reference) in wanted.customers.iter().map(keyed::entity) {
                rows.push(&(n, id, reference))?;
            }
        }
        for (n, row) in
            ask::<(usize, CustomerRow<'_>)>(self.fetch, &self.sql.customers, rows).await?
        {
            let customer = Arc::new(Customer::from(row));
            once(&mut self.unit(n)?.customers, customer, |customer| {
                customer.id
            });
        }
        Ok(())
    }

    async fn products(&mut self) -> Result<(), Failure> {
        let mut rows = Rows::default();
        for (n, wanted) in self.wanted.iter().enumerate() {
            for (id, reference, code, version) in wanted.products.iter().map(keyed::product) {
                rows.push(&(n, id, reference, code, version))?;
            }
        }
        for (n, row) in ask::<(usize, ProductRow<'_>)>(self.fetch, &self.sql.products, rows).await?
        {
            let product = Arc::new(Product::from(row));
            once(&mut self.unit(n)?.products, product, |product| product.id);
        }
        Ok(())
    }

    async fn users(&mut self) -> Result<(), Failure> {
        let mut rows = Rows::default();
        for (n, wanted) in self.wanted.iter().enumerate() {
            for (id, reference, login) in wanted.users.iter().map(keyed::user) {
                rows.push(&(n, id, reference, login))?;
            }
        }
        for (n, row) in ask::<(usize, UserRow<'_>)>(self.fetch, &self.sql.users, rows).await? {
            once(&mut self.unit(n)?.users, User::from(row), |user| user.id);
        }
        Ok(())
    }

    async fn administrators(&mut self) -> Result<(), Failure> {
        let asking: Vec<usize> = (0..self.wanted.len())
            .filter(|n| self.wanted[*n].administrators)
            .collect();
        if asking.is_empty() {
            return Ok(());
        }
        let mut rows = Rows::default();
        rows.push(&(0,))?;
        let found: Vec<RowId> = ask(self.fetch, &self.sql.administrators, rows).await?;
        let ids: Vec<UserId> = found.into_iter().map(RowId::id).collect();
        for n in asking {
            self.unit(n)?.administrators.clone_from(&ids);
        }
        Ok(())
    }

    async fn disabled_generators(&mut self) -> Result<(), Failure> {
        let asks = |wanted: &&Wanted| !wanted.generators.is_empty() || !wanted.switches.is_empty();
        if !self.wanted.iter().any(asks) {
            return Ok(());
        }
        let names = disabled_generators(self.fetch, self.sql).await?;
        for loaded in &mut self.loaded {
            loaded.disabled_generators.clone_from(&names);
        }
        Ok(())
    }

    async fn tokens(&mut self) -> Result<(), Failure> {
        let mut rows = Rows::default();
        for (n, wanted) in self.wanted.iter().enumerate() {
            for id in &wanted.tokens {
                rows.push(&(n, RowId::of(*id), ()))?;
            }
        }
        let found: Vec<(usize, TokenRow<'_>, UserRow<'_>)> =
            ask(self.fetch, &self.sql.tokens, rows).await?;
        for (n, row, _) in found {
            let token = Token::try_from(row)?;
            once(&mut self.unit(n)?.tokens, token, |token| token.id);
        }
        Ok(())
    }

    async fn order_ids(&mut self) -> Result<(), Failure> {
        let mut rows = Rows::default();
        for (n, wanted) in self.wanted.iter().enumerate() {
            for id in &wanted.order_ids {
                rows.push(&(n, id.expose()))?;
            }
        }
        for (n, id) in ask::<(usize, String)>(self.fetch, &self.sql.order_ids, rows).await? {
            self.unit(n)?.taken_order_ids.push(OrderId::from_stored(id));
        }
        Ok(())
    }

    /// Of what was loaded for the units that ask.
    async fn references(&mut self) -> Result<(), Failure> {
        let asking = |n: &usize| self.wanted[*n].references;
        let units: Vec<usize> = (0..self.wanted.len()).filter(asking).collect();
        let ids: HashSet<RowId> = units
            .iter()
            .flat_map(|n| referable(&self.loaded[*n]))
            .collect();
        let mut rows = Rows::default();
        for id in ids {
            rows.push(&(id,))?;
        }
        let found: HashSet<RowId> = ask(self.fetch, &self.sql.references, rows)
            .await?
            .into_iter()
            .collect();
        for n in units {
            let own = referable(&self.loaded[n])
                .into_iter()
                .filter(|id| found.contains(id));
            self.loaded[n].referenced = own.map(|id| id.0).collect();
        }
        Ok(())
    }

    /// Of the customers that were loaded for the units that ask.
    async fn estates(&mut self) -> Result<(), Failure> {
        let mut rows = Rows::default();
        for (wanted, (n, loaded)) in self.wanted.iter().zip(self.loaded.iter().enumerate()) {
            for customer in wanted.estates.iter().filter_map(|key| loaded.customer(key)) {
                rows.push(&(n, RowId::of(customer.id)))?;
            }
        }
        let found: Vec<(usize, RowId, u8, u8)> = ask(self.fetch, &self.sql.estates, rows).await?;
        for (n, customer, orders, texts) in found {
            self.unit(n)?.estates.push(Estate {
                customer: customer.id(),
                has_orders: orders != 0,
                has_texts: texts != 0,
            });
        }
        Ok(())
    }

    async fn spent(&mut self) -> Result<(), Failure> {
        let mut rows = Rows::default();
        for (n, wanted) in self.wanted.iter().enumerate() {
            for proof in &wanted.proofs {
                rows.push(&(n, Hex::from(&proof.0)))?;
            }
        }
        for (n, proof) in ask::<(usize, Hex<'_>)>(self.fetch, &self.sql.proofs, rows).await? {
            let proof = proof.bytes().map(Proof);
            let broken = || Failure::internal("a stored proof is broken");
            self.unit(n)?.spent.push(proof.ok_or_else(broken)?);
        }
        Ok(())
    }

    fn unit(&mut self, n: usize) -> Result<&mut Loaded, Failure> {
        let unknown = || Failure::internal("an answer to a question that was not asked");
        self.loaded.get_mut(n).ok_or_else(unknown)
    }
}

/// Generators that are switched off.
pub(crate) async fn disabled_generators(
    fetch: &mut (impl Fetch + ?Sized),
    sql: &Reads,
) -> Result<Vec<String>, Failure> {
    let mut rows = Rows::default();
    rows.push(&(0,))?;
    ask(fetch, &sql.disabled_generators, rows).await
}

fn referable(loaded: &Loaded) -> Vec<RowId> {
    let customers = loaded
        .customers
        .iter()
        .map(|customer| RowId::of::<CustomerId>(customer.id));
    let products = loaded
        .products
        .iter()
        .map(|product| RowId::of::<ProductId>(product.id));
    let users = loaded.users.iter().map(|user| RowId::of::<UserId>(user.id));
    let orders = loaded.orders.iter().map(|view| RowId::of(view.order.id));
    customers
        .chain(products)
        .chain(users)
        .chain(orders)
        .collect()
}

/// Adds what is not there yet: it may have been named in two ways.
fn once<T, I: Id>(list: &mut Vec<T>, item: T, id: impl Fn(&T) -> I) {
    if !list.iter().any(|known| id(known) == id(&item)) {
        list.push(item);
    }
}
