//! The filters of each list, as conditions.

use lds_domain::Result;
use lds_domain::date;
use lds_domain::id::{Id, Key};
use lds_domain::order::OrderKey;
use lds_domain::query::{
    CustomerFilter, HostFilter, LicenseFilter, OrderFilter, ProductFilter, TokenFilter, UserFilter,
};

use lds_domain::token::TokenState;

use super::query::Query;
use crate::row::Kind::{self, Int, Text};
use crate::row::{Hex, Millis, RowId};
use crate::write::texts;

/// For the dates of those that never end, as in the index.
const EXPIRES_ON: &str = "coalesce(t.expires_on, '9999-12-32')";

impl Query {
    /// Which users.
    pub(super) fn user(&mut self, filter: &UserFilter) -> Result<()> {
        self.keys(&filter.ids)?;
        self.any_of("t.state", filter.states.iter().map(|state| state.name()))?;
        self.text(filter.text.as_ref(), &[("t.id", texts::USER)])?;
        self.common(filter)
    }

    /// Which tokens.
    pub(super) fn token(&mut self, filter: &TokenFilter) -> Result<()> {
        for (state, others) in [(TokenState::Active, 1), (TokenState::Revoked, 0)] {
            if !filter.takes(state) {
                self.require(format!("t.revoked = {others}"));
            }
        }
        if !filter.ids.is_empty() {
            let ids: Vec<_> = filter.ids.iter().map(|id| RowId::of(*id)).collect();
            let condition = self.among("t.id", Kind::Id, ids)?;
            self.require(condition);
        }
        if let Some(own) = filter.own {
            self.compare("t.user_id =", Kind::Id, RowId::of(own))?;
        }
        if let Some(user) = &filter.user {
            self.refers("t.user_id", "users", user)?;
        }
        self.text(filter.text.as_ref(), &[("t.id", texts::TOKEN)])?;
        if let Some(since) = filter.updated_since {
            self.compare("t.updated_at >=", Int, Millis(since))?;
        }
        Ok(())
    }

    /// Which customers.
    pub(super) fn customer(&mut self, filter: &CustomerFilter) -> Result<()> {
        self.keys(&filter.ids)?;
        self.any_of("t.state", filter.states.iter().map(|state| state.name()))?;
        self.text(filter.text.as_ref(), &[("t.id", texts::CUSTOMER)])?;
        self.common(filter)
    }

    /// Which products.
    pub(super) fn product(&mut self, filter: &ProductFilter) -> Result<()> {
        self.keys(&filter.ids)?;
        self.any_of("t.state", filter.states.iter().map(|state| state.name()))?;
        self.text(filter.text.as_ref(), &[("t.id", texts::PRODUCT)])?;
        self.common(filter)
    }

    /// Which orders. A text is looked for in the reference and in the customer's texts.
    pub(super) fn order(&mut self, filter: &OrderFilter) -> Result<()> {
        let common = &filter.common;
        self.order_keys(&common.ids)?;
        self.any_of("t.state", common.states.iter().map(|state| state.name()))?;
        let places = [("t.id", texts::ORDER), ("t.customer", texts::CUSTOMER)];
        self.text(common.text.as_ref(), &places)?;
        self.common(common)?;
        if let Some(key) = &filter.customer {
            self.refers("t.customer", "customers", key)?;
        }
        if let Some(key) = &filter.product {
            self.refers("t.product", "products", key)?;
        }
        if let Some(root) = filter.root {
            self.compare("t.root =", Kind::Id, RowId::of(root))?;
        }
        if let Some(part) = &filter.order_id_part {
            let matches = self.contains(&part.to_lowercase())?;
            let kind = texts::ORDER_ID;
            self.require(format!(
                "t.id IN (SELECT owner FROM texts WHERE kind = '{kind}' AND {matches})"
            ));
        }
        Ok(())
    }

    /// Which licenses. A text is looked for in the reference and in the texts of customer and
    /// product.
    pub(super) fn license(&mut self, filter: &LicenseFilter) -> Result<()> {
        let common = &filter.common;
        self.keys(&common.ids)?;
        self.any_of("t.state", common.states.iter().map(|state| state.name()))?;
        let places = [
            ("t.id", texts::LICENSE),
            ("t.customer", texts::CUSTOMER),
            ("t.product", texts::PRODUCT),
        ];
        self.text(common.text.as_ref(), &places)?;
        self.common(common)?;
        if let Some(key) = &filter.order {
            self.of_order(key)?;
        }
        if let Some(key) = &filter.customer {
            self.refers("t.customer", "customers", key)?;
        }
        if let Some(key) = &filter.product {
            self.refers("t.product", "products", key)?;
        }
        if let Some(host) = &filter.host {
            self.on_host(host)?;
        }
        self.any_of("t.kind", filter.kinds.iter().map(|kind| kind.name()))?;
        if let Some(generator) = &filter.generator {
            self.compare("t.generator =", Text, generator)?;
        }
        self.with_files(&filter.files)?;
        self.in_time(filter)
    }

    fn with_files(&mut self, digests: &[[u8; 32]]) -> Result<()> {
        if digests.is_empty() {
            return Ok(());
        }
        let digests: Vec<_> = digests.iter().map(Hex::from).collect();
        let condition = self.among("f.sha256", Kind::Bytes, digests)?;
        self.require(format!(
            "t.id IN (SELECT f.license FROM license_files f WHERE {condition})"
        ));
        Ok(())
    }

    fn in_time(&mut self, filter: &LicenseFilter) -> Result<()> {
        if let Some(from) = filter.issued_from {
            self.compare("t.issued_at >=", Int, Millis(from))?;
        }
        if let Some(before) = filter.issued_before {
            self.compare("t.issued_at <", Int, Millis(before))?;
        }
        if filter.expires_from.or(filter.expires_until).is_some() {
            self.require("t.expires_on IS NOT NULL".to_owned());
        }
        if let Some(from) = filter.expires_from {
            self.compare(&format!("{EXPIRES_ON} >="), Text, date::format(from))?;
        }
        if let Some(until) = filter.expires_until {
            self.compare(&format!("{EXPIRES_ON} <="), Text, date::format(until))?;
        }
        Ok(())
    }

    fn keys<I: Id>(&mut self, keys: &[Key<I>]) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        let (ids, references) = split(keys.iter());
        let conditions = [
            self.among("t.id", Kind::Id, ids)?,
            self.among("t.external_ref", Text, references)?,
        ];
        self.require(format!("({})", conditions.join(" OR ")));
        Ok(())
    }

    fn order_keys(&mut self, keys: &[OrderKey]) -> Result<()> {
        if keys.is_empty() {
            return Ok(());
        }
        let plain = keys.iter().filter_map(|key| match key {
            OrderKey::Key(key) => Some(key),
            OrderKey::OrderId(_) => None,
        });
        let order_ids: Vec<_> = keys
            .iter()
            .filter_map(|key| match key {
                OrderKey::Key(_) => None,
                OrderKey::OrderId(id) => Some(id.expose()),
            })
            .collect();
        let (ids, references) = split(plain);
        let conditions = [
            self.among("t.id", Kind::Id, ids)?,
            self.among("t.external_ref", Text, references)?,
            self.among("t.order_id", Text, order_ids)?,
        ];
        self.require(format!("({})", conditions.join(" OR ")));
        Ok(())
    }

    fn of_order(&mut self, key: &OrderKey) -> Result<()> {
        match key {
            OrderKey::Key(key) => self.refers("t.order_ref", "orders", key),
            OrderKey::OrderId(id) => {
                let id = self.value(Text, id.expose())?;
                self.require(format!(
                    "t.order_ref = (SELECT id FROM orders WHERE order_id = {id})"
                ));
                Ok(())
            }
        }
    }

    fn on_host(&mut self, host: &HostFilter) -> Result<()> {
        let mut condition = self.among("h.value", Text, &host.values)?;
        if let Some(host_type) = &host.host_type {
            let host_type = self.value(Text, host_type)?;
            condition = format!("{condition} AND h.host_type = {host_type}");
        }
        self.require(format!(
            "t.id IN (SELECT h.license FROM license_hosts h WHERE {condition})"
        ));
        Ok(())
    }
}

/// Ids and references.
fn split<'a, I: Id>(keys: impl Iterator<Item = &'a Key<I>>) -> (Vec<RowId>, Vec<&'a str>) {
    let (mut ids, mut references) = (Vec::new(), Vec::new());
    for key in keys {
        match key {
            Key::Id(id) => ids.push(RowId::of(*id)),
            Key::External(reference) => references.push(reference.as_str()),
        }
    }
    (ids, references)
}
