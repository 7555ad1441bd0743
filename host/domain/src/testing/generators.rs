//! A generator that writes what it was asked as text.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use time::Date;

use crate::command::Trial;
use crate::error::{Code, Error, Result};
use crate::generator::{
    Compared, Definition, Description, GenerateRequest, Generated, GeneratorInfo, GeneratorState,
    Problem, ValidateRequest, ValueType,
};
use crate::host::{Form, HostType, HostTypeRef, whole_pattern};
use crate::license::{File, GeneratorStamp, SignerStamp};
use crate::ports::Generators;
use crate::verification::Reading;

/// The name of the generator.
pub(crate) const GENERATOR: &str = "sample";

/// One generator: host types ETHERNET and HOSTNAME, the setting `edition`, the parameter `note`,
/// the feature parameter `tier`.
pub(crate) struct FakeGenerators {
    info: Mutex<Arc<GeneratorInfo>>,
    problems: Mutex<Vec<Problem>>,
    reading: Mutex<Option<Reading>>,
    runs: AtomicUsize,
    validations: AtomicUsize,
}

impl Default for FakeGenerators {
    fn default() -> Self {
        Self {
            info: Mutex::new(Arc::new(info())),
            problems: Mutex::default(),
            reading: Mutex::default(),
            runs: AtomicUsize::default(),
            validations: AtomicUsize::default(),
        }
    }
}

impl FakeGenerators {
    /// What VALIDATE finds from now on.
    pub(crate) fn find(&self, problems: Vec<Problem>) {
        *self.problems.lock().unwrap_or_else(PoisonError::into_inner) = problems;
    }

    /// What READ tells from now on.
    pub(crate) fn reads(&self, reading: Reading) {
        *self.reading.lock().unwrap_or_else(PoisonError::into_inner) = Some(reading);
    }

    /// Changes what is installed.
    pub(crate) fn change(&self, change: impl FnOnce(&mut GeneratorInfo)) {
        let mut info = self.info.lock().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut info));
    }

    /// How often a text was generated.
    pub(crate) fn runs(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }

    /// How often VALIDATE was asked.
    pub(crate) fn validations(&self) -> usize {
        self.validations.load(Ordering::SeqCst)
    }

    fn info(&self) -> Arc<GeneratorInfo> {
        Arc::clone(&self.info.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Generators for FakeGenerators {
    fn list(&self) -> Vec<Arc<GeneratorInfo>> {
        vec![self.info()]
    }

    fn get(&self, name: &str) -> Option<Arc<GeneratorInfo>> {
        Some(self.info()).filter(|info| info.name == name)
    }

    fn host_type(&self, name: &str) -> Option<HostTypeRef> {
        let info = self.info();
        info.description.as_ref()?.host_type(name).cloned()
    }

    async fn generate(&self, name: &str, request: &GenerateRequest) -> Result<Generated> {
        if name != GENERATOR {
            return Err(Error::new(Code::GeneratorUnavailable, "no such generator"));
        }
        self.runs.fetch_add(1, Ordering::SeqCst);
        // Others get a turn here, as they do while a plugin runs.
        tokio::task::yield_now().await;
        Ok(generated(request))
    }

    async fn validate(&self, _name: &str, _request: &ValidateRequest) -> Result<Vec<Problem>> {
        self.validations.fetch_add(1, Ordering::SeqCst);
        Ok(self
            .problems
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone())
    }

    async fn test(&self, name: &str, request: Option<&str>) -> Result<Trial> {
        Ok(Trial {
            status: "OK",
            output: Some(format!("{name} was asked")),
            files: Vec::new(),
            micros: 1,
            memory_bytes: 2,
            message: None,
            request: request.unwrap_or("{}").to_owned(),
        })
    }

    async fn read(&self, _: &str, _: &[File], _: Date) -> Result<Option<Reading>> {
        let reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(reading.clone())
    }

    async fn compare(&self, _: &str, compared: Compared<'_>) -> Result<Option<Vec<String>>> {
        let text = std::str::from_utf8(&compared.files[0].bytes).unwrap_or_default();
        let line = |name: &str| text.lines().find_map(|line| line.trim().strip_prefix(name));
        let said = (line("hosts "), line("features "));
        let same = matches!(said, (Some(hosts), Some(features))
            if format!("({hosts}, {features})").as_bytes() == compared.document);
        let differences = (!same).then(|| "It says something else.".to_owned());
        Ok(Some(differences.into_iter().collect()))
    }
}

fn generated(request: &GenerateRequest) -> Generated {
    let text = format!(
        "serial {}\nhosts {:?}\nfeatures {:?}\nexpires {:?}\n",
        request.license_id, request.hosts, request.features, request.expires_on
    );
    let document = format!("{:?}", (&request.hosts, &request.features)).into_bytes();
    Generated {
        files: vec![File::new(
            "license.txt".to_owned(),
            "text/plain".to_owned(),
            text.into_bytes(),
        )],
        warnings: Vec::new(),
        generator: GeneratorStamp {
            name: GENERATOR.to_owned(),
            version: "1.0.0".to_owned(),
            digest: "00".repeat(32),
        },
        signers: Vec::<SignerStamp>::new(),
        input_digest: Sha256::digest(&document).into(),
        document,
    }
}

fn info() -> GeneratorInfo {
    GeneratorInfo {
        name: GENERATOR.to_owned(),
        kind: "WASM".to_owned(),
        digest: "00".repeat(32),
        state: GeneratorState::Ready,
        message: None,
        description: Some(Arc::new(description())),
        operator_settings: Vec::new(),
    }
}

fn description() -> Description {
    Description {
        version: "1.0.0".to_owned(),
        vendor: "Tests".to_owned(),
        kinds: Vec::new(),
        license_types: Vec::new(),
        host_types: vec![
            host_type("ETHERNET", Form::Hex, "[0-9a-f]{12}"),
            host_type("HOSTNAME", Form::Lower, "[a-z0-9.-]+"),
        ],
        settings: vec![definition("edition", ValueType::Text)],
        parameters: vec![definition("note", ValueType::Text)],
        feature_parameters: vec![definition("tier", ValueType::Int)],
        validates: true,
        document: "{}".to_owned(),
    }
}

fn host_type(name: &str, form: Form, pattern: &str) -> HostTypeRef {
    Arc::new(HostType {
        name: name.to_owned(),
        label: name.to_owned(),
        form,
        pattern: whole_pattern(pattern).ok(),
        example: None,
        help: None,
    })
}

fn definition(name: &str, value_type: ValueType) -> Definition {
    Definition {
        name: name.to_owned(),
        value_type,
        label: None,
        help: None,
        required: false,
        default: None,
        choices: Vec::new(),
        min: None,
        max: None,
        pattern: None,
    }
}
