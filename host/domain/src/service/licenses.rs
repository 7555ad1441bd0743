//! Licenses for staff: find, get, remove.

use std::sync::Arc;

use crate::access::{Actor, Permission};
use crate::command::{BatchAnswer, StateChange};
use crate::error::{Code, Error, Result};
use crate::host::Form;
use crate::id::{Key, LicenseId};
use crate::license::{License, LicenseState, RemovedBy};
use crate::query::{HostFilter, LicenseFilter, Page, Paging};
use crate::service::batch::{answer, each};
use crate::service::customer_side;
use crate::service::record::Record;
use crate::service::{Services, check_reason, not_found, request_key};
use crate::unit::{Changes, Loaded, Wanted};

impl Services {
    /// `findLicenses`.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest`.
    pub async fn find_licenses(
        &self,
        actor: &Actor,
        mut filter: LicenseFilter,
        paging: Paging,
    ) -> Result<Page<License>> {
        actor.require(Permission::ReadLicenses)?;
        paging.check()?;
        if let Some(text) = &filter.common.text {
            text.check()?;
        }
        filter.host = filter.host.map(|host| self.spellings(host)).transpose()?;
        self.store.find_licenses(filter, paging).await
    }

    /// `getLicense`, by staff: any state, any order.
    ///
    /// # Errors
    /// `PermissionDenied`, `NotFound`.
    pub async fn license(&self, actor: &Actor, key: Key<LicenseId>) -> Result<License> {
        actor.require(Permission::ReadLicenses)?;
        self.store
            .license(key)
            .await?
            .ok_or_else(|| not_found("license"))
    }

    /// `removeLicenses`, by staff: no allowance is touched.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest` where the reason is missing.
    pub async fn remove_licenses(
        &self,
        actor: &Actor,
        command: StateChange<Key<LicenseId>>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::HandleLicenses)?;
        command.batch.check("id")?;
        check_reason(command.reason.as_deref(), true)?;
        let options = &command.batch.options;
        let request = request_key(actor, options, "removeLicenses", &command);
        let record = self.record(actor, "removeLicenses", options, command.reason.as_deref());
        let (atomic, dry_run) = (command.batch.atomic, options.dry_run);
        let wanted = Wanted {
            licenses: command.batch.items.clone(),
            ..Wanted::default()
        };
        let decide = move |loaded: &Loaded| {
            Ok(each(&command.batch, |changes, key| {
                remove(loaded, changes, &record, key, command.reason.as_deref())
            }))
        };
        let committed = self
            .commit(request, wanted, dry_run, Arc::new(decide))
            .await?;
        Ok(answer(atomic, &committed.outcomes, |_| Some(())))
    }

    /// The normal form of a host that is looked for; without a type all forms that it could have.
    fn spellings(&self, host: HostFilter) -> Result<HostFilter> {
        let given = host.values.first().map(String::as_str).unwrap_or_default();
        crate::attribute::check_member("host.value", given)?;
        let values = if let Some(name) = &host.host_type {
            let host_type = self.generators.host_type(name);
            vec![
                host_type
                    .map_or(Form::Exact, |host_type| host_type.form)
                    .apply(given),
            ]
        } else {
            let forms = [Form::Exact, Form::Hex, Form::Lower, Form::Upper];
            let mut values: Vec<_> = forms.iter().map(|form| form.apply(given)).collect();
            values.sort();
            values.dedup();
            values
        };
        Ok(HostFilter { values, ..host })
    }
}

fn remove(
    loaded: &Loaded,
    changes: &mut Changes,
    record: &Record,
    key: &Key<LicenseId>,
    reason: Option<&str>,
) -> Result<String> {
    let license = loaded.license(key).ok_or_else(|| not_found("license"))?;
    let repeated = changes.licenses.iter().any(|other| other.id == license.id);
    match license.state {
        LicenseState::Active | LicenseState::RemovalRequested if !repeated => {
            customer_side::remove(record, changes, license, RemovedBy::Staff, reason);
        }
        LicenseState::Replaced => {
            return Err(Error::new(
                Code::ActionNotAllowed,
                "The license was replaced and is over.",
            )
            .at("id"));
        }
        _ => {}
    }
    Ok(license.id.to_string())
}
