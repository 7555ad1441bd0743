//! Randomness of the operating system.

use lds_domain::ports::Random;

/// The system's generator.
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    /// Without randomness there are no ids and no secrets, so nothing can go on safely.
    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            tracing::error!("the operating system gives no random numbers");
            std::process::abort();
        }
    }
}
