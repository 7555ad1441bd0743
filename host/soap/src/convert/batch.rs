//! Batches: creating and replacing, and plural state changes.

use lds_domain::command::{
    Batch, BatchAnswer, BatchItem, ImportLicenses, OrderDetails, StateChange, StoreCustomers,
    StoreOrders, StoreProducts, StoreUsers,
};
use lds_domain::customer::Customer;
use lds_domain::license::License;
use lds_domain::product::Product;
use lds_domain::user::User;
use lds_domain::{Error, Result};

use super::{Reference, each, item_reference, options, text};
use crate::wire::batch::{StateChangeItem, StateChangeRequest, StateChangeResult};
use crate::wire::common::{ItemFailure, NameValue};
use crate::wire::import::{ImportLicensesItem, ImportLicensesRequest, ImportLicensesResult};
use crate::wire::issue::{ReplaceLicensesItem, ReplaceLicensesResult};
use crate::wire::store as wire;

/// The answer to a batch, with these items on the wire.
macro_rules! result {
    ($answer:ident, $items:expr) => {
        Self {
            status: text($answer.status.name()),
            total: number($answer.items.len()),
            failed: number($answer.failed),
            item: $items.collect(),
            extra: Vec::new(),
        }
    };
}

macro_rules! store {
    ($($command:ident, $request:ident => $result:ident, $item:ident: $member:ident $entity:ident;)+) => {$(
        impl TryFrom<wire::$request> for $command {
            type Error = Error;

            fn try_from(request: wire::$request) -> Result<Self> {
                Ok(Self {
                    items: each(stringify!($member), request.$member, TryFrom::try_from)?,
                    atomic: request.atomic.unwrap_or_default(),
                    options: options(request.request_id, request.dry_run),
                })
            }
        }

        impl From<BatchAnswer<$entity>> for wire::$result {
            fn from(answer: BatchAnswer<$entity>) -> Self {
                let item = |(index, item): (usize, BatchItem<$entity>)| wire::$item {
                    index: number(index),
                    extra: gone(&item),
                    $member: item.value.map(From::from),
                    failure: item.failure.map(ItemFailure::from),
                };
                result!(answer, answer.items.into_iter().enumerate().map(item))
            }
        }
    )+};
}

store! {
    StoreUsers, StoreUsersRequest => StoreUsersResult, StoreUsersItem: user User;
    StoreCustomers, StoreCustomersRequest => StoreCustomersResult, StoreCustomersItem: customer Customer;
    StoreProducts, StoreProductsRequest => StoreProductsResult, StoreProductsItem: product Product;
    StoreOrders, StoreOrdersRequest => StoreOrdersResult, StoreOrdersItem: order OrderDetails;
}

/// The id of what an item made, where that was deleted since: all that is left to tell.
fn gone<T>(item: &BatchItem<T>) -> Vec<NameValue> {
    let id = item.id.clone().filter(|_| item.value.is_none());
    id.map(gone_id).into_iter().collect()
}

/// Such an id, as it is told.
pub(super) fn gone_id(id: String) -> NameValue {
    NameValue {
        name: "id".to_owned(),
        value: id,
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl<K: Reference> TryFrom<StateChangeRequest> for StateChange<K> {
    type Error = Error;

    fn try_from(request: StateChangeRequest) -> Result<Self> {
        Ok(Self {
            batch: Batch {
                items: request.id.iter().map(|id| item_reference(id)).collect(),
                atomic: request.atomic.unwrap_or_default(),
                options: options(request.request_id, request.dry_run),
            },
            reason: request.reason,
        })
    }
}

impl StateChangeResult {
    /// The answer to a state change of the entities with these ids, as they were given.
    pub fn new<T>(ids: Vec<String>, answer: BatchAnswer<T>) -> Self {
        let item = |(index, id, item): (u32, String, BatchItem<T>)| StateChangeItem {
            index,
            id,
            failure: item.failure.map(ItemFailure::from),
            extra: Vec::new(),
        };
        result!(answer, named(ids, answer.items).map(item))
    }
}

impl ReplaceLicensesResult {
    /// The answer to a replacement of the licenses with these ids, as they were given.
    pub fn new(ids: Vec<String>, answer: BatchAnswer<License>) -> Self {
        let item = |(index, id, item): (u32, String, BatchItem<License>)| ReplaceLicensesItem {
            index,
            id,
            license: item.value.map(From::from),
            failure: item.failure.map(ItemFailure::from),
            extra: Vec::new(),
        };
        result!(answer, named(ids, answer.items).map(item))
    }
}

impl TryFrom<ImportLicensesRequest> for ImportLicenses {
    type Error = Error;

    fn try_from(request: ImportLicensesRequest) -> Result<Self> {
        Ok(Self {
            items: each("item", request.item, TryFrom::try_from)?,
            atomic: request.atomic.unwrap_or_default(),
            options: options(request.request_id, request.dry_run),
        })
    }
}

impl From<BatchAnswer<License>> for ImportLicensesResult {
    fn from(answer: BatchAnswer<License>) -> Self {
        let item = |(index, item): (usize, BatchItem<License>)| ImportLicensesItem {
            index: number(index),
            extra: gone(&item),
            license: item.value.map(From::from),
            failure: item.failure.map(ItemFailure::from),
        };
        result!(answer, answer.items.into_iter().enumerate().map(item))
    }
}

/// Items with their places and the ids that named them.
fn named<T>(
    ids: Vec<String>,
    items: Vec<BatchItem<T>>,
) -> impl Iterator<Item = (u32, String, BatchItem<T>)> {
    let pairs = ids.into_iter().zip(items).enumerate();
    pairs.map(|(index, (id, item))| (number(index), id, item))
}

impl From<Error> for ItemFailure {
    fn from(error: Error) -> Self {
        Self {
            code: text(error.code),
            retryable: error.retryable(),
            message: error.message,
            field: error.field,
            extra: Vec::new(),
        }
    }
}
