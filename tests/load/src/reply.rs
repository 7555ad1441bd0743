//! A floor: axum answers every request with the same bytes.

use std::path::Path;

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use tokio::net::TcpListener;

/// Serves the bytes of a file and prints the address; runs until it is ended.
pub(crate) fn serve(file: &Path) -> Result<()> {
    let reply = Bytes::from(std::fs::read(file)?);
    let answer = move |_request: Bytes| {
        std::future::ready(([(CONTENT_TYPE, "text/xml; charset=utf-8")], reply.clone()))
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        axum::serve(listener, Router::new().fallback(answer)).await?;
        Ok(())
    })
}
