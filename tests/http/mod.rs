//! What the HTTP side of the services promises: `soap.md`'s rules and its table of hostile input.

mod bodies;
mod credentials;
mod description;
mod digests;
mod envelopes;
mod framing;
mod guessing;
mod hostile;
mod lifecycle;
mod logs;
mod methods;
mod metrics;
mod slow;
