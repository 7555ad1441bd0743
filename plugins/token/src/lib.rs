//! The generator `token`: a license as a signed JSON document, a JWT in its compact form (RFC 7515,
//! RFC 7519), which openssl or any JWT library checks with the public key alone.
//!
//! It needs no configuration and no setting. The claims are in `claims.rs` and described in
//! `README.md`. It never sees a key: the signature comes from the server, by a signature slot.

mod claims;
mod days;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lds_plugin_api::document::{
    Capability, Definition, Description, Encoding, ExpectedFile, File, GenerateRequest,
    GenerateResult, Grant, Limits, Message, SignatureSlot, ValueType,
};
use lds_plugin_api::{Generator, Outcome, Refusal, generator, hosts};
use serde::Serialize;

use claims::Claims;

const FILE: &str = "license.jwt";
const MEDIA_TYPE: &str = "application/jwt";
const SIGNER: &str = "default";
const CAPABILITY: &str = "sign:default";
const ALGORITHMS: [&str; 3] = ["EdDSA", "ES256", "RS256"];

/// The generator.
#[derive(Debug)]
pub struct Token;

#[generator]
impl Generator for Token {
    fn describe() -> Description {
        let issuer = Definition::new("issuer", ValueType::Text)
            .label("Issuer")
            .help("Who issues the license: the claim iss. Left out when empty.")
            .range(1, 200);
        let mut description = Description::new("token", "1.0.0", "LDS");
        description.description =
            Some("A signed JSON license (JWT), checked with the public key alone.".to_owned());
        description.host_types = vec![
            hosts::ethernet(),
            hosts::hostname(),
            hosts::disk_serial(),
            hosts::machine_id(),
            hosts::user(),
        ];
        description.settings = vec![issuer];
        description.files = vec![ExpectedFile {
            name: FILE.to_owned(),
            media_type: MEDIA_TYPE.to_owned(),
        }];
        description.capabilities = vec![Capability {
            name: CAPABILITY.to_owned(),
            required: None,
            algorithms: ALGORITHMS.map(str::to_owned).to_vec(),
            label: Some("License key".to_owned()),
        }];
        description.limits = Some(Limits {
            time_ms: Some(50),
            memory_mib: Some(16),
            output_kib: None,
        });
        description
    }

    fn generate(request: GenerateRequest) -> Outcome<GenerateResult> {
        let grant = grant(&request)?;
        let algorithm = grant.algorithm.as_deref().unwrap_or_default();
        let header = Header {
            alg: algorithm,
            typ: "JWT",
            kid: grant.fingerprint.as_deref(),
        };
        let message = format!("{}.{}", encoded(&header)?, encoded(&Claims::of(&request)?)?);
        let placeholder = format!("SIG-{}", request.seed);
        let slot = SignatureSlot {
            file: FILE.to_owned(),
            signer: SIGNER.to_owned(),
            algorithm: algorithm.to_owned(),
            encoding: Encoding::Base64url,
            message: Message {
                text: Some(message.clone()),
                base64: None,
            },
            placeholder: placeholder.clone(),
        };
        let file = File::text(FILE, MEDIA_TYPE, message + "." + &placeholder);
        let mut result = GenerateResult::new([file]);
        result.signatures.push(slot);
        Ok(result)
    }
}

/// The protected header of a JWS.
#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    typ: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
}

fn grant(request: &GenerateRequest) -> Outcome<&Grant> {
    let grant = request
        .grants
        .iter()
        .find(|grant| grant.name == CAPABILITY)
        .ok_or_else(|| Refusal::Input(format!("{CAPABILITY} is not granted")))?;
    match &grant.algorithm {
        Some(algorithm) if ALGORITHMS.contains(&algorithm.as_str()) => Ok(grant),
        _ => Err(Refusal::Input(format!(
            "{CAPABILITY} has no known algorithm"
        ))),
    }
}

fn encoded(part: &impl Serialize) -> Outcome<String> {
    let json = serde_json::to_vec(part).map_err(|error| Refusal::Internal(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(json))
}

#[cfg(test)]
mod tests;
