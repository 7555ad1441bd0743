//! One order of a vendor in memory, with real services over it: what the portal's pages stand on.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use lds_domain::claim::{Claim, ClaimClass};
use lds_domain::command::Trial;
use lds_domain::customer::{Customer, CustomerData, CustomerState};
use lds_domain::generator::{
    Compared, Definition, Description, GenerateRequest, Generated, GeneratorInfo, GeneratorState,
    Problem, ValidateRequest, ValueType,
};
use lds_domain::host::{Form, HostType, HostTypeRef, whole_pattern};
use lds_domain::id::{CustomerId, Id, Key, LicenseId, OrderRef, ProductId, TokenId};
use lds_domain::license::{File, GeneratorStamp, License};
use lds_domain::order::{Matched, Order, OrderData, OrderLookup, OrderState, OrderView};
use lds_domain::order_id::OrderId;
use lds_domain::ports::fixed::{FixedClock, SeededRandom};
use lds_domain::ports::{Generators, Records, Secrets, Store};
use lds_domain::product::{Product, ProductData, ProductState};
use lds_domain::query::{
    CustomerFilter, LicenseFilter, OrderFilter, Page, Paging, ProductFilter, TokenFilter,
    UserFilter,
};
use lds_domain::records::{AuditFilter, AuditRecord, EventFilter, Feed, Span, Verdict};
use lds_domain::service::Services;
use lds_domain::terms::{HostLock, HostRule, Terms};
use lds_domain::token::{Token, TokenKey};
use lds_domain::unit::{Committed, Loaded, Stop, Unit, UserKey, Wanted};
use lds_domain::user::{Stamps, User};
use lds_domain::verification::Reading;
use lds_domain::{Error, Result};
use time::macros::datetime;
use time::{Date, OffsetDateTime};

/// All signs but the last are worth nothing: the check character is worked out by hand.
pub(crate) const ORDER_ID: &str = "22222-22222-22222-2223N";
/// A hostile product name.
pub(crate) const PRODUCT: &str = "Flow <script>alert(1)</script>";
const NOW: OffsetDateTime = datetime!(2026-11-25 10:00 UTC);
const GENERATOR: &str = "sample";

/// The vendor's store and generator.
pub(crate) struct Shop {
    view: Mutex<OrderView>,
    claims: Mutex<Vec<(Claim, License)>>,
}

/// Terms that bind a license to as many Ethernet addresses.
pub(crate) fn terms(min: u32, max: u32) -> Terms {
    Terms {
        host_lock: HostLock::Required,
        host_rules: vec![HostRule {
            host_type: "ETHERNET".to_owned(),
            min,
            max,
        }],
        ..Terms::default()
    }
}

/// Services over one order with these terms; `change` may bend the order before.
pub(crate) fn services(terms: Terms, change: impl FnOnce(&mut OrderView)) -> Arc<Services> {
    let mut view = view(terms);
    change(&mut view);
    let shop = Arc::new(Shop {
        view: Mutex::new(view),
        claims: Mutex::default(),
    });
    let spawn = Arc::new(|future| drop(tokio::spawn(future)));
    let random = Arc::new(SeededRandom::new(2));
    let clock = Arc::new(FixedClock::new(NOW));
    Arc::new(Services::new(shop.clone(), shop, clock, random, spawn))
}

fn view(terms: Terms) -> OrderView {
    let (clock, random) = (FixedClock::new(NOW), SeededRandom::new(1));
    let stamps = Stamps::new(NOW, "tests");
    let customer = CustomerId::generate(&clock, &random);
    let product = ProductId::generate(&clock, &random);
    let id = OrderRef::generate(&clock, &random);
    OrderView {
        order: Order {
            id,
            revision: 1,
            order_id: OrderId::parse(ORDER_ID).unwrap(),
            data: OrderData {
                customer,
                product,
                terms: terms.clone(),
                features: Vec::new(),
                valid_from: None,
                valid_until: None,
                notes: None,
                external_ref: None,
                attributes: Vec::new(),
            },
            state: OrderState::Active,
            parent: None,
            root: id,
            relation: None,
            created_on: NOW.date(),
            active_licenses: 0,
            first_activated_on: None,
            allowances_reset_on: None,
            stamps: stamps.clone(),
        },
        customer: Arc::new(customer_of(customer, stamps.clone())),
        product: Arc::new(product_of(product, terms, stamps)),
        matched: Vec::new(),
        only: None,
        uses: Vec::new(),
        removal_requested: false,
    }
}

fn customer_of(id: CustomerId, stamps: Stamps) -> Customer {
    Customer {
        id,
        revision: 1,
        data: CustomerData {
            name: "Aalto Turbines".to_owned(),
            contacts: Vec::new(),
            address: None,
            locale: None,
            notes: None,
            external_ref: None,
            attributes: Vec::new(),
        },
        state: CustomerState::Active,
        stamps,
    }
}

fn product_of(id: ProductId, terms: Terms, stamps: Stamps) -> Product {
    Product {
        id,
        revision: 1,
        data: ProductData {
            code: "FLOW".to_owned(),
            version: None,
            name: PRODUCT.to_owned(),
            generator: GENERATOR.to_owned(),
            settings: Vec::new(),
            features: Vec::new(),
            terms,
            notes: None,
            external_ref: None,
            attributes: Vec::new(),
        },
        state: ProductState::Active,
        stamps,
    }
}

impl Shop {
    fn looked_up(&self, lookup: &OrderLookup) -> Option<OrderView> {
        let mut view = locked(&self.view).clone();
        let claims = locked(&self.claims);
        let matching = claims
            .iter()
            .filter(|(claim, _)| lookup.claims.contains(claim));
        view.matched = matching
            .map(|(_, license)| Matched {
                class: ClaimClass::Live,
                license: Arc::new(license.clone()),
            })
            .collect();
        Some(view).filter(|view| lookup.key.is(&view.order))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn unused<T>() -> Result<T> {
    Err(Error::internal("the portal needs no such thing"))
}

#[async_trait]
impl Store for Shop {
    async fn order(&self, lookup: OrderLookup) -> Result<Option<Arc<OrderView>>> {
        Ok(self.looked_up(&lookup).map(Arc::new))
    }

    async fn commit(&self, unit: Unit) -> Result<Committed, Stop> {
        let orders = unit.wanted.orders.iter();
        let loaded = Loaded {
            orders: orders.filter_map(|lookup| self.looked_up(lookup)).collect(),
            ..Loaded::default()
        };
        let changes = (unit.decide)(&loaded)?;
        for new in &changes.new_licenses {
            locked(&self.view).order.active_licenses += 1;
            let license = License::clone(&new.license);
            let claims = new.claims.iter().map(|claim| (*claim, license.clone()));
            locked(&self.claims).extend(claims);
        }
        Ok(Committed {
            outcomes: changes.outcomes.clone(),
            replayed: false,
            changes,
        })
    }

    async fn license(&self, _key: Key<LicenseId>) -> Result<Option<License>> {
        unused()
    }
    async fn document(&self, _: LicenseId) -> Result<Option<Vec<u8>>> {
        unused()
    }
    async fn load(&self, _wanted: Wanted) -> Result<Loaded> {
        unused()
    }
    async fn user(&self, _key: UserKey) -> Result<Option<Arc<User>>> {
        unused()
    }
    async fn token(&self, _key: TokenKey) -> Result<Option<(Token, Arc<User>)>> {
        unused()
    }
    async fn token_used(&self, _token: &Token, _at: OffsetDateTime) -> Result<()> {
        unused()
    }
    async fn user_signed_in(&self, _user: &User, _at: OffsetDateTime) -> Result<()> {
        unused()
    }
    async fn find_users(&self, _filter: UserFilter, _paging: Paging) -> Result<Page<User>> {
        unused()
    }
    async fn find_tokens(&self, _filter: TokenFilter, _paging: Paging) -> Result<Page<Token>> {
        unused()
    }
    async fn find_customers(&self, _: CustomerFilter, _: Paging) -> Result<Page<Customer>> {
        unused()
    }
    async fn find_products(&self, _: ProductFilter, _: Paging) -> Result<Page<Product>> {
        unused()
    }
    async fn find_orders(&self, _: OrderFilter, _: Paging) -> Result<Page<OrderView>> {
        unused()
    }
    async fn find_licenses(&self, _: LicenseFilter, _: Paging) -> Result<Page<License>> {
        unused()
    }
    async fn disabled_generators(&self) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
    async fn orders(&self, _ids: &[OrderRef]) -> Result<Vec<Order>> {
        unused()
    }
    async fn ready(&self) -> Result<()> {
        Ok(())
    }
}

impl Secrets for Shop {
    fn seal(&self, _: TokenId, _: &str) -> Result<Vec<u8>> {
        unused()
    }
    fn open(&self, _: TokenId, _: &[u8]) -> Result<String> {
        unused()
    }
}

#[async_trait]
impl Records for Shop {
    async fn find_audit_entries(&self, _: AuditFilter, _: Paging) -> Result<Page<AuditRecord>> {
        unused()
    }
    async fn verify_audit(&self, _: Span) -> Result<Verdict> {
        unused()
    }
    async fn find_events(&self, _: EventFilter) -> Result<Feed> {
        unused()
    }
}

#[async_trait]
impl Generators for Shop {
    fn list(&self) -> Vec<Arc<GeneratorInfo>> {
        self.get(GENERATOR).into_iter().collect()
    }

    fn get(&self, name: &str) -> Option<Arc<GeneratorInfo>> {
        let info = GeneratorInfo {
            name: GENERATOR.to_owned(),
            kind: "WASM".to_owned(),
            digest: "00".repeat(32),
            state: GeneratorState::Ready,
            message: None,
            description: Some(Arc::new(description())),
            operator_settings: Vec::new(),
        };
        (name == GENERATOR).then(|| Arc::new(info))
    }

    fn host_type(&self, name: &str) -> Option<HostTypeRef> {
        description().host_type(name).cloned()
    }

    async fn generate(&self, _name: &str, request: &GenerateRequest) -> Result<Generated> {
        let text = format!(
            "# <script>alert(2)</script>\n\nHOST {}\n",
            request.hosts.first().map_or("ANY", |host| &host.value)
        );
        Ok(Generated {
            files: vec![
                File::new(
                    "flow \"1\".lic".to_owned(),
                    "text/plain".to_owned(),
                    text.into_bytes(),
                ),
                File::new("flow.bin".to_owned(), "no type\n".to_owned(), vec![0, 255]),
            ],
            warnings: Vec::new(),
            generator: GeneratorStamp {
                name: GENERATOR.to_owned(),
                version: "1.0.0".to_owned(),
                digest: "00".repeat(32),
            },
            signers: Vec::new(),
            document: Vec::new(),
            input_digest: [0; 32],
        })
    }

    async fn validate(&self, _name: &str, _request: &ValidateRequest) -> Result<Vec<Problem>> {
        Ok(Vec::new())
    }

    async fn test(&self, _: &str, _: Option<&str>) -> Result<Trial> {
        unused()
    }
    async fn read(&self, _: &str, _: &[File], _: Date) -> Result<Option<Reading>> {
        unused()
    }
    async fn compare(&self, _: &str, _: Compared<'_>) -> Result<Option<Vec<String>>> {
        unused()
    }
}

fn description() -> Description {
    Description {
        version: "1.0.0".to_owned(),
        vendor: "Tests".to_owned(),
        kinds: Vec::new(),
        license_types: Vec::new(),
        host_types: vec![Arc::new(HostType {
            name: "ETHERNET".to_owned(),
            label: "Ethernet address".to_owned(),
            form: Form::Hex,
            pattern: whole_pattern("[0-9a-f]{12}").ok(),
            example: Some("3C-52-A1-0F-8B-E4".to_owned()),
            help: Some("12 digits.".to_owned()),
        })],
        settings: Vec::new(),
        parameters: vec![note()],
        feature_parameters: Vec::new(),
        validates: false,
        document: "{}".to_owned(),
    }
}

fn note() -> Definition {
    Definition {
        name: "note".to_owned(),
        value_type: ValueType::Text,
        label: Some("Note".to_owned()),
        help: None,
        required: false,
        default: None,
        choices: Vec::new(),
        min: None,
        max: Some(10),
        pattern: None,
    }
}
