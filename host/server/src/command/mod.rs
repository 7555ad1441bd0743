//! The command line: one file per command. What a command prints is on standard output; why one
//! failed is one sentence on standard error.

mod config;
mod healthcheck;
mod order;
mod plugin;
mod serve;
mod signer;
mod token;
mod user;
mod version;

use std::ffi::OsString;
use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};

use crate::config::log::{Filter, Log};
use crate::config::{DEFAULT_FILE, Flag, Loaded, load};
use crate::logging;

/// License Distribution Service
#[derive(Parser)]
#[command(name = "lds", disable_help_subcommand = true)]
struct Arguments {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Args)]
struct Common {
    /// Configuration file [default: lds.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE", env = "LDS_CONFIG")]
    config: Option<PathBuf>,
    /// Directory of database, plugins and keys [default: lds-data]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<OsString>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve licenses until told to stop
    Serve(serve::Serve),
    /// Users of the administration
    #[command(subcommand)]
    User(user::User),
    /// API tokens
    #[command(subcommand)]
    Token(token::Token),
    /// Orders
    #[command(subcommand)]
    Order(order::Order),
    /// License generators
    #[command(subcommand)]
    Plugin(plugin::Plugin),
    /// Keys and signing programs
    #[command(subcommand)]
    Signer(signer::Signer),
    /// The configuration
    #[command(subcommand)]
    Config(config::Config),
    /// Ask the running server whether it is ready
    Healthcheck(healthcheck::Healthcheck),
    /// Print the version
    Version,
}

/// Runs the command that the process was started with.
pub(crate) fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(Arguments { common, command }: Arguments) -> Result<ExitCode> {
    if matches!(command, Command::Version) {
        version::run();
        return Ok(ExitCode::SUCCESS);
    }
    let listen = match &command {
        Command::Serve(serve) => serve.listen,
        _ => None,
    };
    let loaded = configuration(common, listen)?;
    logging::start(&log_settings(&command, &loaded));
    dispatch(command, &loaded)
}

/// A command that ends by itself has something to log only where something is wrong, unless the
/// operator wants to know more.
fn log_settings(command: &Command, loaded: &Loaded) -> Log {
    let log = loaded.config.log.clone();
    let told = loaded.origins.contains_key("log.filter");
    match command {
        Command::Serve(_) => log,
        _ if told => log,
        _ => Log {
            filter: Filter::warnings(),
            ..log
        },
    }
}

fn dispatch(command: Command, loaded: &Loaded) -> Result<ExitCode> {
    let config = &loaded.config;
    match command {
        Command::Serve(_) => block_on(serve::run(config))?,
        Command::User(command) => block_on(command.run(config))?,
        Command::Token(command) => block_on(command.run(config))?,
        Command::Order(command) => block_on(command.run(config))?,
        Command::Plugin(command) => return block_on(command.run(config)),
        Command::Signer(command) => block_on(command.run(config))?,
        Command::Config(command) => command.run(loaded)?,
        Command::Healthcheck(command) => command.run(config)?,
        Command::Version => version::run(),
    }
    Ok(ExitCode::SUCCESS)
}

/// File, environment and flags.
fn configuration(common: Common, listen: Option<SocketAddr>) -> Result<Loaded> {
    let mut flags = Vec::new();
    if let Some(dir) = common.data_dir {
        let value = dir.into_string().ok();
        flags.push(Flag {
            name: "--data-dir",
            key: "data_dir",
            value: value.context("--data-dir is not UTF-8")?,
        });
    }
    if let Some(address) = listen {
        flags.push(Flag {
            name: "--listen",
            key: "http.listen",
            value: address.to_string(),
        });
    }
    let default = Path::new(DEFAULT_FILE);
    let file = common
        .config
        .or_else(|| default.exists().then(|| default.to_owned()));
    // A variable that is no Unicode is none of ours.
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Ok(load(file.as_deref(), variables, flags)?)
}

fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?
        .block_on(future)
}

/// Reads a file that an argument names.
fn read_file(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The sentence for the operator; what only the log may hold goes there.
pub(crate) fn explained(error: &lds_domain::Error) -> anyhow::Error {
    if let Some(cause) = &error.internal {
        tracing::error!(code = %error.code, cause, "the operation failed");
    }
    match &error.field {
        Some(field) => anyhow::anyhow!("{field}: {}", error.message),
        None => anyhow::anyhow!("{}", error.message),
    }
}
