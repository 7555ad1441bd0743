//! What the service tells of itself.

use crate::access::{Actor, Who};
use crate::attribute::{MAX_ATTRIBUTES, MAX_MEMBER, MAX_TEXT};
use crate::command::{MAX_BATCH, MAX_REPLACED, MAX_REQUEST_ID, ServiceInfo};
use crate::error::Result;
use crate::product::{MAX_COUNT, MAX_FEATURES};
use crate::query::{DEFAULT_PAGE, MAX_PAGE};
use crate::service::Services;
use crate::terms::{MAX_HOSTS, MAX_QUANTITY};
use crate::verification::MAX_FILES;

impl Services {
    /// `getServiceInfo`: for everyone; generators only for those who signed in.
    ///
    /// # Errors
    /// `Unavailable`, for those who signed in.
    pub async fn service_info(&self, actor: &Actor) -> Result<ServiceInfo> {
        let known = matches!(actor.who, Who::User(..) | Who::Operator);
        Ok(ServiceInfo {
            timezone: self.clock.timezone().to_owned(),
            limits: limits(),
            generators: if known {
                self.listed().await?
            } else {
                Vec::new()
            },
        })
    }
}

fn limits() -> Vec<(&'static str, u64)> {
    vec![
        ("batchItems", MAX_BATCH as u64),
        ("replacedLicenses", MAX_REPLACED as u64),
        ("pageSize", MAX_PAGE.into()),
        ("defaultPageSize", DEFAULT_PAGE.into()),
        ("requestIdCharacters", MAX_REQUEST_ID as u64),
        ("memberCharacters", MAX_MEMBER as u64),
        ("textCharacters", MAX_TEXT as u64),
        ("features", MAX_FEATURES as u64),
        ("attributes", MAX_ATTRIBUTES as u64),
        ("parameters", MAX_ATTRIBUTES as u64),
        ("settings", MAX_ATTRIBUTES as u64),
        ("contacts", MAX_ATTRIBUTES as u64),
        ("hosts", MAX_HOSTS as u64),
        ("files", MAX_FILES as u64),
        ("quantity", MAX_QUANTITY.into()),
        ("count", MAX_COUNT),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Role, Source};
    use crate::testing::{Bench, actor};

    #[tokio::test]
    async fn generators_are_told_to_those_who_signed_in() {
        let bench = Bench::new();
        let anyone = bench
            .services
            .service_info(&Actor::anonymous(None, Source::Soap))
            .await
            .unwrap();
        assert!(anyone.generators.is_empty());
        assert_eq!(anyone.timezone, "UTC");
        assert!(anyone.limits.contains(&("batchItems", 1000)));
        assert!(anyone.limits.contains(&("files", 16)));
        let known = bench
            .services
            .service_info(&actor(Role::Sales))
            .await
            .unwrap();
        assert_eq!(known.generators.len(), 1);
    }
}
