//! `verifyLicense`: the license that a text is or was made from. Digests tell what is unchanged; of
//! other texts generators tell what they say, and how that differs from what was asked of them.

use crate::access::{Actor, Permission};
use crate::error::Result;
use crate::generator::{Compared, GeneratorState};
use crate::host::Host;
use crate::id::LicenseId;
use crate::license::{File, License};
use crate::order_id::OrderId;
use crate::query::{HostFilter, LicenseFilter, Paging};
use crate::service::{Services, not_found};
use crate::verification::{Match, Reading, Verification, VerifyLicense, exact, is_for, shown_ids};

/// Licenses that a text is compared with at most.
const MAX_SUSPECTS: u32 = 20;

/// What is told of a text that means the same: generators compare what is said, not signatures.
const OTHER_BYTES: &str = "It means the same, but is not byte for byte what was issued: a signature \
                           in it was not compared, and nothing here vouches for it.";

/// A text that was read, and by whom.
type Read = (String, Reading);

/// A license that a text was compared with, and the differences.
type Compare = (License, Vec<String>);

impl Services {
    /// `verifyLicense`.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest`, `LimitExceeded`, `NotFound` for a generator that is
    /// not there, and the codes of generators.
    pub async fn verify_license(
        &self,
        actor: &Actor,
        command: VerifyLicense,
    ) -> Result<Verification> {
        actor.require(Permission::ReadLicenses)?;
        command.check()?;
        let issued = self.with_files(&command.files).await?;
        let unchanged = exact(&issued, &command.files).cloned();
        let read = self.read_by_any(&command, unchanged.as_ref()).await?;
        let found = match unchanged {
            Some(license) => Some((Match::Exact, license, Vec::new())),
            None => self.resembling(&command, issued, read.as_ref()).await?,
        };
        let (matched, license, differences) = match found {
            Some((matched, license, differences)) => (matched, Some(license), differences),
            None => (Match::Unknown, None, Vec::new()),
        };
        let reading = read.map(|(_, reading)| reading);
        Ok(Verification {
            matched,
            license,
            differences,
            problems: reading
                .as_ref()
                .map_or_else(Vec::new, |r| r.problems.clone()),
            grant: reading.map(|reading| reading.document),
        })
    }

    /// Licenses that have one of these files.
    async fn with_files(&self, files: &[File]) -> Result<Vec<License>> {
        let filter = LicenseFilter {
            files: files.iter().map(|file| file.sha256).collect(),
            ..LicenseFilter::default()
        };
        self.newest(filter).await
    }

    async fn newest(&self, filter: LicenseFilter) -> Result<Vec<License>> {
        let paging = Paging {
            sort: Some("-issuedAt".to_owned()),
            size: MAX_SUSPECTS,
            ..Paging::default()
        };
        Ok(self.store.find_licenses(filter, paging).await?.items)
    }

    /// What the generator that is named, that of the license, or else any reads in the files. Only
    /// one that is named must be able to.
    async fn read_by_any(
        &self,
        command: &VerifyLicense,
        license: Option<&License>,
    ) -> Result<Option<Read>> {
        let today = self.clock.today();
        if let Some(name) = &command.generator {
            let missing = || not_found("generator").at("generator");
            let generator = self.installed(name).await?;
            generator.ok_or_else(missing)?.ready()?;
            let reading = self.generators.read(name, &command.files, today).await?;
            return Ok(reading.map(|reading| (name.clone(), reading)));
        }
        let own = license.and_then(|license| license.generator.as_ref());
        for generator in self.listed().await? {
            let is_asked = own.is_none_or(|own| own.name == generator.name);
            if is_asked
                && generator.state == GeneratorState::Ready
                && let Ok(Some(reading)) = self
                    .generators
                    .read(&generator.name, &command.files, today)
                    .await
            {
                return Ok(Some((generator.name.clone(), reading)));
            }
        }
        Ok(None)
    }

    /// The license that other bytes say the same as, or the one that they were changed from least.
    async fn resembling(
        &self,
        command: &VerifyLicense,
        issued: Vec<License>,
        read: Option<&Read>,
    ) -> Result<Option<(Match, License, Vec<String>)>> {
        let mut suspects = issued;
        suspects.extend(self.shown(&command.files, read).await?);
        if let Some((name, reading)) = read {
            suspects.extend(self.on_machine(name, &reading.hosts).await?);
        }
        let mut closest: Option<Compare> = None;
        let mut seen = std::collections::HashSet::new();
        suspects.retain(|license| seen.insert(license.id));
        for license in suspects {
            let differences = self.differences(&license, &command.files).await?;
            if differences.is_empty() {
                let told = vec![OTHER_BYTES.to_owned()];
                return Ok(Some((Match::SameMeaning, license, told)));
            }
            if closest
                .as_ref()
                .is_none_or(|(_, least)| differences.len() < least.len())
            {
                closest = Some((license, differences));
            }
        }
        Ok(closest.map(|(license, differences)| (Match::Changed, license, differences)))
    }

    /// Licenses whose serial numbers the files show.
    async fn shown(&self, files: &[File], read: Option<&Read>) -> Result<Vec<License>> {
        let mut ids = shown_ids(files);
        let by_reading = read.and_then(|(_, reading)| reading.license_id.as_ref());
        ids.extend(by_reading.and_then(|id| id.parse::<LicenseId>().ok()));
        let mut licenses = Vec::new();
        for id in ids.into_iter().take(MAX_SUSPECTS as usize) {
            licenses.extend(self.store.license(id.into()).await?);
        }
        Ok(licenses)
    }

    /// Licenses of this generator for just these machines, as far as their hosts are known here.
    async fn on_machine(&self, generator: &str, hosts: &[Host]) -> Result<Vec<License>> {
        let normal = self.normal_hosts("host", hosts).await.unwrap_or_default();
        let Some(first) = normal.first() else {
            return Ok(Vec::new());
        };
        let filter = LicenseFilter {
            host: Some(HostFilter {
                host_type: Some(first.host_type.clone()),
                values: vec![first.value.clone()],
            }),
            generator: Some(generator.to_owned()),
            ..LicenseFilter::default()
        };
        let mut licenses = self.newest(filter).await?;
        licenses.retain(|license| is_for(license, &normal));
        Ok(licenses)
    }

    /// In what files differ from a license that they are not, byte for byte; none where they say
    /// the same.
    async fn differences(&self, license: &License, files: &[File]) -> Result<Vec<String>> {
        let told = match &license.generator {
            Some(generator) => self.compared(license, &generator.name, files).await?,
            None => None,
        };
        let not_told = || {
            vec![
                "The files are not those that were issued; what they say can't be compared."
                    .to_owned(),
            ]
        };
        Ok(told.unwrap_or_else(not_told))
    }

    async fn compared(
        &self,
        license: &License,
        generator: &str,
        files: &[File],
    ) -> Result<Option<Vec<String>>> {
        let installed = self.installed(generator).await?;
        if installed.is_none_or(|info| info.ready().is_err()) {
            return Ok(None);
        }
        let Some(document) = self.store.document(license.id).await? else {
            return Ok(None);
        };
        let order_id = self.order_id_of(license).await?;
        let files = under_own_name(license, files);
        let compared = Compared {
            document: &document,
            order_id: order_id.as_ref(),
            files: &files,
        };
        self.generators.compare(generator, compared).await
    }

    async fn order_id_of(&self, license: &License) -> Result<Option<OrderId>> {
        let Some(order) = license.order else {
            return Ok(None);
        };
        let orders = self.store.orders(&[order]).await?;
        Ok(orders.into_iter().next().map(|order| order.order_id))
    }
}

/// The one file of a license may have been renamed since.
fn under_own_name(license: &License, files: &[File]) -> Vec<File> {
    match (license.files.as_slice(), files) {
        ([own], [file]) => vec![File {
            name: own.name.clone(),
            ..file.clone()
        }],
        _ => files.to_vec(),
    }
}
