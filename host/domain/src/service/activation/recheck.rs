//! The second decision: on what is true under the lock, and what is written then.

use std::sync::Arc;

use super::write::Cut;
use crate::audit::Change;
use crate::decision::{Aim, Case, Side, Verdict, lapsed_emergencies};
use crate::id::{LicenseId, OrderRef};
use crate::license::{License, LicenseState};
use crate::order::{AllowanceUse, OrderLookup, OrderView, UseKind};
use crate::service::generators::{check_in_service, writer};
use crate::service::record::Record;
use crate::unit::{Activity, Changes, Loaded, NewLicense, NewUse, Outcome, Stop, Wanted};

/// A command as it was prepared.
pub(super) struct Recheck {
    pub(super) case: Case,
    pub(super) order: OrderRef,
    pub(super) lookup: OrderLookup,
    /// The license that ends, and its revision in the snapshot.
    pub(super) ending: Option<(LicenseId, u32)>,
    /// Absent where a license was met.
    pub(super) cut: Option<Cut>,
    pub(super) record: Record,
}

impl Recheck {
    /// The license that would be new.
    pub(super) fn made(&self) -> Option<Arc<License>> {
        let (new, _) = self.cut.as_ref()?;
        Some(Arc::clone(&new.license))
    }

    /// Asks for what is decided on.
    pub(super) fn want(&self, wanted: &mut Wanted) {
        wanted.orders.push(self.lookup.clone());
        wanted.licenses.extend(self.ending.map(|(id, _)| id.into()));
        let new = self.cut.iter().map(|(new, _)| &new.license);
        wanted
            .generators
            .extend(new.filter_map(|license| writer(license)));
    }

    /// Decides for a unit of its own.
    pub(super) fn decide(&self, loaded: &Loaded) -> Result<Changes, Stop> {
        let mut changes = Changes::default();
        let id = self.add(&mut changes, loaded)?;
        changes.outcomes.push(Outcome::Done(id.to_string()));
        Ok(changes)
    }

    /// Decides, adds its rows, and tells which license it came to.
    pub(super) fn add(&self, changes: &mut Changes, loaded: &Loaded) -> Result<LicenseId, Stop> {
        let view = loaded.order(&self.order.into()).ok_or(Stop::Again)?;
        let ending = unchanged(self.ending, loaded)?;
        if let Some(id) = ending.and_then(|ending| replaced_by(changes, ending)) {
            return Ok(id);
        }
        let verdict = self.case.decide(view, ending);
        if let Ok(Verdict::Met(license)) = verdict {
            return Ok(license.id);
        }
        // What was met is no more, and so the license that ends may be another one as well.
        let (new, basis) = self.cut.as_ref().ok_or(Stop::Again)?;
        verdict?;
        if !basis.still_holds(view, self.case.today) {
            return Err(Stop::Again);
        }
        check_in_service(&new.license, loaded)?;
        self.add_rows(changes, view, new, ending);
        Ok(new.license.id)
    }

    fn add_rows(
        &self,
        changes: &mut Changes,
        view: &OrderView,
        new: &NewLicense,
        ending: Option<&Arc<License>>,
    ) {
        changes.new_licenses.push(new.clone());
        changes.activity.extend(self.activity());
        changes.uses.extend(self.used(new, ending));
        if self.case.aim == Aim::Emergency {
            let lapsed = lapsed_emergencies(view, self.case.today);
            changes.released.extend(lapsed.map(|license| license.id));
        }
        if let Some(ending) = ending {
            replace(&self.record, changes, ending, new.license.id);
        }
        let order = Some(self.order);
        let members = members(&new.license);
        self.record
            .add(changes, "license.created", &new.license.id, order, members);
    }

    /// A license in place of another one is no more of them.
    fn activity(&self) -> Option<Activity> {
        (self.case.aim == Aim::Activation).then_some(Activity {
            order: self.order,
            licenses: 1,
            first_activated_on: Some(self.case.today),
        })
    }

    /// What the customer used up by this.
    fn used(&self, new: &NewLicense, ending: Option<&Arc<License>>) -> Option<NewUse> {
        let (kind, license) = match (self.case.side, self.case.aim, ending) {
            (Side::Customer, Aim::Rehost, Some(ending)) => (UseKind::Move, ending.id),
            (Side::Customer, Aim::Emergency, _) => (UseKind::Emergency, new.license.id),
            _ => return None,
        };
        let used = AllowanceUse {
            kind,
            on: self.case.today,
            license,
        };
        Some(NewUse {
            order: self.order,
            used,
        })
    }
}

/// The license that ends, as long as it is as it was.
pub(super) fn unchanged(
    ending: Option<(LicenseId, u32)>,
    loaded: &Loaded,
) -> Result<Option<&Arc<License>>, Stop> {
    let Some((id, revision)) = ending else {
        return Ok(None);
    };
    let ending = loaded.license(&id.into());
    let same = ending.filter(|license| license.revision == revision);
    same.map(Some).ok_or(Stop::Again)
}

/// What an earlier item of the same unit put in a license's place.
pub(super) fn replaced_by(changes: &Changes, license: &License) -> Option<LicenseId> {
    let mut rows = changes.licenses.iter();
    let row = rows.find(|row| row.id == license.id)?;
    row.replaced_by
}

/// The rows of a license that another one takes the place of.
pub(super) fn replace(record: &Record, changes: &mut Changes, license: &License, by: LicenseId) {
    let replaced = License {
        state: LicenseState::Replaced,
        revision: license.revision + 1,
        replaced_by: Some(by),
        stamps: record.touch(&license.stamps),
        ..license.clone()
    };
    let change = |member: &str, before: Option<String>, after: String| Change {
        member: member.to_owned(),
        before,
        after: Some(after),
    };
    let members = vec![
        change(
            "state",
            Some(license.state.to_string()),
            replaced.state.to_string(),
        ),
        change("replacedBy", None, by.to_string()),
    ];
    changes.released.push(license.id);
    record.add(
        changes,
        "license.replaced",
        &license.id,
        license.order,
        members,
    );
    changes.licenses.push(replaced);
}

/// What the audit log tells of a new license: its state and its files.
pub(super) fn members(license: &License) -> Vec<Change> {
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
