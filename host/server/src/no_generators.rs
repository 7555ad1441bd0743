//! The generators of commands that write no license: none. It must not pretend to be any.

use std::sync::Arc;

use async_trait::async_trait;
use lds_domain::generator::{GenerateRequest, Generated, GeneratorInfo, Problem, ValidateRequest};
use lds_domain::host::HostTypeRef;
use lds_domain::ports::Generators;
use lds_domain::{Code, Error, Result};

/// None at all.
pub(crate) struct NoGenerators;

#[async_trait]
impl Generators for NoGenerators {
    fn list(&self) -> Vec<Arc<GeneratorInfo>> {
        Vec::new()
    }

    fn get(&self, _: &str) -> Option<Arc<GeneratorInfo>> {
        None
    }

    fn host_type(&self, _: &str) -> Option<HostTypeRef> {
        None
    }

    async fn generate(&self, name: &str, _: &GenerateRequest) -> Result<Generated> {
        Err(unavailable(name))
    }

    async fn validate(&self, name: &str, _: &ValidateRequest) -> Result<Vec<Problem>> {
        Err(unavailable(name))
    }
}

fn unavailable(name: &str) -> Error {
    let message = "This command starts no generators.";
    Error::new(Code::GeneratorUnavailable, message).because(name)
}
