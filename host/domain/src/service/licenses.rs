//! Licenses for staff: find, get, remove.

use crate::access::{Actor, Permission};
use crate::command::{Batch, BatchAnswer, StateChange};
use crate::error::{Code, Error, Result};
use crate::host::Form;
use crate::id::{Key, LicenseId};
use crate::license::{License, LicenseState, RemovedBy};
use crate::query::{HostFilter, LicenseFilter, Page, Paging};
use crate::service::batch::each;
use crate::service::customer_side;
use crate::service::items::{Needed, Plural};
use crate::service::record::Record;
use crate::service::{Services, not_found};
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
        let plural = Plural {
            operation: "removeLicenses",
            reason: Needed::Yes,
            wanted: Wanted {
                licenses: command.batch.items.clone(),
                ..Wanted::default()
            },
        };
        let decide = |batch: &Batch<_>, loaded: &Loaded, record: &Record| {
            each(batch, |changes, key| remove(loaded, changes, record, key))
        };
        self.change_all(actor, plural, command, decide).await
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
) -> Result<String> {
    let license = loaded.license(key).ok_or_else(|| not_found("license"))?;
    let repeated = changes.licenses.iter().any(|other| other.id == license.id);
    match license.state {
        LicenseState::Active | LicenseState::RemovalRequested if !repeated => {
            customer_side::remove(record, changes, license, RemovedBy::Staff);
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
