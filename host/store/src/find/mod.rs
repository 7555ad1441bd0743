//! Lists: filters, sorting and pages. Each list is one query, made for its filter: conditions that
//! were not asked for are not in it, so that the database sees which index serves.

mod cursor;
mod filters;
mod query;
mod records;
mod sorts;

use std::fmt::Debug;

use aws_lc_rs::hmac;
use lds_domain::customer::Customer;
use lds_domain::license::License;
use lds_domain::order::OrderView;
use lds_domain::product::Product;
use lds_domain::query::{
    CustomerFilter, LicenseFilter, OrderFilter, Page, Paging, ProductFilter, TokenFilter,
    UserFilter,
};
use lds_domain::token::Token;
use lds_domain::user::User;
use lds_domain::{Error, Result};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use self::cursor::{Cursor, List};
use self::query::Query;
use self::sorts::Sort;
use crate::connection::Pool;
use crate::dialect::{Dialect, Sql};
use crate::failure::Failure;
use crate::row::RowId;
use crate::rows::customer::CustomerRow;
use crate::rows::license::WholeLicense;
use crate::rows::product::ProductRow;
use crate::rows::token::TokenRow;
use crate::rows::user::UserRow;
use crate::statements::{order_view, whole_license};
use crate::view::ViewRow;

/// Answers lists.
pub(crate) struct Finder {
    dialect: Dialect,
    /// Seals cursors.
    key: hmac::Key,
}

/// What is listed: where from and what of it.
struct Source {
    table: &'static str,
    sorts: &'static [Sort],
    /// What is given of the row `t`.
    given: String,
    /// What is joined to the page's rows `t`.
    joins: &'static str,
}

/// A row of a list: what was asked for, the value by which it is sorted, the id.
#[derive(Deserialize)]
struct Listed<T>(T, Value, RowId);

impl Finder {
    /// For a kind of database.
    pub(crate) const fn new(dialect: Dialect, key: hmac::Key) -> Self {
        Self { dialect, key }
    }

    /// Users.
    pub(crate) async fn users(
        &self,
        pool: &Pool,
        filter: &UserFilter,
        paging: &Paging,
    ) -> Result<Page<User>> {
        let mut query = Query::new(self.dialect);
        query.user(filter)?;
        let source = Source {
            table: "users",
            sorts: sorts::USERS,
            given: self.dialect.row::<UserRow<'_>>("t"),
            joins: "",
        };
        let page = self
            .page::<UserRow<'_>>(pool, &source, query, (filter, paging))
            .await?;
        Ok(page.map(User::from))
    }

    /// Tokens.
    pub(crate) async fn tokens(
        &self,
        pool: &Pool,
        filter: &TokenFilter,
        paging: &Paging,
    ) -> Result<Page<Token>> {
        let mut query = Query::new(self.dialect);
        query.token(filter)?;
        let source = Source {
            table: "tokens",
            sorts: sorts::TOKENS,
            given: self.dialect.row::<TokenRow<'_>>("t"),
            joins: "",
        };
        let page = self
            .page::<TokenRow<'_>>(pool, &source, query, (filter, paging))
            .await?;
        whole(page)
    }

    /// Customers.
    pub(crate) async fn customers(
        &self,
        pool: &Pool,
        filter: &CustomerFilter,
        paging: &Paging,
    ) -> Result<Page<Customer>> {
        let mut query = Query::new(self.dialect);
        query.customer(filter)?;
        let source = Source {
            table: "customers",
            sorts: sorts::CUSTOMERS,
            given: self.dialect.row::<CustomerRow<'_>>("t"),
            joins: "",
        };
        let page = self
            .page::<CustomerRow<'_>>(pool, &source, query, (filter, paging))
            .await?;
        Ok(page.map(Customer::from))
    }

    /// Products.
    pub(crate) async fn products(
        &self,
        pool: &Pool,
        filter: &ProductFilter,
        paging: &Paging,
    ) -> Result<Page<Product>> {
        let mut query = Query::new(self.dialect);
        query.product(filter)?;
        let source = Source {
            table: "products",
            sorts: sorts::PRODUCTS,
            given: self.dialect.row::<ProductRow<'_>>("t"),
            joins: "",
        };
        let page = self
            .page::<ProductRow<'_>>(pool, &source, query, (filter, paging))
            .await?;
        Ok(page.map(Product::from))
    }

    /// Orders with their allowance uses.
    pub(crate) async fn orders(
        &self,
        pool: &Pool,
        filter: &OrderFilter,
        paging: &Paging,
    ) -> Result<Page<OrderView>> {
        let mut query = Query::new(self.dialect);
        query.order(filter)?;
        let view = order_view(self.dialect, "t", &self.dialect.array(""), "NULL");
        let source = Source {
            table: "orders",
            sorts: sorts::ORDERS,
            given: self.dialect.array(&view),
            joins: "JOIN customers c ON c.id = t.customer JOIN products p ON p.id = t.product",
        };
        let page = self
            .page::<ViewRow>(pool, &source, query, (filter, paging))
            .await?;
        whole(page)
    }

    /// Licenses with their files.
    pub(crate) async fn licenses(
        &self,
        pool: &Pool,
        filter: &LicenseFilter,
        paging: &Paging,
    ) -> Result<Page<License>> {
        let mut query = Query::new(self.dialect);
        query.license(filter)?;
        let source = Source {
            table: "licenses",
            sorts: sorts::LICENSES,
            given: whole_license(self.dialect, "t"),
            joins: "",
        };
        let page = self
            .page::<WholeLicense>(pool, &source, query, (filter, paging))
            .await?;
        whole(page)
    }

    async fn page<T: DeserializeOwned>(
        &self,
        pool: &Pool,
        source: &Source,
        mut query: Query,
        (filter, paging): (&(impl Debug + Sync), &Paging),
    ) -> Result<Page<T>> {
        let (sort, descending) = Sort::read(source.sorts, paging.sort.as_deref())?;
        let list = List::new(&self.key, source.table, paging.sort.as_deref(), filter);
        let total = if paging.with_total {
            Some(self.total(pool, source, &query).await?)
        } else {
            None
        };
        if let Some(cursor) = &paging.cursor {
            query.after(sort, descending, &list.open(cursor)?)?;
        }
        let size = paging.size as usize;
        let sql = statement(
            self.dialect,
            source,
            &mut query,
            (sort, descending),
            size + 1,
        )?;
        let answer = pool.fetch(&sql, query.parameter()?).await?;
        let mut rows: Vec<Listed<T>> = serde_json::from_str(&answer).map_err(Failure::from)?;
        let more = rows.len() > size;
        rows.truncate(size);
        let next_cursor = match rows.last() {
            Some(Listed(_, value, id)) if more => Some(list.seal(&Cursor(value.clone(), *id))?),
            _ => None,
        };
        let items = rows.into_iter().map(|Listed(item, ..)| item).collect();
        Ok(Page {
            items,
            next_cursor,
            total,
        })
    }

    async fn total(&self, pool: &Pool, source: &Source, query: &Query) -> Result<u64> {
        let sql: Sql = self
            .dialect
            .single(
                "count(*)",
                &format!("{} t WHERE {}", source.table, query.condition()),
            )
            .into();
        let answer = pool.fetch(&sql, query.parameter()?).await?;
        let count: [u64; 1] = serde_json::from_str(&answer).map_err(Failure::from)?;
        Ok(count[0])
    }
}

fn statement(
    dialect: Dialect,
    source: &Source,
    query: &mut Query,
    (sort, descending): (&Sort, bool),
    most: usize,
) -> Result<Sql> {
    let direction = if descending { "DESC" } else { "ASC" };
    let (table, key, condition) = (source.table, sort.expression, query.condition());
    let limit = query.number(most)?;
    let page = format!(
        "(SELECT t.*, {key} AS sort_key FROM {table} t WHERE {condition} \
         ORDER BY {key} {direction}, t.id {direction} LIMIT {limit}) t {}",
        source.joins
    );
    let id = dialect.give("t.id", crate::row::Kind::Id);
    let value = dialect.give("t.sort_key", sort.kind);
    let row = dialect.array(&format!("{}, {value}, {id}", source.given));
    let ordered = format!("{row} ORDER BY t.sort_key {direction}, t.id {direction}");
    Ok(dialect.query(&ordered, &page).into())
}

fn whole<R, T: TryFrom<R, Error = Failure>>(page: Page<R>) -> Result<Page<T>> {
    let items = page
        .items
        .into_iter()
        .map(T::try_from)
        .collect::<std::result::Result<_, _>>();
    Ok(Page {
        items: items.map_err(Error::from)?,
        next_cursor: page.next_cursor,
        total: page.total,
    })
}
