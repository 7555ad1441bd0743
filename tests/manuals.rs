//! Licenses without an order, over the wire, on both databases.

use crate::support::{Answer, Client, Fault, Server, Shop, on_both};

const HOST: &str = "<host><type>ETHERNET</type><value>00-11-22-AA-BB-CC</value></host>";

on_both! {
    a_license_is_made_without_an_order
    it_is_replaced_and_removed
    a_customer_who_is_erased_leaves_no_text_behind
}

fn generate(shop: &Shop, more: &str) -> Result<Answer, Fault> {
    let (customer, product) = (&shop.customer, &shop.product);
    let (feature, rest) = more.split_once('|').unwrap_or(("", more));
    let request = format!(
        "<customerId>{customer}</customerId><productId>{product}</productId>{feature}{HOST}{rest}"
    );
    shop.client.internal("generateLicense", &request)
}

fn license(client: &Client, id: &str) -> Answer {
    let found = client.internal("getLicense", &format!("<id>{id}</id>"));
    found.expect("the license")
}

fn total(client: &Client) -> String {
    let found = client.internal("findLicenses", "<withTotal>true</withTotal>");
    found.expect("licenses").want("total")
}

fn a_license_is_made_without_an_order(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let dry = generate(&shop, "<dryRun>true</dryRun>").expect("a dry run");
    assert_eq!(
        (dry.want("kind"), total(&shop.client)),
        ("MANUAL".into(), "0".into())
    );
    let own = "<feature><name>extra</name><count>2</count></feature>|\
        <attribute><name>ticket</name><value>7</value></attribute><requestId>r-1</requestId>";
    let made = generate(&shop, own).expect("a license");
    assert_eq!(
        (made.get("orderRef"), made.want("source")),
        (None, "SOAP".into())
    );
    assert_eq!(made.elements("feature")[0].want("name"), "extra");
    assert_eq!(
        generate(&shop, own).expect("the same").want("id"),
        made.want("id")
    );
    let other = generate(&shop, "<requestId>r-1</requestId>")
        .err()
        .expect("a fault");
    assert_eq!(other.code, "IdempotencyConflict");
    assert_eq!(
        license(&shop.client, &made.want("id")).want("text"),
        made.want("text")
    );
    assert_ne!(
        generate(&shop, "").expect("another").want("id"),
        made.want("id")
    );
    assert_eq!(total(&shop.client), "2");
    let found = shop.client.internal("findLicenses", "<kind>MANUAL</kind>");
    assert_eq!(found.expect("licenses").elements("license").len(), 2);
    let file = "<name>a</name><mediaType>b</mediaType>";
    let text = made.want("text");
    let request = format!("<file>{file}<text>{text}</text></file>");
    let verified = shop.client.internal("verifyLicense", &request);
    assert_eq!(verified.expect("an answer").want("id"), made.want("id"));
}

fn it_is_replaced_and_removed(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let own = "<feature><name>extra</name></feature>|";
    let old = generate(&shop, own).expect("a license").want("id");
    let renamed = format!(
        "<product><id>{}</id><revision>2</revision><code>editor</code><name>Editor Two</name>\
         <generator>token</generator><terms><hostLock>REQUIRED</hostLock><hostRule>\
         <type>ETHERNET</type></hostRule></terms></product>",
        shop.product
    );
    let stored = shop.client.internal("storeProducts", &renamed);
    assert_eq!(stored.expect("stored").want("status"), "SUCCESS");
    let replace = format!("<id>{old}</id><reason>renamed</reason>");
    let answer = shop.client.internal("replaceLicenses", &replace);
    let answer = answer.expect("an answer");
    assert_eq!(answer.want("status"), "SUCCESS", "{}", answer.0);
    let new = &answer.elements("license")[0];
    assert_eq!(
        (new.want("replaces"), new.want("kind")),
        (old.clone(), "MANUAL".into())
    );
    assert_eq!(new.elements("feature")[0].want("name"), "extra");
    assert_eq!(license(&shop.client, &old).want("state"), "REPLACED");
    let remove = format!("<id>{}</id><reason>over</reason>", new.want("id"));
    let removed = shop.client.internal("removeLicenses", &remove);
    assert_eq!(removed.expect("an answer").want("status"), "SUCCESS");
    assert_eq!(
        license(&shop.client, &new.want("id")).want("state"),
        "REMOVED"
    );
}

fn a_customer_who_is_erased_leaves_no_text_behind(server: &Server) {
    let shop = Shop::new(Client::new(server));
    let made = generate(&shop, "").expect("a license").want("id");
    let change = |operation: &str| {
        let request = format!("<id>{}</id><reason>asked</reason>", shop.customer);
        let answer = shop.client.internal(operation, &request);
        assert_eq!(answer.expect("an answer").want("status"), "SUCCESS");
    };
    change("blockCustomers");
    let blocked = generate(&shop, "").err().expect("a fault");
    let field = blocked.field.as_deref();
    assert_eq!(
        (blocked.code.as_str(), field),
        ("OrderSuspended", Some("customerId"))
    );
    change("unblockCustomers");
    change("eraseCustomers");
    let erased = license(&shop.client, &made);
    assert_eq!((erased.get("text"), erased.get("host")), (None, None));
    assert_eq!(
        generate(&shop, "").err().expect("a fault").code,
        "ActionNotAllowed"
    );
    let replace = format!("<id>{made}</id><reason>more</reason>");
    let answer = shop.client.internal("replaceLicenses", &replace);
    assert_eq!(answer.expect("an answer").want("code"), "ActionNotAllowed");
}
