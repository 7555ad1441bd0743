//! Notes of the server: a text for each name, such as which plugins were confirmed. What they mean
//! is not known here.

use lds_domain::error::Result;

use crate::connection::{Connection, Fetch, Purpose, ask};
use crate::failure::Failure;
use crate::row::Rows;
use crate::store::Store;

impl Store {
    /// What was noted under a name.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub async fn note(&self, name: &str) -> Result<Option<String>> {
        Ok(self.read_note(&mut &*self.pool, name).await?)
    }

    /// Notes what is made of the note that is there. Who else changes it at the same time waits.
    ///
    /// # Errors
    /// As [`Self::note`].
    pub async fn change_note(
        &self,
        name: &str,
        change: impl FnOnce(Option<String>) -> String + Send,
    ) -> Result<()> {
        let mut connection = self.shared.connector.connect(Purpose::Writing).await?;
        connection.begin().await?;
        let changed = self.change_within(&mut *connection, name, change).await;
        match changed {
            Ok(()) => connection.commit().await?,
            Err(error) => {
                connection.rollback().await?;
                return Err(error.into());
            }
        }
        Ok(())
    }

    async fn change_within(
        &self,
        connection: &mut dyn Connection,
        name: &str,
        change: impl FnOnce(Option<String>) -> String + Send,
    ) -> Result<(), Failure> {
        let sql = &self.shared.statements.writes;
        connection
            .execute(&sql.hold_setting, parameter(&(name,))?)
            .await?;
        let before = self.read_note(connection, name).await?;
        let statement = match before {
            Some(_) => &sql.replace_setting,
            None => &sql.setting,
        };
        let after = change(before);
        let parameter = parameter(&(name, after))?;
        connection.execute(statement, parameter).await?;
        Ok(())
    }

    async fn read_note<F: Fetch + ?Sized>(
        &self,
        fetch: &mut F,
        name: &str,
    ) -> Result<Option<String>, Failure> {
        let mut rows = Rows::default();
        rows.push(&(name,))?;
        let sql = &self.shared.statements.reads.settings;
        let found: Vec<(String, String)> = ask(fetch, sql, rows).await?;
        Ok(found.into_iter().next().map(|(_, value)| value))
    }
}

fn parameter(row: &impl serde::Serialize) -> Result<String, Failure> {
    let mut rows = Rows::default();
    rows.push(row)?;
    rows.parameter()
        .ok_or_else(|| Failure::internal("a statement without rows"))
}
