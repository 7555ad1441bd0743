//! What is told of each call: one line in the log, a count and a time in the metrics; never an
//! Order ID, a secret or a license text.

use std::time::Duration;

use hyper::StatusCode;
use lds_soap::Service;
use metrics::{Counter, Histogram};

use crate::correlation::Correlation;

/// Outcome of what succeeded.
pub(super) const OK: &str = "OK";
/// The operation of what never got so far as to name a known one.
const UNKNOWN: &str = "unknown";

/// Counts the calls of an operation.
pub(super) struct Meter {
    operation: &'static str,
    service: &'static str,
    succeeded: Counter,
    time: Histogram,
}

impl Meter {
    pub(super) fn new(service: Service, operation: &'static str) -> Self {
        let service = label(service);
        Self {
            operation,
            service,
            succeeded: counter(service, operation, OK),
            time: metrics::histogram!(
                "lds_request_seconds", "service" => service, "operation" => operation),
        }
    }

    /// What has no operation.
    pub(super) fn unknown(service: Service) -> Self {
        Self::new(service, UNKNOWN)
    }

    /// The operation's name.
    pub(super) const fn operation(&self) -> &'static str {
        self.operation
    }

    /// Counts a call and tells of it.
    pub(super) fn ended(&self, ended: &Ended) {
        if ended.outcome == OK {
            self.succeeded.increment(1);
        } else {
            counter(self.service, self.operation, ended.outcome).increment(1);
        }
        self.time.record(ended.time.as_secs_f64());
        tracing::info!(
            service = self.service,
            operation = self.operation,
            status = ended.status.as_u16(),
            outcome = ended.outcome,
            duration_us = u64::try_from(ended.time.as_micros()).unwrap_or(u64::MAX),
            correlation_id = %ended.correlation,
            "answered a call"
        );
    }
}

/// How a call ended.
pub(super) struct Ended {
    /// The HTTP status.
    pub(super) status: StatusCode,
    /// `OK`, or the code of the fault.
    pub(super) outcome: &'static str,
    /// From the head of the request to the reply.
    pub(super) time: Duration,
    /// Leads from the fault to here.
    pub(super) correlation: Correlation,
}

fn counter(service: &'static str, operation: &'static str, outcome: &'static str) -> Counter {
    metrics::counter!(
        "lds_requests_total", "service" => service, "operation" => operation, "outcome" => outcome)
}

const fn label(service: Service) -> &'static str {
    match service {
        Service::LicenseDistribution => "license-distribution",
        Service::Activation => "activation",
        Service::Generator => "generator",
    }
}
