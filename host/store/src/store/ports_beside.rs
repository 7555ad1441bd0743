//! The smaller ports that the store serves beside its own: records that are only read, and secrets
//! that are sealed by a key of its.

use async_trait::async_trait;
use lds_domain::id::{Id, TokenId};
use lds_domain::ports;
use lds_domain::query::{Page, Paging};
use lds_domain::records::{AuditFilter, AuditRecord, EventFilter, Feed, Span, Verdict};
use lds_domain::{Error, Result};

use super::Store;
use crate::audit;

impl ports::Secrets for Store {
    fn seal(&self, token: TokenId, secret: &str) -> Result<Vec<u8>> {
        let owner = token.uuid().into_bytes();
        let secrets = &self.shared.keys.secrets;
        Ok(secrets.seal(&owner, secret.as_bytes(), &*self.shared.random)?)
    }

    fn open(&self, token: TokenId, sealed: &[u8]) -> Result<String> {
        let owner = token.uuid().into_bytes();
        let secret = self.shared.keys.secrets.open(&owner, sealed)?;
        String::from_utf8(secret).map_err(|_| Error::internal("a sealed secret is no text"))
    }
}

#[async_trait]
impl ports::Records for Store {
    async fn find_audit_entries(
        &self,
        filter: AuditFilter,
        paging: Paging,
    ) -> Result<Page<AuditRecord>> {
        self.finder.audit(&self.pool, &filter, &paging).await
    }

    async fn verify_audit(&self, span: Span) -> Result<Verdict> {
        let sql = &self.shared.statements.records;
        Ok(audit::verify(&self.pool, sql, &self.shared.keys, span).await?)
    }

    async fn find_events(&self, filter: EventFilter) -> Result<Feed> {
        self.finder.events(&self.pool, &filter).await
    }
}
