//! Signers of kind `pkcs11`: a key in a token, which a module of its maker signs with.
//!
//! The module is foreign machine code, so it never runs in the server: each session is a worker
//! process ([`crate::worker`]), which also is the only one to read the PIN. A session that failed
//! is dropped with its process, so that the next begins with nothing left of it.

mod session;
pub(crate) mod talk;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::config::Pkcs11Config;
use crate::error::LoadError;
use crate::gate::Gate;
use crate::hex;
use crate::private_file::warn_if_open;
use crate::process::WorkerProgram;

use super::algorithm::Algorithm;
use super::key::{KeySigner, Place};
use super::public_key::PublicKey;

use session::Session;
use talk::{Answer, Bytes, Opening, Signing};

/// A key in a token.
pub(super) struct TokenKey {
    config: Pkcs11Config,
    program: WorkerProgram,
    opening: Opening,
    gate: Gate,
    idle: Mutex<Vec<Session>>,
    /// Held while a session is opened: one after the other, so that a wrong PIN is tried once.
    pin_refused: tokio::sync::Mutex<Option<LoadError>>,
}

/// Opens the first session, which tells the public key.
pub(super) async fn open(
    config: &Pkcs11Config,
    data_dir: &Path,
    program: &WorkerProgram,
) -> Result<KeySigner, LoadError> {
    let key = TokenKey::new(config, data_dir, program)?;
    let opened = tokio::time::timeout(key.time(), key.session()).await;
    let (session, public) = opened.map_err(|_| key.too_slow())??;
    key.give_back(session);
    KeySigner::new(public, config.algorithm, Place::Token(Box::new(key)))
}

impl TokenKey {
    fn new(
        config: &Pkcs11Config,
        data_dir: &Path,
        program: &WorkerProgram,
    ) -> Result<Self, LoadError> {
        if !config.module.is_absolute() {
            return Err(LoadError::new(format!(
                "the module {} is not an absolute path",
                config.module.display()
            )));
        }
        let pin_file = data_dir.join(&config.pin_file);
        warn_if_open(&pin_file);
        Ok(Self {
            opening: opening(config, pin_file)?,
            program: program.clone(),
            gate: Gate::new(config.sessions.max(1).into(), config.queue.into()),
            idle: Mutex::default(),
            pin_refused: tokio::sync::Mutex::default(),
            config: config.clone(),
        })
    }

    /// Signs a message. A session that was lost meanwhile is replaced at once; `public` is the key
    /// that licenses name.
    pub(super) async fn sign(
        &self,
        public: &PublicKey,
        algorithm: Algorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, LoadError> {
        let signing = Signing {
            algorithm,
            message: Bytes(message.to_vec()),
        };
        let turn = self.gate.enter().await;
        let _place = turn.map_err(|_| LoadError::new("too many messages wait for the token"))?;
        let work = self.sign_in_turn(public, &signing);
        let signed = tokio::time::timeout(self.time(), work).await;
        if !matches!(signed, Ok(Ok(_))) {
            // What one session lost, the others have most likely lost too.
            self.idle().clear();
        }
        let signature = signed.map_err(|_| self.too_slow())??;
        public.check(algorithm, message, &signature)?;
        Ok(signature)
    }

    async fn sign_in_turn(
        &self,
        public: &PublicKey,
        signing: &Signing,
    ) -> Result<Vec<u8>, LoadError> {
        let idle = self.idle().pop();
        if let Some(session) = idle {
            match self.ask(session, signing).await {
                Ok(signature) => return Ok(signature),
                Err(error) => {
                    tracing::warn!(token = %self.config.token, %error, "session lost, opening another");
                    self.idle().clear();
                }
            }
        }
        let (session, found) = self.session().await?;
        if found != *public {
            return Err(LoadError::new(
                "the token has another key under this name than at the start: start the server \
                 anew, so that licenses name the new one",
            ));
        }
        self.ask(session, signing).await
    }

    async fn ask(&self, mut session: Session, signing: &Signing) -> Result<Vec<u8>, LoadError> {
        match session.ask(signing).await {
            Ok(Answer::Signed(Bytes(signature))) => {
                self.give_back(session);
                Ok(signature)
            }
            Ok(Answer::Failed(why)) => Err(LoadError::new(why)),
            Ok(_) => Err(LoadError::new("the module's process answers out of turn")),
            Err(error) => Err(LoadError::new(format!("the session is lost: {error}"))),
        }
    }

    /// A new session, and the key that it finds.
    async fn session(&self) -> Result<(Session, PublicKey), LoadError> {
        let mut pin_refused = self.pin_refused.lock().await;
        if let Some(refused) = &*pin_refused {
            return Err(refused.clone());
        }
        let (session, answer) = Session::open(&self.program, &self.config.env, &self.opening)
            .await
            .map_err(|error| LoadError::new(format!("no session: {error}")))?;
        match answer {
            Answer::Opened { kind, spki } => Ok((session, PublicKey::new(kind, spki.0))),
            Answer::Failed(why) => Err(LoadError::new(why)),
            Answer::PinRefused(why) => {
                let refused = LoadError::new(format!(
                    "{why}; it is not tried again, lest the token be locked: mend {} and start anew",
                    self.opening.pin_file.display()
                ));
                Err(pin_refused.insert(refused).clone())
            }
            Answer::Signed(_) => Err(LoadError::new("the module's process answers out of turn")),
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Session>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn give_back(&self, session: Session) {
        self.idle().push(session);
    }

    fn time(&self) -> Duration {
        Duration::from_millis(self.config.time_ms.into())
    }

    fn too_slow(&self) -> LoadError {
        LoadError::new(format!(
            "the token took longer than {} ms",
            self.config.time_ms
        ))
    }
}

fn opening(config: &Pkcs11Config, pin_file: PathBuf) -> Result<Opening, LoadError> {
    if config.key_label.is_none() && config.key_id.is_none() {
        return Err(LoadError::new(
            "the key is not named: add key_label or key_id",
        ));
    }
    let key_id = config.key_id.as_deref().map(|id| {
        let bytes = hex::decode(&id.to_lowercase())
            .ok_or_else(|| LoadError::new("key_id is not hexadecimal"));
        bytes.map(Bytes)
    });
    Ok(Opening {
        module: config.module.clone(),
        token: config.token.clone(),
        key_label: config.key_label.clone(),
        key_id: key_id.transpose()?,
        pin_file,
    })
}
