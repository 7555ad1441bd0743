//! Messages to the remote service and back: HTTP with a limit on everything. It must not know what
//! is in them.

use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};

use crate::carrier::CallOutcome;
use crate::config::RemoteConfig;
use crate::error::LoadError;
use crate::limits::Limits;
use crate::status::CallStatus;

/// Bytes of the head of a reply.
const MAX_HEAD: usize = 16 << 10;

/// Calls one URL.
pub(super) struct Client {
    agent: ureq::Agent,
    url: String,
    authorization: Option<String>,
}

/// A message, and under which name of the operation it is sent.
pub(super) struct Message {
    pub(super) operation: &'static str,
    pub(super) bytes: Vec<u8>,
}

impl Client {
    /// Reads the secrets and certificates that the configuration names.
    pub(super) fn new(config: &RemoteConfig, data_dir: &Path) -> Result<Self, LoadError> {
        let is_plain = config.url.starts_with("http://");
        if !is_plain && !config.url.starts_with("https://") {
            return Err(LoadError::new(
                "url does not begin with https:// or http://",
            ));
        }
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_response_header_size(MAX_HEAD)
            .proxy(None)
            .user_agent(concat!("lds/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls(config, data_dir)?)
            .build();
        Ok(Self {
            agent: agent.into(),
            url: config.url.clone(),
            authorization: authorization(config, data_dir)?,
        })
    }

    /// Where it calls.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Sends a message; the reply is the body of status 200 or 500.
    pub(super) async fn call(
        &self,
        message: Message,
        limits: &Limits,
    ) -> Result<Vec<u8>, CallOutcome> {
        let mut request = self
            .agent
            .post(&self.url)
            .config()
            .timeout_global(Some(limits.time))
            .build()
            .header("Content-Type", "text/xml; charset=utf-8")
            .header("SOAPAction", format!("\"{}\"", message.operation));
        if let Some(authorization) = &self.authorization {
            request = request.header("Authorization", authorization);
        }
        let most = limits.output as u64;
        // It ends by its own limit of time, so no thread is lost to a service that hangs.
        let exchange = tokio::task::spawn_blocking(move || {
            let mut reply = request.send(&message.bytes[..])?;
            let status = reply.status().as_u16();
            let body = reply.body_mut().with_config().limit(most).read_to_vec()?;
            Ok((status, body))
        });
        let exchanged = exchange
            .await
            .map_err(|error| unavailable(error.to_string()))?;
        let (status, body) = exchanged.map_err(|error| failed(&error))?;
        if !matches!(status, 200 | 500) {
            return Err(unavailable(format!(
                "the service answered with status {status}"
            )));
        }
        Ok(body)
    }
}

fn unavailable(note: String) -> CallOutcome {
    CallOutcome::failed(CallStatus::Unavailable, note)
}

fn failed(error: &ureq::Error) -> CallOutcome {
    let status = match error {
        ureq::Error::Timeout(_) => CallStatus::Timeout,
        ureq::Error::BodyExceedsLimit(_) => CallStatus::OutputLimit,
        _ => CallStatus::Unavailable,
    };
    CallOutcome::failed(status, format!("the service did not answer: {error}"))
}

/// The system's certificates, or those of one file.
fn tls(config: &RemoteConfig, data_dir: &Path) -> Result<TlsConfig, LoadError> {
    let roots = match &config.ca_file {
        None => RootCerts::PlatformVerifier,
        Some(file) => RootCerts::new_with_certs(&certificates(&data_dir.join(file))?),
    };
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(provider)
        .root_certs(roots)
        .build())
}

fn certificates(file: &Path) -> Result<Vec<Certificate<'static>>, LoadError> {
    let text = read(file)?;
    let items = parse_pem(text.as_bytes()).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    });
    let found: Vec<_> = items.collect();
    if found.is_empty() {
        let none = format!("ca_file: {} has no certificate in PEM", file.display());
        return Err(LoadError::new(none));
    }
    Ok(found)
}

fn authorization(config: &RemoteConfig, data_dir: &Path) -> Result<Option<String>, LoadError> {
    let secret = |file: &Path| read(&data_dir.join(file));
    match (&config.user, &config.password_file, &config.token_file) {
        (None, None, None) => Ok(None),
        (Some(user), Some(file), None) => {
            let pair = format!("{user}:{}", line(&secret(file)?));
            Ok(Some(format!("Basic {}", STANDARD.encode(pair))))
        }
        (None, None, Some(file)) => Ok(Some(format!("Bearer {}", line(&secret(file)?)))),
        _ => Err(LoadError::new(
            "the service is shown either user with password_file or token_file alone",
        )),
    }
}

fn read(file: &Path) -> Result<String, LoadError> {
    std::fs::read_to_string(file)
        .map_err(|error| LoadError::new(format!("{} cannot be read: {error}", file.display())))
}

/// Without the line end that editors add.
fn line(secret: &str) -> &str {
    secret.trim_end_matches(['\r', '\n'])
}
