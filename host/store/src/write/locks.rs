//! Row locks before anything is read, always in the same order: orders, customers, products, users,
//! tokens, licenses without an order, switches of generators.

use lds_domain::unit::Wanted;

use crate::connection::{Connection, ask};
use crate::dialect::Sql;
use crate::failure::Failure;
use crate::keyed;
use crate::row::{RowId, Rows};
use crate::statements::Locks;

/// Locks what the units want.
pub(super) async fn lock(
    connection: &mut dyn Connection,
    sql: &Locks,
    wanted: &[&Wanted],
) -> Result<(), Failure> {
    let mut locking = Locking { connection, wanted };
    let customers = locking.orders(sql).await?;
    locking.estates(sql).await?;
    locking.customers(sql, customers).await?;
    locking.products(sql).await?;
    locking.users(sql).await?;
    locking.tokens(sql).await?;
    locking.licenses(sql).await?;
    locking.switches(sql).await
}

struct Locking<'a> {
    connection: &'a mut dyn Connection,
    wanted: &'a [&'a Wanted],
}

impl Locking<'_> {
    /// Orders, and those of licenses; answers with their customers.
    async fn orders(&mut self, sql: &Locks) -> Result<Vec<RowId>, Failure> {
        let mut rows = Rows::default();
        let none: (Option<RowId>, Option<&str>) = (None, None);
        for wanted in self.wanted {
            for (id, order_id, reference) in
                wanted.orders.iter().map(|lookup| keyed::order(&lookup.key))
            {
                rows.push(&(id, order_id, reference, none.0, none.1))?;
            }
            for (id, reference) in wanted.licenses.iter().map(keyed::entity) {
                rows.push(&(none.0, none.1, none.1, id, reference))?;
            }
        }
        let locked: Vec<(RowId, RowId)> = ask(self.connection, &sql.orders, rows).await?;
        Ok(locked.into_iter().map(|(_, customer)| customer).collect())
    }

    /// The orders whose changes would write a license of these customers as it was.
    async fn estates(&mut self, sql: &Locks) -> Result<(), Failure> {
        let mut rows = Rows::default();
        let customers = self.wanted.iter().flat_map(|wanted| &wanted.estates);
        for key in customers.map(keyed::entity) {
            rows.push(&key)?;
        }
        self.rows(&sql.estates, rows).await
    }

    async fn customers(&mut self, sql: &Locks, of_orders: Vec<RowId>) -> Result<(), Failure> {
        let (mut shared, mut changing) = (Rows::default(), Rows::default());
        for wanted in self.wanted {
            let rows = if wanted.for_change {
                &mut changing
            } else {
                &mut shared
            };
            for key in wanted.customers.iter().map(keyed::entity) {
                rows.push(&key)?;
            }
        }
        for customer in of_orders {
            shared.push(&(customer, ()))?;
        }
        self.rows(&sql.customers, changing).await?;
        self.rows(&sql.customers_shared, shared).await
    }

    async fn products(&mut self, sql: &Locks) -> Result<(), Failure> {
        let (mut shared, mut changing) = (Rows::default(), Rows::default());
        for wanted in self.wanted {
            let rows = if wanted.for_change {
                &mut changing
            } else {
                &mut shared
            };
            for key in wanted.products.iter().map(keyed::product) {
                rows.push(&key)?;
            }
        }
        self.rows(&sql.products, changing).await?;
        self.rows(&sql.products_shared, shared).await
    }

    async fn users(&mut self, sql: &Locks) -> Result<(), Failure> {
        let mut rows = Rows::default();
        for key in self
            .wanted
            .iter()
            .flat_map(|wanted| &wanted.users)
            .map(keyed::user)
        {
            rows.push(&key)?;
        }
        if self.wanted.iter().any(|wanted| wanted.administrators) {
            let nobody: (Option<RowId>, Option<&str>, Option<&str>) = (None, None, None);
            rows.push(&nobody)?;
            return self.rows(&sql.administrators, rows).await;
        }
        self.rows(&sql.users, rows).await
    }

    async fn tokens(&mut self, sql: &Locks) -> Result<(), Failure> {
        let mut rows = Rows::default();
        for id in self.wanted.iter().flat_map(|wanted| &wanted.tokens) {
            rows.push(&(RowId::of(*id),))?;
        }
        self.rows(&sql.tokens, rows).await
    }

    async fn licenses(&mut self, sql: &Locks) -> Result<(), Failure> {
        let mut rows = Rows::default();
        for key in self
            .wanted
            .iter()
            .flat_map(|wanted| &wanted.licenses)
            .map(keyed::entity)
        {
            rows.push(&key)?;
        }
        self.rows(&sql.licenses, rows).await
    }

    async fn switches(&mut self, sql: &Locks) -> Result<(), Failure> {
        let mut rows = Rows::default();
        for name in self.wanted.iter().flat_map(|wanted| &wanted.switches) {
            rows.push(&(name,))?;
        }
        let _: Vec<String> = ask(self.connection, &sql.switches, rows).await?;
        Ok(())
    }

    async fn rows(&mut self, sql: &Sql, rows: Rows) -> Result<(), Failure> {
        let _: Vec<RowId> = ask(self.connection, sql, rows).await?;
        Ok(())
    }
}
