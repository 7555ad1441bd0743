//! Equal activations at once, in an order that the test decides.

use std::pin::pin;

use futures_util::FutureExt;

use super::*;
use crate::license::LicenseState;

/// One looked before anything was there, and comes to an equal activation that was committed by
/// then, but not answered yet. Meanwhile its license is removed: who joined before the commit may
/// be told of it, who comes after the removal must not be.
#[tokio::test]
async fn who_comes_during_the_commit_looks_again() {
    let shop = Shop::new(ethernet_terms()).await;
    let store = &shop.bench.store;
    let mut reading = store.orders_read.hold();
    let mut late = pin!(shop.activate(MACHINE));
    assert!(late.as_mut().now_or_never().is_none());
    reading.reached().await;

    let mut committing = store.committed.hold();
    let mut first = pin!(shop.activate(MACHINE));
    let mut joining = pin!(shop.activate(MACHINE));
    assert!(first.as_mut().now_or_never().is_none());
    assert!(joining.as_mut().now_or_never().is_none());
    committing.reached().await;
    reading.release();
    assert!(late.as_mut().now_or_never().is_none());

    let removed = shop.licenses()[0].id;
    shop.remove(removed).await;
    committing.release();
    assert_eq!(first.await.unwrap().license.id, removed);
    assert_eq!(joining.await.unwrap().license.id, removed);
    let after = late.await.unwrap().license;
    assert_ne!(after.id, removed);
    assert_eq!(after.state, LicenseState::Active);
    assert_eq!(shop.bench.generators.runs(), 2);
    shop.check_counters();
}
