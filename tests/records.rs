//! What is remembered of every write, from outside: the audit log in pages, tampering that is found
//! by whoever may look, events that other programs read.

use std::path::Path;

use sqlx::{ConnectOptions, Connection, Executor, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::support::{Answer, Client, Server, Shop, on_postgres};

/// Some entries: a customer, a product, an order, a license.
fn trade(server: &Server) -> Shop {
    let shop = Shop::new(Client::new(server));
    let order = shop.order("");
    shop.activate(&order, "00-11-22-AA-BB-CC")
        .expect("a license");
    shop
}

fn verified(server: &Server) -> Answer {
    Client::new(server)
        .internal("verifyAudit", "")
        .expect("a verdict")
}

fn on_both(test: fn(&Server)) {
    test(&Server::start());
    test(&Server::start_with(&on_postgres()));
}

#[test]
fn the_log_tells_who_did_what_in_pages() {
    on_both(|server| {
        let shop = trade(server);
        let client = &shop.client;
        let admin = client.internal("findUsers", "").expect("users").want("id");
        let mut actions = Vec::new();
        let mut cursor = String::new();
        loop {
            let question = format!("<sort>-time</sort><pageSize>2</pageSize>{cursor}");
            let page = client
                .internal("findAuditEntries", &question)
                .expect("a page");
            actions.extend(page.all("action"));
            let Some(next) = page.get("nextCursor") else {
                break;
            };
            assert_eq!(page.all("action").len(), 2);
            cursor = format!("<cursor>{next}</cursor>");
        }
        let whole = client.internal("findAuditEntries", "").expect("a page");
        actions.reverse();
        assert_eq!(actions, whole.all("action"));
        for action in [
            "storeCustomers",
            "storeProducts",
            "activateProducts",
            "createOrders",
            "activate",
        ] {
            let count = actions.iter().filter(|done| *done == action).count();
            assert_eq!(count, 1, "{action} in {actions:?}");
        }
        let question = format!(
            "<actor>{admin}</actor><action>storeCustomers</action><subject>{}</subject>",
            shop.customer
        );
        let found = client
            .internal("findAuditEntries", &question)
            .expect("a page");
        assert_eq!(found.all("entry").len(), 1);
        assert_eq!(found.want("source"), "SOAP");
        assert_eq!(found.want("address"), "127.0.0.1");
        assert!(found.all("member").contains(&"name".to_owned()));
        assert!(!found.0.contains("Miller"), "values are never shown");
    });
}

#[test]
fn a_log_that_nobody_touched_is_intact() {
    on_both(|server| {
        trade(server);
        let verdict = verified(server);
        assert_eq!(verdict.want("intact"), "true", "{}", verdict.0);
        let entries: u64 = verdict.want("entries").parse().expect("a number");
        assert!(entries >= 5, "{entries}");
    });
}

/// What somebody does to the database while the server is stopped, and what is told then.
#[test]
fn tampering_is_found() {
    let newest = "(SELECT chain FROM audit GROUP BY chain ORDER BY chain DESC LIMIT 1)";
    let harms = [
        ("a changed row", "UPDATE audit SET actor = 'nobody' WHERE chain = NEWEST AND seq = 2", "ENTRY_CHANGED"),
        ("a removed row", "DELETE FROM audit WHERE chain = NEWEST AND seq = 2", "ENTRIES_MISSING"),
        ("a removed tail", "DELETE FROM audit WHERE chain = NEWEST AND seq > 2", "ENTRIES_MISSING"),
        (
            "swapped rows",
            "UPDATE audit SET seq = -seq WHERE chain = NEWEST AND seq IN (2, 3);
             UPDATE audit SET seq = 5 + seq WHERE seq < 0",
            "ENTRY_CHANGED",
        ),
        (
            "a removed chain",
            "DELETE FROM audit_heads WHERE chain = NEWEST; DELETE FROM audit_chains WHERE chain = NEWEST;
             DELETE FROM audit WHERE chain = NEWEST",
            "CHAINS_DIFFER",
        ),
    ];
    let mut server = Server::start();
    trade(&server);
    assert!(server.stop().success());
    let place = server.crash();
    let file = place.data().join("lds.db");
    let kept = place.folder().join("kept.db");
    meddle(&file, "PRAGMA wal_checkpoint(TRUNCATE)");
    std::fs::copy(&file, &kept).expect("a copy");
    let mut place = place;
    for (what, harm, code) in harms {
        let harmed = meddle(&file, &harm.replace("NEWEST", newest));
        assert!(harmed > 0, "{what} is there to be harmed");
        let mut server = Server::at(place);
        let verdict = verified(&server);
        assert_eq!(verdict.want("intact"), "false", "{what}");
        assert!(
            verdict.all("code").contains(&code.to_owned()),
            "{what}: {}",
            verdict.0
        );
        assert!(server.stop().success());
        place = server.crash();
        // What the database keeps beside its file is of the harmed one.
        for beside in ["lds.db-wal", "lds.db-shm"] {
            let _ = std::fs::remove_file(place.data().join(beside));
        }
        std::fs::copy(&kept, &file).expect("the copy");
    }
    let verdict = verified(&Server::at(place));
    assert_eq!(verdict.want("intact"), "true", "{}", verdict.0);
}

/// Runs statements beside the server; how many rows they touched.
fn meddle(file: &Path, statements: &str) -> u64 {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let done = async {
        let options = SqliteConnectOptions::new().filename(file);
        let mut connection: SqliteConnection = options.connect().await.expect("the database");
        let mut touched = 0;
        for statement in statements.split(';') {
            let statement = sqlx::AssertSqlSafe(statement.to_owned());
            let done = connection.execute(statement).await.expect("a statement");
            touched += done.rows_affected();
        }
        connection.close().await.expect("closed");
        touched
    };
    runtime.expect("a runtime").block_on(done)
}

#[test]
fn events_are_read_to_the_end_and_on() {
    on_both(|server| {
        let client = Client::new(server);
        let beginning = client.internal("findEvents", "").expect("events");
        let mut cursor = beginning.want("nextCursor");
        let shop = trade(server);
        let mut seen = Vec::new();
        // Other databases of the same server may hold events back for a moment.
        while !seen.contains(&"license.created".to_owned()) {
            let question = format!("<cursor>{cursor}</cursor><pageSize>2</pageSize>");
            let feed = shop
                .client
                .internal("findEvents", &question)
                .expect("events");
            seen.extend(feed.all("type"));
            cursor = feed.want("nextCursor");
        }
        let again = format!(
            "<cursor>{}</cursor><type>license.created</type>",
            beginning.want("nextCursor")
        );
        let found = client.internal("findEvents", &again).expect("events");
        assert_eq!(found.all("type"), ["license.created"]);
        assert!(found.want("subject").starts_with("lic_"));
        assert!(found.want("orderRef").starts_with("ord_"));
        let rest = client.internal("findEvents", &format!("<cursor>{cursor}</cursor>"));
        assert_eq!(rest.expect("no events").all("type").len(), 0);
    });
}
