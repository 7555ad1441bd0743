//! Loads and calls generators; limits, workers, signers.
