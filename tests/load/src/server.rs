//! The server under load: the real program on a data directory of its own, with data made over
//! SOAP.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::child::Running;
use crate::drive;
use crate::soap::{self, LOGIN, PASSWORD};

const START: Duration = Duration::from_secs(30);
const BATCH: usize = 1000;
const COMPLAINTS: usize = 10;

/// A data directory and the program for it; the directory goes with the value.
pub(crate) struct Installed {
    lds: PathBuf,
    folder: TempDir,
}

/// The server, running.
pub(crate) struct Server {
    pub(crate) running: Running,
    pub(crate) address: String,
    /// From the start of the process to its first answer.
    pub(crate) ready_after: Duration,
    log: PathBuf,
}

impl Installed {
    /// A fresh one with its operator; `config` is the text of the configuration file.
    pub(crate) fn new(lds: &Path, config: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("lds.toml"), config)?;
        let password = folder.path().join("password");
        std::fs::write(&password, PASSWORD)?;
        let installed = Self {
            lds: lds.to_owned(),
            folder,
        };
        let status = installed
            .command(&["user", "create"])
            .args([
                "--login",
                LOGIN,
                "--role",
                "administrator",
                "--password-file",
            ])
            .arg(password)
            .stdout(Stdio::null())
            .status()?;
        if !status.success() {
            bail!("lds user create: {status}");
        }
        Ok(installed)
    }

    /// Starts it and waits until it answers.
    pub(crate) fn start(&self) -> Result<Server> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let log_path = self.folder.path().join("log");
        let log = std::fs::File::create(&log_path)?;
        let start = Instant::now();
        let running = Running::start(
            self.command(&["serve"])
                .args(["--listen", &address])
                .stderr(log.try_clone()?)
                .stdout(log),
        )?;
        while drive::once(&address, &soap::service_info()).is_err() {
            if start.elapsed() > START {
                bail!("the server does not answer");
            }
            thread::sleep(Duration::from_millis(1));
        }
        let ready_after = start.elapsed();
        Ok(Server {
            running,
            address,
            ready_after,
            log: log_path,
        })
    }

    /// The file of the embedded database.
    pub(crate) fn database(&self) -> PathBuf {
        self.data_dir().join("lds.db")
    }

    fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.lds);
        command
            .args(words)
            .arg("--config")
            .arg(self.folder.path().join("lds.toml"))
            .arg("--data-dir")
            .arg(self.data_dir());
        command
    }
}

impl Server {
    /// Makes a customer, a product and so many orders, and gives their Order IDs.
    pub(crate) fn sell(&self, count: usize) -> Result<Vec<String>> {
        let customer = self.created(&soap::customer())?;
        let product = self.created(&soap::product())?;
        let activate = format!("<id>{product}</id>");
        self.call(&soap::internal("activateProducts", &activate))?;
        let mut order_ids = Vec::with_capacity(count);
        while order_ids.len() < count {
            let batch = BATCH.min(count - order_ids.len());
            let order = format!(
                "<order><customerId>{customer}</customerId><productId>{product}</productId>\
                 </order><count>{batch}</count>"
            );
            let reply = self.call(&soap::internal("createOrders", &order))?;
            let made = soap::values(&reply, "orderId");
            if made.len() != batch {
                bail!("{} of {batch} orders were made", made.len());
            }
            order_ids.extend(made.into_iter().map(str::to_owned));
        }
        Ok(order_ids)
    }

    /// The last of what it logged and did not like, for the case that a run fails.
    pub(crate) fn complaints(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_else(|error| error.to_string());
        let complaints = log.lines().filter(|line| !line.contains(" INFO "));
        let mut last: Vec<_> = complaints.rev().take(COMPLAINTS).collect();
        last.reverse();
        last.join("\n")
    }

    fn call(&self, request: &[u8]) -> Result<String> {
        drive::once(&self.address, request)
    }

    /// The id of the one entity that a batch made.
    fn created(&self, request: &[u8]) -> Result<String> {
        let reply = self.call(request)?;
        let id = soap::values(&reply, "id")
            .first()
            .map(|id| (*id).to_owned());
        id.with_context(|| format!("nothing was made: {reply}"))
    }
}
