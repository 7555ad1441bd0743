//! Which machine gets which license, and how often the generator runs for it.

use time::Duration;

use super::*;
use crate::terms::{HostLock, HostMatch, HostRule};

#[tokio::test]
async fn the_same_machine_gets_the_same_license_and_the_generator_runs_once() {
    let shop = Shop::new(ethernet_terms()).await;
    let first = shop.activate(MACHINE).await.unwrap();
    shop.bench.clock.set(NOW + Duration::days(40));
    for spelling in ["001122aabbcc", "00:11:22:aa:bb:cc"] {
        assert_eq!(
            shop.activate(spelling).await.unwrap().license.files,
            first.license.files
        );
        assert_eq!(
            shop.fetch(spelling).await.unwrap().license.id,
            first.license.id
        );
    }
    assert_eq!(shop.bench.generators.runs(), 1);
    assert_eq!(
        code(shop.activate("001122aabbcd").await),
        Code::NoActivationsLeft
    );
    shop.check_counters();
}

#[tokio::test]
async fn a_stored_license_needs_no_generator() {
    let shop = Shop::new(ethernet_terms()).await;
    let first = shop.activate(MACHINE).await.unwrap();
    shop.bench
        .generators
        .change(|info| info.state = crate::generator::GeneratorState::Failed);
    assert_eq!(shop.activate(MACHINE).await.unwrap(), first);
    shop.change_order(|order| order.data.terms.max_activations = 2)
        .await;
    assert_eq!(
        code(shop.activate("001122aabbcd").await),
        Code::GeneratorUnavailable
    );
}

#[tokio::test]
async fn equal_activations_in_flight_share_one_run() {
    let shop = Arc::new(Shop::new(ethernet_terms()).await);
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let shop = Arc::clone(&shop);
            tokio::spawn(async move { shop.activate(MACHINE).await.unwrap().license })
        })
        .collect();
    let mut licenses = Vec::new();
    for task in tasks {
        licenses.push(task.await.unwrap());
    }
    assert!(licenses.iter().all(|license| *license == licenses[0]));
    assert_eq!(shop.bench.generators.runs(), 1);
    assert_eq!(shop.licenses().len(), 1);
    shop.check_counters();
}

#[tokio::test]
async fn no_race_gives_more_licenses_than_activations() {
    let shop = Arc::new(
        Shop::new(Terms {
            max_activations: 3,
            ..ethernet_terms()
        })
        .await,
    );
    let tasks: Vec<_> = (0..32)
        .map(|i| {
            let shop = Arc::clone(&shop);
            tokio::spawn(async move { shop.activate(&format!("{i:012x}")).await })
        })
        .collect();
    let mut made = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => made += 1,
            Err(error) => assert_eq!(error.code, Code::NoActivationsLeft),
        }
    }
    assert_eq!(made, 3);
    shop.check_counters();
}

#[tokio::test]
async fn two_machines_that_share_enough_hosts_are_one() {
    let terms = Terms {
        host_lock: HostLock::Required,
        host_rules: vec![HostRule {
            host_type: "ETHERNET".into(),
            min: 0,
            max: 3,
        }],
        min_hosts: 2,
        host_match: HostMatch::AtLeast(2),
        max_activations: 0,
        ..Terms::default()
    };
    let shop = Shop::new(terms).await;
    let activate = async |values: &[&str]| {
        let hosts = values.iter().map(|value| host(&value.repeat(6))).collect();
        shop.activate_with(hosts).await.unwrap().license.id
    };
    let first = activate(&["aa", "bb", "cc"]).await;
    assert_eq!(activate(&["bb", "cc", "dd"]).await, first);
    let second = activate(&["cc", "dd", "ee"]).await;
    assert_ne!(second, first);
    // It shares two with both; the whole of neither: the one with most shared, else the oldest.
    assert_eq!(activate(&["bb", "cc", "dd"]).await, first);
    assert_eq!(activate(&["cc", "dd"]).await, second);
    shop.check_counters();
}

#[tokio::test]
async fn wrong_hosts_are_told_at_their_field() {
    let shop = Shop::new(ethernet_terms()).await;
    let refused = async |hosts| {
        let error = shop.activate_with(hosts).await.unwrap_err();
        (error.code, error.field.unwrap_or_default())
    };
    assert_eq!(refused(vec![]).await, (Code::HostMissing, "host".into()));
    assert_eq!(
        refused(vec![host("0011")]).await,
        (Code::HostInvalid, "host[0].value".into())
    );
    let name = Host {
        host_type: "HOSTNAME".into(),
        ..host("lic01")
    };
    assert_eq!(
        refused(vec![name]).await,
        (Code::HostTypeUnsupported, "host[0].type".into())
    );
    let unknown = Host {
        host_type: "NOSUCH".into(),
        ..host("lic01")
    };
    assert_eq!(
        refused(vec![unknown]).await,
        (Code::HostTypeUnsupported, "host[0].type".into())
    );
}
