//! The management listener, and how both end.

use std::sync::atomic::Ordering;

use lds_domain::user::UserState;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::office::Office;
use super::{Answer, read};
use crate::{Options, serve, serve_management};

async fn ask(address: std::net::SocketAddr, path: &str) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    read(&mut stream).await
}

#[tokio::test]
async fn health_readiness_and_metrics_are_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let office = Office::new(UserState::Active);
    let recorder = PrometheusBuilder::new().build_recorder();
    let stop = CancellationToken::new();
    let _serving = tokio::spawn(serve_management(
        listener,
        office.services(),
        recorder.handle(),
        stop.clone(),
    ));
    metrics::with_local_recorder(&recorder, || metrics::counter!("seen_total").increment(3));
    ask(address, "/healthz").await.assert(200, &["alive"]);
    ask(address, "/readyz").await.assert(200, &["ready"]);
    ask(address, "/metrics")
        .await
        .assert(200, &["seen_total 3"]);
    ask(address, "/soap/v1?wsdl").await.assert(404, &[]);
    office.is_broken.store(true, Ordering::Relaxed);
    ask(address, "/readyz").await.assert(503, &["store"]);
    ask(address, "/healthz").await.assert(200, &[]);
    office.is_broken.store(false, Ordering::Relaxed);
    stop.cancel();
    ask(address, "/readyz").await.assert(503, &["stopping"]);
}

#[tokio::test]
async fn what_has_begun_is_finished_and_nothing_new_begun() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let services = Office::new(UserState::Active).services();
    let options = Options::default();
    let serving = tokio::spawn(serve(listener, services, options, [7; 32], stop.clone()));
    let mut idle = TcpStream::connect(address).await.unwrap();
    let mut begun = TcpStream::connect(address).await.unwrap();
    let head =
        "POST /soap/v1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
    begun.write_all(head.as_bytes()).await.unwrap();
    begun.read_exact(&mut [0; 25]).await.unwrap();
    stop.cancel();
    assert_eq!(idle.read(&mut [0]).await.unwrap(), 0);
    begun.write_all(b"<a/>").await.unwrap();
    read(&mut begun).await.assert(500, &["no SOAP envelope"]);
    serving.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
