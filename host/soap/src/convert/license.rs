//! Licenses, and the requests about one.

use lds_domain::command::{
    ActivateLicense, EmergencyLicense, GenerateLicense, ImportItem, Preview, PreviewLicense,
    RehostLicense,
};
use lds_domain::generator::Problem;
use lds_domain::host::Host;
use lds_domain::id::{Key, LicenseId};
use lds_domain::license::{File, GeneratorStamp, GrantedFeature, License, Removal, SignerStamp};
use lds_domain::product::Feature;
use lds_domain::terms::Terms;
use lds_domain::{Error, Result};

use super::{
    WireStamps, day, each, hex, list, optional_reference, options, reference, text, within,
};
use crate::leaf::{Bytes, Day, Timestamp};
use crate::wire::common::NameValue;
use crate::wire::{import, issue, license as wire};

impl From<License> for wire::License {
    fn from(license: License) -> Self {
        let stamps = WireStamps::from(license.stamps);
        Self {
            id: text(license.id),
            revision: license.revision,
            order_ref: license.order.map(text),
            customer_id: text(license.customer),
            product_id: text(license.product),
            product_code: license.product_code,
            host: list(license.hosts),
            file: list(license.files),
            parameter: list(license.parameters),
            kind: text(license.kind),
            state: text(license.state),
            issued_at: Timestamp(license.issued_at),
            activated_on: Day(license.activated_on),
            starts_on: license.starts_on.map(Day),
            expires_on: license.expires_on.map(Day),
            maintenance_until: license.maintenance_until.map(Day),
            feature: list(license.features),
            generator: license.generator.map(wire::GeneratorStamp::from),
            signer: list(license.signers),
            input_digest: license.input_digest.map(|digest| hex(&digest)),
            source: text(license.source),
            removal: license.removal.map(wire::Removal::from),
            replaces: license.replaces.map(text),
            replaced_by: license.replaced_by.map(text),
            external_ref: license.external_ref,
            attribute: list(license.attributes),
            created_at: stamps.created_at,
            created_by: stamps.created_by,
            updated_at: stamps.updated_at,
            updated_by: stamps.updated_by,
            extra: license.is_dry.then(warning).into_iter().collect(),
        }
    }
}

/// What a dry run says of the text: a license has no other place for it.
fn warning() -> NameValue {
    let problem = Problem::not_for_use();
    NameValue {
        name: problem.code,
        value: problem.message,
    }
}

impl From<wire::Host> for Host {
    fn from(host: wire::Host) -> Self {
        Self {
            host_type: host.host_type,
            value: host.value,
            name: host.name,
            port: host.port,
        }
    }
}

impl From<Host> for wire::Host {
    fn from(host: Host) -> Self {
        Self {
            host_type: host.host_type,
            value: host.value,
            name: host.name,
            port: host.port,
            extra: Vec::new(),
        }
    }
}

impl From<File> for wire::File {
    fn from(file: File) -> Self {
        let text = file.text().map(str::to_owned);
        let has_bytes = text.is_none() && !file.is_erased();
        let data = has_bytes.then(|| Bytes(file.bytes.to_vec()));
        Self {
            name: file.name,
            media_type: file.media_type,
            text,
            data,
            sha256: Some(hex(&file.sha256)),
            extra: Vec::new(),
        }
    }
}

impl From<GrantedFeature> for wire::GrantedFeature {
    fn from(feature: GrantedFeature) -> Self {
        Self {
            name: feature.name,
            version: feature.version,
            count: feature.count,
            expires_on: feature.expires_on.map(Day),
            maintenance_until: feature.maintenance_until.map(Day),
            extra: Vec::new(),
        }
    }
}

impl From<GeneratorStamp> for wire::GeneratorStamp {
    fn from(generator: GeneratorStamp) -> Self {
        Self {
            name: generator.name,
            version: generator.version,
            digest: generator.digest,
            extra: Vec::new(),
        }
    }
}

impl From<SignerStamp> for wire::SignerStamp {
    fn from(signer: SignerStamp) -> Self {
        Self {
            name: signer.name,
            algorithm: signer.algorithm,
            fingerprint: signer.fingerprint,
            extra: Vec::new(),
        }
    }
}

impl From<Removal> for wire::Removal {
    fn from(removal: Removal) -> Self {
        Self {
            requested_at: removal.requested_at.map(Timestamp),
            removed_at: removal.removed_at.map(Timestamp),
            by: removal.by.map(text),
            user_id: removal.user.map(text),
            reason: removal.reason,
            extra: Vec::new(),
        }
    }
}

impl TryFrom<issue::GetLicenseRequest> for Key<LicenseId> {
    type Error = Error;

    fn try_from(request: issue::GetLicenseRequest) -> Result<Self> {
        reference("id", &request.id)
    }
}

impl TryFrom<issue::ActivateLicenseRequest> for ActivateLicense {
    type Error = Error;

    fn try_from(request: issue::ActivateLicenseRequest) -> Result<Self> {
        Ok(Self {
            order: reference("orderId", &request.order_id)?,
            hosts: list(request.host),
            parameters: list(request.parameter),
            attributes: list(request.attribute),
            override_reason: request.override_dates.map(|dates| dates.reason),
            options: options(request.request_id, request.dry_run),
        })
    }
}

impl TryFrom<issue::RehostLicenseRequest> for RehostLicense {
    type Error = Error;

    fn try_from(request: issue::RehostLicenseRequest) -> Result<Self> {
        Ok(Self {
            license: reference("id", &request.id)?,
            new_hosts: list(request.new_host),
            override_reason: request.override_dates.map(|dates| dates.reason),
            reason: request.reason,
            options: options(request.request_id, request.dry_run),
        })
    }
}

impl TryFrom<issue::EmergencyLicenseRequest> for EmergencyLicense {
    type Error = Error;

    fn try_from(request: issue::EmergencyLicenseRequest) -> Result<Self> {
        Ok(Self {
            order: reference("orderId", &request.order_id)?,
            hosts: list(request.host),
            days: request.days,
            reason: request.reason,
            options: options(request.request_id, request.dry_run),
        })
    }
}

impl TryFrom<issue::PreviewLicenseRequest> for PreviewLicense {
    type Error = Error;

    fn try_from(request: issue::PreviewLicenseRequest) -> Result<Self> {
        Ok(Self {
            order: optional_reference("orderId", request.order_id)?,
            customer: optional_reference("customerId", request.customer_id)?,
            product: optional_reference("productId", request.product_id)?,
            terms: within("terms", request.terms, Terms::try_from)?,
            features: each("feature", request.feature, Feature::try_from)?,
            hosts: list(request.host),
            parameters: list(request.parameter),
        })
    }
}

impl TryFrom<issue::GenerateLicenseRequest> for GenerateLicense {
    type Error = Error;

    fn try_from(request: issue::GenerateLicenseRequest) -> Result<Self> {
        Ok(Self {
            customer: reference("customerId", &request.customer_id)?,
            product: reference("productId", &request.product_id)?,
            terms: within("terms", request.terms, Terms::try_from)?,
            features: each("feature", request.feature, Feature::try_from)?,
            hosts: list(request.host),
            parameters: list(request.parameter),
            attributes: list(request.attribute),
            options: options(request.request_id, request.dry_run),
        })
    }
}

impl TryFrom<import::ImportedLicense> for ImportItem {
    type Error = Error;

    fn try_from(license: import::ImportedLicense) -> Result<Self> {
        Ok(Self {
            order: optional_reference("orderId", license.order_id)?,
            customer: optional_reference("customerId", license.customer_id)?,
            product: optional_reference("productId", license.product_id)?,
            hosts: list(license.host),
            files: each("file", license.file, File::try_from)?,
            issued_at: license.issued_at.0,
            starts_on: day(license.starts_on),
            expires_on: day(license.expires_on),
            maintenance_until: day(license.maintenance_until),
            features: list(license.feature),
            external_ref: license.external_ref,
            attributes: list(license.attribute),
        })
    }
}

impl From<wire::GrantedFeature> for GrantedFeature {
    fn from(feature: wire::GrantedFeature) -> Self {
        Self {
            name: feature.name,
            version: feature.version,
            count: feature.count,
            expires_on: day(feature.expires_on),
            maintenance_until: day(feature.maintenance_until),
        }
    }
}

impl From<Preview> for issue::PreviewLicenseResult {
    fn from(preview: Preview) -> Self {
        Self {
            file: list(preview.files),
            warning: list(preview.warnings),
            extra: Vec::new(),
        }
    }
}

impl From<Problem> for issue::PreviewWarning {
    fn from(problem: Problem) -> Self {
        Self {
            code: problem.code,
            message: problem.message,
            field: problem.field,
            extra: Vec::new(),
        }
    }
}
