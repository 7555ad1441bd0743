//! What a customer sent: the fields of the portal's forms, read into the domain's commands.
//!
//! The names of fields carry what a reader needs (`host.ETHERNET.0`, `parameter.site`), so reading
//! needs no look at the order, and what was typed can be shown again as it was. It knows nothing
//! of pages.

use std::collections::HashMap;

use lds_domain::attribute::Attribute;
use lds_domain::command::{Activate, ForMachine};
use lds_domain::host::Host;
use lds_domain::terms::MAX_HOSTS;
use lds_domain::{Code, Error, Result};

/// Name of the Order ID's field.
pub(super) const ORDER_ID: &str = "orderId";
/// Name of the field that says which file is to be downloaded.
pub(super) const FILE: &str = "file";

/// The fields of a form, as they were sent.
#[derive(Debug, Default)]
pub(super) struct Fields {
    sent: Vec<(String, String)>,
    /// The place of each name where it stands first.
    places: HashMap<String, usize>,
}

/// A host as typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Typed<'a> {
    host_type: &'a str,
    slot: &'a str,
    value: &'a str,
    name: &'a str,
    port: &'a str,
}

/// Name of a host's field; `part` is `host`, `name` or `port`.
pub(super) fn host_field(part: &str, host_type: &str, slot: impl std::fmt::Display) -> String {
    format!("{part}.{host_type}.{slot}")
}

impl Fields {
    /// Fields by name and value.
    pub(super) fn new(pairs: Vec<(String, String)>) -> Self {
        let mut places = HashMap::with_capacity(pairs.len());
        for (place, (name, _)) in pairs.iter().enumerate() {
            places.entry(name.clone()).or_insert(place);
        }
        Self {
            sent: pairs,
            places,
        }
    }

    /// What stands in a field; empty where it was not sent.
    pub(super) fn get(&self, name: &str) -> &str {
        self.places
            .get(name)
            .map_or("", |&place| &self.sent[place].1)
    }

    /// Whether a field was sent, be it empty.
    pub(super) fn has(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// The Order ID as typed.
    pub(super) fn order_id(&self) -> &str {
        self.get(ORDER_ID).trim()
    }

    /// The command that makes the license.
    ///
    /// # Errors
    /// `HostInvalid` for a port that is none.
    pub(super) fn activate(&self) -> Result<Activate> {
        Ok(Activate {
            order_id: self.order_id().to_owned(),
            hosts: self.hosts()?,
            parameters: self
                .parameters()
                .into_iter()
                .map(|(_, value)| value)
                .collect(),
        })
    }

    /// The command that fetches it again.
    ///
    /// # Errors
    /// `HostInvalid` for a port that is none.
    pub(super) fn for_machine(&self) -> Result<ForMachine> {
        Ok(ForMachine {
            order_id: self.order_id().to_owned(),
            hosts: self.hosts()?,
        })
    }

    /// The name of the field that a member of the command came from.
    pub(super) fn field_of(&self, member: &str) -> Option<String> {
        let (list, rest) = member.split_once('[')?;
        let (place, rest) = rest.split_once(']')?;
        let place: usize = place.parse().ok()?;
        if list == "parameter" {
            return self
                .parameters()
                .into_iter()
                .nth(place)
                .map(|(field, _)| field);
        }
        let typed = self.typed().nth(place).filter(|_| list == "host")?;
        let part = match rest {
            ".name" => "name",
            ".port" => "port",
            _ => "host",
        };
        Some(host_field(part, typed.host_type, typed.slot))
    }

    fn hosts(&self) -> Result<Vec<Host>> {
        let read = |(i, typed): (usize, Typed)| typed.read(i);
        self.typed().enumerate().map(read).collect()
    }

    /// The hosts that something was typed for; one more than a license may have at most, so that
    /// the domain refuses them.
    fn typed(&self) -> impl Iterator<Item = Typed<'_>> {
        self.sent
            .iter()
            .filter_map(|(name, value)| self.typed_one(name, value))
            .filter(|typed| !typed.is_blank())
            .take(MAX_HOSTS + 1)
    }

    fn typed_one<'a>(&'a self, field: &'a str, value: &'a str) -> Option<Typed<'a>> {
        let (host_type, slot) = field.strip_prefix("host.")?.rsplit_once('.')?;
        Some(Typed {
            host_type,
            slot,
            value: value.trim(),
            name: self.get(&host_field("name", host_type, slot)).trim(),
            port: self.get(&host_field("port", host_type, slot)).trim(),
        })
    }

    /// The parameters that something was typed for, each with its field's name; a list is a text
    /// with an entry on each line.
    fn parameters(&self) -> Vec<(String, Attribute)> {
        self.sent
            .iter()
            .flat_map(|(field, value)| parameter(field, value))
            .collect()
    }
}

fn parameter(field: &str, value: &str) -> Vec<(String, Attribute)> {
    let (name, entries): (_, Vec<&str>) = match field.split_once('.') {
        Some(("parameter", name)) => (name, vec![value]),
        Some(("list", name)) => (name, value.lines().collect()),
        _ => return Vec::new(),
    };
    entries
        .into_iter()
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .map(|entry| {
            let attribute = Attribute {
                name: name.to_owned(),
                value: entry.to_owned(),
            };
            (field.to_owned(), attribute)
        })
        .collect()
}

impl Typed<'_> {
    fn is_blank(&self) -> bool {
        self.value.is_empty() && self.name.is_empty() && self.port.is_empty()
    }

    fn read(self, place: usize) -> Result<Host> {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let port = match self.port {
            "" => None,
            text => Some(port(text).map_err(|error| error.within(&format!("host[{place}]")))?),
        };
        Ok(Host {
            host_type: self.host_type.to_owned(),
            value: self.value.to_owned(),
            name: some(self.name),
            port,
        })
    }
}

fn port(text: &str) -> Result<u16> {
    text.parse().ok().filter(|port| *port > 0).ok_or_else(|| {
        Error::new(
            Code::HostInvalid,
            "A port is a number from 1 to 65535, for example 27000.",
        )
        .at("port")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Fields::new(pairs.iter().map(own).collect())
    }

    #[test]
    fn a_form_becomes_the_command() {
        let command = fields(&[
            ("orderId", " k7qmx 4rtwd "),
            ("host.ETHERNET.0", " 3C-52-A1-0F-8B-E4 "),
            ("name.ETHERNET.0", "lic01"),
            ("port.ETHERNET.0", "27000"),
            ("host.ETHERNET.1", ""),
            ("name.ETHERNET.1", " "),
            ("host.MACHINE_ID.0", "abc"),
            ("parameter.site", "Espoo"),
            ("parameter.note", "  "),
            ("list.user", "ann\r\n\r\nbob\r\n"),
        ])
        .activate()
        .unwrap();
        assert_eq!(command.order_id, "k7qmx 4rtwd");
        let first = &command.hosts[0];
        assert_eq!(
            (first.host_type.as_str(), first.value.as_str()),
            ("ETHERNET", "3C-52-A1-0F-8B-E4")
        );
        assert_eq!(
            (first.name.as_deref(), first.port),
            (Some("lic01"), Some(27000))
        );
        assert_eq!(command.hosts[1].host_type, "MACHINE_ID");
        assert_eq!(command.hosts.len(), 2);
        let given: Vec<_> = command
            .parameters
            .iter()
            .map(|p| (p.name.as_str(), p.value.as_str()))
            .collect();
        assert_eq!(given, [("site", "Espoo"), ("user", "ann"), ("user", "bob")]);
    }

    #[test]
    fn a_member_at_fault_leads_to_its_field() {
        let fields = fields(&[
            ("host.ETHERNET.0", ""),
            ("host.ETHERNET.1", "x"),
            ("parameter.site", ""),
            ("list.user", "ann\nbob"),
        ]);
        let at = |member| fields.field_of(member);
        assert_eq!(at("host[0].value").as_deref(), Some("host.ETHERNET.1"));
        assert_eq!(at("host[0].name").as_deref(), Some("name.ETHERNET.1"));
        assert_eq!(at("host[0].port").as_deref(), Some("port.ETHERNET.1"));
        assert_eq!(at("parameter[1].value").as_deref(), Some("list.user"));
        assert_eq!(at("host[1].value"), None);
        assert_eq!(at("host"), None);
    }

    #[test]
    fn a_port_that_is_none_is_refused_at_its_host() {
        for text in ["0", "65536", "-1", "lots"] {
            let fields = fields(&[("host.ETHERNET.0", "x"), ("port.ETHERNET.0", text)]);
            let error = fields.activate().unwrap_err();
            assert_eq!(error.code, Code::HostInvalid);
            assert_eq!(error.field.as_deref(), Some("host[0].port"));
        }
    }

    #[test]
    fn a_name_without_a_host_is_no_blank_line() {
        let command = fields(&[("host.ETHERNET.0", ""), ("name.ETHERNET.0", "lic01")]);
        assert_eq!(command.for_machine().unwrap().hosts[0].value, "");
    }

    #[test]
    fn of_fields_with_one_name_the_first_counts() {
        let fields = fields(&[("orderId", "one"), ("orderId", "other")]);
        assert_eq!(fields.order_id(), "one");
        assert!(fields.has("orderId") && !fields.has("orderid"));
    }

    /// As many as a form of the largest size holds, several times: seconds where each is looked
    /// for among all.
    #[test]
    fn many_fields_take_no_more_time_for_each() {
        let many = (0..50_000).map(|i| (format!("host.A.{i}"), String::new()));
        let fields = Fields::new(many.collect());
        let started = std::time::Instant::now();
        assert!(fields.activate().unwrap().hosts.is_empty());
        assert!(started.elapsed() < std::time::Duration::from_secs(3));
    }

    #[test]
    fn more_hosts_than_allowed_are_not_all_read() {
        let many = (0..500).map(|i| (format!("host.A.{i}"), "x".to_owned()));
        let hosts = Fields::new(many.collect()).activate().unwrap().hosts;
        assert_eq!(hosts.len(), MAX_HOSTS + 1);
    }
}
