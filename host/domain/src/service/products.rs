//! Products: find, store, delete, activate, retire.

use serde_json::{Value, json};

use crate::access::{Actor, Permission};
use crate::command::{BatchAnswer, StateChange, StoreProducts};
use crate::error::Result;
use crate::generator::RequestProduct;
use crate::id::{Key, ProductId};
use crate::product::{Product, ProductData, ProductState};
use crate::query::{Page, Paging, ProductFilter};
use crate::service::Services;
use crate::service::desk::Deletion;
use crate::service::entity::{Entity, Stored, Unique, list, reference};
use crate::service::items::Transition;
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
        let deletion = Deletion {
            operation: "deleteProducts",
            event: "product.deleted",
            in_use: "Orders or licenses refer to the product. Retire it instead.",
        };
        self.delete_items::<Product>(actor, deletion, command).await
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
        let activate = Transition::new("activateProducts", "product.activated", |product| {
            Ok(in_state(product, ProductState::Active))
        });
        self.change_items(actor, activate, command).await
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
        let retire = Transition::new("retireProducts", "product.retired", |product| {
            Ok(in_state(product, ProductState::Retired))
        });
        self.change_items(actor, retire.with_reason(), command)
            .await
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
        let reference = reference(data.external_ref.as_ref());
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
    const FIRST_STATE: &'static str = ProductState::Draft.name();
    const STATE_OPERATIONS: &'static str = "activateProducts and retireProducts";

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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::Code;
    use crate::access::Role;
    use crate::attribute::Attribute;
    use crate::generator::{GeneratorState, Problem};
    use crate::terms::{HostRule, LicenseType};
    use crate::testing::{Bench, actor, batch, ethernet_terms, new, product_data};

    fn pair(name: &str, value: &str) -> Attribute {
        Attribute {
            name: name.to_owned(),
            value: value.to_owned(),
        }
    }

    async fn store(bench: &Bench, data: ProductData) -> Result<Product> {
        let developer = actor(Role::Developer);
        let command = batch(vec![new(data)]);
        let answer = bench.services.store_products(&developer, command).await?;
        let item = answer.items.into_iter().next().unwrap();
        item.failure.map_or_else(|| Ok(item.value.unwrap()), Err)
    }

    async fn refusal(bench: &Bench, data: ProductData) -> (Code, Option<String>) {
        let error = store(bench, data).await.unwrap_err();
        (error.code, error.field)
    }

    fn invalid(field: &str) -> (Code, Option<String>) {
        (Code::InvalidRequest, Some(field.to_owned()))
    }

    #[tokio::test]
    async fn values_are_those_that_the_generator_declares() {
        let bench = Bench::new();
        let mut data = product_data("cad");
        data.settings = vec![pair("edition", "pro"), pair("colour", "red")];
        assert_eq!(
            refusal(&bench, data.clone()).await,
            invalid("setting[1].name")
        );
        data.settings.pop();
        data.features[0].parameters = vec![pair("tier", "high")];
        let field = "feature[0].parameter[0].value";
        assert_eq!(refusal(&bench, data.clone()).await, invalid(field));
        data.features[0].parameters = vec![pair("tier", "3")];
        assert_eq!(
            store(&bench, data).await.unwrap().state,
            ProductState::Draft
        );
    }

    #[tokio::test]
    async fn hosts_and_license_types_are_those_that_the_generator_takes() {
        let bench = Bench::new();
        let mut data = product_data("cad");
        data.terms.host_rules.push(HostRule {
            host_type: "DONGLE".to_owned(),
            min: 0,
            max: 1,
        });
        assert_eq!(
            refusal(&bench, data.clone()).await,
            invalid("terms.hostRule[1].type")
        );
        data.terms = ethernet_terms();
        bench.generators.change(|info| {
            let description = info.description.as_mut().unwrap();
            Arc::make_mut(description).license_types = vec![LicenseType::Floating];
        });
        assert_eq!(refusal(&bench, data).await.0, Code::ActionNotAllowed);
    }

    #[tokio::test]
    async fn the_generator_has_its_say() {
        let bench = Bench::new();
        bench.generators.find(vec![Problem {
            code: "BAD_NAME".to_owned(),
            message: "The name has a blank.".to_owned(),
            field: Some("/features/0/name".to_owned()),
        }]);
        let error = store(&bench, product_data("cad")).await.unwrap_err();
        assert_eq!(error.code, Code::GeneratorRejected);
        assert_eq!(error.message, "The name has a blank. (BAD_NAME)");
        assert_eq!(error.field.as_deref(), Some("feature[0].name"));
        assert!(bench.tables().products.is_empty());
        bench.generators.find(Vec::new());
        bench
            .generators
            .change(|info| info.state = GeneratorState::Disabled);
        let refused = refusal(&bench, product_data("cad")).await;
        assert_eq!(refused.0, Code::GeneratorUnavailable);
        let mut unknown = product_data("cad");
        unknown.generator = "other".to_owned();
        assert_eq!(refusal(&bench, unknown).await, invalid("generator"));
    }

    #[tokio::test]
    async fn code_and_version_are_unique_together() {
        let bench = Bench::new();
        let versioned = |version: Option<&str>| ProductData {
            version: version.map(str::to_owned),
            ..product_data("cad")
        };
        store(&bench, versioned(None)).await.unwrap();
        store(&bench, versioned(Some("2"))).await.unwrap();
        for version in [None, Some("2")] {
            let refused = refusal(&bench, versioned(version)).await;
            assert_eq!(refused, (Code::AlreadyExists, Some("code".to_owned())));
        }
    }

    #[tokio::test]
    async fn activating_and_retiring_again_change_nothing() {
        let bench = Bench::new();
        let product = store(&bench, product_data("cad")).await.unwrap();
        let developer = actor(Role::Developer);
        let command = |reason: Option<&str>| StateChange {
            batch: batch(vec![Key::Id(product.id); 2]),
            reason: reason.map(str::to_owned),
        };
        let services = &bench.services;
        for _ in 0..2 {
            let done = services.activate_products(&developer, command(None)).await;
            assert_eq!(done.unwrap().failed, 0);
        }
        let refused = services
            .retire_products(&developer, command(Some(" ")))
            .await;
        assert_eq!(refused.unwrap_err().field.as_deref(), Some("reason"));
        for _ in 0..2 {
            let done = services
                .retire_products(&developer, command(Some("old")))
                .await;
            assert_eq!(done.unwrap().failed, 0);
        }
        let tables = bench.tables();
        let now = &tables.products[&product.id];
        assert_eq!((now.state, now.revision), (ProductState::Retired, 3));
        let events: Vec<_> = tables.events.iter().map(|event| event.kind).collect();
        assert_eq!(
            events,
            ["product.created", "product.activated", "product.retired"]
        );
        let entry = tables.audit.last().unwrap();
        assert_eq!(entry.reason.as_deref(), Some("old"));
        assert_eq!(entry.changes[0].member, "state");
    }
}
