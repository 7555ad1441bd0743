//! Looking at what happened: the audit log and the feed of events.

use crate::access::{Actor, Permission};
use crate::error::Result;
use crate::query::{Page, Paging};
use crate::records::{AuditFilter, AuditRecord, EventFilter, Feed, Span, Verdict};
use crate::service::Services;

impl Services {
    /// `findAuditEntries`.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest`, `LimitExceeded`.
    pub async fn find_audit_entries(
        &self,
        actor: &Actor,
        filter: AuditFilter,
        paging: Paging,
    ) -> Result<Page<AuditRecord>> {
        actor.require(Permission::ReadAudit)?;
        filter.check()?;
        paging.check()?;
        self.store.find_audit_entries(filter, paging).await
    }

    /// `verifyAudit`: follows every chain and compares it with what was signed.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest`.
    pub async fn verify_audit(&self, actor: &Actor, span: Span) -> Result<Verdict> {
        actor.require(Permission::ReadAudit)?;
        span.check()?;
        self.store.verify_audit(span).await
    }

    /// `findEvents`: what happened after a place in the feed.
    ///
    /// # Errors
    /// `PermissionDenied`, `InvalidRequest`, `LimitExceeded`.
    pub async fn find_events(&self, actor: &Actor, filter: EventFilter) -> Result<Feed> {
        actor.require(Permission::ReadEvents)?;
        filter.check()?;
        self.store.find_events(filter).await
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::Code;
    use crate::access::Role;
    use crate::testing::{Bench, actor};

    fn events(size: u32) -> EventFilter {
        EventFilter {
            cursor: None,
            kinds: Vec::new(),
            size,
        }
    }

    #[tokio::test]
    async fn roles_see_of_the_records_what_the_table_says() {
        let services = Bench::new().services;
        for role in Role::ALL {
            let actor = actor(*role);
            let audit = services
                .find_audit_entries(&actor, AuditFilter::default(), Paging::default())
                .await;
            let verdict = services.verify_audit(&actor, Span::default()).await;
            let feed = services.find_events(&actor, events(1)).await;
            let reads_audit = matches!(role, Role::Administrator | Role::Manager | Role::Auditor);
            assert_eq!(audit.is_ok(), reads_audit, "{role}");
            assert_eq!(verdict.is_ok(), reads_audit, "{role}");
            assert_eq!(feed.is_ok(), reads_audit || *role == Role::Sales, "{role}");
        }
    }

    #[tokio::test]
    async fn questions_that_make_no_sense_are_refused() {
        let services = Bench::new().services;
        let auditor = actor(Role::Auditor);
        let backwards = Span {
            since: Some(datetime!(2026-11-25 00:00 UTC)),
            before: Some(datetime!(2026-11-24 00:00 UTC)),
        };
        let refused = services
            .verify_audit(&auditor, backwards)
            .await
            .unwrap_err();
        assert_eq!(
            (refused.code, refused.field.as_deref()),
            (Code::InvalidRequest, Some("before"))
        );
        for size in [0, 1001] {
            let refused = services.find_events(&auditor, events(size)).await;
            assert_eq!(refused.unwrap_err().field.as_deref(), Some("pageSize"));
        }
    }
}
