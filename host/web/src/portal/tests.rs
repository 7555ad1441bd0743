//! The portal as a browser without a script meets it, over real services.

mod shop;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use lds_domain::order::{OrderState, OrderView};
use lds_domain::terms::{LicenseType, Terms};
use time::macros::date;
use tower::ServiceExt;

use super::{MAX_FORM, State, router};
use shop::{ORDER_ID, services, terms};

const MACHINE: &str = "host.ETHERNET.0=3C-52-A1-0F-8B-E4";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// An answer, read whole.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    #[track_caller]
    fn says(&self, text: &str) -> &Self {
        assert!(self.text().contains(text), "no {text:?} in {}", self.text());
        self
    }

    #[track_caller]
    fn is(&self, status: StatusCode) -> &Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

fn portal(terms: Terms) -> Router {
    changed(terms, |_| ())
}

fn changed(terms: Terms, change: impl FnOnce(&mut OrderView)) -> Router {
    router(State {
        wrong_order_ids: Arc::default(),
        services: services(terms, change),
        brand_name: "Brightwell & Sons".to_owned(),
        support_email: Some("support@brightwell.example".to_owned()),
    })
}

async fn ask(portal: &Router, request: Request<Body>) -> Answer {
    let response = portal.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: body.collect().await.unwrap().to_bytes(),
    }
}

async fn get(portal: &Router, path: &str) -> Answer {
    ask(portal, Request::get(path).body(Body::empty()).unwrap()).await
}

async fn post(portal: &Router, path: &str, form: &str) -> Answer {
    let request = Request::post(path).header(FORM.0, FORM.1);
    ask(portal, request.body(Body::from(form.to_owned())).unwrap()).await
}

async fn activate(portal: &Router, rest: &str) -> Answer {
    post(
        portal,
        "/activate/license",
        &format!("orderId={ORDER_ID}&{rest}"),
    )
    .await
}

#[tokio::test]
async fn the_way_from_the_order_id_to_the_file() {
    let portal = portal(terms(1, 1));
    get(&portal, "/activate")
        .await
        .is(StatusCode::OK)
        .says("name=\"orderId\"");
    let spelled = "orderId=22222+2222222222+2223n";
    let needs = post(&portal, "/activate", spelled).await;
    needs
        .is(StatusCode::OK)
        .says(ORDER_ID)
        .says("name=\"host.ETHERNET.0\"");
    needs
        .says("1 activation left.")
        .says("For example 3C-52-A1-0F-8B-E4");

    let license = activate(&portal, MACHINE).await;
    license.is(StatusCode::OK).says("<title>Your license ·");
    license
        .says("<span>HOST 3c52a10f8be4\n</span>")
        .says("No activations left.");
    license.says("name=\"host.ETHERNET.0\" value=\"3c52a10f8be4\"");
    let again = activate(&portal, "host.ETHERNET.0=3c52.a10f.8be4").await;
    assert_eq!(again.text(), license.text());

    let form = format!("orderId={ORDER_ID}&{MACHINE}&file=flow+%221%22.lic");
    let file = post(&portal, "/activate/download", &form).await;
    file.is(StatusCode::OK);
    assert_eq!(
        file.text(),
        "# <script>alert(2)</script>\n\nHOST 3c52a10f8be4\n"
    );
    assert_eq!(
        file.headers["content-disposition"],
        "attachment; filename=\"flow__1_.lic\""
    );
}

#[tokio::test]
async fn a_file_that_is_no_text_is_only_downloaded() {
    let portal = portal(terms(1, 1));
    activate(&portal, MACHINE)
        .await
        .says("This file is no text");
    let form = format!("orderId={ORDER_ID}&{MACHINE}&file=flow.bin");
    let file = post(&portal, "/activate/download", &form).await;
    assert_eq!(file.body.as_ref(), [0, 255]);
    assert_eq!(file.headers[CONTENT_TYPE], "application/octet-stream");
    let form = format!("orderId={ORDER_ID}&{MACHINE}&file=other");
    let none = post(&portal, "/activate/download", &form).await;
    none.is(StatusCode::NOT_FOUND)
        .says("Error: There is no such file");
}

#[tokio::test]
async fn what_others_wrote_is_never_markup() {
    let portal = portal(terms(1, 1));
    let needs = post(&portal, "/activate", &format!("orderId={ORDER_ID}")).await;
    let license = activate(&portal, MACHINE).await;
    let typed = post(&portal, "/activate", "orderId=%22%3E%3Cscript%3Ealert(3)").await;
    for page in [needs, license, typed] {
        assert!(!page.text().contains("<script>"), "{}", page.text());
        page.says("&lt;script&gt;alert(")
            .says("Brightwell &amp; Sons");
    }
}

#[tokio::test]
async fn a_mistyped_order_id_is_told_with_help() {
    let portal = portal(terms(1, 1));
    let slip = post(&portal, "/activate", "orderId=22222-22222-22222-2223M").await;
    slip.is(StatusCode::UNPROCESSABLE_ENTITY)
        .says("<title>Error: ");
    slip.says("This Order ID is probably mistyped")
        .says("Characters that look alike");
    slip.says("value=\"22222-22222-22222-2223M\"")
        .says("aria-invalid=\"true\"");
    let unknown = post(&portal, "/activate", "orderId=22222-22222-22222-22222").await;
    unknown
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .says("This Order ID is not known");
    post(&portal, "/activate", "")
        .await
        .is(StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_wrong_host_is_told_at_its_field_and_everything_typed_stays() {
    let portal = portal(terms(1, 1));
    let page = activate(&portal, "host.ETHERNET.0=3C-EG&parameter.note=hello").await;
    page.is(StatusCode::UNPROCESSABLE_ENTITY)
        .says("<title>Error: Check the host");
    page.says("value=\"3C-EG\"").says("value=\"hello\"");
    page.says("aria-describedby=\"host.ETHERNET.0-help host.ETHERNET.0-error\"");
    page.says("href=\"#host.ETHERNET.0\"")
        .says("This is no Ethernet address.");

    let missing = activate(&portal, "host.ETHERNET.0=").await;
    missing
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .says("href=\"#host.ETHERNET.0\"");

    let long = activate(&portal, &format!("{MACHINE}&parameter.note=01234567890")).await;
    long.is(StatusCode::UNPROCESSABLE_ENTITY)
        .says("href=\"#parameter.note\"");
    long.says("value=\"3C-52-A1-0F-8B-E4\"");
}

#[tokio::test]
async fn a_floating_license_takes_one_or_three_servers() {
    let floating = Terms {
        license_type: LicenseType::Floating,
        ..terms(1, 3)
    };
    let portal = portal(floating);
    let needs = post(&portal, "/activate", &format!("orderId={ORDER_ID}")).await;
    needs
        .says("Three license servers instead of one")
        .says("name=\"port.ETHERNET.2\"");
    let two = activate(
        &portal,
        "host.ETHERNET.0=3C52A10F8BE4&host.ETHERNET.1=3C52A10F8BE5",
    )
    .await;
    two.is(StatusCode::UNPROCESSABLE_ENTITY)
        .says("one or three license servers");
    two.says("<details class=\"fold\" open>")
        .says("href=\"#host.ETHERNET.2\"");
    let port = activate(&portal, &format!("{MACHINE}&port.ETHERNET.0=none")).await;
    port.is(StatusCode::UNPROCESSABLE_ENTITY)
        .says("href=\"#port.ETHERNET.0\"");
    let named = format!("{MACHINE}&name.ETHERNET.0=lic01&port.ETHERNET.0=27000");
    activate(&portal, &named)
        .await
        .is(StatusCode::OK)
        .says("3c52a10f8be4 (lic01)");
}

#[tokio::test]
async fn every_host_that_a_license_may_have_has_its_input() {
    let portal = portal(terms(2, 5));
    let needs = post(&portal, "/activate", &format!("orderId={ORDER_ID}")).await;
    let (needed, more) = needs
        .text()
        .split_once("Add another Ethernet address")
        .unwrap();
    assert_eq!(needed.matches("name=\"host.ETHERNET.").count(), 2);
    assert_eq!(needed.matches("required").count(), 2);
    assert_eq!(more.matches("name=\"host.ETHERNET.").count(), 3);
    let one = activate(&portal, "host.ETHERNET.0=3C52A10F8BE4&host.ETHERNET.1=").await;
    one.is(StatusCode::UNPROCESSABLE_ENTITY)
        .says("A host is missing");
    one.says("href=\"#host.ETHERNET.1\"");
}

/// What a reader sees of a page: its text without tags, and so without the names of fields.
fn read_out(page: &Answer) -> String {
    let pieces = page.text().split('<').skip(1);
    pieces
        .filter_map(|piece| piece.split_once('>'))
        .map(|(_, text)| text)
        .collect()
}

#[tokio::test]
async fn hosts_are_called_by_their_labels_on_every_page() {
    let portal = portal(terms(1, 2));
    let crowd = (0..3).map(|i| format!("host.ETHERNET.{i}=3C52A10F8BE{i}"));
    let crowd: Vec<_> = crowd.collect();
    for (form, said) in [
        ("host.ETHERNET.0=", "Ethernet address: a value is missing."),
        ("host.ETHERNET.0=x", "This is no Ethernet address."),
        (
            "host.DONGLE.0=x",
            "This license takes no hosts of this kind.",
        ),
        (&crowd.join("&"), "more hosts than the license can have"),
        (MACHINE, "Ethernet address"),
    ] {
        let page = read_out(&activate(&portal, form).await);
        assert!(page.contains(said), "{form}: {page}");
        for raw in ["ETHERNET", "DONGLE"] {
            assert!(!page.contains(raw), "{form}: {page}");
        }
    }
}

#[tokio::test]
async fn a_license_without_a_host_needs_one_button() {
    let portal = portal(Terms::default());
    let needs = post(&portal, "/activate", &format!("orderId={ORDER_ID}")).await;
    needs.says(">Get license</button>");
    assert!(!needs.text().contains("name=\"host."));
    activate(&portal, "")
        .await
        .is(StatusCode::OK)
        .says("HOST ANY");
    let form = format!("orderId={ORDER_ID}&file=flow.bin");
    post(&portal, "/activate/download", &form)
        .await
        .is(StatusCode::OK);
}

#[tokio::test]
async fn another_machine_is_refused_with_what_to_do() {
    let portal = portal(terms(1, 1));
    activate(&portal, MACHINE).await.is(StatusCode::OK);
    let other = activate(&portal, "host.ETHERNET.0=3C52A10F8BE5").await;
    other
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .says("No activations left");
    other.says("A license that you already have is shown again");
}

#[tokio::test]
async fn orders_that_are_not_served_say_why() {
    let suspended = changed(terms(1, 1), |view| view.order.state = OrderState::Suspended);
    let page = post(&suspended, "/activate", &format!("orderId={ORDER_ID}")).await;
    page.is(StatusCode::UNPROCESSABLE_ENTITY)
        .says("This order is suspended");
    page.says(&format!("value=\"{ORDER_ID}\""));
    assert!(!page.text().contains("Characters that look alike"));
    activate(&suspended, MACHINE)
        .await
        .says("This order is suspended");

    let over = changed(terms(1, 1), |view| {
        view.order.data.valid_until = Some(date!(2026 - 11 - 24));
    });
    activate(&over, MACHINE)
        .await
        .says("The time to activate is over")
        .says("2026-11-24");

    let lost = changed(terms(1, 1), |view| {
        std::sync::Arc::make_mut(&mut view.product).data.generator = "gone".to_owned();
    });
    let page = activate(&lost, MACHINE).await;
    page.is(StatusCode::SERVICE_UNAVAILABLE)
        .says("Try again in a few minutes");
}

#[tokio::test]
async fn the_order_id_is_in_no_title_and_no_address() {
    let portal = portal(terms(1, 1));
    let form = format!("orderId={ORDER_ID}");
    for page in [
        post(&portal, "/activate", &form).await,
        activate(&portal, MACHINE).await,
        activate(&portal, "host.ETHERNET.0=x").await,
    ] {
        let title = page.text().split("</title>").next().unwrap();
        assert!(!title.contains(ORDER_ID));
        let links = page
            .text()
            .split("href=\"")
            .chain(page.text().split("action=\""));
        assert!(
            links
                .skip(1)
                .all(|link| !link.split('"').next().unwrap().contains("2223N"))
        );
    }
    for path in ["/", "/activate/license", "/activate/download"] {
        let away = get(&portal, path).await;
        away.is(StatusCode::SEE_OTHER);
        assert_eq!(away.headers[LOCATION], "/activate");
    }
}

#[tokio::test]
async fn every_page_carries_its_guards() {
    let portal = portal(terms(1, 1));
    for page in [
        get(&portal, "/activate").await,
        activate(&portal, MACHINE).await,
    ] {
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(page.headers["cache-control"], "no-store");
        assert_eq!(page.headers["x-content-type-options"], "nosniff");
        assert_eq!(page.headers["referrer-policy"], "no-referrer");
        assert!(!page.text().contains("style="), "no inline style");
    }
    let style = get(&portal, "/assets/style.css").await;
    assert_eq!(style.headers["cache-control"], "public, max-age=3600");
}

#[tokio::test]
async fn forms_of_other_sites_and_long_ones_are_refused() {
    let portal = portal(terms(1, 1));
    let body = format!("orderId={ORDER_ID}&{MACHINE}");
    let foreign = Request::post("/activate/license")
        .header(FORM.0, FORM.1)
        .header("sec-fetch-site", "cross-site")
        .body(Body::from(body))
        .unwrap();
    let page = ask(&portal, foreign).await;
    page.is(StatusCode::FORBIDDEN)
        .says("sent from another site");
    let long = format!("orderId={}", "A".repeat(MAX_FORM));
    let page = post(&portal, "/activate", &long).await;
    page.is(StatusCode::PAYLOAD_TOO_LARGE)
        .says("That is too much text");
    let no_form = Request::post("/activate")
        .body(Body::from("orderId=x"))
        .unwrap();
    let page = ask(&portal, no_form).await;
    page.is(StatusCode::UNSUPPORTED_MEDIA_TYPE)
        .says("The form can&#x27;t be read");
}

#[tokio::test]
async fn an_address_that_is_none_leads_back() {
    let page = get(&portal(terms(1, 1)), "/order").await;
    page.is(StatusCode::NOT_FOUND).says("href=\"/activate\"");
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
}

#[tokio::test]
async fn every_asset_that_a_page_names_is_there() {
    let portal = portal(terms(1, 1));
    let page = activate(&portal, MACHINE).await;
    let named = page.text().split("\"/assets/").skip(1);
    let files: Vec<_> = named
        .map(|rest| rest.split(['"', '#']).next().unwrap())
        .collect();
    assert!(files.contains(&"style.css") && files.contains(&"portal.js"));
    for file in files {
        get(&portal, &format!("/assets/{file}"))
            .await
            .is(StatusCode::OK);
    }
}
