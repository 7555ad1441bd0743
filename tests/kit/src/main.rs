//! A stand-in for a vendor's signing kit, for tests and the demonstration. It behaves as such kits
//! do: it replaces the placeholder of each grant by hex digits, and lays the lines out anew. The
//! digits depend on the line and on the servers' host ids, but they are no signature and prove
//! nothing. With `--fault` it misbehaves in one way. It shares no code with what it tests.
//!
//! ```text
//! kit [--digits N] [--fault NAME] in_place FILE
//! kit [--digits N] [--fault NAME] in_out IN OUT
//! kit [--digits N] [--fault NAME] stdio
//! ```

mod arguments;
mod layout;
mod sign;

use std::io::{self, Read, Write};
use std::process::ExitCode;

use arguments::{Arguments, Fault, Files};

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(message) => {
            eprintln!("kit: {message}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<ExitCode, String> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let text = read(&arguments.files).map_err(|error| error.to_string())?;
    if arguments.fault == Some(Fault::Hang) {
        loop {
            std::thread::park();
        }
    }
    let signed = sign::sign(&text, arguments.digits, arguments.fault);
    write(&arguments.files, &signed).map_err(|error| error.to_string())?;
    if arguments.fault == Some(Fault::Exit) {
        return Err("bad line".to_owned());
    }
    Ok(ExitCode::SUCCESS)
}

fn read(files: &Files) -> io::Result<String> {
    match files {
        Files::InPlace(path) | Files::InOut(path, _) => std::fs::read_to_string(path),
        Files::Stdio => {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text)?;
            Ok(text)
        }
    }
}

fn write(files: &Files, text: &str) -> io::Result<()> {
    match files {
        Files::InPlace(path) | Files::InOut(_, path) => std::fs::write(path, text),
        Files::Stdio => io::stdout().write_all(text.as_bytes()),
    }
}
