//! Users with their passwords and tokens, and customers: kept out, let in again, erased; over the
//! wire, on both databases.

use crate::support::{Answer, Client, PASSWORD, Server, Shop, on_both};

const MACHINE: &str = "00-11-22-AA-BB-CC";

on_both! {
    a_user_who_is_kept_out
    a_login_in_other_letters
    a_customer_who_is_blocked
    a_change_of_state_is_a_batch
    a_password_that_is_reset
    tokens_that_are_found
    a_customer_who_is_erased
}

/// The id of the user with this login.
fn user(admin: &Client, login: &str) -> String {
    let content = format!("<text><value>{login}</value><match>EXACT</match></text>");
    admin
        .internal("findUsers", &content)
        .expect("users")
        .want("id")
}

/// A state change that is done.
fn change(client: &Client, operation: &str, content: &str) -> Answer {
    let answer = client.internal(operation, content).expect("an answer");
    assert_eq!(answer.want("status"), "SUCCESS", "{}", answer.0);
    answer
}

fn assert_let_in(client: &Client) {
    client.internal("findCustomers", "").expect("let in");
}

fn assert_kept_out(client: &Client) {
    let fault = client.internal("findCustomers", "").err();
    assert_eq!(fault.expect("kept out").code, "AuthenticationRequired");
}

/// With the next call, though the password was right a moment ago; the tokens as well.
fn a_user_who_is_kept_out(server: &Server) {
    server.place().create_administrator_called("ada");
    let admin = Client::new(server);
    let id = user(&admin, "ada");
    let by_password = Client::with(&server.url, "ada", PASSWORD);
    let token = "<name>ci</name><scope>ADMINISTRATOR</scope>";
    let made = by_password.internal("createToken", token).expect("a token");
    let by_token = Client::with(&server.url, "ada", &made.want("secret"));
    for (out, back, state) in [
        ("lockUsers", "unlockUsers", "LOCKED"),
        ("disableUsers", "enableUsers", "DISABLED"),
    ] {
        assert_let_in(&by_password);
        assert_let_in(&by_token);
        let fault = admin.internal(out, &format!("<id>{id}</id>")).err();
        assert_eq!(fault.expect("refused").field.as_deref(), Some("reason"));
        let reasoned = format!("<id>{id}</id><reason>On leave.</reason>");
        change(&admin, out, &reasoned);
        assert_kept_out(&by_password);
        assert_kept_out(&by_token);
        let found = admin.internal("findUsers", &format!("<state>{state}</state>"));
        assert_eq!(found.expect("users").all("login"), ["ada"]);
        change(&admin, out, &reasoned);
        change(&admin, back, &format!("<id>{id}</id>"));
        assert_let_in(&by_password);
        assert_let_in(&by_token);
    }
}

/// What folds to a login signs in by it and makes no other; what does not is somebody else.
fn a_login_in_other_letters(server: &Server) {
    const ROLE: &str = "<displayName>A</displayName><role>AUDITOR</role>";
    server.place().create_administrator_called("kim.sales");
    let admin = Client::new(server);
    let store = |login: &str| {
        let wanted = format!("<user><login>{login}</login>{ROLE}</user>");
        admin.internal("storeUsers", &wanted).expect("an answer")
    };
    for same in [
        "KIM.Sales",
        "\u{212a}im.sales",
        "kim.\u{17f}ales",
        "\u{ff4b}\u{ff49}\u{ff4d}.sales",
    ] {
        assert_let_in(&Client::with(&server.url, same, PASSWORD));
        assert_eq!(store(same).want("code"), "AlreadyExists", "{same}");
    }
    for other in ["k\u{131}m.sales", "k\u{130}m.sales"] {
        assert_kept_out(&Client::with(&server.url, other, PASSWORD));
        assert_eq!(store(other).want("status"), "SUCCESS", "{other}");
        assert_eq!(store(other).want("code"), "AlreadyExists", "{other}");
        assert_kept_out(&Client::with(&server.url, other, PASSWORD));
    }
}

fn a_customer_who_is_blocked(server: &Server) {
    let moves = "<terms><hostLock>REQUIRED</hostLock><hostRule><type>ETHERNET</type></hostRule>\
        <movesAllowed><count>1</count></movesAllowed></terms>";
    let shop = Shop::with(Client::new(server), "token", "", moves);
    let (order, client) = (shop.order(""), &shop.client);
    let license = shop.activate(&order, MACHINE).expect("a license");
    let customer = &shop.customer;
    let block = format!("<id>{customer}</id><reason>Did not pay.</reason>");
    change(client, "blockCustomers", &block);
    let machine = crate::support::machine(&order, MACHINE);
    for operation in ["activate", "getLicense"] {
        let fault = client.activation(operation, &machine).err();
        assert_eq!(
            fault.expect("refused").code,
            "OrderSuspended",
            "{operation}"
        );
    }
    change(client, "unblockCustomers", &format!("<id>{customer}</id>"));
    let again = shop.activate(&order, MACHINE).expect("the license");
    assert_eq!(again.0, license.0);
    change(client, "blockCustomers", &block);
    let removed = client.activation("deactivate", &machine);
    assert_eq!(removed.expect("still works").want("state"), "REMOVED");
}

/// Item by item, all or nothing, dry, and once however often it is asked for.
fn a_change_of_state_is_a_batch(server: &Server) {
    let client = Client::new(server);
    let customers: String = ["a", "b"]
        .map(|name| {
            format!("<customer><name>{name}</name><externalRef>{name}</externalRef></customer>")
        })
        .concat();
    change(&client, "storeCustomers", &customers);
    let states = || {
        let found = client.internal("findCustomers", "<sort>name</sort>");
        found.expect("customers").all("state")
    };
    let ids = "<id>ext:a</id><id>ext:nobody</id><id>ext:b</id><reason>r</reason>";
    let atomic = format!("{ids}<atomic>true</atomic>");
    let answer = client
        .internal("blockCustomers", &atomic)
        .expect("an answer");
    assert_eq!(
        (answer.want("status"), answer.want("failed")),
        ("FAILURE".into(), "1".into())
    );
    let dry = format!("{ids}<dryRun>true</dryRun>");
    let answer = client.internal("blockCustomers", &dry).expect("an answer");
    assert_eq!(answer.want("status"), "PARTIAL_FAILURE");
    assert_eq!(states(), ["ACTIVE", "ACTIVE"]);
    let once = format!("{ids}<requestId>once</requestId>");
    let answer = client.internal("blockCustomers", &once).expect("an answer");
    assert_eq!(answer.all("code"), ["NotFound"]);
    assert_eq!(answer.all("id"), ["ext:a", "ext:nobody", "ext:b"]);
    assert_eq!(states(), ["BLOCKED", "BLOCKED"]);
    change(&client, "unblockCustomers", "<id>ext:a</id>");
    let again = client.internal("blockCustomers", &once).expect("an answer");
    assert_eq!(again.0, answer.0);
    assert_eq!(
        states(),
        ["ACTIVE", "BLOCKED"],
        "a repetition is not done again"
    );
    let other = client.internal(
        "blockCustomers",
        "<id>ext:a</id><reason>r</reason><requestId>once</requestId>",
    );
    assert_eq!(other.err().expect("refused").code, "IdempotencyConflict");
}

/// A drawn password is good, one's own is changed by oneself, and the old one ends at once.
fn a_password_that_is_reset(server: &Server) {
    let admin = Client::new(server);
    let user = "<user><login>bo</login><displayName>Bo</displayName><role>SUPPORT</role></user>";
    let id = change(&admin, "storeUsers", user).want("id");
    let reset = |client: &Client, more: &str| {
        client.internal("resetPassword", &format!("<id>{id}</id>{more}"))
    };
    let drawn = reset(&admin, "").expect("an answer").want("password");
    let bo = Client::with(&server.url, "bo", &drawn);
    assert_let_in(&bo);
    let short = reset(&bo, "<password>short</password>").err();
    assert_eq!(short.expect("weak").field.as_deref(), Some("password"));
    let told = reset(&bo, "<password>another battery</password>").expect("an answer");
    assert_eq!(told.get("password"), None);
    assert_kept_out(&bo);
    let bo = Client::with(&server.url, "bo", "another battery");
    assert_let_in(&bo);
    let own = admin.internal("findUsers", "<text><value>admin</value></text>");
    let admins = format!("<id>{}</id>", own.expect("users").want("id"));
    let fault = bo.internal("resetPassword", &admins).err();
    assert_eq!(fault.expect("refused").code, "PermissionDenied");
}

fn tokens_that_are_found(server: &Server) {
    let admin = Client::new(server);
    let make = |user: &str, name: &str, more: &str| {
        let content = format!("{user}<name>{name}</name><scope>read</scope>{more}");
        admin.internal("createToken", &content).expect("a token")
    };
    let tokens = ["Carl's", "build", "archive"].map(|name| {
        let address = "<expiresAt>2099-01-01T00:00:00Z</expiresAt><address>127.0.0.0/8</address>";
        make("", name, address).elements("token").remove(0).0
    });
    let find = |content: &str| admin.internal("findTokens", content).expect("tokens");
    let found = find("<sort>-name</sort><pageSize>2</pageSize><withTotal>true</withTotal>");
    assert_eq!(
        (found.all("name"), found.want("total")),
        (vec!["Carl's".into(), "build".into()], "3".into())
    );
    let next = format!(
        "<sort>-name</sort><pageSize>2</pageSize><cursor>{}</cursor>",
        found.want("nextCursor")
    );
    let rest = find(&next);
    assert_eq!(rest.all("name"), ["archive"]);
    assert_eq!(rest.get("nextCursor"), None);
    let told = find("<text><value>CARL</value></text>")
        .elements("token")
        .remove(0)
        .0;
    assert_eq!(told, tokens[0]);
    let id = found.want("id");
    change(
        &admin,
        "revokeTokens",
        &format!("<id>{id}</id><reason>r</reason>"),
    );
    assert_eq!(
        find(&format!("<id>{id}</id>")).all("id"),
        Vec::<String>::new()
    );
    assert_eq!(find("").all("state"), ["ACTIVE", "ACTIVE"]);
    let gone = find("<state>REVOKED</state>");
    assert_eq!(
        (gone.want("id"), gone.want("state")),
        (id, "REVOKED".into())
    );
    let all = find("<state>REVOKED</state><state>ACTIVE</state>");
    assert_eq!(all.all("id").len(), 3);
    let bo = "<user><login>bo</login><displayName>Bo</displayName><role>SUPPORT</role><externalRef>bo</externalRef></user>";
    change(&admin, "storeUsers", bo);
    make("<userId>ext:bo</userId>", "bo's", "");
    assert_eq!(find("<userId>ext:bo</userId>").all("name"), ["bo's"]);
    assert_eq!(
        find("<updatedSince>2099-01-01T00:00:00Z</updatedSince>")
            .all("name")
            .len(),
        0
    );
}

/// Nothing of him is found, handed out or left in the license, but the digests.
/// He gets no order, and no other name; nor is another one taken for erased.
fn nothing_new_for_the_erased(shop: &Shop) {
    let (client, customer) = (&shop.client, &shop.customer);
    let order = format!(
        "<order><customerId>{customer}</customerId><productId>{}</productId></order>",
        shop.product
    );
    let refused = client.internal("createOrders", &order).err();
    assert_eq!(refused.expect("no order").code, "ActionNotAllowed");
    let named = |id: &str, name: &str| {
        let customer = format!("<customer>{id}<name>{name}</name></customer>");
        let answer = client.internal("storeCustomers", &customer);
        answer.expect("an answer").want("code")
    };
    let id = format!("<id>{customer}</id><revision>2</revision>");
    assert_eq!(named(&id, "Miller"), "ActionNotAllowed");
    assert_eq!(named("", "(erased)"), "InvalidRequest");
}

fn a_customer_who_is_erased(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let (order, client) = (shop.order(""), &shop.client);
    let license = shop.activate(&order, MACHINE).expect("a license");
    let erase = format!("<id>{}</id><reason>Asked for it.</reason>", shop.customer);
    let refused = client
        .internal("eraseCustomers", &erase)
        .expect("an answer");
    assert_eq!(refused.want("code"), "ActionNotAllowed");
    change(
        client,
        "revokeOrders",
        &format!("<id>{order}</id><reason>r</reason>"),
    );
    change(client, "eraseCustomers", &erase);
    change(client, "eraseCustomers", &erase);
    let found = client.internal("findCustomers", "").expect("customers");
    assert_eq!(
        (found.want("name"), found.want("revision")),
        ("(erased)".into(), "2".into())
    );
    nothing_new_for_the_erased(&shop);
    let by_name = "<text><value>Miller</value></text>";
    for list in ["findCustomers", "findLicenses"] {
        let found = client.internal(list, by_name).expect("a list");
        assert!(found.all("id").is_empty(), "{list}");
    }
    let by_host = client.internal("findLicenses", "<host><value>001122aabbcc</value></host>");
    assert!(by_host.expect("licenses").all("id").is_empty());
    let found = client.internal("findLicenses", "").expect("licenses");
    assert_eq!(found.all("sha256"), license.all("sha256"));
    assert_eq!(
        (found.get("text"), found.get("data"), found.get("host")),
        (None, None, None)
    );
    assert_eq!(
        (found.want("revision"), found.want("updatedBy").get(..4)),
        ("2".into(), Some("usr_"))
    );
    let fault = shop.activate(&order, MACHINE).err();
    assert_eq!(fault.expect("refused").code, "OrderRevoked");
}
