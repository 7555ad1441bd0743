//! `storeOrders` and `createOrders`: one way for both.

use std::sync::Arc;

use super::draft::{Basis, Draft, check_weight, given_order_id};
use crate::access::{Actor, Permission};
use crate::command::{
    Batch, BatchAnswer, CreateOrders, CreatedOrders, MAX_BATCH, OrderDetails, OrderItem,
    StoreOrders, WriteOptions,
};
use crate::error::{Code, Error, Result};
use crate::id::Key;
use crate::issue::request_product;
use crate::order::{Order, OrderLookup};
use crate::order_id::OrderId;
use crate::product::check_features;
use crate::service::batch::{answer, each};
use crate::service::desk::Desk;
use crate::service::items::done;
use crate::service::validation::{Draft as ProductDraft, told_of_product};
use crate::service::{MAX_ATTEMPTS, Services, request_key};
use crate::unit::{Committed, Loaded, Outcome, ProductKey, RequestKey, Stop, Unit, Wanted};

/// The revision of a product that is not there: real ones count from 1.
const NO_PRODUCT: u32 = 0;

/// Orders to be placed.
struct Task<'a> {
    actor: &'a Actor,
    operation: &'static str,
    request: Option<RequestKey>,
    options: &'a WriteOptions,
    items: Vec<Arc<OrderItem>>,
    /// Orders made of each item.
    copies: usize,
    failing: Failing,
}

/// What becomes of an item that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failing {
    /// It is left out.
    Alone,
    /// Nothing is written, and the failure is told for the item.
    All,
    /// The request is refused.
    Request,
}

impl Services {
    /// `storeOrders`. It never touches licenses that exist.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest`, `LimitExceeded`, `IdempotencyConflict`; what concerns
    /// one item is its failure.
    pub async fn store_orders(
        &self,
        actor: &Actor,
        command: StoreOrders,
    ) -> Result<BatchAnswer<OrderDetails>> {
        actor.require(Permission::WriteOrders)?;
        command.check("order")?;
        let request = request_key(actor, &command.options, "storeOrders", &command);
        let atomic = command.atomic;
        let task = Task {
            actor,
            operation: "storeOrders",
            request,
            options: &command.options,
            items: command.items.into_iter().map(Arc::new).collect(),
            copies: 1,
            failing: if atomic { Failing::All } else { Failing::Alone },
        };
        let committed = self.place(&task).await?;
        let found = self.details(actor, task.options, &committed).await?;
        Ok(answer(atomic, &committed.outcomes, |id| {
            found.get(id).cloned()
        }))
    }

    /// `createOrders`: the same order so many times, each with an Order ID of its own; all or none.
    ///
    /// # Errors
    /// As [`Self::store_orders`], and those of the order, `field` beginning with `order`.
    pub async fn create_orders(
        &self,
        actor: &Actor,
        command: CreateOrders,
    ) -> Result<CreatedOrders> {
        actor.require(Permission::WriteOrders)?;
        command.options.check()?;
        check_copies(&command)?;
        let request = request_key(actor, &command.options, "createOrders", &command);
        let task = Task {
            actor,
            operation: "createOrders",
            request,
            options: &command.options,
            items: vec![Arc::new(command.order)],
            copies: command.count as usize,
            failing: Failing::Request,
        };
        let committed = self.place(&task).await?;
        let found = self.details(actor, task.options, &committed).await?;
        let mut created = CreatedOrders::default();
        for id in done(&committed.outcomes) {
            match found.get(id) {
                Some(order) => created.orders.push(order.clone()),
                None => created.gone.push(id.to_owned()),
            }
        }
        Ok(created)
    }

    /// Prepares and commits, anew when the ground moved meanwhile.
    async fn place(&self, task: &Task<'_>) -> Result<Committed> {
        for _ in 0..MAX_ATTEMPTS {
            let drafts = self.drafts(task).await?;
            match self.store.commit(self.unit(task, drafts)).await {
                Ok(committed) => return Ok(committed),
                Err(Stop::Again) => {}
                Err(Stop::Refused(error)) => return Err(error),
            }
        }
        Err(Error::unavailable(
            "a product kept changing under its orders",
        ))
    }

    async fn drafts(&self, task: &Task<'_>) -> Result<Vec<Draft>> {
        let snapshot = self.snapshot(&task.items).await?;
        let mut drafts = Vec::with_capacity(task.items.len() * task.copies);
        for item in &task.items {
            let checked = self.check_own(item, &snapshot).await;
            drafts.extend((0..task.copies).map(|_| Draft {
                item: Arc::clone(item),
                id: self.new_id(),
                drawn: OrderId::draw(&*self.random),
                checked: checked.clone(),
                descent: None,
            }));
        }
        Ok(drafts)
    }

    /// What the generator must be asked about.
    pub(super) async fn snapshot(&self, items: &[Arc<OrderItem>]) -> Result<Loaded> {
        let own = items.iter().filter(|item| has_own(item));
        let wanted = own.fold(Wanted::default(), |mut wanted, item| {
            let product = ProductKey::Key(item.product.clone());
            wanted.products.push(product);
            let order = item.id.clone().map(OrderLookup::plain);
            wanted.orders.extend(order);
            wanted
        });
        if wanted.products.is_empty() {
            return Ok(Loaded::default());
        }
        self.store.load(wanted).await
    }

    /// Asks the generator about terms and features of the order's own. Those that are the order's
    /// already were looked at before.
    pub(super) async fn check_own(
        &self,
        item: &OrderItem,
        snapshot: &Loaded,
    ) -> Result<Option<u32>> {
        if !has_own(item) || is_unchanged(item, snapshot) {
            return Ok(None);
        }
        let Some(product) = snapshot.product(&ProductKey::Key(item.product.clone())) else {
            return Ok(Some(NO_PRODUCT));
        };
        let terms = item.terms.as_ref().unwrap_or(&product.data.terms);
        terms.check().map_err(|error| error.within("terms"))?;
        check_features(&item.features)?;
        let copied = item.id.is_none() && item.features.is_empty();
        let draft = ProductDraft {
            generator: &product.data.generator,
            product: request_product(product),
            settings: &product.data.settings,
            terms,
            features: if copied {
                &product.data.features
            } else {
                &item.features
            },
        };
        self.validate(draft)
            .await
            .map_err(|error| told_of_product(error, product))?;
        Ok(Some(product.revision))
    }

    fn unit(&self, task: &Task<'_>, drafts: Vec<Draft>) -> Unit {
        let record = self.record(task.actor, task.operation, task.options, None);
        let today = self.clock.day(record.at);
        let wanted = wanted(&drafts);
        let failing = task.failing;
        let batch = Batch {
            items: drafts,
            atomic: failing != Failing::Alone,
            options: WriteOptions::default(),
        };
        let decide = move |loaded: &Loaded| {
            if batch.items.iter().any(|draft| draft.is_stale(loaded)) {
                return Err(Stop::Again);
            }
            check_weight(&batch.items, loaded)?;
            let basis = Basis {
                loaded,
                record: &record,
                today,
            };
            let mut desk = Desk::<Order>::new(&record, loaded);
            let changes = each(&batch, |changes, draft| {
                draft.store(&mut desk, changes, &basis)
            });
            match first_failure(&changes.outcomes) {
                Some(error) if failing == Failing::Request => Err(error.within("order").into()),
                _ => Ok(changes),
            }
        };
        Unit {
            request: task.request.clone(),
            wanted,
            decide: Arc::new(decide),
            dry_run: task.options.dry_run,
        }
    }
}

fn first_failure(outcomes: &[Outcome]) -> Option<Error> {
    outcomes.iter().find_map(|outcome| match outcome {
        Outcome::Failed(error) => Some(error.clone()),
        Outcome::Done(_) => None,
    })
}

pub(super) fn wanted(drafts: &[Draft]) -> Wanted {
    let mut wanted = Wanted::default();
    for draft in drafts {
        let item = &draft.item;
        let rival = item
            .external_ref
            .clone()
            .map(|reference| Key::External(reference).into());
        let orders = item.id.clone().into_iter().chain(rival);
        wanted.orders.extend(orders.map(OrderLookup::plain));
        wanted.customers.push(item.customer.clone());
        wanted.products.push(ProductKey::Key(item.product.clone()));
        if item.id.is_none() {
            let given = given_order_id(item).ok().flatten();
            wanted
                .order_ids
                .push(given.unwrap_or_else(|| draft.drawn.clone()));
        }
    }
    // Many orders name few customers and products.
    distinct(&mut wanted.customers);
    distinct(&mut wanted.products);
    wanted
}

fn distinct<T: Clone + Eq + std::hash::Hash>(list: &mut Vec<T>) {
    let mut seen = std::collections::HashSet::new();
    list.retain(|item| seen.insert(item.clone()));
}

fn has_own(item: &OrderItem) -> bool {
    item.terms.is_some() || !item.features.is_empty()
}

fn is_unchanged(item: &OrderItem, snapshot: &Loaded) -> bool {
    let view = item.id.as_ref().and_then(|key| snapshot.order(key));
    view.is_some_and(|view| {
        let data = &view.order.data;
        item.revision == Some(view.order.revision)
            && item
                .product
                .is(view.product.id, view.product.data.external_ref.as_deref())
            && item.terms.as_ref() == Some(&data.terms)
            && item.features == data.features
    })
}

fn check_copies(command: &CreateOrders) -> Result<()> {
    if command.count == 0 || command.count as usize > MAX_BATCH {
        let message = format!("The value is from 1 to {MAX_BATCH}.");
        return Err(Error::new(Code::LimitExceeded, message).at("count"));
    }
    if command.order.id.is_some() {
        let message = "A new order has no id yet; storeOrders replaces an order.";
        return Err(Error::invalid("order.id", message));
    }
    let single = [
        ("order.orderId", &command.order.order_id),
        ("order.externalRef", &command.order.external_ref),
    ];
    match single.iter().find(|(_, value)| value.is_some()) {
        Some((member, _)) if command.count > 1 => {
            let message = "Only one order can have this value: leave it out or the count.";
            Err(Error::invalid(*member, message))
        }
        _ => Ok(()),
    }
}
