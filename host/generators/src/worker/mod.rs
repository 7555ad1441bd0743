//! The other side: what the server's binary does when it is started as a
//! worker. Only here is foreign native code loaded, or a program become.
//!
//! It knows nothing of documents, configuration or the server's state.

mod harden;
mod link;
mod native;
mod pkcs11;
mod program;

use std::process::ExitCode;

use crate::error::LoadError;

/// The exit code of a program that cannot be started: none of a plugin's.
const NO_PROGRAM: u8 = 127;

/// Runs a worker with the arguments that follow the hidden one.
///
/// `native LIBRARY OUTPUT_LIMIT MEMORY_LIMIT` serves calls over the socket on
/// standard input, `program FOLDER SCRATCH MEMORY_LIMIT PROGRAM ARGUMENT…` becomes
/// that program, `compile LAYOUT` compiles a module from standard input, `pkcs11`
/// signs with a key in a token, as the socket on standard input asks.
pub fn main(args: impl IntoIterator<Item = std::ffi::OsString>) -> ExitCode {
    let args: Vec<_> = args.into_iter().collect();
    let words: Vec<_> = args.iter().map(|arg| arg.to_str()).collect();
    let result = match words.as_slice() {
        [Some("native"), _, Some(output), Some(memory)] => {
            native::serve(args[1].as_ref(), output, memory)
        }
        [Some("program"), _, _, Some(memory), _, ..] => {
            return failed(
                &program::become_it(&args[1..], memory),
                ExitCode::from(NO_PROGRAM),
            );
        }
        [Some("pkcs11")] => pkcs11::serve(),
        [Some("compile"), Some(mode)] => {
            harden::before_compiling().and_then(|()| crate::wasm::compile_here(mode))
        }
        _ => Err(LoadError::new(
            "this command serves the program itself and is not for use by hand",
        )),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error, ExitCode::FAILURE),
    }
}

fn failed(error: &LoadError, code: ExitCode) -> ExitCode {
    eprintln!("{error}");
    code
}
