//! Kind REMOTE: a generator behind a service that speaks the contract of `FlexNet` Operations.
//!
//! `ask` and `answer` translate between the documents of the interface and that contract, `client`
//! carries the messages. What the remote declares is told by the operator: the contract has no
//! DESCRIBE.

mod answer;
mod ask;
mod client;
mod describe;

use std::path::Path;
use std::time::Instant;

use async_trait::async_trait;
use lds_plugin_api::Op;

use crate::carrier::{CallOutcome, Carrier};
use crate::config::RemoteConfig;
use crate::error::LoadError;
use crate::hex;
use crate::limits::Limits;
use crate::status::CallStatus;
use crate::wasm::sha256;
use client::Client;

/// A remote service that writes texts.
pub(crate) struct Remote {
    client: Client,
    technology: Option<String>,
    description: Vec<u8>,
}

impl Remote {
    /// Under the name by which products know it; nothing is called yet.
    pub(crate) fn new(
        name: &str,
        config: &RemoteConfig,
        data_dir: &Path,
    ) -> Result<Self, LoadError> {
        Ok(Self {
            client: Client::new(config, data_dir)?,
            technology: config.technology.clone(),
            description: describe::description(name, config, data_dir)?,
        })
    }

    /// Of what it says and where it is.
    pub(crate) fn digest(&self) -> String {
        let place = self.client.url().as_bytes();
        hex::encode(&sha256(&[place, b"\0", &self.description].concat()))
    }

    async fn generate(&self, input: &[u8], limits: &Limits) -> CallOutcome {
        let asked = match ask::generate(input, self.technology.as_deref()) {
            Ok(asked) => asked,
            Err(refused) => return refused,
        };
        match self.client.call(asked, limits).await {
            Ok(reply) => answer::generated(&reply),
            Err(failed) => failed,
        }
    }

    async fn validate(&self, input: &[u8], limits: &Limits) -> CallOutcome {
        let asked = match ask::validate(input, self.technology.as_deref()) {
            Ok(asked) => asked,
            Err(refused) => return refused,
        };
        match self.client.call(asked, limits).await {
            Ok(reply) => answer::validated(&reply),
            Err(failed) => failed,
        }
    }
}

#[async_trait]
impl Carrier for Remote {
    async fn call(&self, op: u32, input: &[u8], limits: &Limits) -> CallOutcome {
        let started = Instant::now();
        let mut outcome = if op == Op::Describe.number() {
            CallOutcome::returned(CallStatus::Ok, self.description.clone())
        } else if op == Op::Generate.number() {
            self.generate(input, limits).await
        } else if op == Op::Validate.number() {
            self.validate(input, limits).await
        } else {
            CallOutcome::failed(
                CallStatus::Unsupported,
                "the contract has no such operation",
            )
        };
        outcome.micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        outcome
    }
}
