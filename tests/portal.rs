//! The portal as a browser without scripts uses it: it follows the forms of the pages, and knows
//! nothing of how they are named.

use std::collections::BTreeSet;

use crate::support::http::{Response, request};
use crate::support::{Client, Server, Shop, machine, mistyped};

const MACHINE: &str = "00-11-22-AA-BB-CC";
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// A page that was answered.
struct Page {
    status: u16,
    html: String,
}

/// A form of a page, filled in as it was sent.
#[derive(Debug)]
struct Form {
    action: String,
    fields: Vec<(String, String)>,
}

impl Page {
    /// Reads an answer, and checks what holds for every page.
    fn read(response: &Response) -> Self {
        let header = |name| response.header(name).unwrap_or_default();
        assert!(header("Content-Type").starts_with("text/html"));
        let policy = header("Content-Security-Policy");
        assert!(policy.contains("default-src 'self'"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(header("X-Content-Type-Options"), "nosniff");
        assert_eq!(header("Referrer-Policy"), "no-referrer");
        let html = response.text();
        for forbidden in [
            "<style",
            " style=\"",
            "<script>",
            " onclick=\"",
            "javascript:",
        ] {
            assert!(!html.contains(forbidden), "{forbidden} in {html}");
        }
        Self {
            status: response.status,
            html,
        }
    }

    fn title(&self) -> &str {
        between(&self.html, "<title>", "</title>").expect("a title")
    }

    fn forms(&self) -> Vec<Form> {
        let parts = self.html.split("<form ").skip(1);
        parts
            .map(|part| Form::read(before(part, "</form>")))
            .collect()
    }

    fn form(&self) -> Form {
        let mut forms = self.forms();
        assert!(!forms.is_empty(), "no form in {}", self.html);
        forms.remove(0)
    }

    /// The sentences at the fields.
    fn errors(&self) -> Vec<String> {
        let parts = self.html.split("<p class=\"error\"").skip(1);
        parts.map(|part| text(before(part, "</p>"))).collect()
    }

    /// What the page links to or loads.
    fn links(&self) -> BTreeSet<&str> {
        ["href=\"", "src=\"", "action=\""]
            .into_iter()
            .flat_map(|start| self.html.split(start).skip(1))
            .map(|rest| before(rest, "\""))
            .collect()
    }

    /// The text of the license that is shown.
    fn license(&self) -> String {
        text(between(&self.html, "<code>", "</code>").expect("a license"))
    }
}

impl Form {
    fn read(html: &str) -> Self {
        let head = before(html, ">");
        assert_eq!(attribute(head, "method").as_deref(), Some("post"));
        let inputs = html.split("<input ").skip(1).map(|part| before(part, ">"));
        let fields = inputs.map(|input| {
            let name = attribute(input, "name").expect("a name");
            (name, attribute(input, "value").unwrap_or_default())
        });
        Self {
            action: attribute(head, "action").expect("an action"),
            fields: fields.collect(),
        }
    }

    /// Fills in the first field whose name has this in it.
    fn fill(mut self, name: &str, value: &str) -> Self {
        let field = self
            .fields
            .iter_mut()
            .find(|(known, _)| known.contains(name));
        let field = field.unwrap_or_else(|| panic!("no field {name}"));
        value.clone_into(&mut field.1);
        self
    }

    fn value(&self, name: &str) -> &str {
        let field = self.fields.iter().find(|(known, _)| known.contains(name));
        &field.unwrap_or_else(|| panic!("no field {name}")).1
    }

    fn body(&self) -> String {
        let pair =
            |(name, value): &(String, String)| format!("{}={}", encoded(name), encoded(value));
        self.fields.iter().map(pair).collect::<Vec<_>>().join("&")
    }
}

fn before<'a>(html: &'a str, end: &str) -> &'a str {
    html.split(end).next().unwrap_or_default()
}

fn between<'a>(html: &'a str, start: &str, end: &str) -> Option<&'a str> {
    Some(before(html.split_once(start)?.1, end))
}

/// The value of an attribute in a start tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = format!(" {tag}");
    between(&tag, &format!(" {name}=\""), "\"").map(unescaped)
}

/// The text in a piece of a page.
fn text(html: &str) -> String {
    let inside = html.split('<').enumerate();
    let texts = inside.map(|(i, part)| {
        if i == 0 {
            part.rsplit_once('>').map_or(part, |(_, rest)| rest)
        } else {
            part.split_once('>').map_or("", |(_, rest)| rest)
        }
    });
    unescaped(&texts.collect::<String>())
}

fn unescaped(text: &str) -> String {
    let named = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#x2f;", "/"),
        ("&amp;", "&"),
    ];
    named.iter().fold(text.to_owned(), |text, (name, sign)| {
        text.replace(name, sign)
    })
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn open(server: &Server, path: &str) -> Page {
    Page::read(&server.get(path, &[]))
}

fn send(server: &Server, form: &Form) -> Response {
    let body = form.body();
    let request = request("POST", &form.action, &[FORM], body.as_bytes());
    server.connect().exchange(&request)
}

fn submit(server: &Server, form: &Form) -> Page {
    Page::read(&send(server, form))
}

/// The page that an Order ID leads to.
fn enter(server: &Server, order: &str) -> Page {
    submit(
        server,
        &open(server, "/activate").form().fill("order", order),
    )
}

#[test]
fn from_the_order_id_to_the_license_and_its_file() {
    let server = Server::start();
    let shop = Shop::new(Client::new(&server));
    let order = shop.order("");
    let spelled = format!(" {}", order.to_lowercase().replace('-', " "));
    let needs = enter(&server, &spelled);
    assert_eq!(needs.status, 200, "{}", needs.html);
    assert!(needs.html.contains("Editor"));
    let shown = submit(&server, &needs.form().fill("ETHERNET", MACHINE));
    assert_eq!(shown.status, 200, "{}", shown.html);
    let stored = shop
        .client
        .activation("getLicense", &machine(&order, MACHINE));
    let stored = stored.expect("the license").want("text");
    assert_eq!(shown.license(), stored);
    let file = send(&server, &shown.form());
    assert_eq!((file.status, file.text()), (200, stored));
    let name = file.header("Content-Disposition").expect("a name");
    assert!(name.starts_with("attachment; filename="), "{name}");
    assert_eq!(
        file.header("X-Content-Type-Options").as_deref(),
        Some("nosniff")
    );
}

#[test]
fn the_order_id_is_in_no_address_and_no_title() {
    let server = Server::start();
    let order = Shop::new(Client::new(&server)).order("");
    let needs = enter(&server, &order);
    let shown = submit(&server, &needs.form().fill("ETHERNET", MACHINE));
    for page in [&needs, &shown] {
        assert!(page.html.contains(&order), "the customer sees it");
        assert!(!page.title().contains(&order), "{}", page.title());
        for link in page.links() {
            assert!(!link.contains(&order), "{link}");
        }
    }
    // What was shown is kept nowhere: not by browsers, not on the way.
    for path in ["/activate/license", "/activate/download"] {
        let response = server.get(path, &[]);
        assert_eq!(response.status, 303, "{path}");
        assert_eq!(response.header("Location").as_deref(), Some("/activate"));
    }
}

#[test]
fn pages_with_licenses_are_not_kept() {
    let server = Server::start();
    let order = Shop::new(Client::new(&server)).order("");
    let form = enter(&server, &order).form().fill("ETHERNET", MACHINE);
    let response = send(&server, &form);
    assert_eq!(response.status, 200);
    assert_eq!(
        response.header("Cache-Control").as_deref(),
        Some("no-store")
    );
}

#[test]
fn everything_that_a_page_needs_is_served_here() {
    let server = Server::start();
    let order = Shop::new(Client::new(&server)).order("");
    let needs = enter(&server, &order);
    let shown = submit(&server, &needs.form().fill("ETHERNET", MACHINE));
    for page in [open(&server, "/activate"), needs, shown] {
        for link in page.links() {
            let path = before(link, "#");
            if path.is_empty() {
                let id = format!("id=\"{}\"", &link[1..]);
                assert!(page.html.contains(&id), "{link} leads nowhere");
                continue;
            }
            assert!(path.starts_with('/') && !path.starts_with("//"), "{link}");
            let status = server.get(path, &[]).status;
            assert!(matches!(status, 200 | 303), "{link}: {status}");
        }
    }
}

#[test]
fn the_front_door_leads_to_the_portal() {
    let server = Server::start();
    let response = server.get("/", &[]);
    assert_eq!(response.status, 303);
    assert_eq!(response.header("Location").as_deref(), Some("/activate"));
}

#[test]
fn a_mistyped_order_id_stays_and_is_told_at_its_field() {
    let server = Server::start();
    let order = Shop::new(Client::new(&server)).order("");
    let mistyped = mistyped(&order);
    let page = enter(&server, &mistyped);
    assert_eq!(page.status, 422);
    assert!(page.title().starts_with("Error"), "{}", page.title());
    assert!(page.html.contains("aria-invalid=\"true\""));
    assert_eq!(page.errors().len(), 1, "{:?}", page.errors());
    assert_eq!(page.form().value("order"), mistyped);
    assert!(page.html.contains("mistyped"), "{}", page.html);
    // And what is typed into a page can do no harm.
    let markup = "\"><script>alert(1)</script>";
    let page = enter(&server, markup);
    assert_eq!(page.status, 422);
    assert_eq!(page.form().value("order"), markup);
}

#[test]
fn a_wrong_host_stays_and_is_told_at_its_field() {
    let server = Server::start();
    let order = Shop::new(Client::new(&server)).order("");
    let form = enter(&server, &order)
        .form()
        .fill("ETHERNET", "3C-52-A1-0F-8B-EG");
    let page = submit(&server, &form);
    assert_eq!(page.status, 422);
    assert!(page.html.contains("aria-invalid=\"true\""));
    assert_eq!(page.errors().len(), 1, "{:?}", page.errors());
    assert_eq!(page.form().value("ETHERNET"), "3C-52-A1-0F-8B-EG");
    // Corrected on that very page.
    let shown = submit(&server, &page.form().fill("ETHERNET", MACHINE));
    assert_eq!(shown.status, 200, "{}", shown.html);
}

#[test]
fn a_second_machine_is_told_why_not() {
    let server = Server::start();
    let shop = Shop::new(Client::new(&server));
    let order = shop.order("");
    let form = enter(&server, &order).form();
    let other = submit(&server, &form.fill("ETHERNET", MACHINE));
    assert_eq!(other.status, 200);
    let form = enter(&server, &order).form();
    let page = submit(&server, &form.fill("ETHERNET", "00-11-22-AA-BB-CD"));
    assert!((400..500).contains(&page.status), "{}", page.status);
    assert!(page.html.contains("role=\"alert\""), "{}", page.html);
    let licenses = shop
        .client
        .internal("findLicenses", "<withTotal>true</withTotal>");
    assert_eq!(licenses.expect("a list").want("total"), "1");
}

#[test]
fn a_license_without_a_machine_needs_nothing_more() {
    let server = Server::start();
    let terms = "<terms><hostLock>NONE</hostLock></terms>";
    let shop = Shop::with(Client::new(&server), "token", "", terms);
    let order = shop.order("");
    let shown = submit(&server, &enter(&server, &order).form());
    assert_eq!(shown.status, 200, "{}", shown.html);
    let stored = shop
        .client
        .activation("getLicense", &format!("<orderId>{order}</orderId>"));
    assert_eq!(shown.license(), stored.expect("the license").want("text"));
}

#[test]
fn the_vendors_name_and_address_are_shown_where_they_are_known() {
    let plain = open(&Server::start(), "/activate");
    assert!(!plain.html.contains("mailto:") && !plain.html.contains(".example"));
    let branded =
        "[branding]\nname = \"Bright <&> Well\"\nsupport_email = \"help@bright.example\"\n";
    let page = open(&Server::start_with(branded), "/activate");
    assert!(
        page.html.contains("Bright &lt;&amp;&gt; Well"),
        "{}",
        page.html
    );
    assert!(page.links().contains("mailto:help@bright.example"));
}

#[test]
fn guessing_has_to_wait_here_as_well() {
    let server = Server::start();
    let status = |_| enter(&server, "22222-22222-22222-22222").status;
    let statuses: BTreeSet<_> = (0..100).map(status).collect();
    assert_eq!(statuses.into_iter().collect::<Vec<_>>(), [422, 429]);
}

#[test]
fn a_form_has_an_end() {
    let server = Server::start();
    let form = open(&server, "/activate")
        .form()
        .fill("order", &"x".repeat(1 << 20));
    assert_eq!(send(&server, &form).status, 413);
    server.assert_answers();
}
