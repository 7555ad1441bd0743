//! A vendor's office in memory: one user with a password and a token, no orders.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use async_trait::async_trait;
use lds_domain::access::{Role, Scope};
use lds_domain::command::Trial;
use lds_domain::customer::Customer;
use lds_domain::generator::{
    Compared, GenerateRequest, Generated, GeneratorInfo, GeneratorState, Problem, ValidateRequest,
};
use lds_domain::host::HostTypeRef;
use lds_domain::id::{Id, Key, LicenseId, OrderRef, TokenId, UserId};
use lds_domain::license::{File, License};
use lds_domain::order::{Order, OrderLookup, OrderView};
use lds_domain::password;
use lds_domain::ports::fixed::{FixedClock, SeededRandom};
use lds_domain::ports::{Generators, Records, Secrets, Store};
use lds_domain::product::Product;
use lds_domain::query::{
    CustomerFilter, LicenseFilter, OrderFilter, Page, Paging, ProductFilter, TokenFilter,
    UserFilter,
};
use lds_domain::records::{AuditFilter, AuditRecord, EventFilter, Feed, Span, Verdict};
use lds_domain::service::Services;
use lds_domain::token::{self, Token, TokenKey};
use lds_domain::unit::{Committed, Loaded, Stop, Unit, UserKey, Wanted};
use lds_domain::user::{Stamps, User, UserData, UserState};
use lds_domain::verification::Reading;
use lds_domain::{Error, Result};
use time::macros::datetime;
use time::{Date, OffsetDateTime};

pub(super) const LOGIN: &str = "anna";
pub(super) const PASSWORD: &str = "correct: horse battery";
const NOW: OffsetDateTime = datetime!(2026-11-25 10:00 UTC);
/// Stands in errors for what only the log may hold.
pub(super) const SECRET: &str = "/srv/lds/secret";

pub(super) struct Office {
    user: Arc<User>,
    token: Token,
    /// The token's secret.
    pub(super) secret: String,
    /// Whether the database is gone.
    pub(super) is_broken: AtomicBool,
    /// How often someone was admitted by a password.
    pub(super) signed_in: AtomicU32,
}

impl Office {
    /// An office whose user is in this state.
    pub(super) fn new(state: UserState) -> Arc<Self> {
        let (clock, random) = (FixedClock::new(NOW), SeededRandom::new(1));
        let secret = token::draw_secret(&random);
        let stamps = Stamps::new(NOW, "tests");
        let user = User {
            id: UserId::generate(&clock, &random),
            revision: 1,
            data: UserData {
                login: LOGIN.to_owned(),
                display_name: "Anna".to_owned(),
                email: None,
                roles: vec![Role::Administrator],
                external_ref: None,
                attributes: Vec::new(),
            },
            state,
            password: password::hash(PASSWORD, &random).ok(),
            totp: false,
            last_signed_in_at: None,
            stamps: stamps.clone(),
        };
        let token = Token {
            id: TokenId::generate(&clock, &random),
            name: "tests".to_owned(),
            user: user.id,
            scopes: vec![Scope::Role(Role::Administrator)],
            expires_at: None,
            addresses: Vec::new(),
            digest: token::digest(&secret),
            sealed: None,
            last_used_at: None,
            revoked: false,
            stamps,
        };
        Arc::new(Self {
            user: Arc::new(user),
            token,
            secret,
            is_broken: AtomicBool::new(false),
            signed_in: AtomicU32::new(0),
        })
    }

    pub(super) fn services(self: &Arc<Self>) -> Arc<Services> {
        let spawn = Arc::new(|future| drop(tokio::spawn(future)));
        let random = Arc::new(SeededRandom::new(2));
        let clock = Arc::new(FixedClock::new(NOW));
        Arc::new(Services::new(
            self.clone(),
            self.clone(),
            clock,
            random,
            spawn,
        ))
    }
}

fn broken<T>() -> Result<T> {
    Err(Error::internal(SECRET))
}

#[async_trait]
impl Store for Office {
    async fn order(&self, _: OrderLookup) -> Result<Option<Arc<OrderView>>> {
        Ok(None)
    }
    async fn user(&self, key: UserKey) -> Result<Option<Arc<User>>> {
        // PostgreSQL takes no NUL.
        if matches!(&key, UserKey::Login(login) if login.contains('\0')) {
            return broken();
        }
        let is_it = key == UserKey::Login(LOGIN.to_owned());
        Ok(is_it.then(|| self.user.clone()))
    }
    async fn token(&self, key: TokenKey) -> Result<Option<(Token, Arc<User>)>> {
        let is_it = key == TokenKey::Digest(self.token.digest);
        Ok(is_it.then(|| (self.token.clone(), self.user.clone())))
    }
    async fn token_used(&self, _: &Token, _: OffsetDateTime) -> Result<()> {
        Ok(())
    }
    async fn user_signed_in(&self, _: &User, _: OffsetDateTime) -> Result<()> {
        self.signed_in.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
    async fn ready(&self) -> Result<()> {
        if self.is_broken.load(Ordering::Relaxed) {
            return broken();
        }
        Ok(())
    }
    async fn commit(&self, _: Unit) -> Result<Committed, Stop> {
        broken().map_err(Stop::Refused)
    }
    async fn license(&self, _: Key<LicenseId>) -> Result<Option<License>> {
        broken()
    }
    async fn document(&self, _: LicenseId) -> Result<Option<Vec<u8>>> {
        broken()
    }
    async fn load(&self, _: Wanted) -> Result<Loaded> {
        broken()
    }
    async fn find_users(&self, _: UserFilter, _: Paging) -> Result<Page<User>> {
        broken()
    }
    async fn find_tokens(&self, _: TokenFilter, _: Paging) -> Result<Page<Token>> {
        broken()
    }
    async fn find_customers(&self, _: CustomerFilter, _: Paging) -> Result<Page<Customer>> {
        broken()
    }
    async fn find_products(&self, _: ProductFilter, _: Paging) -> Result<Page<Product>> {
        broken()
    }
    async fn find_orders(&self, _: OrderFilter, _: Paging) -> Result<Page<OrderView>> {
        broken()
    }
    async fn find_licenses(&self, _: LicenseFilter, _: Paging) -> Result<Page<License>> {
        broken()
    }
    async fn disabled_generators(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
    async fn orders(&self, _: &[OrderRef]) -> Result<Vec<Order>> {
        broken()
    }
}

impl Secrets for Office {
    fn seal(&self, _: TokenId, _: &str) -> Result<Vec<u8>> {
        broken()
    }
    fn open(&self, _: TokenId, _: &[u8]) -> Result<String> {
        broken()
    }
}

#[async_trait]
impl Records for Office {
    async fn find_audit_entries(&self, _: AuditFilter, _: Paging) -> Result<Page<AuditRecord>> {
        broken()
    }
    async fn verify_audit(&self, _: Span) -> Result<Verdict> {
        broken()
    }
    async fn find_events(&self, _: EventFilter) -> Result<Feed> {
        broken()
    }
}

#[async_trait]
impl Generators for Office {
    fn list(&self) -> Vec<Arc<GeneratorInfo>> {
        vec![Arc::new(GeneratorInfo {
            name: "sample".to_owned(),
            kind: "WASM".to_owned(),
            digest: "00".repeat(32),
            state: GeneratorState::Ready,
            message: None,
            description: None,
            operator_settings: Vec::new(),
        })]
    }
    fn get(&self, _: &str) -> Option<Arc<GeneratorInfo>> {
        None
    }
    fn host_type(&self, _: &str) -> Option<HostTypeRef> {
        None
    }
    async fn generate(&self, _: &str, _: &GenerateRequest) -> Result<Generated> {
        broken()
    }
    async fn validate(&self, _: &str, _: &ValidateRequest) -> Result<Vec<Problem>> {
        broken()
    }
    async fn test(&self, _: &str, _: Option<&str>) -> Result<Trial> {
        broken()
    }
    async fn read(&self, _: &str, _: &[File], _: Date) -> Result<Option<Reading>> {
        broken()
    }
    async fn compare(&self, _: &str, _: Compared<'_>) -> Result<Option<Vec<String>>> {
        broken()
    }
}
