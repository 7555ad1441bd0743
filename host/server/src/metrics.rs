//! The recorder behind `/metrics`. Times and sizes of groups are histograms with fixed bounds, so
//! that those of several nodes can be added up; it must not know what is measured, only that times
//! end in `_seconds` and sizes of groups in `_units`.

use anyhow::{Context, Result};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Upper bounds of times, in seconds: from a stored license, which takes a fraction of a
/// millisecond, to a slow signer, which may take ten seconds.
const SECONDS: [f64; 16] = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    5.0, 10.0,
];

/// Upper bounds of sizes of groups, up to the largest that there is.
const UNITS: [f64; 7] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

/// Starts recording for the whole process.
pub(crate) fn start() -> Result<PrometheusHandle> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .and_then(|builder| {
            builder.set_buckets_for_metric(Matcher::Suffix("_units".to_owned()), &UNITS)
        })
        .and_then(PrometheusBuilder::install_recorder)
        .context("cannot start the metrics")
}
