//! Replacing: licenses anew for the same hosts, by what their orders say now. Those without one keep
//! their terms and features; product and customer are as they are now.

use std::collections::HashMap;
use std::sync::Arc;

use super::manual::Manual;
use super::recheck::Recheck;
use super::{Ending, Task, kept_changing};
use crate::access::{Actor, Permission};
use crate::command::{BatchAnswer, MAX_REPLACED, StateChange};
use crate::decision::Aim;
use crate::error::{Code, Error, Result};
use crate::id::{Key, LicenseId};
use crate::license::License;
use crate::policy::Days;
use crate::service::batch::{all_or_none, answer};
use crate::service::items::done;
use crate::service::{MAX_ATTEMPTS, Services, check_reason, not_found, refused, request_key};
use crate::unit::{Changes, Loaded, Outcome, RequestKey, Stop, Unit, Wanted};

type ReplaceLicenses = StateChange<Key<LicenseId>>;
/// A license to be replaced, prepared or refused.
type Item = Result<Piece>;

/// What is to be put in a license's place.
#[derive(Clone)]
enum Piece {
    /// Under an order.
    Order(Arc<Recheck>),
    /// Without one.
    Manual(Arc<Manual>),
    /// It was put there before.
    Met(LicenseId),
}

impl Piece {
    fn made(&self) -> Option<Arc<License>> {
        match self {
            Self::Order(recheck) => recheck.made(),
            Self::Manual(manual) => Some(manual.made()),
            Self::Met(_) => None,
        }
    }

    fn want(&self, wanted: &mut Wanted) {
        match self {
            Self::Order(recheck) => recheck.want(wanted),
            Self::Manual(manual) => manual.want(wanted),
            Self::Met(_) => {}
        }
    }

    fn add(&self, changes: &mut Changes, loaded: &Loaded) -> Result<LicenseId, Stop> {
        match self {
            Self::Order(recheck) => recheck.add(changes, loaded),
            Self::Manual(manual) => manual.add(changes, loaded),
            Self::Met(id) => Ok(*id),
        }
    }
}

impl Services {
    /// `replaceLicenses`: same hosts and parameters, what the order says now; the old ones are
    /// over. All are generated first. With `atomic` they are one unit, else each is its own.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest`, `LimitExceeded`; what concerns one license is its
    /// item's failure.
    pub async fn replace_licenses(
        &self,
        actor: &Actor,
        command: ReplaceLicenses,
    ) -> Result<BatchAnswer<License>> {
        actor.require(Permission::HandleLicenses)?;
        check(&command)?;
        let atomic = command.batch.atomic;
        let request = request_key(actor, &command.batch.options, "replaceLicenses", &command);
        if let Some(outcomes) = self.answered(request.as_ref()).await? {
            return self.told_licenses(atomic, &outcomes, HashMap::new()).await;
        }
        let mut made = HashMap::new();
        let keys = &command.batch.items;
        let outcomes = if command.batch.atomic {
            self.replace_together(actor, &command, keys, request, &mut made)
                .await?
        } else {
            let mut outcomes = Vec::with_capacity(keys.len());
            for key in keys {
                let one = std::slice::from_ref(key);
                let outcome = self.replace_together(actor, &command, one, None, &mut made);
                outcomes.extend(
                    outcome
                        .await
                        .unwrap_or_else(|error| vec![Outcome::Failed(error)]),
                );
            }
            self.note(request, outcomes).await?
        };
        self.told_licenses(atomic, &outcomes, made).await
    }

    /// Records what the units of a request came to; the same request may have been quicker.
    async fn note(
        &self,
        request: Option<RequestKey>,
        outcomes: Vec<Outcome>,
    ) -> Result<Vec<Outcome>> {
        if request.is_none() {
            return Ok(outcomes);
        }
        let decide = move |_: &Loaded| {
            Ok(Changes {
                outcomes: outcomes.clone(),
                ..Changes::default()
            })
        };
        let committed = self.commit(request, Wanted::default(), false, Arc::new(decide));
        Ok(committed.await?.outcomes)
    }

    /// Replaces in one unit.
    async fn replace_together(
        &self,
        actor: &Actor,
        command: &ReplaceLicenses,
        keys: &[Key<LicenseId>],
        request: Option<RequestKey>,
        made: &mut HashMap<String, License>,
    ) -> Result<Vec<Outcome>> {
        for _ in 0..MAX_ATTEMPTS {
            let mut items = Vec::with_capacity(keys.len());
            for key in keys {
                items.push(self.prepare_replacement(actor, command, key).await);
            }
            let unit = unit(command, request.clone(), &items);
            match self.store.commit(unit).await {
                Ok(committed) => {
                    let licenses = items.iter().flatten().filter_map(Piece::made);
                    made.extend(licenses.map(|l| (l.id.to_string(), Arc::unwrap_or_clone(l))));
                    return Ok(committed.outcomes);
                }
                Err(Stop::Again) => {}
                Err(stop) => return Err(refused(stop)),
            }
        }
        Err(kept_changing())
    }

    async fn prepare_replacement(
        &self,
        actor: &Actor,
        command: &ReplaceLicenses,
        key: &Key<LicenseId>,
    ) -> Item {
        let license = self.store.license(key.clone()).await?;
        let license = license.ok_or_else(|| not_found("license"))?;
        let Some(order) = license.order else {
            return self.prepare_without_order(actor, command, &license).await;
        };
        let task = Task {
            ending: Ending::License(license.id),
            days: Days::Lifted,
            reason: command.reason.clone(),
            options: command.batch.options.clone(),
            ..Task::new(
                actor,
                "replaceLicenses",
                Aim::Replacement,
                order,
                license.hosts,
            )
        };
        let ground = self.ground(&task).await?;
        self.prepare(&task, &ground).await.map(Piece::Order)
    }

    async fn prepare_without_order(
        &self,
        actor: &Actor,
        command: &ReplaceLicenses,
        license: &License,
    ) -> Item {
        if let Some(id) = license.replaced_by {
            let successor = self.store.license(id.into()).await?;
            if successor.is_some_and(|license| license.is_in_force()) {
                return Ok(Piece::Met(id));
            }
        }
        let manual = self.prepare_anew(actor, command, license).await?;
        Ok(Piece::Manual(manual))
    }

    /// The answer with the licenses: as they were made, else as they are now.
    pub(super) async fn told_licenses(
        &self,
        atomic: bool,
        outcomes: &[Outcome],
        mut known: HashMap<String, License>,
    ) -> Result<BatchAnswer<License>> {
        for id in done(outcomes) {
            if !known.contains_key(id)
                && let Some(license) = self.store.license(Key::parse(id)?).await?
            {
                known.insert(id.to_owned(), license);
            }
        }
        Ok(answer(atomic, outcomes, |id| known.get(id).cloned()))
    }
}

fn check(command: &ReplaceLicenses) -> Result<()> {
    command.batch.check("id")?;
    if command.batch.items.len() > MAX_REPLACED {
        let message = format!("At most {MAX_REPLACED} items are allowed.");
        return Err(Error::new(Code::LimitExceeded, message).at("id"));
    }
    check_reason(command.reason.as_deref(), true)
}

fn unit(command: &ReplaceLicenses, request: Option<RequestKey>, items: &[Item]) -> Unit {
    let mut wanted = Wanted::default();
    for item in items.iter().flatten() {
        item.want(&mut wanted);
    }
    let (items, atomic) = (items.to_vec(), command.batch.atomic);
    Unit {
        request,
        wanted,
        decide: Arc::new(move |loaded| decide(&items, atomic, loaded)),
        dry_run: command.batch.options.dry_run,
    }
}

fn decide(items: &[Item], atomic: bool, loaded: &Loaded) -> Result<Changes, Stop> {
    let mut changes = Changes::default();
    for item in items {
        let added = match item {
            Ok(piece) => piece.add(&mut changes, loaded),
            Err(error) => Err(Stop::Refused(error.clone())),
        };
        let outcome = match added {
            Ok(id) => Outcome::Done(id.to_string()),
            Err(Stop::Refused(error)) => Outcome::Failed(error),
            Err(Stop::Again) => return Err(Stop::Again),
        };
        changes.outcomes.push(outcome);
    }
    Ok(all_or_none(atomic, changes))
}
