//! HTTP: the SOAP endpoints, the customers' portal and the management listener.
//!
//! A request is decoded once at this edge into a command of the domain, and what the domain
//! answers or refuses becomes a reply, a fault or a page once. This crate must not know SQL,
//! plugins or files: it is given the domain's services, and bound sockets to serve them on.

mod app;
mod auth;
mod bounded;
mod correlation;
mod http;
mod limiter;
mod management;
mod observe;
mod options;
mod order_ids;
mod portal;
mod soap;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use lds_domain::service::Services;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use management::serve_management;
pub use options::{Branding, GeneratorService, Options};

/// Serves the public interfaces until `stop`; then finishes what is in flight, for ten seconds at
/// most. The key is drawn for each process: what is kept of passwords is bound to it.
///
/// # Errors
/// None so far but those of the socket.
pub async fn serve(
    listener: TcpListener,
    services: Arc<Services>,
    options: Options,
    random_key: [u8; 32],
    stop: CancellationToken,
) -> std::io::Result<()> {
    listener.local_addr()?;
    let limits = options.connection_limits();
    let app = app::App::new(services, options, &random_key);
    http::connection::serve(listener, Arc::new(app), limits, stop).await;
    Ok(())
}
