//! The commit of an activation: decided on a snapshot, generated, decided again under the lock.

use std::sync::Arc;

use super::{Moment, Task, machine_claims, whole_seconds};
use crate::audit::Change;
use crate::claim::{Claim, ClaimClass};
use crate::error::{Error, Result};
use crate::generator::{GenerateRequest, Generated, RequestKind};
use crate::host::{self, Host};
use crate::id::{Id, LicenseId};
use crate::issue::{self, Basis, Run, Source};
use crate::license::{License, LicenseKind, LicenseState};
use crate::order::{OrderLookup, OrderView};
use crate::policy::{self, Days};
use crate::service::Services;
use crate::service::record::Record;
use crate::unit::{Activity, Changes, Committed, Loaded, NewLicense, Outcome, Stop, Unit, Wanted};

impl Services {
    /// One attempt; `None` where the ground moved and it must be prepared anew.
    pub(super) async fn attempt(&self, task: &Task, view: &OrderView) -> Result<Option<License>> {
        let (unit, license) = match self.prepare(task, view).await {
            Ok(prepared) => prepared,
            // What is refused now may have been done before under this request id.
            Err(error) => (refusal(task, error)?, None),
        };
        match self.store.commit(unit).await {
            Ok(committed) => self.outcome(committed, license).await.map(Some),
            Err(Stop::Again) => Ok(None),
            Err(Stop::Refused(error)) => Err(error),
        }
    }

    async fn prepare(&self, task: &Task, view: &OrderView) -> Result<(Unit, Option<Arc<License>>)> {
        policy::check_served(view)?;
        let existing = policy::live(view, &task.hosts).is_some();
        let now = self.clock.now();
        let moment = Moment {
            now,
            today: self.clock.day(now),
        };
        let new = if existing {
            None
        } else {
            Some(self.cut(task, view, moment).await?)
        };
        let license = new.as_ref().map(|new| Arc::clone(&new.0.license));
        let recheck = Recheck {
            hosts: task.hosts.clone(),
            days: task.days,
            moment,
            new,
            record: self.record_for(task),
        };
        let lookup = OrderLookup {
            key: view.order.id.into(),
            claims: machine_claims(view, &task.hosts),
            only: false,
        };
        let unit = Unit {
            request: task.request.clone(),
            wanted: Wanted {
                orders: vec![lookup],
                ..Wanted::default()
            },
            decide: Arc::new(move |loaded| recheck.decide(loaded)),
            dry_run: task.dry_run,
        };
        Ok((unit, license))
    }

    /// Calls the generator with what the snapshot says.
    async fn cut(
        &self,
        task: &Task,
        view: &OrderView,
        moment: Moment,
    ) -> Result<(NewLicense, Basis)> {
        host::check_against(&task.hosts, &view.order.data.terms)?;
        policy::check_new(view, moment.today, task.days)?;
        let generator = self.generator(&view.product.data.generator)?;
        let source = Source::of_order(view, moment.today);
        let id = LicenseId::generate(&*self.clock, &*self.random);
        let run = self.new_run(RequestKind::Activation, task.dry_run, moment, id);
        let request = issue::request(
            source,
            &generator,
            run,
            task.hosts.clone(),
            &task.parameters,
        )?;
        let generated = self.generators.generate(&generator.name, &request).await?;
        let basis = Basis::new(view, moment.today);
        let claims = machine_claims(view, &task.hosts);
        let license = license(id, task, view, request, &generated);
        Ok((new_license(license, claims, generated), basis))
    }

    fn new_run(&self, kind: RequestKind, dry_run: bool, moment: Moment, id: LicenseId) -> Run {
        let mut seed = [0; 32];
        self.random.fill(&mut seed);
        Run {
            kind,
            dry_run,
            now: whole_seconds(moment.now),
            today: moment.today,
            seed,
            license_id: id.to_string(),
        }
    }

    fn record_for(&self, task: &Task) -> Record {
        let options = crate::command::WriteOptions {
            request_id: task.request.as_ref().map(|request| request.id.clone()),
            dry_run: task.dry_run,
        };
        self.record(&task.actor, task.action, &options, task.reason.as_deref())
    }

    /// The license that was made, or the one that was met.
    async fn outcome(&self, committed: Committed, made: Option<Arc<License>>) -> Result<License> {
        let id = match committed.outcomes.first() {
            Some(Outcome::Done(id)) => id.parse::<LicenseId>()?,
            Some(Outcome::Failed(error)) => return Err(error.clone()),
            None => return Err(Error::internal("an activation without an outcome")),
        };
        drop(committed);
        if let Some(license) = made
            && license.id == id
        {
            return Ok(Arc::unwrap_or_clone(license));
        }
        self.store
            .license(id.into())
            .await?
            .ok_or_else(|| Error::internal("the license met is gone"))
    }
}

/// A unit that only looks whether its request was answered before, and else fails with what
/// refused it.
fn refusal(task: &Task, error: Error) -> Result<Unit> {
    let Some(request) = task.request.clone() else {
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

/// The second decision, on what is true under the lock.
struct Recheck {
    hosts: Vec<Host>,
    days: Days,
    moment: Moment,
    new: Option<(NewLicense, Basis)>,
    record: Record,
}

impl Recheck {
    fn decide(&self, loaded: &Loaded) -> Result<Changes, Stop> {
        let view = loaded.orders.first().ok_or(Stop::Again)?;
        policy::check_served(view)?;
        if let Some(license) = policy::live(view, &self.hosts) {
            let outcomes = vec![Outcome::Done(license.id.to_string())];
            return Ok(Changes {
                outcomes,
                ..Changes::default()
            });
        }
        let (new, basis) = self.new.as_ref().ok_or(Stop::Again)?;
        if !basis.still_holds(view, self.moment.today) {
            return Err(Stop::Again);
        }
        policy::check_new(view, self.moment.today, self.days)?;
        Ok(self.changes(view, new))
    }

    fn changes(&self, view: &OrderView, new: &NewLicense) -> Changes {
        let activity = Activity {
            order: view.order.id,
            licenses: 1,
            first_activated_on: Some(self.moment.today),
        };
        let mut changes = Changes {
            new_licenses: vec![new.clone()],
            activity: vec![activity],
            outcomes: vec![Outcome::Done(new.license.id.to_string())],
            ..Changes::default()
        };
        let members = members(&new.license);
        self.record.add(
            &mut changes,
            "license.created",
            &new.license.id,
            Some(view.order.id),
            members,
        );
        changes
    }
}

/// What the audit log tells of a new license: its state and its files.
fn members(license: &License) -> Vec<Change> {
    let set = |member: &str, after: String| Change {
        member: member.to_owned(),
        before: None,
        after: Some(after),
    };
    let files = license
        .files
        .iter()
        .map(|file| set("file", format!("{} {}", file.name, hex(&file.sha256))));
    std::iter::once(set("state", license.state.to_string()))
        .chain(files)
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

fn new_license(license: License, claims: Vec<Claim>, generated: Generated) -> NewLicense {
    NewLicense {
        license: Arc::new(license),
        claims,
        class: ClaimClass::Live,
        document: Some(generated.document.into()),
    }
}

fn license(
    id: LicenseId,
    task: &Task,
    view: &OrderView,
    request: GenerateRequest,
    generated: &Generated,
) -> License {
    let at = request.now;
    let by = task.actor.name();
    License {
        id,
        revision: 1,
        order: Some(view.order.id),
        root: Some(view.order.root),
        customer: view.customer.id,
        product: view.product.id,
        product_code: request.product.code,
        product_name: request.product.name,
        licensee: request.licensee,
        hosts: request.hosts,
        files: generated.files.clone(),
        parameters: task.parameters.clone(),
        kind: LicenseKind::Activation,
        state: LicenseState::Active,
        issued_at: at,
        activated_on: request.today,
        starts_on: request.starts_on,
        expires_on: request.expires_on,
        maintenance_until: request.maintenance_until,
        features: issue::granted(&request.features),
        generator: Some(generated.generator.clone()),
        signers: generated.signers.clone(),
        input_digest: Some(generated.input_digest),
        source: task.actor.source,
        removal: None,
        replaces: None,
        replaced_by: None,
        external_ref: None,
        attributes: task.attributes.clone(),
        stamps: crate::user::Stamps::new(at, &by),
    }
}
