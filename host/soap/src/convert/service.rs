//! The service itself and its generators.

use std::sync::Arc;

use lds_domain::command::{ServiceInfo, TestGenerator, Trial};
use lds_domain::generator::GeneratorInfo;

use super::{list, text};
use crate::wire::NameValue;
use crate::wire::service as wire;

const PRODUCT: &str = "License Distribution Service";
const API_VERSION: &str = "v1";

impl From<ServiceInfo> for wire::ServiceInfo {
    fn from(info: ServiceInfo) -> Self {
        let limit = |(name, value): (&str, u64)| NameValue {
            name: text(name),
            value: text(value),
        };
        Self {
            product: text(PRODUCT),
            version: text(env!("CARGO_PKG_VERSION")),
            api_version: vec![text(API_VERSION)],
            timezone: info.timezone,
            limit: info.limits.into_iter().map(limit).collect(),
            generator: info.generators.iter().map(|info| summary(info)).collect(),
            extra: Vec::new(),
        }
    }
}

fn summary(info: &GeneratorInfo) -> wire::GeneratorSummary {
    wire::GeneratorSummary {
        name: info.name.clone(),
        version: version(info),
        kind: info.kind.clone(),
        state: text(info.state),
        extra: Vec::new(),
    }
}

fn version(info: &GeneratorInfo) -> Option<String> {
    let description = info.description.as_ref()?;
    Some(description.version.clone())
}

impl From<&GeneratorInfo> for wire::Generator {
    fn from(info: &GeneratorInfo) -> Self {
        Self {
            name: info.name.clone(),
            version: version(info),
            kind: info.kind.clone(),
            state: text(info.state),
            message: info.message.clone(),
            digest: info.digest.clone(),
            description: info
                .description
                .as_ref()
                .map(|described| described.document.clone()),
            extra: Vec::new(),
        }
    }
}

impl From<Vec<Arc<GeneratorInfo>>> for wire::FindGeneratorsResult {
    fn from(generators: Vec<Arc<GeneratorInfo>>) -> Self {
        Self {
            generator: generators
                .iter()
                .map(|info| wire::Generator::from(&**info))
                .collect(),
            extra: Vec::new(),
        }
    }
}

impl From<wire::TestGeneratorRequest> for TestGenerator {
    fn from(request: wire::TestGeneratorRequest) -> Self {
        Self {
            name: request.name,
            request: request.request,
        }
    }
}

impl From<Trial> for wire::TestGeneratorResult {
    fn from(trial: Trial) -> Self {
        Self {
            status: text(trial.status),
            output: trial.output,
            file: list(trial.files),
            micros: trial.micros,
            memory_bytes: trial.memory_bytes,
            message: trial.message,
            request: trial.request,
            extra: Vec::new(),
        }
    }
}
