//! Activations by staff: dry runs and previews, and requests that are repeated.

use super::*;
use crate::command::PreviewLicense;
use crate::license::LicenseState;

#[tokio::test]
async fn a_dry_run_and_a_preview_write_nothing() {
    let shop = Shop::new(ethernet_terms()).await;
    let options = WriteOptions {
        dry_run: true,
        request_id: Some("r".into()),
    };
    let dry = ActivateLicense {
        options,
        ..shop.staff(MACHINE)
    };
    shop.bench
        .services
        .activate_license(&actor(Role::Support), dry)
        .await
        .unwrap();
    let preview = PreviewLicense {
        order: Some(shop.order.id.into()),
        customer: None,
        product: None,
        terms: None,
        features: Vec::new(),
        hosts: vec![host(MACHINE)],
        parameters: Vec::new(),
    };
    let preview = shop
        .bench
        .services
        .preview_license(&actor(Role::Sales), preview)
        .await
        .unwrap();
    assert_eq!(preview.warnings[0].code, "NOT_FOR_USE");
    assert_eq!(shop.licenses(), []);
    assert!(shop.bench.tables().requests.is_empty() && shop.bench.tables().audit.is_empty());
    shop.check_counters();
}

#[tokio::test]
async fn a_repeated_request_is_answered_and_other_content_refused() {
    let shop = Shop::new(Terms {
        max_activations: 2,
        ..ethernet_terms()
    })
    .await;
    let options = WriteOptions {
        request_id: Some("r-1".into()),
        dry_run: false,
    };
    let command = ActivateLicense {
        options,
        ..shop.staff(MACHINE)
    };
    let staff = actor(Role::Support);
    let first = shop
        .bench
        .services
        .activate_license(&staff, command.clone())
        .await
        .unwrap();
    shop.remove(first.id).await;
    let again = shop
        .bench
        .services
        .activate_license(&staff, command.clone())
        .await
        .unwrap();
    assert_eq!((again.id, again.state), (first.id, LicenseState::Removed));
    let runs = shop.bench.generators.runs();
    assert_eq!(runs, 1, "what was made is told of");
    let other = ActivateLicense {
        hosts: vec![host("001122aabbcd")],
        ..command
    };
    assert_eq!(
        code(shop.bench.services.activate_license(&staff, other).await),
        Code::IdempotencyConflict
    );
    assert_eq!(shop.licenses().len(), 1);
}
