//! Order IDs are credentials: whoever guesses them has to wait.

use crate::support::message::{CUSTOMERS, Refusal, XML, outcome};
use crate::support::{Client, Server, Shop, mistyped};

/// Well-formed, and nobody's.
const NOBODYS: &str = "2222222222222222222";

/// An Order ID with its check character, made as `contract.md` says.
fn with_check(body: &str) -> String {
    let signs = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    let value = |sign| signs.find(sign).expect("a sign");
    let sum: usize = body
        .chars()
        .enumerate()
        .map(|(i, sign)| (i + 1) * value(sign))
        .sum();
    let check = signs.chars().nth(sum % 31).expect("a sign");
    format!("{body}{check}")
}

fn guess(server: &Server, order_id: &str) -> Box<Refusal> {
    let content = format!("<orderId>{order_id}</orderId>");
    let message = CUSTOMERS.message("getOrderInfo", &content);
    let answer = outcome(&server.post(CUSTOMERS, &[XML], message.as_bytes()));
    answer.err().expect("there is no such order")
}

#[test]
fn an_unknown_order_id_is_no_order_and_a_mistyped_one_is_told() {
    let server = Server::start();
    let good = with_check(NOBODYS);
    let fault = guess(&server, &good);
    assert_eq!(fault.code, "OrderNotUsable");
    assert!(!fault.message.contains("mistyped"), "{}", fault.message);
    let mistyped = mistyped(&good);
    let fault = guess(&server, &mistyped);
    assert_eq!(fault.code, "OrderNotUsable");
    assert!(fault.message.contains("mistyped"), "{}", fault.message);
}

#[test]
fn guessing_order_ids_has_to_wait() {
    let server = Server::start();
    let fault = (0..200)
        .map(|_| guess(&server, &with_check(NOBODYS)))
        .inspect(|fault| assert!(matches!(&*fault.code, "OrderNotUsable" | "RateLimited")))
        .find(|fault| fault.code == "RateLimited")
        .expect("nobody ever had to wait");
    assert_eq!((fault.status, fault.kind.as_str()), (500, "Client"));
    assert!(fault.retry_after_seconds.expect("a time") >= 1);
}

/// Refusals that have nothing to do with guessing cost nothing.
#[test]
fn a_customer_who_errs_about_his_machine_need_not_wait() {
    let server = Server::start();
    let shop = Shop::new(Client::new(&server));
    let order = shop.order("");
    for _ in 0..200 {
        let fault = shop
            .activate(&order, "no address")
            .err()
            .expect("no address");
        assert_eq!(fault.code, "HostInvalid");
        assert_eq!(fault.field.as_deref(), Some("host[0].value"));
    }
    shop.activate(&order, "00-11-22-AA-BB-CC")
        .expect("activated");
}

#[test]
fn an_order_id_is_read_in_every_spelling() {
    let server = Server::start();
    let shop = Shop::new(Client::new(&server));
    let order = shop.order("");
    let bare = order.replace('-', "");
    let spellings = [
        order.to_lowercase(),
        bare,
        format!("  {} ", order.replace('-', " ")),
        order.replace('-', "\u{2013}"),
    ];
    let machine = "00-11-22-AA-BB-CC";
    let first = shop.activate(&order, machine).expect("activated");
    for spelling in spellings {
        let same = shop.activate(&spelling, machine).expect(&spelling);
        assert_eq!(same.0, first.0, "{spelling}");
    }
}
