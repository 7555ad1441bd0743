//! Licenses that the vendor asks back.

use super::*;
use crate::command::{BatchAnswer, OrderInfo};
use crate::license::{LicenseState, RemovedBy};
use crate::terms::Allowance;

impl Shop {
    async fn confirm(&self, value: &str) -> Result<IssuedLicense> {
        let machine = self.machine(value);
        let services = &self.bench.services;
        services.confirm_removal(&customer_actor(), &machine).await
    }

    async fn info(&self) -> OrderInfo {
        let order_id = self.order.order_id.expose();
        let services = &self.bench.services;
        services
            .order_info(&customer_actor(), order_id)
            .await
            .unwrap()
    }

    async fn request(&self, id: LicenseId) -> BatchAnswer<()> {
        let services = &self.bench.services;
        let command = change(id, Some("we moved to floating licenses"));
        let staff = actor(Role::Support);
        services.request_removals(&staff, command).await.unwrap()
    }

    async fn cancel(&self, id: LicenseId) -> BatchAnswer<()> {
        let services = &self.bench.services;
        let staff = actor(Role::Support);
        let command = change(id, None);
        services
            .cancel_removal_requests(&staff, command)
            .await
            .unwrap()
    }

    /// Plays one of the steps: ask, take back, confirm.
    pub(super) async fn ask(&self, id: LicenseId) {
        assert_eq!(self.request(id).await.failed, 0);
    }

    pub(super) async fn take_back(&self, id: LicenseId) {
        assert_eq!(self.cancel(id).await.failed, 0);
    }

    pub(super) async fn confirmed(&self, value: &str) -> Result<LicenseId> {
        self.confirm(value).await.map(|issued| issued.license.id)
    }
}

fn change(id: LicenseId, reason: Option<&str>) -> StateChange<Key<LicenseId>> {
    StateChange {
        batch: crate::testing::batch(vec![Key::Id(id)]),
        reason: reason.map(str::to_owned),
    }
}

fn refused(answer: &BatchAnswer<()>) -> Code {
    answer.items[0].failure.as_ref().unwrap().code
}

async fn shop_with_moves(count: u32) -> Shop {
    let moves_allowed = Some(Allowance {
        count,
        per_days: None,
    });
    Shop::new(Terms {
        moves_allowed,
        ..ethernet_terms()
    })
    .await
}

#[tokio::test]
async fn what_is_asked_back_stays_in_force_until_its_machine_confirms() {
    let shop = shop_with_moves(1).await;
    let first = shop.activate(MACHINE).await.unwrap().license;
    assert_eq!(shop.request(first.id).await.failed, 0);
    let again = shop.activate(MACHINE).await.unwrap().license;
    assert_eq!(
        (again.id, again.state, &again.files),
        (first.id, LicenseState::RemovalRequested, &first.files)
    );
    assert!(shop.info().await.removal_requested);

    let gone = shop.confirm(MACHINE).await.unwrap().license;
    assert_eq!((gone.id, gone.files.len()), (first.id, 0));
    let removal = gone.removal.clone().unwrap();
    assert_eq!(
        (removal.by, removal.reason.as_deref(), removal.user),
        (
            Some(RemovedBy::Customer),
            Some("we moved to floating licenses"),
            None
        )
    );
    assert!(removal.requested_at.is_some() && removal.removed_at.is_some());
    assert_eq!(shop.confirm(MACHINE).await.unwrap().license, gone);
    let info = shop.info().await;
    assert_eq!(
        (info.moves.unwrap().left, info.removal_requested),
        (1, false)
    );
    shop.check_counters();
}

#[tokio::test]
async fn deactivating_what_is_asked_back_is_no_move_either() {
    let shop = shop_with_moves(0).await;
    let license = shop.activate(MACHINE).await.unwrap().license;
    assert_eq!(
        code(shop.deactivate(MACHINE).await),
        Code::AllowanceExhausted
    );
    shop.ask(license.id).await;
    let gone = shop.deactivate(MACHINE).await.unwrap().license;
    assert_eq!((gone.id, gone.state), (license.id, LicenseState::Removed));
    assert_eq!(shop.bench.tables().uses, []);
}

#[tokio::test]
async fn nothing_is_confirmed_that_was_not_asked_for() {
    let shop = shop_with_moves(1).await;
    assert_eq!(code(shop.confirm(MACHINE).await), Code::NoLicense);
    let license = shop.activate(MACHINE).await.unwrap().license;
    assert_eq!(code(shop.confirm(MACHINE).await), Code::RemovalNotRequested);
    shop.ask(license.id).await;
    shop.take_back(license.id).await;
    assert_eq!(code(shop.confirm(MACHINE).await), Code::RemovalNotRequested);
    assert_eq!(shop.licenses()[0].removal, None);
    // A move of the customer's own is no confirmation that could be repeated.
    shop.deactivate(MACHINE).await.unwrap();
    assert_eq!(code(shop.confirm(MACHINE).await), Code::NoLicense);
}

#[tokio::test]
async fn repeating_changes_nothing_and_what_is_over_stays_over() {
    let shop = shop_with_moves(1).await;
    let license = shop.activate(MACHINE).await.unwrap().license;
    assert_eq!(shop.cancel(license.id).await.failed, 0);
    assert_eq!(shop.licenses()[0].revision, 1);
    shop.ask(license.id).await;
    let requested = shop.licenses();
    shop.ask(license.id).await;
    assert_eq!(shop.licenses(), requested);
    let kinds: Vec<_> = shop.bench.tables().events.iter().map(|e| e.kind).collect();
    assert_eq!(kinds, ["license.created", "license.removalRequested"]);
    let tables = shop.bench.tables();
    let changes = tables.audit.last().unwrap().changes.iter();
    let members: Vec<_> = changes.map(|change| change.member.as_str()).collect();
    assert_eq!(members, ["removal", "state"]);
    drop(tables);

    shop.remove(license.id).await;
    assert_eq!(
        refused(&shop.request(license.id).await),
        Code::ActionNotAllowed
    );
    assert_eq!(
        refused(&shop.cancel(license.id).await),
        Code::ActionNotAllowed
    );
}

#[tokio::test]
async fn asking_needs_a_reason_and_the_right() {
    let shop = shop_with_moves(1).await;
    let license = shop.activate(MACHINE).await.unwrap().license;
    let services = &shop.bench.services;
    for (role, reason, expected) in [
        (Role::Support, None, Code::InvalidRequest),
        (Role::Support, Some(" "), Code::InvalidRequest),
        (Role::Sales, Some("why"), Code::PermissionDenied),
    ] {
        let command = change(license.id, reason);
        let asked = services.request_removals(&actor(role), command).await;
        assert_eq!(code(asked), expected, "{role} {reason:?}");
    }
    let cancelled = services
        .cancel_removal_requests(&actor(Role::Auditor), change(license.id, None))
        .await;
    assert_eq!(code(cancelled), Code::PermissionDenied);
    assert_eq!(shop.licenses()[0].state, LicenseState::Active);
}
