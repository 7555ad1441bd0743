//! READ: what a token grants, in the request's words. Of its signature only that there is one: this
//! interface has no key to check it with.

use lds_plugin_api::document::{
    Attributes, File, Host, LicenseType, Problem, Product, ReadFeature, ReadRequest, ReadResult,
    SCHEMA,
};
use lds_plugin_api::{Outcome, Refusal};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::verify;

/// The claims that VERIFY compares, as far as they tell what is granted. A token of others is not
/// one of this generator.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    jti: String,
    sub: Option<String>,
    #[serde(default)]
    not_for_use: bool,
    license_type: LicenseType,
    product: SaidProduct,
    features: Vec<SaidFeature>,
    hosts: Vec<Host>,
    issued_on: String,
    starts_on: Option<String>,
    expires_on: Option<String>,
    maintenance_until: Option<String>,
}

#[derive(Deserialize)]
struct SaidProduct {
    code: String,
    name: String,
    version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SaidFeature {
    name: String,
    version: Option<String>,
    count: u64,
    expires_on: Option<String>,
    maintenance_until: Option<String>,
}

pub(crate) fn read(request: &ReadRequest) -> Outcome<ReadResult> {
    let [
        File {
            text: Some(text), ..
        },
    ] = request.files.as_slice()
    else {
        return Err(not_mine());
    };
    let claims = verify::claims(text.trim()).ok_or_else(not_mine)?;
    let said: Said = said(claims).ok_or_else(not_mine)?;
    let problems = problems(&said, &request.today);
    Ok(ReadResult {
        schema: SCHEMA,
        license_id: Some(said.jti),
        license_type: Some(said.license_type),
        product: Some(Product {
            code: said.product.code,
            name: said.product.name,
            version: said.product.version,
            attributes: Attributes::new(),
        }),
        licensee: said.sub,
        hosts: said.hosts,
        features: said.features.into_iter().map(feature).collect(),
        starts_on: said.starts_on,
        expires_on: said.expires_on,
        maintenance_until: said.maintenance_until,
        issued_on: Some(said.issued_on),
        signed: Some(!said.not_for_use),
        problems,
    })
}

fn said<T: DeserializeOwned>(claims: verify::Object) -> Option<T> {
    serde_json::from_value(serde_json::Value::Object(claims.into_iter().collect())).ok()
}

fn feature(said: SaidFeature) -> ReadFeature {
    ReadFeature {
        name: said.name,
        version: said.version,
        count: said.count,
        expires_on: said.expires_on,
        maintenance_until: said.maintenance_until,
        hosts: Vec::new(),
        attributes: Attributes::new(),
    }
}

/// ISO dates compare as texts.
fn problems(said: &Said, today: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    if said.not_for_use {
        let message = "This is a preview: it bears no signature and is not for use.";
        problems.push(Problem::new("NOT_FOR_USE", message));
    }
    if said.expires_on.as_deref().is_some_and(|day| day < today) {
        problems.push(Problem::new("EXPIRED", "The license has expired."));
    }
    if said.starts_on.as_deref().is_some_and(|day| day > today) {
        problems.push(Problem::new(
            "NOT_YET_VALID",
            "The license has not begun yet.",
        ));
    }
    problems
}

fn not_mine() -> Refusal {
    Problem::new("NOT_MINE", "This is no license of this generator.").into()
}
