//! What a token says: registered claims of RFC 7519 where they fit, else the request's own words.

use lds_plugin_api::document::{Feature, GenerateRequest, Host, LicenseType};
use lds_plugin_api::{Outcome, Refusal};
use serde::Serialize;

use crate::days;
use crate::settings::Settings;

/// The payload. Dates are inclusive calendar days in the vendor's time zone.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Claims<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    aud: Vec<&'a str>,
    jti: &'a str,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    /// Only in a preview, which bears no signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_for_use: Option<bool>,
    license_type: LicenseType,
    quantity: u64,
    product: Product<'a>,
    features: Vec<Granted<'a>>,
    hosts: &'a [Host],
    issued_on: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    starts_on: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_on: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maintenance_until: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<&'a str>,
}

#[derive(Serialize)]
struct Product<'a> {
    code: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Granted<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_on: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maintenance_until: Option<&'a str>,
}

impl<'a> Claims<'a> {
    pub(crate) fn of(request: &'a GenerateRequest) -> Outcome<Self> {
        let customer = request.customer.as_ref().map(|customer| &*customer.name);
        let product = &request.product;
        let settings = Settings::of(&request.settings)?;
        Ok(Self {
            iss: settings.issuer,
            sub: request.licensee.as_deref().or(customer),
            aud: settings.audience,
            jti: &request.license_id,
            iat: days::moment(&request.now).ok_or_else(|| malformed("now"))?,
            nbf: date("startsOn", request.starts_on.as_deref(), days::start_of)?,
            exp: date("expiresOn", last_day(request), days::end_of)?,
            not_for_use: request.dry_run.then_some(true),
            license_type: request.license_type,
            quantity: request.quantity,
            product: Product {
                code: &product.code,
                name: &product.name,
                version: product.version.as_deref(),
            },
            features: request.features.iter().map(Granted::of).collect(),
            hosts: &request.hosts,
            issued_on: &request.today,
            starts_on: request.starts_on.as_deref(),
            expires_on: request.expires_on.as_deref(),
            maintenance_until: request.maintenance_until.as_deref(),
            replaces: request
                .previous
                .as_ref()
                .map(|previous| &*previous.license_id),
        })
    }
}

impl<'a> Granted<'a> {
    fn of(feature: &'a Feature) -> Self {
        Self {
            name: &feature.name,
            version: feature.version.as_deref(),
            count: feature.count,
            expires_on: feature.expires_on.as_deref(),
            maintenance_until: feature.maintenance_until.as_deref(),
        }
    }
}

/// The day after which nothing is granted any more: a feature's own date may lie behind the
/// license's, and one without an end never ends. (ISO dates compare as texts.)
fn last_day(request: &GenerateRequest) -> Option<&str> {
    let features = request
        .features
        .iter()
        .map(|feature| feature.expires_on.as_deref());
    let own = features
        .map(|date| date.ok_or(()))
        .collect::<Result<Vec<_>, _>>()
        .ok()?;
    match own.into_iter().max() {
        Some(latest) => Some(latest),
        None => request.expires_on.as_deref(),
    }
}

fn date(member: &str, date: Option<&str>, moment: fn(&str) -> Option<i64>) -> Outcome<Option<i64>> {
    date.map(|date| moment(date).ok_or_else(|| malformed(member)))
        .transpose()
}

fn malformed(member: &str) -> Refusal {
    Refusal::Input(format!("{member} is not in its form"))
}
