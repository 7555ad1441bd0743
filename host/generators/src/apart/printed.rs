//! What a plugin prints by itself, beside what its carrier reads: it is logged, up to a limit
//! for each call, so that no plugin fills the log.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{ChildStderr, ChildStdout};

use crate::limits::MAX_LOG;

use super::spawn::Process;

/// The longest line that is logged, in bytes.
const MAX_LINE: u64 = 1024;
/// What a line counts at least: one in the log is never shorter.
const MIN_LINE: usize = 64;

/// The output of one process.
pub(crate) struct Printed(Room);

impl Printed {
    /// Logs what the process prints from now on by those pipes that nobody else has taken.
    pub(crate) fn by(process: &mut Process, plugin: &str) -> io::Result<Self> {
        let room = Room::new();
        let name = plugin.to_owned();
        if let Some(child) = process.child() {
            if let Some(stdout) = child.stdout.take() {
                let pipe = ChildStdout::from_std(stdout)?;
                tokio::spawn(log_lines(pipe, room.clone(), name.clone()));
            }
            if let Some(stderr) = child.stderr.take() {
                tokio::spawn(log_lines(
                    ChildStderr::from_std(stderr)?,
                    room.clone(),
                    name,
                ));
            }
        }
        Ok(Self(room))
    }

    /// A call begins, which may print as much as any.
    pub(crate) fn renew(&self) {
        self.0.renew();
    }
}

/// What the current call may still print.
#[derive(Clone)]
struct Room(Arc<AtomicUsize>);

/// What becomes of a line.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    Logged,
    /// The first that has no room.
    Told,
    Dropped,
}

impl Room {
    fn new() -> Self {
        Self(Arc::new(AtomicUsize::new(MAX_LOG)))
    }

    fn renew(&self) {
        self.0.store(MAX_LOG, Ordering::Relaxed);
    }

    /// Takes the room of a line. A little stays until the first line that has none.
    fn take(&self, len: usize) -> Fate {
        let rest = |left: usize| left.checked_sub(len.max(MIN_LINE)).filter(|rest| *rest > 0);
        let relaxed = Ordering::Relaxed;
        match self.0.fetch_update(relaxed, relaxed, rest) {
            Ok(_) => Fate::Logged,
            Err(_) if self.0.swap(0, relaxed) > 0 => Fate::Told,
            Err(_) => Fate::Dropped,
        }
    }
}

/// Reads to the end so that the plugin never waits; a broken pipe ends it.
async fn log_lines(pipe: impl AsyncRead + Unpin, room: Room, plugin: String) {
    let mut pipe = BufReader::new(pipe);
    let mut line = Vec::new();
    while let Ok(1..) = next_line(&mut pipe, &mut line).await {
        match room.take(line.len()) {
            Fate::Logged => {
                let text = String::from_utf8_lossy(&line);
                tracing::info!(plugin, printed = text.trim_end(), "plugin process printed");
            }
            Fate::Told => {
                tracing::warn!(plugin, "plugin process prints too much in a call: dropped");
            }
            Fate::Dropped => {}
        }
    }
}

async fn next_line(
    pipe: &mut (impl AsyncBufReadExt + Unpin),
    line: &mut Vec<u8>,
) -> io::Result<usize> {
    line.clear();
    pipe.take(MAX_LINE).read_until(b'\n', line).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fates(room: &Room, len: usize, lines: usize) -> (usize, usize) {
        let fates: Vec<_> = (0..lines).map(|_| room.take(len)).collect();
        let count = |fate: &Fate| fates.iter().filter(|other| *other == fate).count();
        (count(&Fate::Logged), count(&Fate::Told))
    }

    #[test]
    fn a_call_prints_so_much_and_the_rest_is_told_of_once() {
        let room = Room::new();
        assert_eq!(fates(&room, 1000, 100), (65, 1));
        assert_eq!(fates(&room, 1, 100), (0, 0));
        room.renew();
        assert_eq!(fates(&room, 1000, 1), (1, 0));
    }

    #[test]
    fn short_lines_count_too() {
        assert_eq!(fates(&Room::new(), 0, 75_000), (1023, 1));
    }

    #[tokio::test]
    async fn no_plugin_fills_the_log() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(Arc::new(file.reopen().unwrap()))
            .finish();
        let guard = tracing::subscriber::set_default(subscriber);
        let text = b"again\n".repeat(75_000);
        log_lines(&text[..], Room::new(), "loud.so".to_owned()).await;
        drop(guard);
        let log = std::fs::read_to_string(file.path()).unwrap();
        assert_eq!(log.matches("again").count(), 1023);
        assert_eq!(log.matches("prints too much").count(), 1);
        assert_eq!(log.lines().count(), 1024);
    }
}
