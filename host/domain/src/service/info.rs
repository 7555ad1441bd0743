//! What the service tells of itself, and of its generators.

use std::sync::Arc;

use crate::access::{Actor, Permission, Who};
use crate::attribute::{MAX_ATTRIBUTES, MAX_MEMBER, MAX_TEXT};
use crate::command::{MAX_BATCH, MAX_REPLACED, MAX_REQUEST_ID, ServiceInfo};
use crate::error::Result;
use crate::generator::GeneratorInfo;
use crate::product::MAX_FEATURES;
use crate::query::{DEFAULT_PAGE, MAX_PAGE, check_names};
use crate::service::Services;
use crate::terms::{MAX_HOSTS, MAX_QUANTITY};

impl Services {
    /// `getServiceInfo`: for everyone; generators only for those who signed in.
    pub fn service_info(&self, actor: &Actor) -> ServiceInfo {
        let known = matches!(actor.who, Who::User(..) | Who::Operator);
        ServiceInfo {
            timezone: self.clock.timezone().to_owned(),
            limits: limits(),
            generators: if known {
                self.generators.list()
            } else {
                Vec::new()
            },
        }
    }

    /// `findGenerators`: all, or those with these names.
    ///
    /// # Errors
    /// `PermissionDenied`, `LimitExceeded`.
    pub fn find_generators(
        &self,
        actor: &Actor,
        names: &[String],
    ) -> Result<Vec<Arc<GeneratorInfo>>> {
        actor.require(Permission::ReadGenerators)?;
        check_names("id", names)?;
        let mut generators = self.generators.list();
        generators.retain(|generator| names.is_empty() || names.contains(&generator.name));
        Ok(generators)
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
        ("hosts", MAX_HOSTS as u64),
        ("quantity", MAX_QUANTITY.into()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::access::{Role, Source};
    use crate::testing::{Bench, GENERATOR, actor};

    #[tokio::test]
    async fn generators_are_told_to_those_who_signed_in() {
        let bench = Bench::new();
        let anyone = bench
            .services
            .service_info(&Actor::anonymous(None, Source::Soap));
        assert!(anyone.generators.is_empty());
        assert_eq!(anyone.timezone, "UTC");
        assert!(anyone.limits.contains(&("batchItems", 1000)));
        let known = bench.services.service_info(&actor(Role::Sales));
        assert_eq!(known.generators.len(), 1);
    }

    #[tokio::test]
    async fn generators_are_found_by_name() {
        let bench = Bench::new();
        let find = |role, name: &str| {
            let names = [name.to_owned()];
            bench.services.find_generators(&actor(role), &names)
        };
        assert_eq!(find(Role::Developer, GENERATOR).unwrap().len(), 1);
        assert_eq!(find(Role::Developer, "other").unwrap().len(), 0);
        let all = bench.services.find_generators(&actor(Role::Auditor), &[]);
        assert_eq!(all.unwrap()[0].name, GENERATOR);
        let refused = find(Role::Sales, GENERATOR).unwrap_err();
        assert_eq!(refused.code, Code::PermissionDenied);
    }
}
