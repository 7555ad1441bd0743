//! Customers and products.

use lds_domain::customer::{Customer, CustomerData, CustomerState};
use lds_domain::id::{CustomerId, ProductId};
use lds_domain::product::{Product, ProductData, ProductState};
use serde::{Deserialize, Serialize};

use super::Stamps;
use crate::error::{Failure, Result};

/// A customer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CustomerRow {
    id: CustomerId,
    revision: u32,
    data: CustomerData,
    state: CustomerState,
    stamps: Stamps,
}

impl From<&Customer> for CustomerRow {
    fn from(customer: &Customer) -> Self {
        Self {
            id: customer.id,
            revision: customer.revision,
            data: customer.data.clone(),
            state: customer.state,
            stamps: (&customer.stamps).into(),
        }
    }
}

impl TryFrom<CustomerRow> for Customer {
    type Error = Failure;

    fn try_from(row: CustomerRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            revision: row.revision,
            data: row.data,
            state: row.state,
            stamps: row.stamps.try_into()?,
        })
    }
}

/// A product.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ProductRow {
    id: ProductId,
    revision: u32,
    data: ProductData,
    state: ProductState,
    stamps: Stamps,
}

impl From<&Product> for ProductRow {
    fn from(product: &Product) -> Self {
        Self {
            id: product.id,
            revision: product.revision,
            data: product.data.clone(),
            state: product.state,
            stamps: (&product.stamps).into(),
        }
    }
}

impl TryFrom<ProductRow> for Product {
    type Error = Failure;

    fn try_from(row: ProductRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            revision: row.revision,
            data: row.data,
            state: row.state,
            stamps: row.stamps.try_into()?,
        })
    }
}
