//! Opening a database: once or again, by its own key, of a version that is known.

use lds_domain::Code;
use lds_domain::ports::Store as _;
use lds_domain::unit::{Changes, Wanted};
use lds_store::OpenError;

use crate::support::samples::{customer, new};
use crate::support::{Bench, Place, both, environment, open};

both!(
    what_was_written_is_there_after_opening_again,
    another_master_key_is_refused,
    a_newer_database_is_refused_with_a_sentence,
    a_changed_schema_is_refused,
    many_may_open_a_new_database_at_once,
    readiness_is_told,
);

async fn what_was_written_is_there_after_opening_again(bench: Bench) {
    let one = customer(1, "One");
    bench
        .write(Changes {
            customers: new(vec![one.clone()]),
            ..Changes::default()
        })
        .await;
    bench.store.close().await;
    let again = bench.another().await;
    let loaded = again
        .load(Wanted {
            customers: vec![one.id.into()],
            ..Wanted::default()
        })
        .await
        .unwrap();
    assert_eq!(*loaded.customers[0], one);
}

async fn refusal(bench: &Bench, master: u8) -> OpenError {
    match open(&bench.place, environment(&bench.clock, master)).await {
        Err(error) => error,
        Ok(_) => panic!("a refusal was expected"),
    }
}

async fn another_master_key_is_refused(bench: Bench) {
    let error = refusal(&bench, 2).await;
    assert!(
        matches!(&error, OpenError::MasterKey { stored, given } if stored != given),
        "{error}"
    );
    assert!(error.to_string().contains("another master key"));
    bench.another().await.ready().await.unwrap();
}

async fn a_newer_database_is_refused_with_a_sentence(bench: Bench) {
    let insert = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
        SELECT 9999, 'newer', success, checksum, 0 FROM _sqlx_migrations LIMIT 1";
    bench.meddle(insert).await;
    let error = refusal(&bench, 1).await;
    assert!(
        matches!(error, OpenError::Newer { found: 9999, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("newer version of this program"));
}

async fn a_changed_schema_is_refused(bench: Bench) {
    let checksum = match bench.place {
        Place::Sqlite(_) => "X'00'",
        Place::Postgres(_) => "'\\x00'",
    };
    bench
        .meddle(&format!(
            "UPDATE _sqlx_migrations SET checksum = {checksum}"
        ))
        .await;
    let error = refusal(&bench, 1).await;
    assert!(matches!(error, OpenError::Foreign(_)), "{error}");
}

async fn many_may_open_a_new_database_at_once(bench: Bench) {
    let place = match &bench.place {
        Place::Sqlite(file) => Place::Sqlite(file.with_file_name("new.db")),
        Place::Postgres(_) => Place::Postgres(lds_postgres::new_database()),
    };
    let open = || open(&place, environment(&bench.clock, 1));
    let opened = tokio::join!(
        open(),
        open(),
        open(),
        open(),
        open(),
        open(),
        open(),
        open()
    );
    for store in <[_; 8]>::from(opened) {
        store.unwrap().ready().await.unwrap();
    }
}

async fn readiness_is_told(bench: Bench) {
    bench.store.ready().await.unwrap();
    bench
        .meddle("UPDATE settings SET value = 'x' WHERE name = 'master_key_fingerprint'")
        .await;
    assert_eq!(
        bench.store.ready().await.unwrap_err().code,
        Code::Unavailable
    );
}
