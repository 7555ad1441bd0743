//! Licenses in another's place and besides any other, over the wire, on both databases.

use crate::support::{Answer, Client, Fault, Server, Shop, assert_counters, machine, on_both};

const MACHINE: &str = "00-11-22-AA-BB-CC";
const OTHER: &str = "00-11-22-AA-BB-CD";
const TERMS: &str = "<terms><hostLock>REQUIRED</hostLock><hostRule><type>ETHERNET</type></hostRule>\
    <movesAllowed><count>1</count></movesAllowed>\
    <emergencyAllowed><count>1</count><days>7</days></emergencyAllowed></terms>";

on_both! {
    a_customer_gives_a_license_to_another_machine
    staff_gives_a_license_to_another_machine
    licenses_are_replaced_by_what_the_order_says_now
    an_emergency_license_is_taken_once
    a_floating_license_names_one_license_server_or_three_in_their_order
}

fn shop(server: &Server) -> Shop {
    Shop::with(Client::new(server), "token", "", TERMS)
}

fn new_host(address: &str) -> String {
    format!("<newHost><type>ETHERNET</type><value>{address}</value></newHost>")
}

fn code(answer: Result<Answer, Fault>) -> String {
    answer.err().expect("a fault").code
}

fn state_of(client: &Client, id: &str) -> (String, Option<String>) {
    let license = client.internal("getLicense", &format!("<id>{id}</id>"));
    let license = license.expect("the license");
    (license.want("state"), license.get("replacedBy"))
}

fn a_customer_gives_a_license_to_another_machine(server: &Server) {
    let shop = shop(server);
    let order = shop.order("");
    let old = shop
        .activate(&order, MACHINE)
        .expect("a license")
        .want("id");
    let request = machine(&order, MACHINE) + &new_host(OTHER);
    let new = shop
        .client
        .activation("rehost", &request)
        .expect("a license");
    assert_eq!(new.want("value"), "001122aabbcd");
    for _ in 0..2 {
        let again = shop.client.activation("rehost", &request);
        assert_eq!(again.expect("the same").0, new.0);
    }
    let replaced = ("REPLACED".to_owned(), Some(new.want("id")));
    assert_eq!(state_of(&shop.client, &old), replaced);
    let fetched = shop.activate(&order, OTHER).expect("the license");
    assert_eq!(fetched.want("text"), new.want("text"));
    let back = machine(&order, OTHER) + &new_host(MACHINE);
    assert_eq!(
        code(shop.client.activation("rehost", &back)),
        "AllowanceExhausted"
    );
    assert_counters(&shop.client);
}

fn staff_gives_a_license_to_another_machine(server: &Server) {
    let shop = shop(server);
    let order = shop.order(
        "<terms><maxActivations>2</maxActivations><hostLock>REQUIRED</hostLock>\
        <hostRule><type>ETHERNET</type></hostRule></terms>",
    );
    let old = shop
        .activate(&order, MACHINE)
        .expect("a license")
        .want("id");
    shop.activate(&order, OTHER).expect("a license");
    let to = |address: &str, more: &str| format!("<id>{old}</id>{}{more}", new_host(address));
    let in_use = shop.client.internal("rehostLicense", &to(OTHER, ""));
    let in_use = in_use.err().expect("a fault");
    assert_eq!(
        (in_use.code.as_str(), in_use.field.as_deref()),
        ("InUse", Some("newHost"))
    );
    let third = "00-11-22-AA-BB-CE";
    let dry = shop
        .client
        .internal("rehostLicense", &to(third, "<dryRun>true</dryRun>"));
    assert_eq!(dry.expect("a dry run").want("replaces"), old);
    assert_eq!(state_of(&shop.client, &old), ("ACTIVE".to_owned(), None));
    let request = to(third, "<reason>moved</reason><requestId>r-1</requestId>");
    let new = shop
        .client
        .internal("rehostLicense", &request)
        .expect("a license");
    assert_eq!(new.want("replaces"), old);
    let again = shop.client.internal("rehostLicense", &request);
    assert_eq!(again.expect("the same").want("id"), new.want("id"));
    let other = to(MACHINE, "<requestId>r-1</requestId>");
    assert_eq!(
        code(shop.client.internal("rehostLicense", &other)),
        "IdempotencyConflict"
    );
    assert_counters(&shop.client);
}

fn licenses_are_replaced_by_what_the_order_says_now(server: &Server) {
    let shop = shop(server);
    let order = shop.order("");
    let old = shop
        .activate(&order, MACHINE)
        .expect("a license")
        .want("id");
    let found = shop.client.internal("findOrders", "").expect("the order");
    let order_ref = found.elements("order")[0].want("id");
    let more = format!(
        "<order><id>{order_ref}</id><revision>1</revision><customerId>{}</customerId>\
         <productId>{}</productId>{TERMS}<feature><name>more</name></feature></order>",
        shop.customer, shop.product
    );
    let stored = shop.client.internal("storeOrders", &more).expect("stored");
    assert_eq!(stored.want("status"), "SUCCESS", "{}", stored.0);
    let unknown = "lic_00000000000000000000000000000001";
    let ids = format!("<id>{old}</id><id>{unknown}</id><reason>more</reason>");
    let atomic = shop
        .client
        .internal("replaceLicenses", &format!("{ids}<atomic>true</atomic>"));
    assert_eq!(atomic.expect("an answer").want("status"), "FAILURE");
    let answer = shop
        .client
        .internal("replaceLicenses", &ids)
        .expect("an answer");
    assert_eq!(answer.want("status"), "PARTIAL_FAILURE");
    let items = answer.elements("item");
    assert_eq!(
        (items[0].want("id"), items[1].want("code")),
        (old.clone(), "NotFound".into())
    );
    let new = &items[0].elements("license")[0];
    assert_eq!(
        (
            new.want("replaces"),
            new.elements("feature")[0].want("name")
        ),
        (old.clone(), "more".into())
    );
    let license = shop.activate(&order, MACHINE).expect("the license");
    assert_eq!(
        (license.want("id"), license.want("text")),
        (new.want("id"), new.want("text"))
    );
    assert_eq!(state_of(&shop.client, &old).0, "REPLACED");
    assert_counters(&shop.client);
}

fn an_emergency_license_is_taken_once(server: &Server) {
    let shop = shop(server);
    let order = shop.order("");
    let take = |address: &str| {
        shop.client
            .activation("emergency", &machine(&order, address))
    };
    let short = take(MACHINE).expect("a license");
    assert_eq!(short.want("kind"), "EMERGENCY");
    assert!(short.get("expiresOn").is_some());
    assert_eq!(take(MACHINE).expect("the same").0, short.0);
    assert_eq!(code(take(OTHER)), "AllowanceExhausted");
    let none = shop
        .client
        .activation("getLicense", &machine(&order, MACHINE));
    assert_eq!(code(none), "NoLicense");
    let info = format!("<orderId>{order}</orderId>");
    let info = shop
        .client
        .activation("getOrderInfo", &info)
        .expect("the order");
    assert_eq!(
        (info.want("emergenciesLeft"), info.want("activationsLeft")),
        ("0".into(), "1".into())
    );
    let by_staff = machine(&order, OTHER) + "<days>2</days><reason>lost</reason>";
    let by_staff = shop
        .client
        .internal("emergencyLicense", &by_staff)
        .expect("a license");
    assert_eq!(by_staff.want("kind"), "EMERGENCY");
    let found = shop
        .client
        .internal("findLicenses", "<kind>EMERGENCY</kind>");
    assert_eq!(found.expect("licenses").elements("license").len(), 2);
    assert_counters(&shop.client);
}

const SERVERS: [&str; 3] = [
    "00-11-22-AA-BB-CE",
    "00-11-22-AA-BB-CC",
    "00-11-22-AA-BB-CD",
];

/// So many license servers as hosts of a request.
fn servers(count: usize) -> String {
    let host = |(n, address): (usize, &&str)| {
        format!(
            "<host><type>ETHERNET</type><value>{address}</value><name>lic{n}</name>\
             <port>2700{n}</port></host>"
        )
    };
    SERVERS.iter().take(count).enumerate().map(host).collect()
}

/// The lines of a license text that begin with this word.
fn lines(license: &Answer, word: &str) -> Vec<String> {
    let text = license.want("text");
    let lines = text.lines().filter(|line| line.starts_with(word));
    lines.map(str::to_owned).collect()
}

fn a_floating_license_names_one_license_server_or_three_in_their_order(server: &Server) {
    let settings = "<setting><name>vendor</name><value>acmed</value></setting>\
        <setting><name>unsigned</name><value>true</value></setting>";
    let shop = Shop::with(Client::new(server), "flexnet", settings, TERMS);
    let floating = "<terms><licenseType>FLOATING</licenseType><quantity>5</quantity>\
        <hostLock>REQUIRED</hostLock><hostRule><type>ETHERNET</type><min>1</min><max>3</max>\
        </hostRule></terms><feature><name>seats</name><version>3.0</version></feature>";
    let activate = |order: &str, count: usize| {
        let request = format!("<orderId>{order}</orderId>{}", servers(count));
        shop.client.activation("activate", &request)
    };
    let (alone, redundant) = (shop.order(floating), shop.order(floating));
    let two = activate(&alone, 2).err().expect("a fault");
    assert_eq!(
        (two.code.as_str(), two.field.as_deref()),
        ("HostInvalid", Some("host"))
    );
    let one = activate(&alone, 1).expect("a license");
    assert_eq!(lines(&one, "SERVER "), ["SERVER lic0 001122aabbce 27000"]);
    let three = activate(&redundant, 3).expect("a license");
    let in_order = [
        "SERVER lic0 001122aabbce 27000",
        "SERVER lic1 001122aabbcc 27001",
        "SERVER lic2 001122aabbcd 27002",
    ];
    assert_eq!(lines(&three, "SERVER "), in_order);
    let addresses = ["001122aabbce", "001122aabbcc", "001122aabbcd"];
    assert_eq!(three.all("value"), addresses);
    assert!(
        lines(&three, "INCREMENT ")[0].contains(" 5 "),
        "{}",
        three.0
    );
    let found = shop
        .client
        .internal("getLicense", &format!("<id>{}</id>", three.want("id")));
    let found = found.expect("the license");
    assert_eq!(found.want("text"), three.want("text"));
    assert_eq!(found.all("value"), addresses);
    assert_counters(&shop.client);
}
