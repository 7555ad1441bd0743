//! Products as rows.

use std::borrow::Cow;

use lds_domain::product::{Product, ProductData, ProductState};
use lds_domain::user::Stamps;
use serde::{Deserialize, Serialize};

use super::{Text, text};
use crate::row::{Millis, RowId, row};

row! {
    /// A product.
    ProductRow<'a> in "products" {
        id: RowId as Id,
        revision: u32 as Int,
        state: ProductState as Text,
        external_ref: Option<Text<'a>> as Text,
        body: ProductBody<'a> as Json,
    } searched by {
        code: Text<'a> as Text,
        version: Text<'a> as Text,
        name: Text<'a> as Text,
        created_at: i64 as Int,
        updated_at: i64 as Int,
    }
}

/// What no statement looks at.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ProductBody<'a> {
    data: Cow<'a, ProductData>,
    stamps: Cow<'a, Stamps>,
}

impl<'a> From<&'a Product> for ProductRow<'a> {
    fn from(product: &'a Product) -> Self {
        let data = &product.data;
        Self {
            id: RowId::of(product.id),
            revision: product.revision,
            state: product.state,
            external_ref: text(data.external_ref.as_ref()),
            body: ProductBody {
                data: Cow::Borrowed(data),
                stamps: Cow::Borrowed(&product.stamps),
            },
            code: Cow::Borrowed(&data.code),
            version: Cow::Borrowed(data.version.as_deref().unwrap_or_default()),
            name: Cow::Owned(data.name.to_lowercase()),
            created_at: Millis::number(product.stamps.created_at),
            updated_at: Millis::number(product.stamps.updated_at),
        }
    }
}

impl From<ProductRow<'_>> for Product {
    fn from(row: ProductRow<'_>) -> Self {
        Self {
            id: row.id.id(),
            revision: row.revision,
            data: row.body.data.into_owned(),
            state: row.state,
            stamps: row.body.stamps.into_owned(),
        }
    }
}
