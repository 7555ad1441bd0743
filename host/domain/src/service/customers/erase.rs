//! What is left of a customer who has to be forgotten: a tombstone, and licenses without anything
//! of him. Their digests stay, so that the audit log can still be proved.

use crate::access::{Actor, Permission};
use crate::command::{Batch, BatchAnswer, StateChange};
use crate::customer::Customer;
use crate::error::{Code, Error, Result};
use crate::id::{CustomerId, Key};
use crate::service::Services;
use crate::service::batch::each;
use crate::service::desk::Desk;
use crate::service::items::{Needed, Plural};
use crate::service::record::Record;
use crate::unit::{Changes, Erasure, Loaded, Wanted};

impl Services {
    /// `eraseCustomers`: only those whose orders are all revoked, and with them the orders that
    /// their licenses belong to now.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest` where the reason is missing, `LimitExceeded`,
    /// `IdempotencyConflict`; what concerns one item is its failure.
    pub async fn erase_customers(
        &self,
        actor: &Actor,
        command: StateChange<Key<CustomerId>>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::EraseCustomers)?;
        let plural = Plural {
            operation: "eraseCustomers",
            reason: Needed::Yes,
            wanted: Wanted {
                customers: command.batch.items.clone(),
                for_change: true,
                estates: command.batch.items.clone(),
                ..Wanted::default()
            },
        };
        let decide = |batch: &Batch<_>, loaded: &Loaded, record: &Record| {
            let mut desk = Desk::<Customer>::new(record, loaded);
            each(batch, |changes, key| {
                erase(&mut desk, changes, (loaded, record), key)
            })
        };
        self.change_all(actor, plural, command, decide).await
    }
}

fn erase(
    desk: &mut Desk<'_, Customer>,
    changes: &mut Changes,
    (loaded, record): (&Loaded, &Record),
    key: &Key<CustomerId>,
) -> Result<String> {
    let before = desk.find(key)?;
    let (id, estate) = (before.id, loaded.estate(before.id));
    if estate.has_orders {
        let message = "The customer, or a license of his, has an order that is not revoked.";
        return Err(Error::new(Code::ActionNotAllowed, message).at("id"));
    }
    let data = before.data.erased();
    if !desk.is_touched(id) && (data != before.data || estate.has_texts) {
        let after = Customer {
            data,
            ..before.clone()
        };
        desk.change(changes, "customer.erased", before, after)?;
        changes.erased.push(Erasure {
            customer: id,
            at: record.at,
            by: record.by.clone(),
        });
    }
    Ok(id.to_string())
}
