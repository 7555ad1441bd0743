//! What an operator reads when the server starts.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::support::{Place, Server};

const CONFIG: &str = "[http]\npublic_url = \"https://licenses.example\"\n\
    [http.management]\nlisten = \"127.0.0.1:0\"\n";
const FIRST_STEP: &str = "lds user create --login admin --role administrator";

#[test]
fn the_page_and_both_descriptions_are_named() {
    let place = Place::new(CONFIG);
    let mut child = place
        .command(&["serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let told: Vec<_> = lines.skip(2).take(3).map_while(Result::ok).collect();
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert_eq!(
        told,
        [
            "portal: https://licenses.example/activate",
            "SOAP for the vendor: https://licenses.example/soap/v1?wsdl",
            "SOAP for customers: https://licenses.example/soap/activation/v1?wsdl",
        ]
    );
}

#[test]
fn a_server_without_users_tells_how_to_make_the_first() {
    let mut server = Server::at(Place::new(CONFIG));
    server.stop();
    let told = server.log();
    assert!(told.contains("WARN") && told.contains(FIRST_STEP), "{told}");
    let mut server = Server::start();
    server.stop();
    assert!(!server.log().contains(FIRST_STEP));
}
