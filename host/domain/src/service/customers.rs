//! Customers: find, store, delete, block.

mod erase;

use serde_json::{Value, json};

use crate::access::{Actor, Permission};
use crate::command::{BatchAnswer, StateChange, StoreCustomers};
use crate::customer::{Customer, CustomerData, CustomerState, erased};
use crate::error::Result;
use crate::id::{CustomerId, Key};
use crate::query::{CustomerFilter, Page, Paging};
use crate::service::Services;
use crate::service::desk::Deletion;
use crate::service::entity::{Entity, Stored, Unique, list, reference};
use crate::service::items::Transition;
use crate::service::record::Record;
use crate::unit::{Changes, Loaded, Rows, Wanted};
use crate::user::Stamps;

impl Services {
    /// `findCustomers`.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest`.
    pub async fn find_customers(
        &self,
        actor: &Actor,
        filter: CustomerFilter,
        paging: Paging,
    ) -> Result<Page<Customer>> {
        actor.require(Permission::ReadCustomers)?;
        paging.check()?;
        filter.check()?;
        self.store.find_customers(filter, paging).await
    }

    /// `storeCustomers`.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest`, `LimitExceeded`, `IdempotencyConflict`; what concerns
    /// one item is its failure.
    pub async fn store_customers(
        &self,
        actor: &Actor,
        command: StoreCustomers,
    ) -> Result<BatchAnswer<Customer>> {
        actor.require(Permission::WriteCustomers)?;
        command.check("customer")?;
        let checked = command.items.iter().map(|item| item.data.check()).collect();
        self.store_items(actor, "storeCustomers", command, checked)
            .await
    }

    /// `deleteCustomers`: only those that no order or license refers to.
    ///
    /// # Errors
    /// As [`Self::store_customers`].
    pub async fn delete_customers(
        &self,
        actor: &Actor,
        command: StateChange<Key<CustomerId>>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::WriteCustomers)?;
        let deletion = Deletion {
            operation: "deleteCustomers",
            event: "customer.deleted",
            in_use: "The customer has orders or licenses.",
        };
        self.delete_items::<Customer>(actor, deletion, command)
            .await
    }

    /// `blockCustomers`: nothing is handed out any more, whatever their orders say.
    ///
    /// # Errors
    /// As [`Self::store_customers`]; `InvalidRequest` where the reason is missing.
    pub async fn block_customers(
        &self,
        actor: &Actor,
        command: StateChange<Key<CustomerId>>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::WriteCustomers)?;
        let block = Transition::new("blockCustomers", "customer.blocked", |customer| {
            Ok(in_state(customer, CustomerState::Blocked))
        });
        self.change_items(actor, block.with_reason(), command).await
    }

    /// `unblockCustomers`.
    ///
    /// # Errors
    /// As [`Self::store_customers`].
    pub async fn unblock_customers(
        &self,
        actor: &Actor,
        command: StateChange<Key<CustomerId>>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::WriteCustomers)?;
        let unblock = Transition::new("unblockCustomers", "customer.unblocked", |customer| {
            Ok(in_state(customer, CustomerState::Active))
        });
        self.change_items(actor, unblock, command).await
    }
}

fn in_state(customer: &Customer, state: CustomerState) -> Option<Customer> {
    (customer.state != state).then(|| Customer {
        state,
        ..customer.clone()
    })
}

impl Entity for Customer {
    type Id = CustomerId;
    type Key = Key<CustomerId>;
    const CREATED: &'static str = "customer.created";

    fn id(&self) -> CustomerId {
        self.id
    }

    fn unique(&self) -> Vec<Unique> {
        let reference = reference(self.data.external_ref.as_ref());
        reference.into_iter().collect()
    }

    fn members(&self) -> Value {
        let data = &self.data;
        json!({
            "name": data.name,
            "contact": list(&data.contacts),
            "address": data.address,
            "locale": data.locale,
            "notes": data.notes,
            "externalRef": data.external_ref,
            "attribute": list(&data.attributes),
            "state": self.state,
        })
    }

    /// What is left of a customer who was erased stays as it is.
    fn may_become(&self, after: Option<&Self>, _: &Loaded, _: &Changes) -> Result<()> {
        match after {
            Some(after) if self.data.is_erased() && after.data != self.data => Err(erased()),
            _ => Ok(()),
        }
    }

    fn touch(&mut self, record: &Record) {
        self.revision += 1;
        self.stamps = record.touch(&self.stamps);
    }

    fn loaded(loaded: &Loaded) -> impl Iterator<Item = &Self> {
        loaded.customers.iter().map(|customer| &**customer)
    }

    fn find<'a>(loaded: &'a Loaded, key: &Self::Key) -> Option<&'a Self> {
        loaded.customer(key).map(|customer| &**customer)
    }

    fn want(wanted: &mut Wanted, key: Self::Key) {
        wanted.customers.push(key);
    }

    fn rows(changes: &mut Changes) -> &mut Rows<Self, CustomerId> {
        &mut changes.customers
    }
}

impl Stored for Customer {
    type Data = CustomerData;
    const CHANGED: &'static str = "customer.changed";
    const FIRST_STATE: &'static str = CustomerState::Active.name();
    const STATE_OPERATIONS: &'static str = "blockCustomers and unblockCustomers";

    fn create(id: CustomerId, data: CustomerData, stamps: Stamps) -> Self {
        Self {
            id,
            revision: 1,
            data,
            state: CustomerState::Active,
            stamps,
        }
    }

    fn data(&self) -> &CustomerData {
        &self.data
    }

    fn with(&self, data: CustomerData) -> Self {
        Self {
            data,
            ..self.clone()
        }
    }

    fn revision(&self) -> u32 {
        self.revision
    }

    fn state(&self) -> &'static str {
        self.state.name()
    }

    fn want_rivals(wanted: &mut Wanted, data: &CustomerData) {
        let reference = data.external_ref.clone();
        wanted.customers.extend(reference.map(Key::External));
    }
}
