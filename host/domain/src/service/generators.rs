//! Generators for staff: what is installed, switched on or off, tried out.
//!
//! The switches lie in the store, so that they hold on every node; each reads them again after a
//! second at most. They stop what is written, not what was: stored licenses need no generator.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use time::{Duration, OffsetDateTime};

use crate::access::{Actor, Permission};
use crate::attribute::check_member;
use crate::audit::Change;
use crate::command::{Batch, BatchAnswer, StateChange, TestGenerator, Trial};
use crate::error::{Code, Error, Result};
use crate::generator::{GeneratorInfo, GeneratorState};
use crate::license::License;
use crate::query::check_names;
use crate::service::batch::each;
use crate::service::items::{Needed, Plural};
use crate::service::record::Record;
use crate::service::{Services, not_found};
use crate::unit::{Changes, Loaded, Switch, Wanted};

/// How old the switches may be that a node goes by.
const FRESH: Duration = Duration::SECOND;

/// Names of generators that are switched off.
type Names = Arc<BTreeSet<String>>;

/// The switches as they were read last.
#[derive(Default)]
pub(crate) struct Switches(Mutex<Option<(OffsetDateTime, Names)>>);

impl Switches {
    fn known(&self, now: OffsetDateTime) -> Option<Names> {
        let read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, names) = read.as_ref()?;
        let age = now - *at;
        (!age.is_negative() && age < FRESH).then(|| Arc::clone(names))
    }

    fn keep(&self, read: Option<(OffsetDateTime, Names)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = read;
    }
}

impl Services {
    /// `findGenerators`: all, or those with these names.
    ///
    /// # Errors
    /// `PermissionDenied`, `LimitExceeded`.
    pub async fn find_generators(
        &self,
        actor: &Actor,
        names: &[String],
    ) -> Result<Vec<Arc<GeneratorInfo>>> {
        actor.require(Permission::ReadGenerators)?;
        check_names("id", names)?;
        let mut generators = self.listed().await?;
        generators.retain(|generator| names.is_empty() || names.contains(&generator.name));
        Ok(generators)
    }

    /// `disableGenerators`: they write no more, on any node; what they wrote is handed out still.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest` where the reason is missing, `LimitExceeded`,
    /// `IdempotencyConflict`; what concerns one item is its failure.
    pub async fn disable_generators(
        &self,
        actor: &Actor,
        command: StateChange<String>,
    ) -> Result<BatchAnswer<()>> {
        self.turn(actor, Turn::Off, command).await
    }

    /// `enableGenerators`.
    ///
    /// # Errors
    /// As [`Self::disable_generators`]; no reason is needed.
    pub async fn enable_generators(
        &self,
        actor: &Actor,
        command: StateChange<String>,
    ) -> Result<BatchAnswer<()>> {
        self.turn(actor, Turn::On, command).await
    }

    /// `testGenerator`: a dry run, of one that is switched off as well. Nothing is written, signed
    /// or remembered of it.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`, `GeneratorUnavailable` where it could not be loaded,
    /// `InvalidRequest` and `LimitExceeded` at the request. How the call ended is in the answer.
    pub async fn test_generator(&self, actor: &Actor, command: TestGenerator) -> Result<Trial> {
        actor.require(Permission::RunGenerators)?;
        check_member("name", &command.name)?;
        let missing = || not_found("generator").at("name");
        let generator = self.generators.get(&command.name).ok_or_else(missing)?;
        generator.ready()?;
        let request = command.request.as_deref();
        self.generators.test(&generator.name, request).await
    }

    /// All that are installed, as they can be called now.
    pub(super) async fn listed(&self) -> Result<Vec<Arc<GeneratorInfo>>> {
        let off = self.switched_off().await?;
        let listed = self.generators.list().into_iter();
        Ok(listed.map(|info| as_switched(info, &off)).collect())
    }

    /// One of those, by name.
    pub(super) async fn installed(&self, name: &str) -> Result<Option<Arc<GeneratorInfo>>> {
        let Some(generator) = self.generators.get(name) else {
            return Ok(None);
        };
        let off = self.switched_off().await?;
        Ok(Some(as_switched(generator, &off)))
    }

    /// The generator of a product.
    ///
    /// # Errors
    /// `GeneratorUnavailable` where it is not installed or switched off.
    pub(super) async fn generator(&self, name: &str) -> Result<Arc<GeneratorInfo>> {
        let generator = self.generators.get(name);
        let generator = generator.ok_or_else(|| unavailable(name, "not installed"))?;
        self.check_on(name).await?;
        Ok(generator)
    }

    /// Refuses one that is switched off.
    pub(super) async fn check_on(&self, name: &str) -> Result<()> {
        if self.switched_off().await?.contains(name) {
            return Err(unavailable(name, "switched off"));
        }
        Ok(())
    }

    async fn switched_off(&self) -> Result<Names> {
        let now = self.clock.now();
        if let Some(names) = self.switches.known(now) {
            return Ok(names);
        }
        let names = self.store.disabled_generators().await?;
        let names: Names = Arc::new(names.into_iter().collect());
        self.switches.keep(Some((now, Arc::clone(&names))));
        Ok(names)
    }

    async fn turn(
        &self,
        actor: &Actor,
        turn: Turn,
        command: StateChange<String>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::RunGenerators)?;
        let plural = Plural {
            operation: turn.operation(),
            reason: turn.reason(),
            wanted: Wanted {
                switches: command.batch.items.clone(),
                ..Wanted::default()
            },
        };
        let installed = self.generators.list();
        let decide = move |batch: &Batch<String>, loaded: &Loaded, record: &Record| {
            each(batch, |changes, name| {
                let is_off = loaded.disabled_generators.contains(name);
                if !is_off && !installed.iter().any(|info| info.name == *name) {
                    return Err(not_found("generator"));
                }
                let mut turned = changes.switches.iter();
                if is_off == (turn == Turn::On) && !turned.any(|other| other.generator == *name) {
                    switch(record, changes, turn, name);
                }
                Ok(name.clone())
            })
        };
        let answer = self.change_all(actor, plural, command, decide).await;
        self.switches.keep(None);
        answer
    }
}

/// Which way a switch is turned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    On,
    Off,
}

impl Turn {
    const fn operation(self) -> &'static str {
        match self {
            Self::On => "enableGenerators",
            Self::Off => "disableGenerators",
        }
    }

    const fn event(self) -> &'static str {
        match self {
            Self::On => "generator.enabled",
            Self::Off => "generator.disabled",
        }
    }

    const fn reason(self) -> Needed {
        match self {
            Self::On => Needed::No,
            Self::Off => Needed::Yes,
        }
    }

    /// The states before and after.
    const fn states(self) -> [GeneratorState; 2] {
        match self {
            Self::On => [GeneratorState::Disabled, GeneratorState::Ready],
            Self::Off => [GeneratorState::Ready, GeneratorState::Disabled],
        }
    }
}

fn switch(record: &Record, changes: &mut Changes, turn: Turn, name: &str) {
    let [before, after] = turn.states().map(|state| Some(state.to_string()));
    let members = vec![Change {
        member: "state".to_owned(),
        before,
        after,
    }];
    record.add(changes, turn.event(), &name, None, members);
    changes.switches.push(Switch {
        generator: name.to_owned(),
        disabled: turn == Turn::Off,
    });
}

/// One that failed to load stays so.
fn as_switched(info: Arc<GeneratorInfo>, off: &BTreeSet<String>) -> Arc<GeneratorInfo> {
    if info.state != GeneratorState::Ready || !off.contains(&info.name) {
        return info;
    }
    Arc::new(GeneratorInfo {
        state: GeneratorState::Disabled,
        message: Some("switched off by disableGenerators".to_owned()),
        ..(*info).clone()
    })
}

/// Which generator wrote a license.
pub(super) fn writer(license: &License) -> Option<String> {
    Some(license.generator.as_ref()?.name.clone())
}

/// Refuses a license whose generator was switched off since it wrote it.
pub(super) fn check_in_service(license: &License, loaded: &Loaded) -> Result<()> {
    match &license.generator {
        Some(by) if loaded.disabled_generators.contains(&by.name) => {
            Err(unavailable(&by.name, "switched off"))
        }
        _ => Ok(()),
    }
}

fn unavailable(name: &str, why: &str) -> Error {
    let message = "The product's generator is not available now.";
    Error::new(Code::GeneratorUnavailable, message).because(format!("generator {name} is {why}"))
}

#[cfg(test)]
mod tests;
