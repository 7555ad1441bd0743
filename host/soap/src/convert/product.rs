//! Products and features.

use lds_domain::command::StoreItem;
use lds_domain::date::DateRule;
use lds_domain::id::ProductId;
use lds_domain::product::{Feature, Product, ProductData};
use lds_domain::terms::Terms;
use lds_domain::{Error, Result};

use super::{WireStamps, each, item_reference, list, text, within};
use crate::wire::product as wire;
use crate::wire::terms::DateRule as WireDateRule;

impl TryFrom<wire::Product> for StoreItem<ProductId, ProductData> {
    type Error = Error;

    fn try_from(product: wire::Product) -> Result<Self> {
        Ok(Self {
            id: product.id.as_deref().map(item_reference),
            revision: product.revision,
            data: ProductData {
                code: product.code,
                version: product.version,
                name: product.name,
                generator: product.generator,
                settings: list(product.setting),
                features: each("feature", product.feature, Feature::try_from)?,
                terms: Terms::try_from(product.terms).map_err(|error| error.within("terms"))?,
                notes: product.notes,
                external_ref: product.external_ref,
                attributes: list(product.attribute),
            },
            state: product.state,
        })
    }
}

impl From<Product> for wire::Product {
    fn from(product: Product) -> Self {
        let stamps = WireStamps::from(product.stamps);
        Self {
            id: Some(text(product.id)),
            revision: Some(product.revision),
            code: product.data.code,
            version: product.data.version,
            name: product.data.name,
            generator: product.data.generator,
            setting: list(product.data.settings),
            feature: list(product.data.features),
            terms: product.data.terms.into(),
            notes: product.data.notes,
            external_ref: product.data.external_ref,
            attribute: list(product.data.attributes),
            state: Some(text(product.state)),
            created_at: stamps.created_at,
            created_by: stamps.created_by,
            updated_at: stamps.updated_at,
            updated_by: stamps.updated_by,
            extra: Vec::new(),
        }
    }
}

impl TryFrom<wire::Feature> for Feature {
    type Error = Error;

    fn try_from(feature: wire::Feature) -> Result<Self> {
        Ok(Self {
            name: feature.name,
            version: feature.version,
            count: feature.count,
            expiry: within("expiry", feature.expiry, DateRule::try_from)?,
            maintenance: within("maintenance", feature.maintenance, DateRule::try_from)?,
            parameters: list(feature.parameter),
            attributes: list(feature.attribute),
        })
    }
}

impl From<Feature> for wire::Feature {
    fn from(feature: Feature) -> Self {
        Self {
            name: feature.name,
            version: feature.version,
            count: feature.count,
            expiry: feature.expiry.map(WireDateRule::from),
            maintenance: feature.maintenance.map(WireDateRule::from),
            parameter: list(feature.parameters),
            attribute: list(feature.attributes),
            extra: Vec::new(),
        }
    }
}
