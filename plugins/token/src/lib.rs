//! The generator `token`: a license as a signed JSON document, a JWT in its compact form (RFC 7515,
//! RFC 7519), which openssl or any JWT library checks with the public key alone.
//!
//! It needs no configuration and no setting. The claims are in `claims.rs` and described in
//! `README.md`. It never sees a key: the signature comes from the server, by a signature slot.

mod claims;
mod days;
mod describe;
mod read;
mod settings;
mod verify;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lds_plugin_api::document::{
    Description, Encoding, File, GenerateRequest, GenerateResult, Grant, Message, ReadRequest,
    ReadResult, SCHEMA, SelfTest, SignatureSlot, ValidateRequest, ValidateResult, VerifyRequest,
    VerifyResult,
};
use lds_plugin_api::{Generator, Outcome, Refusal, generator, strict};
use serde::Serialize;

use claims::Claims;
use settings::Settings;

const FILE: &str = "license.jwt";
const MEDIA_TYPE: &str = "application/jwt";
const SIGNER: &str = "default";
const CAPABILITY: &str = "sign:default";
const ALGORITHMS: [&str; 3] = ["EdDSA", "ES256", "RS256"];

/// What SELFTEST writes and reads again.
const SAMPLE: &str = r#"{"schema":1,"kind":"MANUAL","dryRun":false,"now":"2026-11-24T23:31:13Z","today":"2026-11-25","seed":"9f2c51d07be84a6693c1f00d5a7e42b8116d3e0c94fa2785de60b1c3a4978f25","licenseId":"lic_0","licensee":"M\u00fcller","product":{"code":"cad","name":"CAD","attributes":{}},"licenseType":"NODE_LOCKED","quantity":1,"features":[{"name":"draw","count":1,"parameters":{},"attributes":{}}],"hosts":[{"type":"ETHERNET","value":"001122aabbcc"}],"expiresOn":"2027-11-24","settings":{},"parameters":{},"grants":[{"name":"sign:default","algorithm":"EdDSA"}]}"#;

/// The generator.
#[derive(Debug)]
pub struct Token;

#[generator]
impl Generator for Token {
    fn describe() -> Description {
        describe::description()
    }

    fn generate(request: GenerateRequest) -> Outcome<GenerateResult> {
        if let Some(problem) = Settings::of(&request.settings)?.problems().pop() {
            return Err(problem.into());
        }
        let header = Header::of(&request)?;
        let algorithm = header.alg.to_owned();
        let message = message(&header, &Claims::of(&request)?)?;
        let placeholder = placeholder(&request.seed)?;
        let file = [&message, ".", &placeholder].concat();
        let mut result = GenerateResult::new([File::text(FILE, MEDIA_TYPE, file)]);
        result.signatures.push(SignatureSlot {
            file: FILE.to_owned(),
            signer: SIGNER.to_owned(),
            algorithm,
            encoding: Encoding::Base64url,
            message: Message {
                text: Some(message),
                base64: None,
            },
            placeholder,
        });
        Ok(result)
    }

    fn validate(request: ValidateRequest) -> Outcome<ValidateResult> {
        Ok(ValidateResult {
            schema: SCHEMA,
            errors: Settings::of(&request.settings)?.problems(),
        })
    }

    fn verify(request: VerifyRequest) -> Outcome<VerifyResult> {
        verify::compare(&request.request, &request.files)
    }

    fn read(request: ReadRequest) -> Outcome<ReadResult> {
        read::read(&request)
    }

    fn selftest() -> Outcome<SelfTest> {
        let request: GenerateRequest = strict::from_slice(SAMPLE.as_bytes())
            .map_err(|fault| Refusal::Internal(fault.to_string()))?;
        let files = Self::generate(request.clone())?.files;
        if !verify::compare(&request, &files)?.same {
            return Err(Refusal::Internal("what was written differs".to_owned()));
        }
        Ok(SelfTest { schema: SCHEMA })
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

impl<'a> Header<'a> {
    fn of(request: &'a GenerateRequest) -> Outcome<Self> {
        let is_key = |grant: &&Grant| grant.name == CAPABILITY;
        let Some(grant) = request.grants.iter().find(is_key) else {
            return Err(Refusal::Input("no key is granted".to_owned()));
        };
        match &grant.algorithm {
            Some(algorithm) if ALGORITHMS.contains(&algorithm.as_str()) => Ok(Self {
                alg: algorithm,
                typ: "JWT",
                kid: grant.fingerprint.as_deref(),
            }),
            _ => Err(Refusal::Input("the key has no known algorithm".to_owned())),
        }
    }
}

/// What is signed: header and claims, each as base64url.
fn message(header: &Header, claims: &Claims) -> Outcome<String> {
    let mut message = String::with_capacity(2048);
    append(&mut message, header)?;
    message.push('.');
    append(&mut message, claims)?;
    Ok(message)
}

fn append(message: &mut String, part: &impl Serialize) -> Outcome<()> {
    let mut json = Vec::with_capacity(1024);
    serde_json::to_writer(&mut json, part).map_err(|error| Refusal::Internal(error.to_string()))?;
    URL_SAFE_NO_PAD.encode_string(json, message);
    Ok(())
}

/// Of the seed, so that nothing that people typed can hold it.
fn placeholder(seed: &str) -> Outcome<String> {
    if seed.len() != 64 || !seed.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Refusal::Input("the seed is not 64 hex digits".to_owned()));
    }
    Ok(["SIG-", seed].concat())
}

#[cfg(test)]
mod tests;
