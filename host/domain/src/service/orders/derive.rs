//! `deriveOrder`: a new order of the same family, and the end of the one it comes from where that
//! one is not kept, in one unit.

use std::sync::Arc;

use super::draft::{Basis, Descent, Draft};
use super::{in_state, store};
use crate::access::{Actor, Permission};
use crate::command::{DeriveOrder, MAX_BATCH, OrderDetails, OrderItem};
use crate::error::{Code, Error, Result};
use crate::id::Key;
use crate::license::RemovedBy;
use crate::order::{Order, OrderKey, OrderLookup, OrderState, Relation};
use crate::order_id::OrderId;
use crate::service::desk::Desk;
use crate::service::record::Record;
use crate::service::{MAX_ATTEMPTS, Services, removal, request_key};
use crate::unit::{Changes, Committed, Loaded, Outcome, RequestKey, Stop, Unit, Wanted};

/// A derivation that was prepared on a parent.
struct Derivation {
    draft: Draft,
    parent: OrderKey,
    /// The parent's revision that the draft was made from.
    revision: u32,
    keeps_parent: bool,
    record: Record,
    today: time::Date,
}

impl Services {
    /// `deriveOrder`: what is left out is as in the parent, or in the product where one is named.
    /// A parent that is not kept is revoked and its licenses are removed.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`, `InvalidRequest`, `ActionNotAllowed` where the parent was
    /// revoked, `LimitExceeded` where it has more licenses than end at once, `IdempotencyConflict`,
    /// and those of a new order.
    pub async fn derive_order(&self, actor: &Actor, command: DeriveOrder) -> Result<OrderDetails> {
        actor.require(Permission::WriteOrders)?;
        command.options.check()?;
        if command.relation == Relation::Transfer && command.customer.is_none() {
            let message = "A transfer needs the customer who has the order from now on.";
            return Err(Error::invalid("customerId", message));
        }
        let request = request_key(actor, &command.options, "deriveOrder", &command);
        let committed = self.derive(actor, &command, request).await?;
        let found = self.details(actor, &command.options, &committed).await?;
        let gone = || Error::new(Code::NotFound, "The order is gone by now.");
        found.into_values().next().ok_or_else(gone)
    }

    /// Prepares and commits, anew when the ground moved meanwhile.
    async fn derive(
        &self,
        actor: &Actor,
        command: &DeriveOrder,
        request: Option<RequestKey>,
    ) -> Result<Committed> {
        for _ in 0..MAX_ATTEMPTS {
            let derivation = self.derivation(actor, command).await?;
            let unit = Unit {
                request: request.clone(),
                wanted: derivation.wanted(),
                decide: Arc::new(move |loaded| derivation.decide(loaded)),
                dry_run: command.options.dry_run,
            };
            match self.store.commit(unit).await {
                Ok(committed) => return Ok(committed),
                Err(Stop::Again) => {}
                Err(Stop::Refused(error)) => return Err(error),
            }
        }
        Err(Error::unavailable(
            "an order kept changing while another was derived from it",
        ))
    }

    async fn derivation(&self, actor: &Actor, command: &DeriveOrder) -> Result<Derivation> {
        let parent = self.parent(&command.id).await?;
        if !command.keeps_parent() {
            // All of them are loaded to be removed; the count tells before.
            check_ending(parent.active_licenses as usize)?;
        }
        let item = Arc::new(item(command, &parent));
        let snapshot = self.snapshot(std::slice::from_ref(&item)).await?;
        let checked = self.check_own(&item, &snapshot).await;
        let record = self.record(actor, "deriveOrder", &command.options, None);
        let draft = Draft {
            item,
            id: self.new_id(),
            drawn: OrderId::draw(&*self.random),
            checked,
            descent: Some(Descent {
                parent: parent.id,
                root: parent.root,
                relation: command.relation,
            }),
        };
        Ok(Derivation {
            draft,
            parent: parent.id.into(),
            revision: parent.revision,
            keeps_parent: command.keeps_parent(),
            today: self.clock.day(record.at),
            record,
        })
    }

    async fn parent(&self, key: &OrderKey) -> Result<Order> {
        let wanted = Wanted {
            orders: vec![OrderLookup::plain(key.clone())],
            ..Wanted::default()
        };
        let found = self.store.load(wanted).await?.orders.pop();
        let view = found.ok_or_else(|| key.not_found().at("id"))?;
        Ok(view.order)
    }
}

/// The order that is wanted. Notes, references and attributes are the parent's alone, and so are
/// the days on which it was activated.
fn item(command: &DeriveOrder, parent: &Order) -> OrderItem {
    let same = command.product.is_none();
    let features = if same && command.features.is_empty() {
        &parent.data.features
    } else {
        &command.features
    };
    let kept = same.then_some(&parent.data.terms);
    OrderItem {
        id: None,
        revision: None,
        order_id: None,
        customer: or(command.customer.as_ref(), parent.data.customer),
        product: or(command.product.as_ref(), parent.data.product),
        terms: command.terms.as_ref().or(kept).cloned(),
        features: features.clone(),
        valid_from: command.valid_from,
        valid_until: command.valid_until,
        notes: None,
        external_ref: None,
        attributes: Vec::new(),
        state: None,
        parent: None,
        root: None,
        relation: None,
    }
}

fn or<I: crate::id::Id>(named: Option<&Key<I>>, else_this: I) -> Key<I> {
    named.cloned().unwrap_or(Key::Id(else_this))
}

impl Derivation {
    fn wanted(&self) -> Wanted {
        let mut wanted = store::wanted(std::slice::from_ref(&self.draft));
        wanted.orders.push(OrderLookup::plain(self.parent.clone()));
        if !self.keeps_parent {
            wanted.licenses_of.push(self.parent.clone());
        }
        wanted
    }

    fn decide(&self, loaded: &Loaded) -> Result<Changes, Stop> {
        let parent = loaded.order(&self.parent).ok_or(Stop::Again)?;
        if parent.order.revision != self.revision || self.draft.is_stale(loaded) {
            return Err(Stop::Again);
        }
        Ok(self.changes(loaded, &parent.order)?)
    }

    fn changes(&self, loaded: &Loaded, parent: &Order) -> Result<Changes> {
        check_derivable(parent)?;
        let mut changes = Changes::default();
        let basis = Basis {
            loaded,
            record: &self.record,
            today: self.today,
        };
        let mut desk = Desk::<Order>::new(&self.record, loaded);
        let id = self.draft.store(&mut desk, &mut changes, &basis)?;
        if !self.keeps_parent {
            if let Some(after) = in_state(parent, OrderState::Revoked)? {
                desk.change(&mut changes, "order.revoked", parent, after)?;
            }
            check_ending(loaded.licenses.len())?;
            for license in &loaded.licenses {
                removal::remove(&self.record, &mut changes, license, RemovedBy::Staff);
            }
        }
        changes.outcomes.push(Outcome::Done(id));
        Ok(changes)
    }
}

/// What ends with its order ends in one unit, which has the bounds of a batch.
fn check_ending(licenses: usize) -> Result<()> {
    if licenses <= MAX_BATCH {
        return Ok(());
    }
    let message = format!(
        "At most {MAX_BATCH} licenses end with their order at once. Remove others before, or keep \
         the parent and revoke it by itself."
    );
    Err(Error::new(Code::LimitExceeded, message).at("id"))
}

fn check_derivable(parent: &Order) -> Result<()> {
    if parent.state != OrderState::Revoked {
        return Ok(());
    }
    let message = "The order was revoked for good: no other one is derived from it.";
    Err(Error::new(Code::ActionNotAllowed, message).at("id"))
}
