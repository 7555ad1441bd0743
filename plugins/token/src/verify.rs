//! VERIFY: whether a token says what a request asks. It looks at header and claims, member by
//! member, and not at the signature: the server tells of a text with other bytes than were issued
//! that its signature was not compared.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lds_plugin_api::document::{File, GenerateRequest, SCHEMA, VerifyResult};
use lds_plugin_api::{Outcome, Refusal, strict};
use serde::Serialize;
use serde_json::Value;

use crate::{Claims, FILE, Header};

/// The members of a part.
pub(crate) type Object = BTreeMap<String, Value>;

/// Longer values are cut in what is shown.
const SHOWN: usize = 60;

pub(crate) fn compare(request: &GenerateRequest, files: &[File]) -> Outcome<VerifyResult> {
    let mut differences = Vec::new();
    match files {
        [
            File {
                name,
                text: Some(text),
                ..
            },
        ] if name == FILE => differ(request, text, &mut differences)?,
        _ => differences.push(["The files are not one ", FILE, "."].concat()),
    }
    Ok(VerifyResult {
        schema: SCHEMA,
        same: differences.is_empty(),
        differences,
    })
}

fn differ(request: &GenerateRequest, text: &str, differences: &mut Vec<String>) -> Outcome<()> {
    let (header, claims) = (
        object(&Header::of(request)?)?,
        object(&Claims::of(request)?)?,
    );
    let Some((found_header, found_claims)) = read(text) else {
        differences.push([FILE, " is not a token."].concat());
        return Ok(());
    };
    differences.extend(members(&header, &found_header));
    differences.extend(members(&claims, &found_claims));
    Ok(())
}

/// The claims of a token with any signature.
pub(crate) fn claims(text: &str) -> Option<Object> {
    read(text).map(|(_, claims)| claims)
}

/// Header and claims of a token with any signature.
fn read(text: &str) -> Option<(Object, Object)> {
    let (message, signature) = text.rsplit_once('.')?;
    let (header, claims) = message.split_once('.')?;
    let part = |text: &str| strict::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok();
    (!signature.is_empty()).then_some((part(header)?, part(claims)?))
}

/// As it reads when it comes back.
fn object(part: &impl Serialize) -> Outcome<Object> {
    let json = serde_json::to_vec(part).map_err(|error| Refusal::Internal(error.to_string()))?;
    strict::from_slice(&json).map_err(|fault| Refusal::Internal(fault.to_string()))
}

fn members(asked: &Object, found: &Object) -> Vec<String> {
    let missing = asked.keys().filter(|name| !found.contains_key(*name));
    found
        .keys()
        .chain(missing)
        .filter(|name| asked.get(*name) != found.get(*name))
        .map(|name| {
            let (found, asked) = (shown(found.get(name)), shown(asked.get(name)));
            [name, " is ", &found, ", asked for ", &asked, "."].concat()
        })
        .collect()
}

fn shown(value: Option<&Value>) -> String {
    let Some(value) = value else {
        return "absent".to_owned();
    };
    let mut text = value.to_string();
    if let Some((place, _)) = text.char_indices().nth(SHOWN) {
        text.truncate(place);
        text.push('…');
    }
    text
}
