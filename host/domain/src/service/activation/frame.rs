//! A license as it comes into being: what its generator was asked and gave, in the frame of what
//! the request does not tell.

use std::sync::Arc;

use crate::access::Actor;
use crate::attribute::Attribute;
use crate::generator::{GenerateRequest, Generated};
use crate::id::{CustomerId, LicenseId, OrderRef, ProductId};
use crate::issue;
use crate::license::{Deal, License, LicenseKind, LicenseState};
use crate::user::Stamps;

/// What a license has beside what its request says.
pub(super) struct Frame<'a> {
    pub(super) id: LicenseId,
    pub(super) actor: &'a Actor,
    pub(super) kind: LicenseKind,
    /// Its order and the first one of the family.
    pub(super) order: Option<(OrderRef, OrderRef)>,
    pub(super) deal: Option<Arc<Deal>>,
    pub(super) customer: CustomerId,
    pub(super) product: ProductId,
    /// The license that it replaces, whose activation day it keeps.
    pub(super) ending: Option<&'a License>,
    pub(super) parameters: &'a [Attribute],
    pub(super) attributes: &'a [Attribute],
}

impl Frame<'_> {
    /// The license.
    pub(super) fn around(self, request: GenerateRequest, generated: &Generated) -> License {
        let ending = self.ending;
        License {
            id: self.id,
            revision: 1,
            order: self.order.map(|(order, _)| order),
            root: self.order.map(|(_, root)| root),
            deal: self.deal,
            customer: self.customer,
            product: self.product,
            product_code: request.product.code,
            product_name: request.product.name,
            licensee: request.licensee,
            hosts: request.hosts,
            files: generated.files.clone(),
            parameters: self.parameters.to_vec(),
            kind: self.kind,
            state: LicenseState::Active,
            issued_at: request.now,
            activated_on: ending.map_or(request.today, |license| license.activated_on),
            starts_on: request.starts_on,
            expires_on: request.expires_on,
            maintenance_until: request.maintenance_until,
            features: issue::granted(&request.features),
            generator: Some(generated.generator.clone()),
            signers: generated.signers.clone(),
            input_digest: Some(generated.input_digest),
            is_dry: request.dry_run,
            source: self.actor.source,
            removal: None,
            replaces: ending.map(|license| license.id),
            replaced_by: None,
            external_ref: None,
            attributes: self.attributes.to_vec(),
            stamps: Stamps::new(request.now, &self.actor.name()),
        }
    }
}
