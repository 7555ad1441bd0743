//! Order views that were read before, for as long as nothing of what they tell has changed.
//!
//! A stored license is asked for again and again, and reading it costs more than all the rest of
//! the request. What is kept is never stale, for every change of this database goes through the
//! writer of this process: it marks what a transaction changes before COMMIT and, after it, with
//! the time of a counter; a view counts only if it was read later than the last mark of its order,
//! its customer and its product. So it is for `SQLite` alone, where another process may add users,
//! tokens and orders, but change nothing (`SqliteOptions::beside_server`).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use lds_domain::id::Id;
use lds_domain::license::License;
use lds_domain::order::{OrderLookup, OrderView};
use lds_domain::unit::Changes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use uuid::Uuid;

/// Entities share marks by their ids; what is marked for another one is just read again.
const MARKS: usize = 1 << 16;
/// A mark while a transaction is being committed: nothing counts.
const COMMITTING: u64 = u64::MAX;
/// What an order with customer and product takes, in bytes, and what a license without files does.
const ORDER_BYTES: usize = 4096;
const LICENSE_BYTES: usize = 2048;

/// Views by what was asked for.
pub(crate) struct Memory {
    views: Cache<OrderLookup, Kept, Bytes>,
    counter: AtomicU64,
    marks: Box<[AtomicU64]>,
}

#[derive(Clone)]
struct Kept {
    read_at: u64,
    view: Arc<OrderView>,
}

/// A moment of the counter.
#[derive(Clone, Copy)]
pub(crate) struct Moment(u64);

#[derive(Clone)]
struct Bytes;

impl Weighter<OrderLookup, Kept> for Bytes {
    fn weight(&self, _: &OrderLookup, kept: &Kept) -> u64 {
        let licenses: usize = licenses(&kept.view).map(|license| bytes(license)).sum();
        u64::try_from(ORDER_BYTES + licenses).unwrap_or(u64::MAX)
    }
}

impl Memory {
    /// For about so many bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        let views = bytes / (ORDER_BYTES + 2 * LICENSE_BYTES);
        Self {
            views: Cache::with_weighter(views, u64::try_from(bytes).unwrap_or(u64::MAX), Bytes),
            counter: AtomicU64::new(0),
            marks: (0..MARKS).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// The view, if it was kept and still tells what is.
    pub(crate) fn get(&self, lookup: &OrderLookup) -> Option<Arc<OrderView>> {
        let Kept { read_at, view } = self.views.get(lookup)?;
        let ids = [
            view.order.id.uuid(),
            view.customer.id.uuid(),
            view.product.id.uuid(),
        ];
        let unmarked = |id| self.marks[place(id)].load(Ordering::SeqCst) <= read_at;
        ids.into_iter().all(unmarked).then_some(view)
    }

    /// To be asked for before a view is read.
    pub(crate) fn now(&self) -> Moment {
        Moment(self.counter.load(Ordering::SeqCst))
    }

    /// Keeps a view that was read after that moment. One without a license is not asked for again.
    pub(crate) fn keep(&self, lookup: OrderLookup, moment: Moment, view: &Arc<OrderView>) {
        if licenses(view).next().is_some() {
            let (read_at, view) = (moment.0, Arc::clone(view));
            self.views.insert(lookup, Kept { read_at, view });
        }
    }

    /// To be held while a transaction with these changes is committed.
    pub(crate) fn committing<'a>(
        &self,
        changes: impl Iterator<Item = &'a Changes>,
    ) -> Committing<'_> {
        let places: Vec<_> = changes.flat_map(changed).map(place).collect();
        self.mark(&places, COMMITTING);
        Committing(self, places)
    }

    fn mark(&self, places: &[usize], with: u64) {
        for place in places {
            self.marks[*place].store(with, Ordering::SeqCst);
        }
    }
}

/// A transaction that is being committed, or was, or was not: marks what it changes.
pub(crate) struct Committing<'a>(&'a Memory, Vec<usize>);

impl Drop for Committing<'_> {
    fn drop(&mut self) {
        let Self(memory, places) = self;
        let now = memory.counter.fetch_add(1, Ordering::SeqCst) + 1;
        memory.mark(places, now);
    }
}

/// The ids of all that a view could tell otherwise after these changes.
pub(crate) fn changed(changes: &Changes) -> impl Iterator<Item = Uuid> {
    let Changes {
        customers,
        products,
        orders,
        new_licenses,
        licenses,
        activity,
        uses,
        erased,
        ..
    } = changes;
    let own = orders.changed.iter().map(|order| order.id);
    let of_new = new_licenses.iter().filter_map(|new| new.license.order);
    let of_licenses = licenses.iter().filter_map(|license| license.order);
    let orders = own
        .chain(orders.deleted.iter().copied())
        .chain(of_new)
        .chain(of_licenses)
        .chain(activity.iter().map(|activity| activity.order))
        .chain(uses.iter().map(|used| used.order))
        .map(Id::uuid);
    let customers = customers.changed.iter().map(|customer| customer.id.uuid());
    let products = products.changed.iter().map(|product| product.id.uuid());
    let erased = erased.iter().map(|erasure| erasure.customer.uuid());
    orders.chain(customers).chain(products).chain(erased)
}

fn place(id: Uuid) -> usize {
    let [.., high, low] = id.into_bytes();
    usize::from(u16::from_be_bytes([high, low])) % MARKS
}

fn licenses(view: &OrderView) -> impl Iterator<Item = &Arc<License>> {
    let matched = view.matched.iter().map(|matched| &matched.license);
    matched.chain(&view.only)
}

fn bytes(license: &License) -> usize {
    let files: usize = license.files.iter().map(|file| file.bytes.len()).sum();
    LICENSE_BYTES + files
}
