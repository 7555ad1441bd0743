//! Texts for another license server: it keeps orders and licenses, so nothing of what is asked or
//! written here is kept.

mod host;
mod names;
mod snapshot;

use std::sync::Arc;

use time::OffsetDateTime;

use crate::access::{Actor, Permission};
use crate::attribute::{Attribute, check_member};
use crate::command::{ExternalModel, ExternalProduct, ExternalRequest, ExternalText};
use crate::error::{Code, Error, Result, shown};
use crate::generator::{GeneratorInfo, HostParts, Problem, ValidateRequest};
use crate::host::unsupported;
use crate::service::Services;
use crate::service::activation::whole_seconds;
use snapshot::Moment;

impl Services {
    /// Whether the caller may have texts written, and what the time is here.
    ///
    /// # Errors
    /// `AuthenticationRequired`, `PermissionDenied`.
    pub fn ping_writer(&self, actor: &Actor) -> Result<OffsetDateTime> {
        actor.require(Permission::WriteTexts)?;
        Ok(self.clock.now())
    }

    /// Writes and signs a text; the same request on the same day gives the same one again.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound` at the generator, `InvalidRequest`, the host and generator
    /// codes of the contract, `ActionNotAllowed` for what the generator does not make.
    pub async fn write_text(
        &self,
        actor: &Actor,
        request: ExternalRequest,
    ) -> Result<ExternalText> {
        actor.require(Permission::WriteTexts)?;
        let generator = self.external_generator(&request.generator).await?;
        check_member("fulfilementID", &request.reference)?;
        let Some(kind) = request.kind else {
            return Ok(ExternalText::default());
        };
        let now = self.clock.now();
        let moment = Moment {
            now: whole_seconds(now),
            today: self.clock.day(now),
        };
        let snapshot = snapshot::request(&request, kind, &generator, moment)?;
        let generated = self.generators.generate(&generator.name, &snapshot).await?;
        let preview = request.dry_run.then(Problem::not_for_use);
        Ok(ExternalText {
            files: generated.files,
            warnings: preview.into_iter().chain(generated.warnings).collect(),
        })
    }

    /// What a generator finds wrong with a product.
    ///
    /// # Errors
    /// As [`Self::write_text`].
    pub async fn check_external_product(
        &self,
        actor: &Actor,
        generator: &str,
        product: &ExternalProduct,
    ) -> Result<Vec<Problem>> {
        actor.require(Permission::WriteTexts)?;
        let generator = self.external_generator(generator).await?;
        let request: ValidateRequest = snapshot::validation(product, &generator)?;
        self.generators.validate(&generator.name, &request).await
    }

    /// Refuses a license model with values that a generator does not take.
    ///
    /// # Errors
    /// As [`Self::write_text`].
    pub async fn check_external_model(
        &self,
        actor: &Actor,
        generator: &str,
        model: &ExternalModel,
    ) -> Result<()> {
        actor.require(Permission::WriteTexts)?;
        let generator = self.external_generator(generator).await?;
        snapshot::check_model(model, &generator)
    }

    /// A host value in normal form, composed of parts.
    ///
    /// # Errors
    /// As [`Self::write_text`]; `ActionNotAllowed` where the generator composes none.
    pub async fn compose_host(
        &self,
        actor: &Actor,
        generator: &str,
        host_type: &str,
        attributes: Vec<Attribute>,
    ) -> Result<String> {
        actor.require(Permission::WriteTexts)?;
        let generator = self.external_generator(generator).await?;
        let description = generator.ready()?;
        let declared = description
            .host_type(host_type)
            .ok_or_else(|| unsupported(host_type, description.host_type_names()))?;
        let parts = HostParts {
            host_type: host_type.to_owned(),
            attributes,
        };
        let composed = self.generators.compose(&generator.name, &parts).await?;
        let value = composed.ok_or_else(|| {
            let message = "The generator does not compose host identifiers.";
            Error::new(Code::ActionNotAllowed, message)
        })?;
        declared.normalize(&value)
    }

    async fn external_generator(&self, name: &str) -> Result<Arc<GeneratorInfo>> {
        if self.generators.get(name).is_none() {
            let name = shown(name);
            let message = format!("There is no generator for the license technology {name}.");
            return Err(Error::new(Code::NotFound, message).at("licenseTechnology"));
        }
        self.generator(name).await
    }
}

#[cfg(test)]
mod tests;
