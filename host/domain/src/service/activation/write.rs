//! Writing a license: cut from a snapshot, generated, and made into a unit that decides again.

use std::sync::Arc;

use time::{Date, Duration};

use super::flight::Committing;
use super::frame::Frame;
use super::recheck::Recheck;
use super::{Ground, Moment, Task, machine_claims, whole_seconds};
use crate::command::WriteOptions;
use crate::decision::{Aim, Verdict};
use crate::error::{Error, Result};
use crate::generator::{GenerateRequest, Previous, RequestKind};
use crate::id::{Id, LicenseId};
use crate::issue::{self, Basis, Run, Source};
use crate::license::License;
use crate::order::OrderLookup;
use crate::service::Services;
use crate::service::record::Record;
use crate::unit::{Loaded, NewLicense, Outcome, RequestKey, Stop, Unit, Wanted};

/// A license that was cut, and from what.
pub(super) type Cut = (NewLicense, Basis);

impl Services {
    /// One attempt; `None` where the ground moved and it must be prepared anew.
    pub(super) async fn attempt(
        &self,
        task: &Task,
        ground: &Ground,
        committing: &Committing,
    ) -> Result<Option<Arc<License>>> {
        let (unit, made) = match self.prepare(task, ground).await {
            Ok(recheck) => (single(task, &recheck), recheck.made()),
            // What is refused now may have been done before under this request id.
            Err(error) => (refusal(task.request.clone(), error)?, None),
        };
        committing.begin();
        match self.store.commit(unit).await {
            Ok(committed) => self.outcome(&committed.outcomes, made).await.map(Some),
            Err(Stop::Again) => Ok(None),
            Err(Stop::Refused(error)) => Err(error),
        }
    }

    /// The first decision and, where a license is to be issued, that license.
    pub(super) async fn prepare(&self, task: &Task, ground: &Ground) -> Result<Arc<Recheck>> {
        let now = self.clock.now();
        let moment = Moment {
            now,
            today: self.clock.day(now),
        };
        let case = task.case(moment.today);
        let cut = match ground.decide(&case)? {
            Verdict::Met(_) => None,
            Verdict::Issue => Some(self.cut(task, ground, moment).await?),
        };
        let view = &ground.view;
        let lookup = OrderLookup {
            key: view.order.id.into(),
            claims: machine_claims(view, &task.hosts),
            only: false,
        };
        let ending = ground.ending.as_ref();
        Ok(Arc::new(Recheck {
            case,
            order: view.order.id,
            lookup,
            ending: ending.map(|license| (license.id, license.revision)),
            cut,
            record: self.record_for(task),
        }))
    }

    /// Calls the generator with what the snapshot says.
    async fn cut(&self, task: &Task, ground: &Ground, moment: Moment) -> Result<Cut> {
        let (view, ending) = (&ground.view, ground.ending.as_ref());
        let generator = self.generator(&view.product.data.generator).await?;
        let activated_on = ending.map_or(moment.today, |license| license.activated_on);
        let source = Source {
            until: last_day(task, ground, moment.today)?,
            ..Source::of_order(view, activated_on)
        };
        let id = LicenseId::generate(&*self.clock, &*self.random);
        let run = self.new_run(task.aim.request_kind(), &task.options, moment, id);
        let parameters = ending.map_or(&task.parameters, |license| &license.parameters);
        let request = issue::request(source, &generator, run, task.hosts.clone(), parameters)?;
        let request = GenerateRequest {
            previous: ending.map(|license| previous(license)),
            ..request
        };
        let generated = self.generators.generate(&generator.name, &request).await?;
        let basis = Basis::new(view, moment.today);
        let claims = machine_claims(view, &task.hosts);
        let license = frame(id, task, ground).around(request, &generated);
        let new = NewLicense {
            license: Arc::new(license),
            claims,
            class: task.aim.class(),
            document: Some(generated.document.into()),
        };
        Ok((new, basis))
    }

    pub(super) fn new_run(
        &self,
        kind: RequestKind,
        options: &WriteOptions,
        moment: Moment,
        id: LicenseId,
    ) -> Run {
        let mut seed = [0; 32];
        self.random.fill(&mut seed);
        Run {
            kind,
            dry_run: options.dry_run,
            now: whole_seconds(moment.now),
            today: moment.today,
            seed,
            license_id: id.to_string(),
        }
    }

    fn record_for(&self, task: &Task) -> Record {
        self.record(
            &task.actor,
            task.action,
            &task.options,
            task.reason.as_deref(),
        )
    }

    /// What a request was answered with before.
    pub(super) async fn answered(
        &self,
        request: Option<&RequestKey>,
    ) -> Result<Option<Vec<Outcome>>> {
        if request.is_none() {
            return Ok(None);
        }
        let unit = Unit {
            request: request.cloned(),
            wanted: Wanted::default(),
            decide: Arc::new(|_| Err(Stop::Again)),
            dry_run: false,
        };
        match self.store.commit(unit).await {
            Ok(committed) => Ok(Some(committed.outcomes)),
            Err(Stop::Again) => Ok(None),
            Err(Stop::Refused(error)) => Err(error),
        }
    }

    /// The license that a request was answered with before: no generator is asked again.
    pub(super) async fn repeated(&self, request: Option<&RequestKey>) -> Result<Option<License>> {
        let Some(outcomes) = self.answered(request).await? else {
            return Ok(None);
        };
        let license = self.outcome(&outcomes, None).await?;
        Ok(Some(Arc::unwrap_or_clone(license)))
    }

    /// The license that was made, or the one that was met.
    pub(super) async fn outcome(
        &self,
        outcomes: &[Outcome],
        made: Option<Arc<License>>,
    ) -> Result<Arc<License>> {
        let id = match outcomes.first() {
            Some(Outcome::Done(id)) => id.parse::<LicenseId>()?,
            Some(Outcome::Failed(error)) => return Err(error.clone()),
            None => return Err(Error::internal("an activation without an outcome")),
        };
        if let Some(license) = made
            && license.id == id
        {
            return Ok(license);
        }
        self.store
            .license(id.into())
            .await?
            .map(Arc::new)
            .ok_or_else(|| Error::internal("the license met is gone"))
    }
}

fn single(task: &Task, recheck: &Arc<Recheck>) -> Unit {
    let mut wanted = Wanted::default();
    recheck.want(&mut wanted);
    let recheck = Arc::clone(recheck);
    Unit {
        request: task.request.clone(),
        wanted,
        decide: Arc::new(move |loaded| recheck.decide(loaded)),
        dry_run: task.options.dry_run,
    }
}

/// A unit that only looks whether its request was answered before, and else fails with what
/// refused it.
pub(super) fn refusal(request: Option<RequestKey>, error: Error) -> Result<Unit> {
    let Some(request) = request else {
        return Err(error);
    };
    let decide = move |_: &Loaded| Err(Stop::Refused(error.clone()));
    Ok(Unit {
        request: Some(request),
        wanted: Wanted::default(),
        decide: Arc::new(decide),
        dry_run: false,
    })
}

/// The day after which an emergency license grants nothing.
fn last_day(task: &Task, ground: &Ground, today: Date) -> Result<Option<Date>> {
    if task.aim != Aim::Emergency {
        return Ok(None);
    }
    let allowed = ground.view.order.data.terms.emergency_allowed;
    let days = task.lasting.or(allowed.map(|allowed| allowed.days));
    let days = days
        .ok_or_else(|| Error::invalid("days", "The order's terms do not say for how many days."))?;
    Ok(today.checked_add(Duration::days(i64::from(days) - 1)))
}

/// The license that ends, as a generator may see it.
pub(super) fn previous(license: &License) -> Previous {
    Previous {
        license_id: license.id.to_string(),
        files: license.files.clone(),
    }
}

fn frame<'a>(id: LicenseId, task: &'a Task, ground: &'a Ground) -> Frame<'a> {
    let (view, ending) = (&ground.view, ground.ending.as_deref());
    let own = (&task.parameters, &task.attributes);
    let (parameters, attributes) =
        ending.map_or(own, |license| (&license.parameters, &license.attributes));
    Frame {
        id,
        actor: &task.actor,
        kind: task.aim.license_kind(),
        order: Some((view.order.id, view.order.root)),
        deal: None,
        customer: view.customer.id,
        product: view.product.id,
        ending,
        parameters,
        attributes,
    }
}
