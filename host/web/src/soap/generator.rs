//! The operations of `LicenseGeneratorService`: which generator is meant, and what is answered.

use std::sync::Arc;

use lds_domain::{Code, Error, Result};
use lds_soap::leaf::Timestamp;
use lds_soap::operation::generator::{
    ConsolidateFulfillments, GenerateConsolidatedLicenseFilenames, GenerateCustomHostIdentifier,
    GenerateLicense, GenerateLicenseFilenames, Ping, ValidateLicenseModel, ValidateProduct,
};
use lds_soap::wire::generator::{
    ConsolidatedLicense, FileDefinitions, GeneratorResponse, HostIdResponse, PingResponse, Status,
};

use super::table::{Call, Table};
use crate::options::Options;

/// What answers a ping.
const INFO: &str = concat!("License Distribution Service ", env!("CARGO_PKG_VERSION"));

/// What tells the generator of a call.
pub(super) struct Route {
    /// The path.
    pub(super) named: Option<String>,
    /// The operator, who says which generator serves a license technology.
    pub(super) options: Arc<Options>,
}

impl Route {
    /// The path's generator, else that of the license technology.
    fn generator(&self, technology: Option<&str>) -> Result<String> {
        let technologies = &self.options.generator.technologies;
        if let Some(named) = &self.named {
            return Ok(named.clone());
        }
        let name = technology.map(str::trim).filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| {
            let message = "A license technology is needed, or a generator in the service's URL.";
            Error::invalid("licenseTechnology", message)
        })?;
        Ok(technologies
            .get(name)
            .map_or(name, String::as_str)
            .to_owned())
    }
}

/// Adds the operations to the table.
pub(super) fn add_to(table: &mut Table) {
    add_checks(table);
    add_texts(table);
    table.add::<GenerateCustomHostIdentifier, _, _, _>(|call, request| async move {
        let generator = call.route.generator(None)?;
        let attributes = request.attributes();
        let composed =
            call.services
                .compose_host(&call.actor, &generator, &request.host_id_type, attributes);
        composed.await.map(HostIdResponse)
    });
    table.add::<ConsolidateFulfillments, _, _, _>(|call, _| async move {
        unsupported::<ConsolidatedLicense>(&call)
    });
    table.add::<GenerateConsolidatedLicenseFilenames, _, _, _>(|call, _| async move {
        unsupported::<FileDefinitions>(&call)
    });
}

fn add_checks(table: &mut Table) {
    table.add::<Ping, _, _, _>(|call, request| async move {
        let now = call.services.ping_writer(&call.actor)?;
        Ok(PingResponse {
            str: request.str,
            processed_time: Some(Timestamp(now)),
            info: Some(INFO.to_owned()),
        })
    });
    table.add::<ValidateProduct, _, _, _>(|call, request| async move {
        let generator = call.route.generator(request.technology())?;
        let product = request.into_product();
        let services = &call.services;
        let found = services.check_external_product(&call.actor, &generator, &product);
        as_status(found.await.map(Status::from))
    });
    table.add::<ValidateLicenseModel, _, _, _>(|call, request| async move {
        let generator = call.route.generator(request.technology())?;
        let model = request.into_model();
        let services = &call.services;
        let checked = services.check_external_model(&call.actor, &generator, &model);
        as_status(checked.await.map(|()| Status::from(Vec::new())))
    });
}

fn add_texts(table: &mut Table) {
    table.add::<GenerateLicense, _, _, _>(|call, request| async move {
        let generator = call.route.generator(request.technology())?;
        let command = request.into_command(generator)?;
        let written = call.services.write_text(&call.actor, command).await?;
        Ok(GeneratorResponse::from(written))
    });
    table.add::<GenerateLicenseFilenames, _, _, _>(|call, request| async move {
        let generator = call.route.generator(request.technology())?;
        let definitions = request.license_file_definitions.clone();
        let mut command = request.into_command(generator)?;
        command.dry_run = true;
        let written = call.services.write_text(&call.actor, command).await?;
        Ok(FileDefinitions::new(&definitions, &written))
    });
}

/// What does not fit is no failure of a check but what it finds.
fn as_status(checked: Result<Status>) -> Result<Status> {
    match checked {
        Err(error) if is_finding(error.code) => Ok(Status {
            message: Some(error.message),
            code: Some(1),
        }),
        other => other,
    }
}

fn is_finding(code: Code) -> bool {
    matches!(
        code,
        Code::InvalidRequest
            | Code::LimitExceeded
            | Code::ActionNotAllowed
            | Code::GeneratorRejected
            | Code::HostTypeUnsupported
    )
}

fn unsupported<T>(call: &Call) -> Result<T> {
    call.services.ping_writer(&call.actor)?;
    let message = "No generator makes one license of many.";
    Err(Error::new(Code::ActionNotAllowed, message))
}
