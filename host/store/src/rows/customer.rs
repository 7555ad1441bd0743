//! Customers as rows.

use std::borrow::Cow;

use lds_domain::customer::{Customer, CustomerData, CustomerState};
use lds_domain::user::Stamps;
use serde::{Deserialize, Serialize};

use super::{Text, text};
use crate::row::{Millis, RowId, row};

row! {
    /// A customer.
    CustomerRow<'a> in "customers" {
        id: RowId as Id,
        revision: u32 as Int,
        state: CustomerState as Text,
        external_ref: Option<Text<'a>> as Text,
        body: CustomerBody<'a> as Json,
    } searched by {
        name: Text<'a> as Text,
        created_at: i64 as Int,
        updated_at: i64 as Int,
    }
}

/// What no statement looks at.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CustomerBody<'a> {
    data: Cow<'a, CustomerData>,
    stamps: Cow<'a, Stamps>,
}

impl<'a> From<&'a Customer> for CustomerRow<'a> {
    fn from(customer: &'a Customer) -> Self {
        Self {
            id: RowId::of(customer.id),
            revision: customer.revision,
            state: customer.state,
            external_ref: text(customer.data.external_ref.as_ref()),
            body: CustomerBody {
                data: Cow::Borrowed(&customer.data),
                stamps: Cow::Borrowed(&customer.stamps),
            },
            name: Cow::Owned(customer.data.name.to_lowercase()),
            created_at: Millis::number(customer.stamps.created_at),
            updated_at: Millis::number(customer.stamps.updated_at),
        }
    }
}

impl From<CustomerRow<'_>> for Customer {
    fn from(row: CustomerRow<'_>) -> Self {
        Self {
            id: row.id.id(),
            revision: row.revision,
            data: row.body.data.into_owned(),
            state: row.state,
            stamps: row.body.stamps.into_owned(),
        }
    }
}
