//! Any history of activations, moves and removals against a model.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::terms::Allowance;

#[derive(Clone, Copy, Debug)]
enum Step {
    Activate(u8),
    Deactivate(u8),
    Remove(u8),
    Ask(u8),
    TakeBack(u8),
    Confirm(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0_u8..6, 0_u8..4).prop_map(|(kind, machine)| match kind {
        0 => Step::Activate(machine),
        1 => Step::Deactivate(machine),
        2 => Step::Remove(machine),
        3 => Step::Ask(machine),
        4 => Step::TakeBack(machine),
        _ => Step::Confirm(machine),
    });
    proptest::collection::vec(step, 1..40)
}

/// Plays the steps against a model that keeps what the promises say: one license a machine, the
/// same one until it is removed, never more than `most`, never one that was removed.
async fn play(steps: Vec<Step>, most: u32) {
    let moves = Allowance {
        count: 10_000,
        per_days: None,
    };
    let terms = Terms {
        max_activations: most,
        moves_allowed: Some(moves),
        ..ethernet_terms()
    };
    let shop = Shop::new(terms).await;
    let mut live: BTreeMap<u8, License> = BTreeMap::new();
    let mut gone: BTreeSet<LicenseId> = BTreeSet::new();
    let mut asked: BTreeSet<LicenseId> = BTreeSet::new();
    for step in steps {
        match step {
            Step::Activate(machine) => match (
                shop.activate(&format!("{machine:012x}")).await,
                live.get(&machine),
            ) {
                (Ok(issued), Some(license)) => assert_eq!(issued.license.files, license.files),
                (Ok(issued), None) => {
                    assert!(most == 0 || live.len() < most as usize);
                    assert!(!gone.contains(&issued.license.id));
                    live.insert(machine, Arc::unwrap_or_clone(issued.license));
                }
                (Err(error), known) => {
                    assert_eq!(
                        (error.code, known, live.len()),
                        (Code::NoActivationsLeft, None, most as usize)
                    );
                }
            },
            Step::Deactivate(machine) => {
                let answer = shop.deactivate(&format!("{machine:012x}")).await;
                if let Some(license) = live.remove(&machine) {
                    assert_eq!(answer.unwrap().license.id, license.id);
                    gone.insert(license.id);
                }
            }
            Step::Remove(machine) => {
                if let Some(license) = live.remove(&machine) {
                    shop.remove(license.id).await;
                    gone.insert(license.id);
                }
            }
            Step::Ask(machine) => {
                if let Some(license) = live.get(&machine) {
                    shop.ask(license.id).await;
                    asked.insert(license.id);
                }
            }
            Step::TakeBack(machine) => {
                if let Some(license) = live.get(&machine) {
                    shop.take_back(license.id).await;
                    asked.remove(&license.id);
                }
            }
            Step::Confirm(machine) => {
                if confirm(&shop, machine, live.get(&machine), &asked).await {
                    gone.extend(live.remove(&machine).map(|license| license.id));
                }
            }
        }
        shop.check_counters();
    }
    for license in shop.licenses() {
        assert_eq!(license.is_live(), !gone.contains(&license.id));
    }
}

/// Confirms a removal: what was asked back is removed, and nothing else.
async fn confirm(
    shop: &Shop,
    machine: u8,
    live: Option<&License>,
    asked: &BTreeSet<LicenseId>,
) -> bool {
    let answer = shop.confirmed(&format!("{machine:012x}")).await;
    let Some(license) = live else {
        return false;
    };
    let expected = asked.contains(&license.id);
    match answer {
        Ok(id) => assert_eq!((id, expected), (license.id, true)),
        Err(error) => assert_eq!((error.code, expected), (Code::RemovalNotRequested, false)),
    }
    expected
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_history_keeps_the_promises(steps in steps(), most in 0_u32..4) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(play(steps, most));
    }
}
