//! The operator's words on plugins and signers: `[plugins.NAME]`, whose packages are taken, and
//! `[signers.NAME]`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::limits::Limits;
use crate::package::{ManifestKind, PublicKey};
use crate::signer::Algorithm;

/// All sections.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GeneratorsConfig {
    /// By the name that products use.
    pub plugins: BTreeMap<String, PluginConfig>,
    /// By the name that products use.
    pub remotes: BTreeMap<String, RemoteConfig>,
    /// By the name that grants use.
    pub signers: BTreeMap<String, SignerConfig>,
    /// By the vendor's name.
    pub plugin_trust: BTreeMap<String, TrustConfig>,
    /// By the kind of package.
    pub plugin_policy: PolicyConfig,
}

/// `[plugin_trust.VENDOR]`: whose packages are taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustConfig {
    /// The public key that signs them.
    pub key: PublicKey,
    /// Prefixes of ids that are the vendor's, at whole labels.
    pub ids: Vec<String>,
}

/// `[plugin_policy]`: whether packages of a kind need a trusted signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyConfig {
    /// Modules.
    pub wasm: Policy,
    /// Components.
    pub component: Policy,
    /// Libraries.
    pub native: Policy,
    /// Programs.
    pub process: Policy,
}

/// What a package without a trusted signature is met with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// It is refused.
    Require,
    /// It is taken, and the log tells so.
    Warn,
    /// It is taken.
    Off,
}

impl Default for PolicyConfig {
    fn default() -> Self {
        Self {
            wasm: Policy::Warn,
            component: Policy::Warn,
            native: Policy::Require,
            process: Policy::Require,
        }
    }
}

impl PolicyConfig {
    /// That of a kind.
    pub(crate) fn of(&self, kind: ManifestKind) -> Policy {
        match kind {
            ManifestKind::Wasm => self.wasm,
            ManifestKind::Component => self.component,
            ManifestKind::Native => self.native,
            ManifestKind::Process => self.process,
        }
    }
}

/// `[plugins.NAME]`: everything is optional.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PluginConfig {
    /// The id of a package, a file or a package's folder in the plugin folder, or an
    /// absolute path; by default the bundled or installed plugin that calls itself NAME.
    pub package: Option<PathBuf>,
    /// Whether it is taken into service.
    pub enabled: bool,
    /// Time of a call, in milliseconds.
    pub time_ms: Option<u32>,
    /// Memory of a call, in MiB.
    pub memory_mib: Option<u32>,
    /// Size of a result, in KiB.
    pub output_kib: Option<u32>,
    /// Calls at once.
    pub concurrency: Option<u16>,
    /// Calls that wait.
    pub queue: Option<u16>,
    /// Capability = signer, or `true` for a capability without one.
    pub grants: BTreeMap<String, Grant>,
    /// Values for settings that a product leaves out.
    pub settings: BTreeMap<String, SettingValue>,
}

impl Default for PluginConfig {
    fn default() -> Self {
        Self {
            package: None,
            enabled: true,
            time_ms: None,
            memory_mib: None,
            output_kib: None,
            concurrency: None,
            queue: None,
            grants: BTreeMap::new(),
            settings: BTreeMap::new(),
        }
    }
}

impl PluginConfig {
    /// The defaults of the kind of plugin, changed as the operator says.
    pub(crate) fn limits(&self, defaults: Limits) -> Limits {
        let size = |value: Option<u32>, shift: u32, default: usize| {
            value.map_or(default, |value| (value as usize) << shift)
        };
        Limits {
            time: self
                .time_ms
                .map_or(defaults.time, |ms| Duration::from_millis(ms.max(1).into())),
            memory: size(self.memory_mib, 20, defaults.memory),
            output: size(self.output_kib, 10, defaults.output),
            concurrency: self
                .concurrency
                .map_or(defaults.concurrency, |n| n.max(1).into()),
            queue: self.queue.map_or(defaults.queue, Into::into),
        }
    }
}

/// What a capability is granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Grant {
    /// A capability without a signer, such as `order-id`.
    Flag(bool),
    /// The signer of this name.
    Signer(String),
}

/// A setting in the operator's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SettingValue {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text or a date.
    Text(String),
    /// A list.
    List(Vec<String>),
}

impl SettingValue {
    /// As on the wire: a list is the name repeated.
    pub(crate) fn texts(&self) -> Vec<String> {
        match self {
            Self::Bool(value) => vec![value.to_string()],
            Self::Int(value) => vec![value.to_string()],
            Self::Text(value) => vec![value.clone()],
            Self::List(values) => values.clone(),
        }
    }
}

/// `[remotes.NAME]`: a service that writes texts. Paths are relative to the data directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoteConfig {
    /// Where it is, `https://…` or `http://…`.
    pub url: String,
    /// Whether it is taken into service.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The license technology to name in requests.
    pub technology: Option<String>,
    /// The login to show.
    pub user: Option<String>,
    /// The password of that login.
    pub password_file: Option<PathBuf>,
    /// A token to show in their place.
    pub token_file: Option<PathBuf>,
    /// The certificates that sign the service's own, in PEM; absent: the system's.
    pub ca_file: Option<PathBuf>,
    /// What it declares: a document as DESCRIBE gives it; absent: the usual host types alone.
    pub description: Option<PathBuf>,
    /// Time of a call, in milliseconds.
    pub time_ms: Option<u32>,
    /// Size of a reply, in KiB.
    pub output_kib: Option<u32>,
    /// Calls at once.
    pub concurrency: Option<u16>,
    /// Calls that wait.
    pub queue: Option<u16>,
    /// Values for settings that a product leaves out.
    #[serde(default)]
    pub settings: BTreeMap<String, SettingValue>,
}

impl RemoteConfig {
    /// What it has in common with plugins.
    pub(crate) fn as_plugin(&self) -> PluginConfig {
        PluginConfig {
            enabled: self.enabled,
            time_ms: self.time_ms,
            output_kib: self.output_kib,
            concurrency: self.concurrency,
            queue: self.queue,
            settings: self.settings.clone(),
            ..PluginConfig::default()
        }
    }
}

fn yes() -> bool {
    true
}

/// `[signers.NAME]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum SignerConfig {
    /// A key in a file.
    File {
        /// PKCS#8 in PEM, or a shared secret; relative to the data directory.
        key_file: PathBuf,
        /// A file with the passphrase of an encrypted key; relative to the data directory.
        passphrase_file: Option<PathBuf>,
        /// The only one to sign with; HS256 tells that the file is a shared secret.
        algorithm: Option<Algorithm>,
    },
    /// A key in a token that a module signs with.
    Pkcs11(Pkcs11Config),
    /// The vendor's program.
    Command(CommandConfig),
}

/// `kind = "pkcs11"`: a key in a token; its label or its id names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pkcs11Config {
    /// The library of the token's maker, by absolute path.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    /// The label of both halves of the key.
    pub key_label: Option<String>,
    /// The id of both halves, in hex.
    pub key_id: Option<String>,
    /// A file with the user's PIN; relative to the data directory.
    pub pin_file: PathBuf,
    /// The only one to sign with.
    pub algorithm: Option<Algorithm>,
    /// Time of a signature, in milliseconds.
    #[serde(default = "ten_seconds")]
    pub time_ms: u32,
    /// Signatures at once.
    #[serde(default = "four")]
    pub sessions: u16,
    /// Messages that wait.
    #[serde(default = "sixty_four")]
    pub queue: u16,
    /// Variables of the server's environment that the module gets.
    #[serde(default)]
    pub env: Vec<String>,
}

/// `kind = "command"`: a program that signs whole files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommandConfig {
    /// The program, by absolute path.
    pub program: PathBuf,
    /// Its arguments, in which `{in}`, `{out}` and `{err}` stand for files.
    #[serde(default = "input_only")]
    pub args: Vec<String>,
    /// How the file goes in and comes out.
    #[serde(default)]
    pub mode: CommandMode,
    /// Time of a run, in milliseconds.
    #[serde(default = "ten_seconds")]
    pub time_ms: u32,
    /// Exit codes that mean success.
    #[serde(default = "zero")]
    pub exit_codes: Vec<i32>,
    /// Variables of the server's environment that the program gets.
    #[serde(default)]
    pub env: Vec<String>,
    /// Whether any output on standard error is a failure.
    #[serde(default)]
    pub stderr_fatal: bool,
    /// Files that wait while one is signed.
    #[serde(default = "sixteen")]
    pub queue: u16,
}

/// How a command gets and gives the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandMode {
    /// It changes `{in}`.
    #[default]
    InPlace,
    /// It reads `{in}` and writes `{out}`.
    InOut,
    /// It reads standard input and writes standard output.
    Stdio,
}

fn input_only() -> Vec<String> {
    vec!["{in}".into()]
}

fn ten_seconds() -> u32 {
    10_000
}

fn four() -> u16 {
    4
}

fn sixty_four() -> u16 {
    64
}

fn zero() -> Vec<i32> {
    vec![0]
}

fn sixteen() -> u16 {
    16
}
