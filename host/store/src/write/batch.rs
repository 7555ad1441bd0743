//! The rows of a group: what its units write, table by table.

use std::borrow::Cow;
use std::collections::BTreeMap;

use lds_domain::date;
use lds_domain::id::OrderRef;
use lds_domain::order::Order;
use lds_domain::unit::{self, Changes, NewLicense};
use serde::Serialize;

use super::queue::Touch;
use super::search::{Searched, attribute_digest, fold, texts};
use crate::connection::Connection;
use crate::dialect::Sql;
use crate::failure::Failure;
use crate::row::{Hex, Millis, RowId, Rows};
use crate::rows::customer::CustomerRow;
use crate::rows::license::{ClaimRow, DocumentRow, FileRow, HostRow, LicenseRow};
use crate::rows::order::{OrderIdRow, OrderRow};
use crate::rows::product::ProductRow;
use crate::rows::request::ProofRow;
use crate::rows::token::TokenRow;
use crate::rows::user::UserRow;
use crate::rows::{AttributeRow, EventRow, SwitchRow, TextRow};
use crate::statements::{Erase, Writes};

/// Rows of an entity.
#[derive(Debug, Default)]
struct EntityRows {
    new: Rows,
    changed: Rows,
    deleted: Rows,
}

impl EntityRows {
    fn add<'a, T, I, R>(
        &mut self,
        rows: &'a unit::Rows<T, I>,
        id: impl Fn(&I) -> RowId,
    ) -> Result<(), Failure>
    where
        R: From<&'a T> + Serialize,
    {
        for row in &rows.new {
            self.new.push(&R::from(row))?;
        }
        for row in &rows.changed {
            self.changed.push(&R::from(row))?;
        }
        for deleted in &rows.deleted {
            self.deleted.push(&(id(deleted),))?;
        }
        Ok(())
    }
}

/// What searches find entities by.
#[derive(Debug, Default)]
struct SearchRows {
    forgotten: Rows,
    texts: Rows,
    attributes: Rows,
}

impl SearchRows {
    fn add<T: Searched, I>(
        &mut self,
        rows: &unit::Rows<T, I>,
        id: impl Fn(&T) -> RowId,
        deleted: impl Fn(&I) -> RowId,
    ) -> Result<(), Failure> {
        for entity in &rows.changed {
            self.forgotten.push(&(id(entity),))?;
        }
        for gone in &rows.deleted {
            self.forgotten.push(&(deleted(gone),))?;
        }
        for entity in rows.new.iter().chain(&rows.changed) {
            let owner = id(entity);
            for (kind, value) in entity.texts() {
                self.text(owner, kind, &value)?;
            }
            self.attributes(owner, entity.attributes())?;
        }
        Ok(())
    }

    fn text(&mut self, owner: RowId, kind: &'static str, value: &str) -> Result<(), Failure> {
        let value = Cow::Owned(fold(value));
        self.texts.push(&TextRow {
            owner,
            kind: kind.into(),
            value,
        })?;
        Ok(())
    }

    fn attributes(
        &mut self,
        owner: RowId,
        list: &[lds_domain::attribute::Attribute],
    ) -> Result<(), Failure> {
        for attribute in list {
            let digest = attribute_digest(attribute);
            self.attributes.push(&AttributeRow {
                digest: (&digest).into(),
                owner,
            })?;
        }
        Ok(())
    }
}

/// All rows of a group, audit entries and request records aside.
#[derive(Debug, Default)]
pub(super) struct Batch {
    users: EntityRows,
    tokens: EntityRows,
    customers: EntityRows,
    products: EntityRows,
    orders: EntityRows,
    order_ids: Rows,
    licenses: EntityRows,
    files: Rows,
    documents: Rows,
    hosts: Rows,
    released: Rows,
    claims: Rows,
    erased: Rows,
    switches: Rows,
    activity: Rows,
    uses: Rows,
    proofs: Rows,
    search: SearchRows,
    events: Rows,
    used_tokens: Rows,
    signed_in: Rows,
}

impl Batch {
    /// Adds what a unit writes.
    pub(super) fn add(&mut self, changes: &Changes) -> Result<(), Failure> {
        self.users
            .add::<_, _, UserRow<'_>>(&changes.users, |id| RowId::of(*id))?;
        self.tokens
            .add::<_, _, TokenRow<'_>>(&changes.tokens, |id| RowId::of(*id))?;
        self.customers
            .add::<_, _, CustomerRow<'_>>(&changes.customers, |id| RowId::of(*id))?;
        self.products
            .add::<_, _, ProductRow<'_>>(&changes.products, |id| RowId::of(*id))?;
        self.orders
            .add::<_, _, OrderRow<'_>>(&changes.orders, |id| RowId::of(*id))?;
        self.add_search(changes)?;
        for order in &changes.orders.new {
            self.order_ids.push(&order_id(order))?;
        }
        for license in &changes.licenses {
            self.licenses.changed.push(&LicenseRow::from(license))?;
        }
        for id in &changes.released {
            self.released.push(&(RowId::of(*id),))?;
        }
        for new in &changes.new_licenses {
            self.add_license(new)?;
        }
        for erasure in &changes.erased {
            let (customer, at) = (RowId::of(erasure.customer), Millis::number(erasure.at));
            self.erased.push(&(customer, at, &erasure.by))?;
        }
        for spent in &changes.spent {
            self.proofs.push(&ProofRow {
                proof: (&spent.proof.0).into(),
                good_until: Millis::number(spent.until),
            })?;
        }
        for switch in &changes.switches {
            self.switches.push(&SwitchRow {
                generator: Cow::Borrowed(&switch.generator),
                disabled: u8::from(switch.disabled),
            })?;
        }
        self.add_activity(changes)?;
        self.add_events(changes)
    }

    /// Adds a use to be remembered.
    pub(super) fn touch(&mut self, touch: Touch) -> Result<(), Failure> {
        match touch {
            Touch::Token(id, at) => self.used_tokens.push(&(id, at))?,
            Touch::User(id, at) => self.signed_in.push(&(id, at))?,
        }
        Ok(())
    }

    /// How many bytes the statements of licenses, files and orders will carry; the others are
    /// small.
    pub(super) fn bytes(&self) -> usize {
        let large = [
            &self.licenses.new,
            &self.licenses.changed,
            &self.files,
            &self.documents,
            &self.orders.new,
            &self.orders.changed,
            &self.products.new,
            &self.products.changed,
            &self.customers.new,
            &self.customers.changed,
        ];
        large.into_iter().map(Rows::bytes).sum()
    }

    fn add_search(&mut self, changes: &Changes) -> Result<(), Failure> {
        let search = &mut self.search;
        search.add(
            &changes.users,
            |user| RowId::of(user.id),
            |id| RowId::of(*id),
        )?;
        search.add(
            &changes.tokens,
            |token| RowId::of(token.id),
            |id| RowId::of(*id),
        )?;
        search.add(
            &changes.customers,
            |customer| RowId::of(customer.id),
            |id| RowId::of(*id),
        )?;
        search.add(
            &changes.products,
            |product| RowId::of(product.id),
            |id| RowId::of(*id),
        )?;
        search.add(
            &changes.orders,
            |order| RowId::of(order.id),
            |id| RowId::of(*id),
        )
    }

    fn add_license(&mut self, new: &NewLicense) -> Result<(), Failure> {
        let license = &*new.license;
        let (id, root) = (RowId::of(license.id), license.root.map(RowId::of));
        self.licenses.new.push(&LicenseRow::from(license))?;
        for (place, file) in license.files.iter().enumerate() {
            self.files.push(&FileRow::new(license, place, file))?;
        }
        if let Some(document) = &new.document {
            let document = Hex(Cow::Owned(lz4_flex::compress_prepend_size(document)));
            self.documents.push(&DocumentRow {
                license: id,
                root,
                document,
            })?;
        }
        let mut hosts: Vec<_> = license
            .hosts
            .iter()
            .map(|host| (&host.value, &host.host_type))
            .collect();
        hosts.sort_unstable();
        hosts.dedup();
        for (value, host_type) in hosts {
            let (value, host_type) = (value.into(), host_type.into());
            self.hosts.push(&HostRow {
                value,
                host_type,
                license: id,
                root,
            })?;
        }
        if let Some(reference) = &license.external_ref {
            self.search.text(id, texts::LICENSE, reference)?;
        }
        self.search.attributes(id, &license.attributes)?;
        self.add_claims(new)
    }

    fn add_claims(&mut self, new: &NewLicense) -> Result<(), Failure> {
        let (Some(order), Some(root)) = (new.license.order, new.license.root) else {
            return Ok(());
        };
        for claim in &new.claims {
            self.claims.push(&ClaimRow {
                order_ref: RowId::of(order),
                class: new.class,
                claim: claim.into(),
                license: RowId::of(new.license.id),
                root: RowId::of(root),
            })?;
        }
        Ok(())
    }

    /// One row an order.
    fn add_activity(&mut self, changes: &Changes) -> Result<(), Failure> {
        let mut sums: BTreeMap<OrderRef, (i64, Option<String>)> = BTreeMap::new();
        for activity in &changes.activity {
            let sum = sums.entry(activity.order).or_default();
            sum.0 += i64::from(activity.licenses);
            sum.1 = sum
                .1
                .take()
                .or_else(|| activity.first_activated_on.map(date::format));
        }
        for (order, (more, day)) in sums {
            self.activity.push(&(RowId::of(order), more, day))?;
        }
        for new in &changes.uses {
            let day = date::format(new.used.on);
            self.uses.push(&(
                RowId::of(new.order),
                new.used.kind,
                day,
                RowId::of(new.used.license),
            ))?;
        }
        Ok(())
    }

    fn add_events(&mut self, changes: &Changes) -> Result<(), Failure> {
        for event in &changes.events {
            self.events.push(&EventRow {
                id: RowId::of(event.id),
                time: Millis::number(event.time),
                kind: event.kind.into(),
                subject: Cow::Borrowed(&event.subject),
                order_ref: event.order.map(RowId::of),
            })?;
        }
        Ok(())
    }

    /// Writes all of it: what goes first, then what changes, then what is new, and last what is
    /// erased, so that nothing of it is written again.
    pub(super) async fn write(
        self,
        connection: &mut dyn Connection,
        sql: &Writes,
    ) -> Result<(), Failure> {
        let forgotten = self.search.forgotten;
        let mut writing = Writing { connection };
        let entities = [
            (self.users, &sql.users),
            (self.tokens, &sql.tokens),
            (self.customers, &sql.customers),
            (self.products, &sql.products),
            (self.orders, &sql.orders),
            (self.licenses, &sql.licenses),
        ];
        writing.forget(forgotten, sql).await?;
        writing.some(&sql.release_claims, self.released).await?;
        let mut new = Vec::new();
        for (rows, sql) in entities {
            writing.all(&sql.delete, rows.deleted).await?;
            writing.all(&sql.update, rows.changed).await?;
            new.push((&sql.insert, rows.new));
        }
        let more = [
            (&sql.order_ids, self.order_ids),
            (&sql.files, self.files),
            (&sql.documents, self.documents),
            (&sql.hosts, self.hosts),
            (&sql.claims, self.claims),
            (&sql.switches, self.switches),
            (&sql.activity, self.activity),
            (&sql.uses, self.uses),
            (&sql.proofs, self.proofs),
            (&sql.texts, self.search.texts),
            (&sql.attributes, self.search.attributes),
            (&sql.events, self.events),
        ];
        for (sql, rows) in new.into_iter().chain(more) {
            writing.all(sql, rows).await?;
        }
        writing.erase(self.erased, &sql.erase).await?;
        writing.some(&sql.token_used, self.used_tokens).await?;
        writing.some(&sql.user_signed_in, self.signed_in).await
    }
}

fn order_id(order: &Order) -> OrderIdRow<'_> {
    OrderIdRow {
        order_id: Cow::Borrowed(order.order_id.expose()),
        order_ref: RowId::of(order.id),
        root: RowId::of(order.root),
    }
}

/// Runs statements that have rows.
pub(super) struct Writing<'a> {
    pub(super) connection: &'a mut dyn Connection,
}

impl Writing<'_> {
    /// A statement that must touch as many rows as it is given: a changed row is there, a count
    /// stays in its bounds.
    pub(super) async fn all(&mut self, sql: &Sql, rows: Rows) -> Result<(), Failure> {
        let count = rows.count();
        let Some(parameter) = rows.parameter() else {
            return Ok(());
        };
        let touched = self.connection.execute(sql, parameter).await?;
        if touched == count {
            return Ok(());
        }
        let statement: String = sql.chars().take(60).collect();
        Err(Failure::Internal(format!(
            "{touched} instead of {count} rows: {statement}…"
        )))
    }

    /// A statement that may touch fewer or more.
    pub(super) async fn some(&mut self, sql: &Sql, rows: Rows) -> Result<(), Failure> {
        if let Some(parameter) = rows.parameter() {
            self.connection.execute(sql, parameter).await?;
        }
        Ok(())
    }

    async fn erase(&mut self, customers: Rows, sql: &Erase) -> Result<(), Failure> {
        let Some(parameter) = customers.parameter() else {
            return Ok(());
        };
        for sql in [&sql.licenses, &sql.files, &sql.documents, &sql.hosts] {
            self.connection.execute(sql, parameter.clone()).await?;
        }
        Ok(())
    }

    async fn forget(&mut self, owners: Rows, sql: &Writes) -> Result<(), Failure> {
        if let Some(parameter) = owners.parameter() {
            self.connection
                .execute(&sql.forget_texts, parameter.clone())
                .await?;
            self.connection
                .execute(&sql.forget_attributes, parameter)
                .await?;
        }
        Ok(())
    }
}
