//! How licenses are asked back and taken out: the rows of each step, and which step a state allows.
//! Who may do it, and what it costs of an allowance, is the callers' business.

use serde_json::json;

use crate::audit::Change;
use crate::error::{Code, Error, Result};
use crate::license::{License, LicenseKind, LicenseState, Removal, RemovedBy};
use crate::service::record::Record;
use crate::unit::{Activity, Changes};

/// The rows of one removal. Nothing but state and removal of a license ever changes. The reason
/// of a request stays where the removal has none of its own.
pub(super) fn remove(record: &Record, changes: &mut Changes, license: &License, by: RemovedBy) {
    let requested = license.removal.clone().unwrap_or_default();
    let removal = Removal {
        removed_at: Some(record.at),
        by: Some(by),
        user: record.user,
        reason: record.reason().map(str::to_owned).or(requested.reason),
        requested_at: requested.requested_at,
    };
    changes.released.push(license.id);
    if let Some(order) = license
        .order
        .filter(|_| license.kind != LicenseKind::Emergency)
    {
        changes.activity.push(Activity {
            order,
            licenses: -1,
            first_activated_on: None,
        });
    }
    let removed = (LicenseState::Removed, Some(removal));
    change(record, changes, "license.removed", license, removed);
}

/// Asks for a license back; asking again changes nothing.
///
/// # Errors
/// `ActionNotAllowed` for a license that is over, or that no customer can release.
pub(super) fn request(record: &Record, changes: &mut Changes, license: &License) -> Result<()> {
    check_in_force(license)?;
    if license.order.is_none() || license.kind == LicenseKind::Emergency {
        let message = "Only the license of an activated order can be asked back; removeLicenses removes others.";
        return Err(Error::new(Code::ActionNotAllowed, message).at("id"));
    }
    if license.state == LicenseState::Active {
        let removal = Removal {
            requested_at: Some(record.at),
            reason: record.reason().map(str::to_owned),
            ..Removal::default()
        };
        let requested = (LicenseState::RemovalRequested, Some(removal));
        let kind = "license.removalRequested";
        change(record, changes, kind, license, requested);
    }
    Ok(())
}

/// Takes a request back; where there is none nothing changes.
///
/// # Errors
/// `ActionNotAllowed` for a license that is over.
pub(super) fn cancel(record: &Record, changes: &mut Changes, license: &License) -> Result<()> {
    check_in_force(license)?;
    if license.state == LicenseState::RemovalRequested {
        let kind = "license.removalCancelled";
        change(record, changes, kind, license, (LicenseState::Active, None));
    }
    Ok(())
}

fn check_in_force(license: &License) -> Result<()> {
    if license.is_in_force() {
        return Ok(());
    }
    let message = format!("The license is {} and so is over.", license.state);
    Err(Error::new(Code::ActionNotAllowed, message).at("id"))
}

fn change(
    record: &Record,
    changes: &mut Changes,
    kind: &'static str,
    license: &License,
    (state, removal): (LicenseState, Option<Removal>),
) {
    let text = |removal: &Removal| json!(removal).to_string();
    let members = vec![
        Change {
            member: "removal".to_owned(),
            before: license.removal.as_ref().map(text),
            after: removal.as_ref().map(text),
        },
        Change {
            member: "state".to_owned(),
            before: Some(license.state.to_string()),
            after: Some(state.to_string()),
        },
    ];
    record.add(changes, kind, &license.id, license.order, members);
    changes.licenses.push(License {
        state,
        revision: license.revision + 1,
        removal,
        stamps: record.touch(&license.stamps),
        ..license.clone()
    });
}
