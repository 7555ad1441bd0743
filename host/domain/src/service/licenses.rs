//! Licenses for staff: find, get, remove, ask back.

use crate::access::{Actor, Permission};
use crate::command::{Batch, BatchAnswer, StateChange};
use crate::error::{Code, Error, Result};
use crate::host::Form;
use crate::id::{Key, LicenseId};
use crate::license::{License, LicenseState, RemovedBy};
use crate::query::{HostFilter, LicenseFilter, Page, Paging};
use crate::service::batch::each;
use crate::service::items::{Needed, Plural};
use crate::service::record::Record;
use crate::service::removal;
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
        filter.check()?;
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
        self.change_licenses(actor, "removeLicenses", Needed::Yes, command, take_out)
            .await
    }

    /// `requestRemovals`: asks customers for licenses back. They stay in force until their
    /// machines confirm, or staff removes them.
    ///
    /// # Errors
    /// As [`Self::remove_licenses`].
    pub async fn request_removals(
        &self,
        actor: &Actor,
        command: StateChange<Key<LicenseId>>,
    ) -> Result<BatchAnswer<()>> {
        self.change_licenses(
            actor,
            "requestRemovals",
            Needed::Yes,
            command,
            removal::request,
        )
        .await
    }

    /// `cancelRemovalRequests`: the licenses are no longer asked back.
    ///
    /// # Errors
    /// As [`Self::remove_licenses`]; no reason is needed.
    pub async fn cancel_removal_requests(
        &self,
        actor: &Actor,
        command: StateChange<Key<LicenseId>>,
    ) -> Result<BatchAnswer<()>> {
        let operation = "cancelRemovalRequests";
        self.change_licenses(actor, operation, Needed::No, command, removal::cancel)
            .await
    }

    /// A plural change of licenses in one step each; one that is named twice has taken it already.
    async fn change_licenses(
        &self,
        actor: &Actor,
        operation: &'static str,
        reason: Needed,
        command: StateChange<Key<LicenseId>>,
        step: fn(&Record, &mut Changes, &License) -> Result<()>,
    ) -> Result<BatchAnswer<()>> {
        actor.require(Permission::HandleLicenses)?;
        let plural = Plural {
            operation,
            reason,
            wanted: Wanted {
                licenses: command.batch.items.clone(),
                ..Wanted::default()
            },
        };
        let decide = move |batch: &Batch<_>, loaded: &Loaded, record: &Record| {
            each(batch, |changes, key| {
                let license = loaded.license(key).ok_or_else(|| not_found("license"))?;
                if !changes.licenses.iter().any(|other| other.id == license.id) {
                    step(record, changes, license)?;
                }
                Ok(license.id.to_string())
            })
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

/// A removal by staff; what is removed stays so.
fn take_out(record: &Record, changes: &mut Changes, license: &License) -> Result<()> {
    match license.state {
        LicenseState::Active | LicenseState::RemovalRequested => {
            removal::remove(record, changes, license, RemovedBy::Staff);
            Ok(())
        }
        LicenseState::Removed => Ok(()),
        LicenseState::Replaced => Err(Error::new(
            Code::ActionNotAllowed,
            "The license was replaced and is over.",
        )
        .at("id")),
    }
}
