//! Generators as the server has them: a data directory and a configuration.

use std::os::unix::fs::symlink;
use std::path::Path;

use lds_domain::generator::{
    GenerateRequest, Generated, GeneratorInfo, GeneratorState, RequestFeature, RequestKind,
    RequestProduct, Value,
};
use lds_domain::host::Host;
use lds_domain::ports::Generators as _;
use lds_domain::terms::LicenseType;
use lds_domain::{Error, Result};
use lds_generators::{CacheKey, Generators, GeneratorsConfig, Options, Pins, WorkerProgram};
use tempfile::TempDir;
use time::macros::{date, datetime};

use crate::kit::worker;
use crate::paper::Paper;

/// A data directory and the text of the operator's file.
pub(crate) struct Server {
    dir: TempDir,
    config: String,
    worker: WorkerProgram,
}

impl Server {
    pub(crate) fn new(config: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("plugins")).unwrap();
        // All servers share the compiled code, as one does with itself.
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache");
        std::fs::create_dir_all(&cache).unwrap();
        symlink(cache, dir.path().join("cache")).unwrap();
        Self {
            dir,
            config: config.into(),
            worker: worker(),
        }
    }

    /// With workers that are started otherwise.
    pub(crate) fn with_worker(self, worker: WorkerProgram) -> Self {
        Self { worker, ..self }
    }

    pub(crate) fn data_dir(&self) -> &Path {
        self.dir.path()
    }

    /// Puts a module into the plugin folder.
    pub(crate) fn with(self, file: &str, paper: &Paper) -> Self {
        self.with_wat(file, &paper.module())
    }

    /// Puts a module or component of this text into the plugin folder, as binary.
    pub(crate) fn with_wat(self, file: &str, text: &str) -> Self {
        let path = self.dir.path().join("plugins").join(file);
        std::fs::write(path, wat::parse_str(text).unwrap()).unwrap();
        self
    }

    pub(crate) async fn start(&self) -> Generators {
        self.start_knowing(&Pins::new()).await
    }

    /// With digests that were seen before.
    pub(crate) async fn start_knowing(&self, pins: &Pins) -> Generators {
        let config: GeneratorsConfig = toml::from_str(&self.config).unwrap();
        let options = Options {
            config: &config,
            data_dir: self.dir.path(),
            cache_key: CacheKey::new(&[7; 32]),
            pins,
            worker: self.worker.clone(),
        };
        Generators::start(options).await.unwrap()
    }

    /// How a plugin is listed.
    pub(crate) async fn listed(&self, name: &str) -> GeneratorInfo {
        let generators = self.start().await;
        let info = generators.get(name).expect("the plugin is not listed");
        GeneratorInfo::clone(&info)
    }

    /// The sentence of a plugin that failed.
    pub(crate) async fn failure(&self, name: &str) -> String {
        let info = self.listed(name).await;
        assert_eq!(info.state, GeneratorState::Failed);
        info.message.expect("a failed plugin has a message")
    }

    pub(crate) async fn generate(&self, name: &str) -> Result<Generated> {
        self.start().await.generate(name, &request()).await
    }

    pub(crate) async fn error(&self, name: &str) -> Error {
        self.generate(name).await.expect_err("a license was made")
    }
}

/// An activation of one feature on one machine.
pub(crate) fn request() -> GenerateRequest {
    GenerateRequest {
        kind: RequestKind::Activation,
        dry_run: false,
        now: datetime!(2026-11-24 23:31:13 UTC),
        today: date!(2026 - 11 - 25),
        seed: [0x5a; 32],
        license_id: "lic_0193f0a27c4e7b1f9a3c5d7e9f1b3d5f".into(),
        order: None,
        customer: None,
        licensee: Some("Müller GmbH".into()),
        product: RequestProduct {
            code: "cad".into(),
            name: "CAD Pro".into(),
            version: Some("2026.1".into()),
            attributes: vec![],
        },
        license_type: LicenseType::NodeLocked,
        quantity: 1,
        features: vec![RequestFeature {
            name: "draw".into(),
            version: Some("2.0".into()),
            count: 0,
            expires_on: Some(date!(2027 - 11 - 24)),
            maintenance_until: None,
            parameters: vec![],
            attributes: vec![],
        }],
        hosts: vec![Host {
            host_type: "ETHERNET".into(),
            value: "001122aabbcc".into(),
            name: None,
            port: None,
        }],
        starts_on: None,
        expires_on: Some(date!(2027 - 11 - 24)),
        maintenance_until: None,
        settings: vec![("vendor".into(), Value::Text("acmed".into()))],
        parameters: vec![],
        previous: None,
    }
}
