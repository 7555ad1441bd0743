//! Proofs of secrets that are good once. What a proof is made of, and whose, is known to who
//! checks it; here it is seen to that nobody shows it a second time, to whichever server.

use std::sync::Arc;

use crate::error::{Code, Error, Result};
use crate::service::Services;
use crate::token::Spent;
use crate::unit::{Changes, Loaded, Wanted};

impl Services {
    /// Takes a proof that was found to be right.
    ///
    /// # Errors
    /// `AuthenticationRequired` for one that was shown before; `Unavailable`.
    pub async fn spend(&self, spent: Spent) -> Result<()> {
        let wanted = Wanted {
            proofs: vec![spent.proof],
            ..Wanted::default()
        };
        let decide = move |loaded: &Loaded| {
            if loaded.spent.contains(&spent.proof) {
                let message = "These credentials were shown before.";
                return Err(Error::new(Code::AuthenticationRequired, message).into());
            }
            Ok(Changes {
                spent: vec![spent],
                ..Changes::default()
            })
        };
        self.commit(None, wanted, false, Arc::new(decide)).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Bench, NOW};
    use crate::token::Proof;

    #[tokio::test]
    async fn a_proof_is_good_once() {
        let bench = Bench::new();
        let spend = |n: u8| {
            bench.services.spend(Spent {
                proof: Proof([n; 20]),
                until: NOW,
            })
        };
        assert_eq!(spend(1).await, Ok(()));
        let again = spend(1).await.unwrap_err();
        assert_eq!(again.code, Code::AuthenticationRequired);
        assert_eq!(spend(2).await, Ok(()));
        assert!(bench.tables().audit.is_empty());
    }
}
