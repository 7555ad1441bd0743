//! Signs with a key in a token: loads one PKCS#11 module and serves one session with it, see
//! [`crate::signer`].

mod spki;
mod token;

use std::io::{self, BufRead, BufReader, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, sync_channel};

use rustix::process::{Signal, getpid, kill_process};
use serde::de::DeserializeOwned;

use crate::error::LoadError;
use crate::signer::talk::{Answer, Bytes, Opening, Signing, line};

use super::harden;
use token::{Failure, Token};

/// Serves until the server closes the socket, or until something fails.
pub(super) fn serve() -> Result<(), LoadError> {
    let lost = |error: io::Error| LoadError::new(error.to_string());
    let socket = take_socket().map_err(lost)?;
    let lines = listen(socket.try_clone().map_err(lost)?);
    let mut mouth = socket;
    let mut say = |answer: Answer| line(&answer).and_then(|line| mouth.write_all(&line));
    let opened = harden::before_signing()
        .map_err(Failure::from)
        .and_then(|()| Token::open(&next::<Opening>(&lines)?));
    let token = match opened {
        Ok(token) => token,
        Err(failure) => return say(failure.into_answer()).map_err(lost),
    };
    let (kind, spki) = token.public_key();
    say(Answer::Opened { kind, spki }).map_err(lost)?;
    loop {
        let signed =
            next::<Signing>(&lines).and_then(|asked| token.sign(asked.algorithm, &asked.message.0));
        match signed {
            Ok(signature) => say(Answer::Signed(Bytes(signature))).map_err(lost)?,
            Err(failure) => return say(failure.into_answer()).map_err(lost),
        }
    }
}

/// The socket came as standard input; the module finds nothing there.
fn take_socket() -> io::Result<UnixStream> {
    let socket = io::stdin().as_fd().try_clone_to_owned()?;
    rustix::stdio::dup2_stdin(std::fs::File::open("/dev/null")?)?;
    Ok(UnixStream::from(socket))
}

/// What the server says, line by line. When the server is gone the process ends, also if the
/// module waits for its token then.
fn listen(socket: UnixStream) -> Receiver<String> {
    let (sender, lines) = sync_channel(1);
    std::thread::spawn(move || {
        let said = BufReader::new(socket).lines().map_while(Result::ok);
        for line in said {
            if sender.send(line).is_err() {
                return;
            }
        }
        // Not by an orderly exit: the module may be in the middle of a call.
        let _ = kill_process(getpid(), Signal::KILL);
    });
    lines
}

fn next<T: DeserializeOwned>(lines: &Receiver<String>) -> Result<T, Failure> {
    let gone = |_| Failure::Other("the server is gone".into());
    let line = lines.recv().map_err(gone)?;
    serde_json::from_str(&line).map_err(|_| Failure::Other("not understood".into()))
}
