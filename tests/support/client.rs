//! A SOAP client that knows nothing of the server: text out, text in, read by another library.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::server::{PASSWORD, Server};
use super::validity;

pub(crate) const INTERNAL: &str = "urn:license-distribution-service:v1";
pub(crate) const ACTIVATION: &str = "urn:license-distribution-service:activation:v1";
pub(crate) const GENERATOR: &str = "urn:com.flexnet.external.type";

/// Calls one server.
#[derive(Clone)]
pub(crate) struct Client {
    agent: ureq::Agent,
    url: String,
    authorization: String,
}

/// The document of a reply.
pub(crate) struct Answer(pub(crate) String);

/// A fault's detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) field: Option<String>,
}

impl Client {
    /// As the administrator.
    pub(crate) fn new(server: &Server) -> Self {
        Self::with(&server.url, "admin", PASSWORD)
    }

    /// Without credentials.
    pub(crate) fn nobody(server: &Server) -> Self {
        Self {
            authorization: String::new(),
            ..Self::new(server)
        }
    }

    /// As anybody.
    pub(crate) fn with(url: &str, login: &str, password: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(std::time::Duration::from_secs(30)));
        Self {
            agent: config.build().into(),
            url: url.to_owned(),
            authorization: format!("Basic {}", STANDARD.encode(format!("{login}:{password}"))),
        }
    }

    /// An operation for staff; `content` are its members.
    pub(crate) fn internal(&self, operation: &str, content: &str) -> Result<Answer, Fault> {
        self.call("/soap/v1", INTERNAL, operation, content)
            .unwrap_or_else(|error| panic!("{operation}: {error}"))
    }

    /// An operation for customers.
    pub(crate) fn activation(&self, operation: &str, content: &str) -> Result<Answer, Fault> {
        self.call("/soap/activation/v1", ACTIVATION, operation, content)
            .unwrap_or_else(|error| panic!("{operation}: {error}"))
    }

    /// The same, where the server may vanish.
    pub(crate) fn call(
        &self,
        path: &str,
        namespace: &str,
        operation: &str,
        content: &str,
    ) -> Result<Result<Answer, Fault>, String> {
        let (status, text) = self.exchange(path, namespace, operation, content)?;
        match status {
            200 => Ok(Ok(Answer(text))),
            401 | 500 => Ok(Err(Fault::read(&text))),
            other => Err(format!("status {other}: {text}")),
        }
    }

    /// Status and body of what is answered.
    pub(crate) fn exchange(
        &self,
        path: &str,
        namespace: &str,
        operation: &str,
        content: &str,
    ) -> Result<(u16, String), String> {
        let body = format!(
            "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><{operation} \
             xmlns=\"{namespace}\">{content}</{operation}></e:Body></e:Envelope>"
        );
        let mut request = self
            .agent
            .post(format!("{}{path}", self.url))
            .header("Content-Type", "text/xml; charset=utf-8");
        if namespace != ACTIVATION && !self.authorization.is_empty() {
            request = request.header("Authorization", &self.authorization);
        }
        let mut reply = request.send(body).map_err(|error| error.to_string())?;
        let text = reply.body_mut().read_to_string();
        let text = text.map_err(|error| error.to_string())?;
        validity::keep(&self.url, &text);
        Ok((reply.status().as_u16(), text))
    }
}

impl Answer {
    /// The text of the first element of this name.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.all(name).into_iter().next()
    }

    /// The texts of all elements of this name.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        let document = roxmltree::Document::parse(&self.0).expect("well-formed XML");
        document
            .descendants()
            .filter(|node| node.tag_name().name() == name)
            .map(|node| node.text().unwrap_or_default().to_owned())
            .collect()
    }

    /// All elements of this name, each by itself.
    pub(crate) fn elements(&self, name: &str) -> Vec<Answer> {
        let document = roxmltree::Document::parse(&self.0).expect("well-formed XML");
        let elements = document.descendants();
        elements
            .filter(|node| node.tag_name().name() == name)
            .map(|node| Answer(self.0[node.range()].to_owned()))
            .collect()
    }

    /// The text of an element that must be there.
    pub(crate) fn want(&self, name: &str) -> String {
        self.get(name)
            .unwrap_or_else(|| panic!("no {name} in {}", self.0))
    }
}

impl Fault {
    fn read(text: &str) -> Self {
        let answer = Answer(text.to_owned());
        Self {
            code: answer.want("code"),
            message: answer.want("message"),
            field: answer.get("field"),
        }
    }
}

/// A customer and a product of the plugin `token`, and orders of it.
#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) client: Client,
    pub(crate) customer: String,
    pub(crate) product: String,
}

/// Terms that bind a license to one Ethernet address.
pub(crate) const ETHERNET: &str =
    "<hostLock>REQUIRED</hostLock><hostRule><type>ETHERNET</type></hostRule>";

impl Shop {
    pub(crate) fn new(client: Client) -> Self {
        Self::with(client, "token", "", &format!("<terms>{ETHERNET}</terms>"))
    }

    /// With this generator, these settings and terms.
    pub(crate) fn with(client: Client, generator: &str, settings: &str, terms: &str) -> Self {
        let stored = client.internal(
            "storeCustomers",
            "<customer><name>Miller &amp; Sons</name></customer>",
        );
        let customer = stored.expect("a customer").want("id");
        let product = format!(
            "<product><code>editor</code><name>Editor</name><generator>{generator}</generator>{settings}\
             <feature><name>base</name><version>3.0</version><count>0</count></feature>{terms}</product>"
        );
        let stored = client
            .internal("storeProducts", &product)
            .expect("a product");
        assert_eq!(stored.want("status"), "SUCCESS", "{}", stored.0);
        let product = stored.want("id");
        client
            .internal("activateProducts", &format!("<id>{product}</id>"))
            .expect("an active product");
        Self {
            client,
            customer,
            product,
        }
    }

    /// An Order ID with these members of its own, terms say.
    pub(crate) fn order(&self, more: &str) -> String {
        self.orders(1, more).remove(0)
    }

    /// So many Order IDs.
    pub(crate) fn orders(&self, count: usize, more: &str) -> Vec<String> {
        let order = format!(
            "<order><customerId>{}</customerId><productId>{}</productId>{more}</order><count>{count}</count>",
            self.customer, self.product
        );
        self.client
            .internal("createOrders", &order)
            .expect("orders")
            .all("orderId")
    }

    /// The license of this machine.
    pub(crate) fn activate(&self, order_id: &str, address: &str) -> Result<Answer, Fault> {
        self.client
            .activation("activate", &machine(order_id, address))
    }
}

/// The Order ID with another first character, so that its check character tells.
pub(crate) fn mistyped(order_id: &str) -> String {
    let other = if order_id.starts_with('3') { "4" } else { "3" };
    format!("{other}{}", &order_id[1..])
}

/// An Order ID and a host as members of a request.
pub(crate) fn machine(order_id: &str, address: &str) -> String {
    format!(
        "<orderId>{order_id}</orderId><host><type>ETHERNET</type><value>{address}</value></host>"
    )
}
