//! `lds serve`: from the start to the graceful stop.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use lds_domain::access::Actor;
use lds_domain::query::{Paging, UserFilter};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::explained;
use crate::app::App;
use crate::config::Config;
use crate::config::http::read_address;
use crate::data_dir::DataDir;
use crate::metrics;

/// Serve licenses until told to stop
#[derive(clap::Args)]
pub(super) struct Serve {
    /// Address and port for clients [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = read_address)]
    pub(super) listen: Option<SocketAddr>,
}

/// The bound sockets. They are bound before anything is opened, so that a second server on the
/// same address fails at once.
struct Sockets {
    clients: TcpListener,
    management: TcpListener,
}

pub(super) async fn run(config: &Config) -> Result<()> {
    let sockets = Sockets {
        clients: bind("http.listen", config.http.listen).await?,
        management: bind("http.management.listen", config.http.management.listen).await?,
    };
    let stop = stop_on_signal()?;
    let _lock = DataDir::open(&config.data_dir)?.lock()?;
    let app = App::start(config).await?;
    announce(config, &sockets)?;
    tell_the_first_step(config, &app).await?;
    let served = serve(config, &app, sockets, stop).await;
    app.close().await;
    tracing::info!("stopped");
    served
}

async fn bind(key: &str, address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("{key}: cannot listen on {address}"))
}

/// Serves both until told to stop and the last client is served.
async fn serve(
    config: &Config,
    app: &App,
    sockets: Sockets,
    stop: CancellationToken,
) -> Result<()> {
    let metrics = metrics::start()?;
    let mut key = [0; 32];
    app.random.fill(&mut key);
    // It tells that the server is stopping until the last client is served, and then ends.
    let management = tokio::spawn(lds_web::serve_management(
        sockets.management,
        app.services.clone(),
        metrics,
        stop.clone(),
    ));
    let options = config.http.options(&config.branding, &config.fno);
    let services = app.services.clone();
    lds_web::serve(sockets.clients, services, options, key, stop)
        .await
        .context("cannot serve clients")?;
    management.abort();
    Ok(())
}

/// Where the server is, for people and for programs that started it.
fn announce(config: &Config, sockets: &Sockets) -> Result<()> {
    let clients = sockets.clients.local_addr()?;
    let management = sockets.management.local_addr()?;
    let base = match &config.http.public_url {
        Some(url) => url.clone().into(),
        None => format!("http://{clients}"),
    };
    println!("listening on http://{clients}");
    println!("management on http://{management}");
    println!("portal: {base}/activate");
    println!("SOAP for the vendor: {base}/soap/v1?wsdl");
    println!("SOAP for customers: {base}/soap/activation/v1?wsdl");
    if !clients.ip().is_loopback() && !base.starts_with("https://") {
        tracing::warn!(
            address = %clients,
            "clients connect without encryption unless a proxy with TLS stands in front"
        );
    }
    Ok(())
}

/// Without a user nobody can sign in: the operator is told how to make one, which works while the
/// server runs.
async fn tell_the_first_step(config: &Config, app: &App) -> Result<()> {
    let any = Paging {
        size: 1,
        ..Paging::default()
    };
    let operator = Actor::operator();
    let found = app
        .services
        .find_users(&operator, UserFilter::default(), any);
    if found
        .await
        .map_err(|error| explained(&error))?
        .items
        .is_empty()
    {
        tracing::warn!(
            "there are no users yet: lds user create --login admin --role administrator \
             --password-file FILE --data-dir {}",
            config.data_dir.display()
        );
    }
    Ok(())
}

/// The first signal ends the service gracefully, a second one at once.
fn stop_on_signal() -> Result<CancellationToken> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot wait for signals")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot wait for signals")?;
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if told.is_cancelled() {
                tracing::warn!("told to stop again: stopping at once");
                std::process::exit(1);
            }
            tracing::info!("told to stop: finishing what has begun");
            told.cancel();
        }
    });
    Ok(stop)
}
