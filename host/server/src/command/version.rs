//! `lds version`.

/// Prints name and version.
pub(super) fn run() {
    println!("lds {}", env!("CARGO_PKG_VERSION"));
}
