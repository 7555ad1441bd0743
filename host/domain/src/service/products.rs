//! Products: find, store, delete, activate, retire.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::access::{Actor, Permission};
use crate::command::{BatchAnswer, StateChange, StoreProducts};
use crate::error::Result;
use crate::generator::RequestProduct;
use crate::id::{Key, ProductId};
use crate::product::{Product, ProductData, ProductState};
use crate::query::{Page, Paging, ProductFilter};
use crate::service::Services;
use crate::service::entity::{Entity, Stored, Unique, list};
use crate::service::items::{Needed, Transition};
use crate::service::record::Record;
use crate::service::validation::Draft;
use crate::unit::{Changes, Loaded, ProductKey, Rows, Wanted};
use crate::user::Stamps;

impl Services {
    /// `findProducts`.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest`.
    pub async fn find_products(
        &self,
        actor: &Actor,
        filter: ProductFilter,
        paging: Paging,
    ) -> Result<Page<Product>> {
        actor.require(Permission::ReadProducts)?;
        paging.check()?;
        filter.check()?;
        self.store.find_products(filter, paging).await
    }

    /// `storeProducts`: the generator has its say before anything is written.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest`, `LimitExceeded`, `IdempotencyConflict`; what concerns
    /// one item is its failure.
    pub async fn store_products(
        &self,
        actor: &Actor,
        command: StoreProducts,
    ) -> Result<BatchAnswer<Product>> {
        actor.require(Permission::WriteProducts)?;
        command.check("product")?;
        let mut checked = Vec::with_capacity(command.items.len());
        for item in &command.items {
            checked.push(self.check_product(&item.data).await);
        }
        self.store_items(actor, "storeProducts", command, checked)
            .await
    }

    async fn check_product(&self, data: &ProductData) -> Result<()> {
        data.check()?;
        self.validate(Draft {
            generator: &data.generator,
            product: RequestProduct {
                code: data.code.clone(),
                name: data.name.clone(),
                version: data.version.clone(),
                attributes: data.attributes.clone(),
            },
            settings: &data.settings,
            terms: &data.terms,
            features: &data.features,
        })
        .await
    }

    /// `deleteProducts`: only those that no order or license refers to.
    ///
    /// # Errors
    /// As [`Self::store_products`].
    pub async fn delete_products(
        &self,
        actor: &Actor,
        command: StateChange<Key<ProductId>>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::WriteProducts)?;
        self.delete_items::<Product>(actor, "deleteProducts", command)
            .await
    }

    /// `activateProducts`: they can be ordered, again where they were retired.
    ///
    /// # Errors
    /// As [`Self::store_products`].
    pub async fn activate_products(
        &self,
        actor: &Actor,
        command: StateChange<Key<ProductId>>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::WriteProducts)?;
        let transition = Transition {
            operation: "activateProducts",
            event: "product.activated",
            reason: Needed::No,
            step: Arc::new(|product| Ok(in_state(product, ProductState::Active))),
        };
        self.change_items(actor, transition, command).await
    }

    /// `retireProducts`: no new orders; those that exist go on.
    ///
    /// # Errors
    /// As [`Self::store_products`]; `InvalidRequest` where the reason is missing.
    pub async fn retire_products(
        &self,
        actor: &Actor,
        command: StateChange<Key<ProductId>>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::WriteProducts)?;
        let transition = Transition {
            operation: "retireProducts",
            event: "product.retired",
            reason: Needed::Yes,
            step: Arc::new(|product| Ok(in_state(product, ProductState::Retired))),
        };
        self.change_items(actor, transition, command).await
    }
}

fn in_state(product: &Product, state: ProductState) -> Option<Product> {
    (product.state != state).then(|| Product {
        state,
        ..product.clone()
    })
}

impl Entity for Product {
    type Id = ProductId;
    type Key = Key<ProductId>;
    const CREATED: &'static str = "product.created";

    fn id(&self) -> ProductId {
        self.id
    }

    fn unique(&self) -> Vec<Unique> {
        let data = &self.data;
        // No code holds a line break, so no two pairs run into one text.
        let version = data.version.as_deref().unwrap_or_default();
        let code = ("code", format!("{}\n{version}", data.code));
        let reference = data.external_ref.clone();
        let reference = reference.map(|value| ("externalRef", value));
        std::iter::once(code).chain(reference).collect()
    }

    fn members(&self) -> Value {
        let data = &self.data;
        json!({
            "code": data.code,
            "version": data.version,
            "name": data.name,
            "generator": data.generator,
            "setting": list(&data.settings),
            "feature": list(&data.features),
            "terms": data.terms,
            "notes": data.notes,
            "externalRef": data.external_ref,
            "attribute": list(&data.attributes),
            "state": self.state,
        })
    }

    fn touch(&mut self, record: &Record) {
        self.revision += 1;
        self.stamps = record.touch(&self.stamps);
    }

    fn loaded(loaded: &Loaded) -> impl Iterator<Item = &Self> {
        loaded.products.iter().map(|product| &**product)
    }

    fn find<'a>(loaded: &'a Loaded, key: &Self::Key) -> Option<&'a Self> {
        let key = ProductKey::Key(key.clone());
        loaded.product(&key).map(|product| &**product)
    }

    fn want(wanted: &mut Wanted, key: Self::Key) {
        wanted.products.push(ProductKey::Key(key));
    }

    fn rows(changes: &mut Changes) -> &mut Rows<Self, ProductId> {
        &mut changes.products
    }
}

impl Stored for Product {
    type Data = ProductData;
    const CHANGED: &'static str = "product.changed";
    const DELETED: &'static str = "product.deleted";
    const FIRST_STATE: &'static str = ProductState::Draft.name();
    const STATE_OPERATIONS: &'static str = "activateProducts and retireProducts";
    const IN_USE: &'static str = "Orders or licenses refer to the product. Retire it instead.";

    fn create(id: ProductId, data: ProductData, stamps: Stamps) -> Self {
        Self {
            id,
            revision: 1,
            data,
            state: ProductState::Draft,
            stamps,
        }
    }

    fn data(&self) -> &ProductData {
        &self.data
    }

    fn with(&self, data: ProductData) -> Self {
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

    fn want_rivals(wanted: &mut Wanted, data: &ProductData) {
        let reference = data.external_ref.clone();
        let reference = reference.map(|value| ProductKey::Key(Key::External(value)));
        let code = ProductKey::Code(data.code.clone(), data.version.clone());
        wanted.products.extend(reference);
        wanted.products.push(code);
    }
}
