//! Switches of generators: read as they were set last, and turned by one at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lds_domain::ports::Store as _;
use lds_domain::unit::{Changes, Loaded, Outcome, Switch, Unit, Wanted};

use crate::support::{Bench, both, unit};

both!(
    switches_are_as_they_were_set_last,
    a_switch_is_turned_by_one_of_many
);

fn switch(name: &str, disabled: bool) -> Switch {
    Switch {
        generator: name.to_owned(),
        disabled,
    }
}

async fn turned(bench: &Bench, switches: Vec<Switch>) -> Vec<String> {
    bench
        .write(Changes {
            switches,
            ..Changes::default()
        })
        .await;
    let mut names = bench.store.disabled_generators().await.unwrap();
    names.sort();
    names
}

async fn switches_are_as_they_were_set_last(bench: Bench) {
    assert!(bench.store.disabled_generators().await.unwrap().is_empty());
    let off = vec![switch("a", true), switch("b", true)];
    assert_eq!(turned(&bench, off).await, ["a", "b"]);
    let other = vec![switch("a", false), switch("c", true)];
    assert_eq!(turned(&bench, other).await, ["b", "c"]);
    let wanted = Wanted {
        switches: vec!["a".to_owned()],
        ..Wanted::default()
    };
    let unlocked = Wanted {
        generators: vec!["a".to_owned()],
        ..Wanted::default()
    };
    for wanted in [wanted, unlocked] {
        let mut loaded = bench.load(wanted).await.disabled_generators;
        loaded.sort();
        assert_eq!(loaded, ["b", "c"]);
    }
    let unasked = bench.load(Wanted::default()).await;
    assert!(unasked.disabled_generators.is_empty());
}

/// Turns the switch off, if it is on; counts those that found it so.
fn turn_off(found_on: &Arc<AtomicUsize>) -> Unit {
    let found_on = Arc::clone(found_on);
    let wanted = Wanted {
        switches: vec!["a".to_owned(), "a".to_owned()],
        ..Wanted::default()
    };
    unit(wanted, move |loaded: &Loaded| {
        let is_on = loaded.disabled_generators.is_empty();
        if is_on {
            found_on.fetch_add(1, Ordering::SeqCst);
        }
        Ok(Changes {
            switches: is_on.then(|| switch("a", true)).into_iter().collect(),
            outcomes: vec![Outcome::Done("a".to_owned())],
            ..Changes::default()
        })
    })
}

async fn a_switch_is_turned_by_one_of_many(bench: Bench) {
    let other = bench.another().await;
    let found_on = Arc::new(AtomicUsize::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..24 {
        let store = if n % 2 == 0 { &bench.store } else { &other };
        let (store, unit) = (Arc::clone(store), turn_off(&found_on));
        tasks.spawn(async move { store.commit(unit).await.unwrap().outcomes.len() });
    }
    assert_eq!(tasks.join_all().await, [1; 24]);
    assert_eq!(found_on.load(Ordering::SeqCst), 1);
}
