//! `lds healthcheck`: for containers that have no other program to ask with.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::config::Config;

/// Longest answer that is read, in bytes.
const MAX_ANSWER: u64 = 4096;

/// Ask the running server whether it is ready
#[derive(clap::Args)]
pub(super) struct Healthcheck {
    /// How long to wait, in milliseconds
    #[arg(long, default_value_t = 3000, value_parser = clap::value_parser!(u32).range(1..))]
    time_ms: u32,
}

impl Healthcheck {
    pub(super) fn run(self, config: &Config) -> Result<()> {
        let address = reachable(config.http.management.listen);
        let time = Duration::from_millis(self.time_ms.into());
        let answer =
            ask(address, time).with_context(|| format!("no answer from http://{address}"))?;
        let (status, body) = split(&answer);
        ensure!(status == "200", "not ready: {}", body.trim());
        println!("ready");
        Ok(())
    }
}

/// A server that listens everywhere is asked on this machine.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}

fn ask(address: SocketAddr, time: Duration) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, time)?;
    stream.set_read_timeout(Some(time))?;
    stream.set_write_timeout(Some(time))?;
    write!(
        stream,
        "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.take(MAX_ANSWER).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Status and body of an HTTP answer.
fn split(answer: &str) -> (&str, &str) {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    (head.split(' ').nth(1).unwrap_or_default(), body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_status_and_body() {
        let answer = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy";
        assert_eq!(split(answer), ("503", "busy"));
        assert_eq!(split("garbage"), ("", ""));
    }

    #[test]
    fn a_server_that_listens_everywhere_is_asked_here() {
        let at = |text: &str| reachable(text.parse().unwrap()).to_string();
        assert_eq!(at("0.0.0.0:8081"), "127.0.0.1:8081");
        assert_eq!(at("[::]:8081"), "[::1]:8081");
        assert_eq!(at("10.1.2.3:8081"), "10.1.2.3:8081");
    }
}
