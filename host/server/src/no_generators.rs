//! The generators of commands that write no license: none. It must not pretend to be any.

use std::sync::Arc;

use async_trait::async_trait;
use lds_domain::command::Trial;
use lds_domain::generator::{
    Compared, GenerateRequest, Generated, GeneratorInfo, Problem, ValidateRequest,
};
use lds_domain::host::HostTypeRef;
use lds_domain::license::File;
use lds_domain::ports::Generators;
use lds_domain::verification::Reading;
use lds_domain::{Code, Error, Result};
use time::Date;

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

    async fn test(&self, name: &str, _: Option<&str>) -> Result<Trial> {
        Err(unavailable(name))
    }

    async fn read(&self, name: &str, _: &[File], _: Date) -> Result<Option<Reading>> {
        Err(unavailable(name))
    }

    async fn compare(&self, name: &str, _: Compared<'_>) -> Result<Option<Vec<String>>> {
        Err(unavailable(name))
    }
}

fn unavailable(name: &str) -> Error {
    let message = "This command starts no generators.";
    Error::new(Code::GeneratorUnavailable, message).because(name)
}
