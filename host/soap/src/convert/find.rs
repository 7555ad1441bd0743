//! Lists.

use lds_domain::command::OrderDetails;
use lds_domain::customer::{Customer, CustomerState};
use lds_domain::id::{Id, Key};
use lds_domain::license::{License, LicenseKind, LicenseState};
use lds_domain::order::OrderState;
use lds_domain::ports::Clock;
use lds_domain::product::{Product, ProductState};
use lds_domain::query::{
    Filter, HostFilter, LicenseFilter, OrderFilter, Page, Paging, TextFilter, TextMatch,
    TokenFilter,
};
use lds_domain::token::{Token, TokenState};
use lds_domain::user::{User, UserState};
use lds_domain::{Error, Result};
use time::{Date, Duration, OffsetDateTime, Time};

use super::{Reference, day, each, list, optional_reference};
use crate::wire::common::TextFilter as WireTextFilter;
use crate::wire::find as wire;

/// States, by name.
pub trait State: Sized {
    /// Reads the name.
    fn read(name: &str) -> Result<Self>;
}

macro_rules! states {
    ($($state:ident),+) => {$(
        impl State for $state {
            fn read(name: &str) -> Result<Self> {
                named(Self::read("", name))
            }
        }
    )+};
}

states!(
    UserState,
    TokenState,
    CustomerState,
    ProductState,
    OrderState,
    LicenseState
);

/// For items of lists, whose path is known further out.
fn named<T>(result: Result<T>) -> Result<T> {
    result.map_err(|error| Error {
        field: None,
        ..error
    })
}

macro_rules! common {
    ($request:ident) => {
        Filter {
            ids: each("id", $request.id, |id| Reference::read(&id))?,
            external_ref: $request.external_ref,
            text: $request.text.map(TextFilter::try_from).transpose()?,
            states: each("state", $request.state, |name| State::read(&name))?,
            attributes: list($request.attribute),
            updated_since: $request.updated_since.map(|moment| moment.0),
        }
    };
}

macro_rules! paging {
    ($request:ident) => {
        Paging {
            sort: $request.sort,
            size: $request.page_size.unwrap_or(Paging::default().size),
            cursor: $request.cursor,
            with_total: $request.with_total.unwrap_or_default(),
        }
    };
}

impl<I: Id, S: State> TryFrom<wire::FindRequest> for (Filter<Key<I>, S>, Paging) {
    type Error = Error;

    fn try_from(request: wire::FindRequest) -> Result<Self> {
        let paging = paging!(request);
        Ok((common!(request), paging))
    }
}

impl TryFrom<wire::FindTokensRequest> for (TokenFilter, Paging) {
    type Error = Error;

    fn try_from(request: wire::FindTokensRequest) -> Result<Self> {
        let paging = paging!(request);
        let filter = TokenFilter {
            ids: each("id", request.id, |id| Reference::read(&id))?,
            user: optional_reference("userId", request.user_id)?,
            states: each("state", request.state, |name| State::read(&name))?,
            text: request.text.map(TextFilter::try_from).transpose()?,
            updated_since: request.updated_since.map(|moment| moment.0),
            own: None,
        };
        Ok((filter, paging))
    }
}

impl TryFrom<wire::FindOrdersRequest> for (OrderFilter, Paging) {
    type Error = Error;

    fn try_from(request: wire::FindOrdersRequest) -> Result<Self> {
        let paging = paging!(request);
        let filter = OrderFilter {
            customer: optional_reference("customerId", request.customer_id)?,
            product: optional_reference("productId", request.product_id)?,
            order_id_part: request.order_id_part,
            root: request
                .root_ref
                .map(|id| id.parse().map_err(|error: Error| error.within("rootRef")))
                .transpose()?,
            common: common!(request),
        };
        Ok((filter, paging))
    }
}

impl wire::FindLicensesRequest {
    /// The filter and paging; `clock` knows when the vendor's days begin.
    ///
    /// # Errors
    /// `InvalidRequest` and `NotFound` with the member's path.
    pub fn into_filter(self, clock: &dyn Clock) -> Result<(LicenseFilter, Paging)> {
        let request = self;
        let paging = paging!(request);
        let after = |day: Date| day.next_day().unwrap_or(Date::MAX);
        let filter = LicenseFilter {
            order: optional_reference("orderId", request.order_id)?,
            customer: optional_reference("customerId", request.customer_id)?,
            product: optional_reference("productId", request.product_id)?,
            host: request.host.map(HostFilter::from),
            kinds: each("kind", request.kind, |name| {
                named(LicenseKind::read("", &name))
            })?,
            issued_from: day(request.issued_from).map(|day| start_of(clock, day)),
            issued_before: day(request.issued_until).map(|day| start_of(clock, after(day))),
            expires_from: day(request.expires_from),
            expires_until: day(request.expires_until),
            generator: request.generator,
            files: Vec::new(),
            common: common!(request),
        };
        Ok((filter, paging))
    }
}

/// The first second of a day in the vendor's time zone. Days there begin within a day of those in
/// UTC, whatever the zone.
fn start_of(clock: &dyn Clock, day: Date) -> OffsetDateTime {
    let midnight = day.with_time(Time::MIDNIGHT).assume_utc();
    let (mut before, mut since) = (-86_400, 86_400);
    while since - before > 1 {
        let middle = i64::midpoint(before, since);
        let is_since = midnight
            .checked_add(Duration::seconds(middle))
            .is_some_and(|moment| clock.day(moment) >= day);
        if is_since {
            since = middle;
        } else {
            before = middle;
        }
    }
    midnight.saturating_add(Duration::seconds(since))
}

impl From<wire::HostFilter> for HostFilter {
    fn from(host: wire::HostFilter) -> Self {
        Self {
            host_type: host.host_type,
            values: vec![host.value],
        }
    }
}

impl TryFrom<WireTextFilter> for TextFilter {
    type Error = Error;

    fn try_from(filter: WireTextFilter) -> Result<Self> {
        let matching = filter.matching.map_or(Ok(TextMatch::Prefix), |name| {
            TextMatch::read("text.match", &name)
        })?;
        Ok(Self {
            value: filter.value,
            matching,
        })
    }
}

macro_rules! pages {
    ($($result:ident: $member:ident $entity:ident),+) => {$(
        impl From<Page<$entity>> for wire::$result {
            fn from(page: Page<$entity>) -> Self {
                Self {
                    $member: list(page.items),
                    next_cursor: page.next_cursor,
                    total: page.total,
                    extra: Vec::new(),
                }
            }
        }
    )+};
}

pages! {
    FindUsersResult: user User,
    FindTokensResult: token Token,
    FindCustomersResult: customer Customer,
    FindProductsResult: product Product,
    FindOrdersResult: order OrderDetails,
    FindLicensesResult: license License
}
