//! Requests are answered once; what is refused leaves no record.

use lds_domain::ports::Store as _;
use lds_domain::unit::{RequestKey, Stop, Unit, Wanted};
use lds_domain::{Code, Error};

use crate::support::{Bench, both, unit};
use crate::units::{create, customers, refused};

both!(
    a_repeated_request_is_answered_from_its_record,
    a_request_with_other_content_is_a_conflict,
    equal_requests_at_once_are_done_once,
    a_refused_unit_leaves_no_record,
);

fn request_key(id: &str, content: u8) -> RequestKey {
    RequestKey {
        caller: "usr_1".into(),
        id: id.into(),
        digest: [content; 32],
    }
}

async fn a_repeated_request_is_answered_from_its_record(bench: Bench) {
    let first = bench
        .store
        .commit(create(1, Some(request_key("a", 1))))
        .await
        .unwrap();
    let again = bench
        .store
        .commit(create(2, Some(request_key("a", 1))))
        .await
        .unwrap();
    assert!(!first.replayed && again.replayed);
    assert_eq!(again.outcomes, first.outcomes);
    assert!(again.changes.is_empty());
    assert_eq!(customers(&bench, &[1, 2]).await, 1);
    // The key is the caller's own.
    let mut other = create(3, Some(request_key("a", 9)));
    other.request.as_mut().unwrap().caller = "usr_2".into();
    assert!(!bench.store.commit(other).await.unwrap().replayed);
}

async fn a_request_with_other_content_is_a_conflict(bench: Bench) {
    bench
        .store
        .commit(create(1, Some(request_key("a", 1))))
        .await
        .unwrap();
    assert_eq!(
        refused(
            bench
                .store
                .commit(create(2, Some(request_key("a", 2))))
                .await
        ),
        Code::IdempotencyConflict
    );
    assert_eq!(customers(&bench, &[1, 2]).await, 1);
}

async fn equal_requests_at_once_are_done_once(bench: Bench) {
    let other = bench.another().await;
    let stores = [bench.store.clone(), other];
    let tasks: Vec<_> = (0..32_usize)
        .map(|n| {
            let store = stores[n % 2].clone();
            tokio::spawn(async move {
                store
                    .commit(create(100 + n as u128, Some(request_key("a", 1))))
                    .await
                    .unwrap()
            })
        })
        .collect();
    let mut fresh = 0;
    for task in tasks {
        fresh += usize::from(!task.await.unwrap().replayed);
    }
    let ids: Vec<u128> = (100..132).collect();
    assert_eq!((fresh, customers(&bench, &ids).await), (1, 1));
}

async fn a_refused_unit_leaves_no_record(bench: Bench) {
    let refusal = |_: &_| Err(Error::new(Code::ActionNotAllowed, "no").into());
    let refusing = Unit {
        request: Some(request_key("a", 1)),
        ..unit(Wanted::default(), refusal)
    };
    assert_eq!(
        refused(bench.store.commit(refusing).await),
        Code::ActionNotAllowed
    );
    let stopping = Unit {
        request: Some(request_key("a", 1)),
        ..unit(Wanted::default(), |_| Err(Stop::Again))
    };
    assert!(matches!(
        bench.store.commit(stopping).await,
        Err(Stop::Again)
    ));
    assert!(
        !bench
            .store
            .commit(create(1, Some(request_key("a", 3))))
            .await
            .unwrap()
            .replayed
    );
}
