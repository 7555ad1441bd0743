//! Logs on standard error, as text for people or JSON for collectors.

use tracing_subscriber::fmt;

use crate::config::log::{Format, Log};

/// Starts logging for the whole process.
pub(crate) fn start(settings: &Log) {
    let builder = fmt()
        .with_env_filter(settings.filter.build())
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        // A line that can't be written, to a full disk say, is lost. The complaint about it would
        // go the same way, and its failure is a panic.
        .log_internal_errors(false);
    match settings.format {
        Format::Text => builder.init(),
        Format::Json => builder.json().flatten_event(true).init(),
    }
}
