//! Proofs that are good once: whoever shows one first, on whichever server.

use lds_domain::ports::{Secrets as _, Store as _};
use lds_domain::token::{Proof, Spent};
use lds_domain::unit::{Changes, Stop, Unit, Wanted};
use lds_domain::{Code, Error};
use time::{Duration, OffsetDateTime};

use crate::support::samples::id;
use crate::support::{Bench, NOW, both, unit};

both!(
    a_proof_is_spent_once,
    of_many_at_once_one_is_first,
    old_proofs_are_forgotten,
    a_secret_is_sealed_for_its_token,
);

fn spend(n: u8, until: OffsetDateTime) -> Unit {
    let proof = Proof([n; 20]);
    let wanted = Wanted {
        proofs: vec![proof],
        ..Wanted::default()
    };
    unit(wanted, move |loaded| {
        if loaded.spent.contains(&proof) {
            return Err(Error::new(Code::AuthenticationRequired, "spent").into());
        }
        Ok(Changes {
            spent: vec![Spent { proof, until }],
            ..Changes::default()
        })
    })
}

fn soon() -> OffsetDateTime {
    NOW + Duration::minutes(5)
}

async fn a_proof_is_spent_once(bench: Bench) {
    bench.store.commit(spend(1, soon())).await.unwrap();
    let again = bench.store.commit(spend(1, soon())).await;
    assert!(
        matches!(again, Err(Stop::Refused(error)) if error.code == Code::AuthenticationRequired)
    );
    bench.store.commit(spend(2, soon())).await.unwrap();
}

async fn of_many_at_once_one_is_first(bench: Bench) {
    let other = bench.another().await;
    let mut asking = tokio::task::JoinSet::new();
    for n in 0..16 {
        let store = if n % 2 == 0 { &bench.store } else { &other };
        let store = std::sync::Arc::clone(store);
        asking.spawn(async move { store.commit(spend(1, soon())).await });
    }
    let answers = asking.join_all().await;
    let first = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(first, 1);
    for answer in answers {
        let refused = matches!(&answer, Err(Stop::Refused(error)) if error.code == Code::AuthenticationRequired);
        assert!(answer.is_ok() || refused, "{answer:?}");
    }
}

/// Closing does the upkeep.
async fn old_proofs_are_forgotten(bench: Bench) {
    let old = NOW - Duration::milliseconds(1);
    bench.store.commit(spend(1, old)).await.unwrap();
    bench.store.commit(spend(2, soon())).await.unwrap();
    bench.store.close().await;
    let again = bench.another().await;
    let proofs = vec![Proof([1; 20]), Proof([2; 20])];
    let wanted = Wanted {
        proofs,
        ..Wanted::default()
    };
    let loaded = again.load(wanted).await.unwrap();
    assert_eq!(loaded.spent, [Proof([2; 20])]);
}

async fn a_secret_is_sealed_for_its_token(bench: Bench) {
    let sealed = bench.store.seal(id(1), "lds_secret").unwrap();
    let other = bench.another().await;
    assert_eq!(other.open(id(1), &sealed).unwrap(), "lds_secret");
    assert_eq!(other.open(id(2), &sealed).unwrap_err().code, Code::Internal);
}
