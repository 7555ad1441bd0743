//! Licenses that were issued elsewhere, as a command brings them.

use time::{Date, OffsetDateTime};

use super::Batch;
use crate::attribute::{
    Attribute, Names, check_attributes, check_count, check_member, check_optional,
};
use crate::error::{Error, Result};
use crate::host::Host;
use crate::id::{CustomerId, Key, ProductId};
use crate::license::{File, GrantedFeature};
use crate::order::OrderKey;
use crate::product::MAX_FEATURES;
use crate::verification::check_number;

/// `importLicenses`.
pub type ImportLicenses = Batch<ImportItem>;

/// A license that was issued elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportItem {
    /// Of this order, or else of the customer and product below.
    pub order: Option<OrderKey>,
    /// Whose.
    pub customer: Option<Key<CustomerId>>,
    /// Of what.
    pub product: Option<Key<ProductId>>,
    /// Its machines.
    pub hosts: Vec<Host>,
    /// Its files, kept as they are.
    pub files: Vec<File>,
    /// When it was issued.
    pub issued_at: OffsetDateTime,
    /// First day; absent: at once.
    pub starts_on: Option<Date>,
    /// Last good day; absent: it does not end.
    pub expires_on: Option<Date>,
    /// Last day of maintenance.
    pub maintenance_until: Option<Date>,
    /// What it grants.
    pub features: Vec<GrantedFeature>,
    /// The caller's own id.
    pub external_ref: Option<String>,
    /// The caller's own data.
    pub attributes: Vec<Attribute>,
}

impl ImportItem {
    /// Checks the members by themselves.
    ///
    /// # Errors
    /// `InvalidRequest`, `LimitExceeded`.
    pub fn check(&self, now: OffsetDateTime) -> Result<()> {
        self.check_owner()?;
        self.check_dates(now)?;
        check_number(&self.files)?;
        for (i, file) in self.files.iter().enumerate() {
            let twin = self.files[..i].iter().any(|other| other.name == file.name);
            let checked = if twin {
                Err(Error::invalid("name", "Another file has this name."))
            } else {
                file.check()
            };
            checked.map_err(|error| error.within(&format!("file[{i}]")))?;
        }
        check_count("feature", self.features.len(), MAX_FEATURES)?;
        for (i, feature) in self.features.iter().enumerate() {
            check_feature(feature).map_err(|error| error.within(&format!("feature[{i}]")))?;
        }
        check_optional("externalRef", self.external_ref.as_deref())?;
        check_attributes("attribute", &self.attributes, Names::Unique)
    }

    fn check_owner(&self) -> Result<()> {
        let message = "An order has its customer and product: name it, or these two.";
        match (&self.order, &self.customer, &self.product) {
            (Some(_), None, None) | (None, Some(_), Some(_)) => Ok(()),
            (Some(_), Some(_), _) | (None, None, Some(_)) => {
                Err(Error::invalid("customerId", message))
            }
            (Some(_), None, Some(_)) | (None, Some(_), None) => {
                Err(Error::invalid("productId", message))
            }
            (None, None, None) => Err(Error::invalid("orderId", message)),
        }
    }

    fn check_dates(&self, now: OffsetDateTime) -> Result<()> {
        if self.issued_at > now || self.issued_at < OffsetDateTime::UNIX_EPOCH {
            let message = "It is a moment from 1970 until now.";
            return Err(Error::invalid("issuedAt", message));
        }
        match (self.starts_on, self.expires_on) {
            (Some(start), Some(end)) if end < start => {
                let message = "The last day is before the first.";
                Err(Error::invalid("expiresOn", message))
            }
            _ => Ok(()),
        }
    }
}

fn check_feature(feature: &GrantedFeature) -> Result<()> {
    check_member("name", &feature.name)?;
    check_optional("version", feature.version.as_deref())?;
    if feature.count >= 1 << 53 {
        return Err(Error::invalid("count", "The value is below 2^53."));
    }
    Ok(())
}
