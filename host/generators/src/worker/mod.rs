//! The other side: what the server's binary does when it is started as a
//! worker. Only here is foreign native code loaded.
//!
//! It knows nothing of documents, configuration or the server's state.

mod harden;
mod link;
mod native;

use std::process::ExitCode;

use crate::error::LoadError;

/// Runs a worker with the arguments that follow the hidden one.
///
/// `native LIBRARY OUTPUT_LIMIT MEMORY_LIMIT` serves calls over the socket on
/// standard input, `compile LAYOUT` compiles a module from standard input.
pub fn main(args: impl IntoIterator<Item = std::ffi::OsString>) -> ExitCode {
    let args: Vec<_> = args.into_iter().collect();
    let words: Vec<_> = args.iter().map(|arg| arg.to_str()).collect();
    let result = match words.as_slice() {
        [Some("native"), _, Some(output), Some(memory)] => {
            native::serve(args[1].as_ref(), output, memory)
        }
        [Some("compile"), Some(mode)] => {
            harden::before_compiling().and_then(|()| crate::wasm::compile_here(mode))
        }
        _ => Err(LoadError::new(
            "this command serves the program itself and is not for use by hand",
        )),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
