//! The inputs that an order's activation needs: one for each host and each value of the
//! generator, with what was typed so far and what was wrong with it.

use lds_domain::command::{NeededHost, OrderInfo};
use lds_domain::generator::{Definition, Value, ValueType};
use lds_domain::host::MAX_VALUE;
use lds_domain::terms::LicenseType;
use lds_domain::{Code, Error, date};
use serde::Serialize;

use super::form::{Fields, host_field};
use super::view::{HostPage, left, spelled};
use super::words::Note;

/// License servers at most: there are one or three.
const MAX_SERVERS: u32 = 3;

/// An input with its label.
#[derive(Debug, Serialize)]
pub(super) struct Input {
    name: String,
    label: String,
    help: Option<String>,
    /// `line`, `number`, `date`, `choice` or `lines`.
    kind: &'static str,
    value: String,
    required: bool,
    choices: Vec<Choice>,
    max_length: usize,
    error: Option<String>,
}

/// A choice with its label.
#[derive(Debug, Serialize)]
struct Choice {
    value: String,
    label: String,
}

/// A host's inputs.
#[derive(Debug, Serialize)]
pub(super) struct Slot {
    host: Input,
    /// Name and port, of license servers only.
    server: Vec<Input>,
}

/// The inputs for one kind of host.
#[derive(Debug, Serialize)]
pub(super) struct Group {
    first: Vec<Slot>,
    /// Those that few need, folded away.
    more: Vec<Slot>,
    more_label: String,
    open: bool,
}

impl HostPage {
    /// The page for an order; with what was typed and the refusal, if there is one.
    pub(super) fn new(info: &OrderInfo, fields: &Fields, refusal: Option<&Error>) -> Self {
        let refusal = refusal.map(|error| in_labels(error, info));
        let refusal = refusal.as_ref();
        let mut page = Self {
            order_id: spelled(fields.order_id()),
            product: info.product_name.clone(),
            licensee: info.licensee.clone(),
            left: available(info.activations_left),
            removal_requested: info.removal_requested,
            note: refusal.map(Note::refusal),
            groups: info
                .host_types
                .iter()
                .map(|need| Group::new(info, need, fields))
                .collect(),
            any_of: Some(info.min_hosts).filter(|least| *least > 0 && info.host_types.len() > 1),
            parameters: info
                .parameters
                .iter()
                .map(|d| Input::of(d, fields))
                .collect(),
            has_address: info
                .host_types
                .iter()
                .any(|need| need.host_type.name == "ETHERNET"),
        };
        if let Some(error) = refusal {
            page.mark(error, fields);
        }
        page
    }

    /// Puts the refusal at the field that it is about.
    fn mark(&mut self, error: &Error, fields: &Fields) {
        let member = error.field.as_deref().unwrap_or_default();
        let name = fields.field_of(member);
        let Some(input) = self.at_fault(error.code, member, name.as_deref()) else {
            return;
        };
        input.error = Some(error.message.clone());
        let target = Some(input.name.clone());
        if let Some(note) = &mut self.note {
            note.target = target;
        }
        for group in &mut self.groups {
            group.open |= group.more.iter().any(Slot::is_faulty);
        }
    }

    fn at_fault(&mut self, code: Code, member: &str, name: Option<&str>) -> Option<&mut Input> {
        let hosts = self.groups.iter_mut().flat_map(Group::inputs);
        match (name, member) {
            (Some(name), _) => hosts
                .chain(&mut self.parameters)
                .find(|input| input.name == name),
            (None, "host") => {
                let mut blank: Vec<_> = hosts.filter(|input| input.is_blank_host()).collect();
                let needed = blank.iter().position(|input| input.required);
                let place = needed.filter(|_| code == Code::HostMissing).unwrap_or(0);
                (place < blank.len()).then(|| blank.swap_remove(place))
            }
            (None, "parameter") => self
                .parameters
                .iter_mut()
                .find(|input| input.required && input.value.trim().is_empty()),
            _ => None,
        }
    }
}

/// The refusal as customers understand it: the domain names hosts by their types, the page by
/// their labels.
fn in_labels(error: &Error, info: &OrderInfo) -> Error {
    let at_list = error.field.as_deref() == Some("host");
    let message = match error.code {
        Code::HostMissing => missing(&info.host_types),
        Code::HostTypeUnsupported => "This license takes no hosts of this kind.".to_owned(),
        Code::HostInvalid if at_list && info.license_type == LicenseType::NodeLocked => {
            "These are more hosts than the license can have.".to_owned()
        }
        _ => return error.clone(),
    };
    Error {
        message,
        ..error.clone()
    }
}

fn missing(needed: &[NeededHost]) -> String {
    let labels: Vec<_> = needed
        .iter()
        .map(|need| need.host_type.label.as_str())
        .collect();
    match labels.as_slice() {
        [one] => format!("{one}: a value is missing."),
        many => format!("Too few of these are filled in: {}.", many.join(", ")),
    }
}

impl Group {
    fn new(info: &OrderInfo, need: &NeededHost, fields: &Fields) -> Self {
        let only = info.host_types.len() == 1;
        let needed = if only {
            need.min.max(info.min_hosts)
        } else {
            need.min
        };
        let shown = match info.license_type {
            LicenseType::Floating => need.max.min(MAX_SERVERS),
            LicenseType::NodeLocked => need.max,
        };
        let slot = |place| Slot::new(info, need, fields, (place, needed));
        let mut first: Vec<_> = (0..shown).map(slot).collect();
        let more = first.split_off((needed.max(1) as usize).min(first.len()));
        let more_label = match info.license_type {
            LicenseType::Floating if shown == MAX_SERVERS => {
                "Three license servers instead of one".to_owned()
            }
            _ => format!("Add another {}", need.host_type.label),
        };
        Self {
            open: more.iter().any(Slot::is_filled),
            first,
            more,
            more_label,
        }
    }

    fn inputs(&mut self) -> impl Iterator<Item = &mut Input> {
        let slots = self.first.iter_mut().chain(&mut self.more);
        slots.flat_map(|slot| std::iter::once(&mut slot.host).chain(&mut slot.server))
    }
}

impl Slot {
    fn new(info: &OrderInfo, need: &NeededHost, fields: &Fields, at: (u32, u32)) -> Self {
        let (place, needed) = at;
        let kind = &need.host_type;
        let is_server = info.license_type == LicenseType::Floating;
        let owner = if is_server { " of license server" } else { "" };
        let number = match place {
            0 if need.max == 1 || needed <= 1 => String::new(),
            _ => format!(" {}", place + 1),
        };
        let label = format!("{}{owner}{number}", kind.label);
        let mut host = Input::line(host_field("host", &kind.name, place), label, fields);
        host.help = help(need);
        host.required = place < needed;
        let server = if is_server {
            let name = host_field("name", &kind.name, place);
            let port = host_field("port", &kind.name, place);
            vec![
                Input::line(name, format!("Name of the server{number}"), fields),
                Input::line(port, format!("Port{number}"), fields),
            ]
        } else {
            Vec::new()
        };
        Self { host, server }
    }

    fn is_filled(&self) -> bool {
        let mut inputs = std::iter::once(&self.host).chain(&self.server);
        inputs.any(|input| !input.value.is_empty())
    }

    fn is_faulty(&self) -> bool {
        let mut inputs = std::iter::once(&self.host).chain(&self.server);
        inputs.any(|input| input.error.is_some())
    }
}

/// What is left of the activations, and what the page is good for where nothing is.
fn available(activations: Option<u32>) -> Option<String> {
    let words = left(activations)?;
    Some(match activations {
        Some(0) => format!("{words} For the host of a license that you have, it is shown again."),
        _ => words,
    })
}

fn help(need: &NeededHost) -> Option<String> {
    let example = need.host_type.example.as_deref();
    match (need.host_type.help.as_deref(), example) {
        (Some(help), Some(example)) => Some(format!("{help} For example {example}")),
        (None, Some(example)) => Some(format!("For example {example}")),
        (help, None) => help.map(str::to_owned),
    }
}

impl Input {
    fn line(name: String, label: String, fields: &Fields) -> Self {
        Self {
            value: fields.get(&name).to_owned(),
            name,
            label,
            help: None,
            kind: "line",
            required: false,
            choices: Vec::new(),
            max_length: MAX_VALUE,
            error: None,
        }
    }

    fn is_blank_host(&self) -> bool {
        self.name.starts_with("host.") && self.value.trim().is_empty()
    }

    /// The input for a value of the generator.
    pub(super) fn of(definition: &Definition, fields: &Fields) -> Self {
        let prefix = match definition.value_type {
            ValueType::List => "list",
            _ => "parameter",
        };
        let name = format!("{prefix}.{}", definition.name);
        let label = definition.label.as_ref().unwrap_or(&definition.name);
        let mut input = Self::line(name, label.clone(), fields);
        if !fields.has(&input.name) {
            input.value = definition.default.as_ref().map(text).unwrap_or_default();
        }
        input.help.clone_from(&definition.help);
        input.required = definition.required && definition.default.is_none();
        input.choices = choices(definition);
        input.max_length = lds_domain::attribute::MAX_TEXT;
        input.kind = match definition.value_type {
            ValueType::List => "lines",
            _ if !input.choices.is_empty() => "choice",
            ValueType::Int => "number",
            ValueType::Date => "date",
            ValueType::Text | ValueType::Bool => "line",
        };
        input
    }
}

fn choices(definition: &Definition) -> Vec<Choice> {
    let choice = |value: &str, label: &str| Choice {
        value: value.to_owned(),
        label: label.to_owned(),
    };
    match definition.value_type {
        ValueType::Bool => vec![choice("true", "Yes"), choice("false", "No")],
        _ => definition
            .choices
            .iter()
            .map(|text| choice(text, text))
            .collect(),
    }
}

/// A default value as it would be typed.
fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
        Value::Date(day) => date::format(*day),
        Value::List(entries) => entries.join("\n"),
    }
}
