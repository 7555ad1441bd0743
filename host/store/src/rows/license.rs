//! Licenses as rows, with their files, documents, hosts and claims.

use std::borrow::Cow;
use std::sync::Arc;

use lds_domain::access::Source;
use lds_domain::attribute::Attribute;
use lds_domain::claim::ClaimClass;
use lds_domain::host::Host;
use lds_domain::id::LicenseId;
use lds_domain::license::{
    Deal, File, GeneratorStamp, GrantedFeature, License, LicenseKind, LicenseState, Removal,
    SignerStamp,
};
use lds_domain::user::Stamps;
use serde::{Deserialize, Serialize};

use super::{Text, none, text};
use crate::failure::Failure;
use crate::row::{Day, Hex, Millis, RowId, row};

row! {
    /// A license without its files.
    LicenseRow<'a> in "licenses" {
        id: RowId as Id,
        revision: u32 as Int,
        order_ref: Option<RowId> as MaybeId,
        root: Option<RowId> as MaybeId,
        customer: RowId as Id,
        product: RowId as Id,
        kind: LicenseKind as Text,
        state: LicenseState as Text,
        issued_at: Millis as Int,
        expires_on: Option<Day> as Text,
        external_ref: Option<Text<'a>> as Text,
        body: LicenseBody<'a> as Json,
    } searched by {
        generator: Option<Text<'a>> as Text,
        updated_at: i64 as Int,
    }
}

row! {
    /// A file: text where it is clean, so that no digits are needed.
    FileRow<'a> in "license_files" {
        name: Text<'a> as Text,
        media_type: Text<'a> as Text,
        text: Option<Text<'a>> as Text,
        data: Option<Hex<'a>> as MaybeBytes,
        sha256: Hex<'a> as Bytes,
        place: usize as Int,
    } searched by {
        license: RowId as Id,
        root: Option<RowId> as MaybeId,
    }
}

row! {
    /// A generator's request document, compressed.
    DocumentRow<'a> in "license_documents" {
        license: RowId as Id,
        root: Option<RowId> as MaybeId,
        document: Hex<'a> as Bytes,
    }
}

row! {
    /// A host of a license, to be searched.
    HostRow<'a> in "license_hosts" {
        value: Text<'a> as Text,
        host_type: Text<'a> as Text,
        license: RowId as Id,
        root: Option<RowId> as MaybeId,
    }
}

row! {
    /// A claim that a license holds.
    ClaimRow<'a> in "claims" {
        order_ref: RowId as Id,
        class: ClaimClass as Text,
        claim: Hex<'a> as Bytes,
        license: RowId as Id,
        root: RowId as Id,
    }
}

/// What no statement looks at.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LicenseBody<'a> {
    product_code: Text<'a>,
    product_name: Text<'a>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    licensee: Option<Text<'a>>,
    #[serde(default, skip_serializing_if = "none")]
    hosts: Cow<'a, [Host]>,
    #[serde(default, skip_serializing_if = "none")]
    parameters: Cow<'a, [Attribute]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deal: Option<Cow<'a, Deal>>,
    activated_on: Day,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    starts_on: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    maintenance_until: Option<Day>,
    #[serde(default, skip_serializing_if = "none")]
    features: Cow<'a, [GrantedFeature]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    generator: Option<Cow<'a, GeneratorStamp>>,
    #[serde(default, skip_serializing_if = "none")]
    signers: Cow<'a, [SignerStamp]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    input_digest: Option<Hex<'a>>,
    source: Source,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    removal: Option<Cow<'a, Removal>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaces: Option<LicenseId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaced_by: Option<LicenseId>,
    #[serde(default, skip_serializing_if = "none")]
    attributes: Cow<'a, [Attribute]>,
    stamps: Cow<'a, Stamps>,
}

impl<'a> From<&'a License> for LicenseRow<'a> {
    fn from(license: &'a License) -> Self {
        Self {
            id: RowId::of(license.id),
            revision: license.revision,
            order_ref: license.order.map(RowId::of),
            root: license.root.map(RowId::of),
            customer: RowId::of(license.customer),
            product: RowId::of(license.product),
            kind: license.kind,
            state: license.state,
            issued_at: Millis(license.issued_at),
            expires_on: license.expires_on.map(Day),
            external_ref: text(license.external_ref.as_ref()),
            body: license.into(),
            generator: text(license.generator.as_ref().map(|stamp| &stamp.name)),
            updated_at: Millis::number(license.stamps.updated_at),
        }
    }
}

impl<'a> From<&'a License> for LicenseBody<'a> {
    fn from(license: &'a License) -> Self {
        Self {
            product_code: Cow::Borrowed(&license.product_code),
            product_name: Cow::Borrowed(&license.product_name),
            licensee: text(license.licensee.as_ref()),
            hosts: Cow::Borrowed(&license.hosts),
            parameters: Cow::Borrowed(&license.parameters),
            deal: license.deal.as_deref().map(Cow::Borrowed),
            activated_on: Day(license.activated_on),
            starts_on: license.starts_on.map(Day),
            maintenance_until: license.maintenance_until.map(Day),
            features: Cow::Borrowed(&license.features),
            generator: license.generator.as_ref().map(Cow::Borrowed),
            signers: Cow::Borrowed(&license.signers),
            input_digest: license.input_digest.as_ref().map(Hex::from),
            source: license.source,
            removal: license.removal.as_ref().map(Cow::Borrowed),
            replaces: license.replaces,
            replaced_by: license.replaced_by,
            attributes: Cow::Borrowed(&license.attributes),
            stamps: Cow::Borrowed(&license.stamps),
        }
    }
}

/// A license as it is read: its row and its files.
#[derive(Debug, Deserialize)]
pub(crate) struct WholeLicense(
    pub(crate) LicenseRow<'static>,
    pub(crate) Vec<FileRow<'static>>,
);

impl TryFrom<WholeLicense> for License {
    type Error = Failure;

    fn try_from(WholeLicense(row, mut files): WholeLicense) -> Result<Self, Failure> {
        files.sort_by_key(|file| file.place);
        let files = files
            .into_iter()
            .map(File::try_from)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            files,
            ..row.into()
        })
    }
}

impl From<LicenseRow<'_>> for License {
    fn from(row: LicenseRow<'_>) -> Self {
        let body = row.body;
        Self {
            id: row.id.id(),
            revision: row.revision,
            order: row.order_ref.map(RowId::id),
            root: row.root.map(RowId::id),
            deal: body.deal.map(|deal| Arc::new(deal.into_owned())),
            customer: row.customer.id(),
            product: row.product.id(),
            product_code: body.product_code.into_owned(),
            product_name: body.product_name.into_owned(),
            licensee: body.licensee.map(Cow::into_owned),
            hosts: body.hosts.into_owned(),
            files: Vec::new(),
            parameters: body.parameters.into_owned(),
            kind: row.kind,
            state: row.state,
            issued_at: row.issued_at.0,
            activated_on: body.activated_on.0,
            starts_on: body.starts_on.map(|day| day.0),
            expires_on: row.expires_on.map(|day| day.0),
            maintenance_until: body.maintenance_until.map(|day| day.0),
            features: body.features.into_owned(),
            generator: body.generator.map(Cow::into_owned),
            signers: body.signers.into_owned(),
            input_digest: body.input_digest.and_then(|digest| digest.digest()),
            source: body.source,
            removal: body.removal.map(Cow::into_owned),
            replaces: body.replaces,
            is_dry: false,
            replaced_by: body.replaced_by,
            external_ref: row.external_ref.map(Cow::into_owned),
            attributes: body.attributes.into_owned(),
            stamps: body.stamps.into_owned(),
        }
    }
}

impl<'a> FileRow<'a> {
    /// A license's file at its place.
    pub(crate) fn new(license: &License, place: usize, file: &'a File) -> Self {
        let text = file.text();
        Self {
            name: Cow::Borrowed(&file.name),
            media_type: Cow::Borrowed(&file.media_type),
            data: (text.is_none() && !file.is_erased()).then(|| Hex::from(&*file.bytes)),
            text: text.map(Cow::Borrowed),
            sha256: (&file.sha256).into(),
            place,
            license: RowId::of(license.id),
            root: license.root.map(RowId::of),
        }
    }
}

impl TryFrom<FileRow<'_>> for File {
    type Error = Failure;

    fn try_from(row: FileRow<'_>) -> Result<Self, Failure> {
        let bytes = match (row.text, row.data) {
            (Some(text), None) => text.into_owned().into_bytes(),
            (None, Some(data)) => data.0.into_owned(),
            // It was erased.
            (None, None) => Vec::new(),
            _ => return Err(Failure::internal("a stored file has two contents")),
        };
        let broken = || Failure::internal("a stored file has a broken digest");
        Ok(Self {
            name: row.name.into_owned(),
            media_type: row.media_type.into_owned(),
            bytes: bytes.into(),
            sha256: row.sha256.digest().ok_or_else(broken)?,
        })
    }
}
