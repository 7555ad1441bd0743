//! What the domain needs from outside: storage, generators, time, randomness.

use std::sync::Arc;

use async_trait::async_trait;
use time::{Date, OffsetDateTime};

use crate::command::Trial;
use crate::customer::Customer;
use crate::error::Result;
use crate::generator::{
    Compared, GenerateRequest, Generated, GeneratorInfo, HostParts, Problem, ValidateRequest,
};
use crate::host::HostTypeRef;
use crate::id::{Key, LicenseId, OrderRef, TokenId};
use crate::license::{File, License};
use crate::order::{Order, OrderLookup, OrderView};
use crate::product::Product;
use crate::query::{
    CustomerFilter, LicenseFilter, OrderFilter, Page, Paging, ProductFilter, TokenFilter,
    UserFilter,
};
use crate::records::{AuditFilter, AuditRecord, EventFilter, Feed, Span, Verdict};
use crate::token::{Token, TokenKey};
use crate::unit::{Committed, Loaded, Stop, Unit, UserKey, Wanted};
use crate::user::User;
use crate::verification::Reading;

/// Time. Only the binary has the real one.
pub trait Clock: Send + Sync {
    /// UTC, truncated to milliseconds.
    fn now(&self) -> OffsetDateTime;
    /// The day in the vendor's time zone.
    fn day(&self, at: OffsetDateTime) -> Date;
    /// Today in the vendor's time zone.
    fn today(&self) -> Date {
        self.day(self.now())
    }
    /// The vendor's time zone by name.
    fn timezone(&self) -> &str;
}

/// Cryptographic randomness. Only the binary has the real one.
pub trait Random: Send + Sync {
    /// Fills with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// Runs a future to its end, whoever waits for it: a started activation outlives a caller that
/// hangs up.
pub type Spawn = Arc<dyn Fn(futures_util::future::BoxFuture<'static, ()>) + Send + Sync>;

/// Storage. Errors are `Unavailable` (try again) or `Internal`; `InvalidRequest` for a cursor or
/// sort that is none.
#[async_trait]
pub trait Store: Records + Secrets + Send + Sync {
    /// An order with all that decisions need; the way of every activation.
    async fn order(&self, lookup: OrderLookup) -> Result<Option<Arc<OrderView>>>;

    /// A license with its files.
    async fn license(&self, key: Key<LicenseId>) -> Result<Option<License>>;

    /// The generator's request document of a license, as far as it is kept: not that of an imported
    /// or erased one.
    async fn document(&self, license: LicenseId) -> Result<Option<Vec<u8>>>;

    /// Reads without locks, as a unit would.
    async fn load(&self, wanted: Wanted) -> Result<Loaded>;

    /// A user with its password hash.
    async fn user(&self, key: UserKey) -> Result<Option<Arc<User>>>;

    /// A token and its user.
    async fn token(&self, key: TokenKey) -> Result<Option<(Token, Arc<User>)>>;

    /// Remembers that a token was used; at most once a minute each, best effort.
    async fn token_used(&self, token: &Token, at: OffsetDateTime) -> Result<()>;

    /// Remembers that a user signed in; at most once a minute each, best effort.
    async fn user_signed_in(&self, user: &User, at: OffsetDateTime) -> Result<()>;

    /// A page of users.
    async fn find_users(&self, filter: UserFilter, paging: Paging) -> Result<Page<User>>;

    /// A page of tokens.
    async fn find_tokens(&self, filter: TokenFilter, paging: Paging) -> Result<Page<Token>>;

    /// A page of customers.
    async fn find_customers(
        &self,
        filter: CustomerFilter,
        paging: Paging,
    ) -> Result<Page<Customer>>;

    /// A page of products.
    async fn find_products(&self, filter: ProductFilter, paging: Paging) -> Result<Page<Product>>;

    /// A page of orders, with their allowance uses.
    async fn find_orders(&self, filter: OrderFilter, paging: Paging) -> Result<Page<OrderView>>;

    /// A page of licenses, files included.
    async fn find_licenses(&self, filter: LicenseFilter, paging: Paging) -> Result<Page<License>>;

    /// Locks, decides, writes; grouped with units that wait. A repeated request id is answered
    /// from its record.
    async fn commit(&self, unit: Unit) -> Result<Committed, Stop>;

    /// The generators that are switched off.
    async fn disabled_generators(&self) -> Result<Vec<String>>;

    /// Orders by id, as they are now, in the order asked for; unknown ones are left out.
    async fn orders(&self, ids: &[OrderRef]) -> Result<Vec<Order>>;

    /// Whether the database answers, and with the right schema.
    async fn ready(&self) -> Result<()>;
}

/// Secrets that have to be known again. What is sealed is of use to nobody without the
/// installation's key, and belongs to one token.
pub trait Secrets {
    /// Seals a token's secret.
    fn seal(&self, token: TokenId, secret: &str) -> Result<Vec<u8>>;

    /// Opens what was sealed for this token.
    fn open(&self, token: TokenId, sealed: &[u8]) -> Result<String>;
}

/// What units of work left behind: the audit log and the feed of events. Errors as of [`Store`].
#[async_trait]
pub trait Records {
    /// A page of the audit log, by time.
    async fn find_audit_entries(
        &self,
        filter: AuditFilter,
        paging: Paging,
    ) -> Result<Page<AuditRecord>>;

    /// Follows the chains through a span of time and compares them with what was signed.
    async fn verify_audit(&self, span: Span) -> Result<Verdict>;

    /// The events after a place. None that is committed later comes to lie before it.
    async fn find_events(&self, filter: EventFilter) -> Result<Feed>;
}

/// Generators: plugins and signers. Errors are the generator codes of the contract.
#[async_trait]
pub trait Generators: Send + Sync {
    /// All that are installed, by name.
    fn list(&self) -> Vec<Arc<GeneratorInfo>>;

    /// One by name.
    fn get(&self, name: &str) -> Option<Arc<GeneratorInfo>>;

    /// A host type by its server-wide name.
    fn host_type(&self, name: &str) -> Option<HostTypeRef>;

    /// Writes and signs a license text.
    async fn generate(&self, name: &str, request: &GenerateRequest) -> Result<Generated>;

    /// Checks a product or order; nothing found is an empty list.
    async fn validate(&self, name: &str, request: &ValidateRequest) -> Result<Vec<Problem>>;

    /// A host value composed of parts; `None` where the generator can't, as most.
    async fn compose(&self, _name: &str, _parts: &HostParts) -> Result<Option<String>> {
        Ok(None)
    }

    /// Writes a text in a dry run that nothing remembers: by this request, a JSON object, or by a
    /// sample that is made.
    async fn test(&self, name: &str, request: Option<&str>) -> Result<Trial>;

    /// What files grant; `None` where they are not of this generator's format, or it can't read.
    async fn read(&self, name: &str, files: &[File], today: Date) -> Result<Option<Reading>>;

    /// In what files differ by meaning from the request that a license was written by, a sentence
    /// each; `None` where the generator can't compare.
    async fn compare(&self, name: &str, compared: Compared<'_>) -> Result<Option<Vec<String>>>;
}

/// Fixed time and seeded randomness, for tests of every room.
pub mod fixed {
    use std::sync::Mutex;

    use sha2::{Digest, Sha256};
    use time::{Date, OffsetDateTime};

    use super::{Clock, Random};

    /// A clock that stands until it is moved; its time zone is UTC.
    #[derive(Debug)]
    pub struct FixedClock(Mutex<OffsetDateTime>);

    impl FixedClock {
        /// Stands at this time.
        pub const fn new(at: OffsetDateTime) -> Self {
            Self(Mutex::new(at))
        }

        /// Moves to this time.
        pub fn set(&self, at: OffsetDateTime) {
            *self
                .0
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner) = at;
        }
    }

    impl Clock for FixedClock {
        fn now(&self) -> OffsetDateTime {
            *self
                .0
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
        }

        fn day(&self, at: OffsetDateTime) -> Date {
            at.date()
        }

        fn timezone(&self) -> &'static str {
            "UTC"
        }
    }

    /// Bytes that follow from a seed: SHA-256 over seed and block number. Not for production.
    #[derive(Debug)]
    pub struct SeededRandom {
        seed: u64,
        block: Mutex<u64>,
    }

    impl SeededRandom {
        /// The stream of this seed.
        pub const fn new(seed: u64) -> Self {
            Self {
                seed,
                block: Mutex::new(0),
            }
        }
    }

    impl Random for SeededRandom {
        fn fill(&self, bytes: &mut [u8]) {
            let mut block = self
                .block
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            for chunk in bytes.chunks_mut(32) {
                let hash = Sha256::new()
                    .chain_update(self.seed.to_le_bytes())
                    .chain_update(block.to_le_bytes());
                chunk.copy_from_slice(&hash.finalize()[..chunk.len()]);
                *block += 1;
            }
        }
    }
}
