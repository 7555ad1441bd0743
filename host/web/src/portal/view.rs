//! What the pages show, as plain values: from what the domain answers and what was typed. Nothing
//! here is markup.

use lds_domain::command::{IssuedLicense, OrderInfo};
use lds_domain::license::File;
use lds_domain::order_id::OrderId;
use serde::Serialize;
use time::Date;

use super::form::{FILE, Fields, host_field};
use super::need::{Group, Input};
use super::words::Note;

/// The page that asks for the Order ID.
#[derive(Debug, Serialize)]
pub(super) struct EntryPage {
    /// As typed.
    pub(super) order_id: String,
    /// What was refused.
    pub(super) note: Option<Note>,
    /// Whether the field is at fault.
    pub(super) at_field: bool,
    /// Whether it is most likely a slip of the finger.
    pub(super) mistyped: bool,
}

/// The page that asks for what the activation needs.
#[derive(Debug, Serialize)]
pub(super) struct HostPage {
    /// In normal form.
    pub(super) order_id: String,
    /// The product's name.
    pub(super) product: String,
    /// The name printed.
    pub(super) licensee: Option<String>,
    /// A sentence; absent where there is no limit.
    pub(super) left: Option<String>,
    /// Whether the vendor asked for a removal.
    pub(super) removal_requested: bool,
    /// What was refused.
    pub(super) note: Option<Note>,
    /// The hosts.
    pub(super) groups: Vec<Group>,
    /// How many are needed, where more than one kind of host would do.
    pub(super) any_of: Option<u32>,
    /// The values for the generator.
    pub(super) parameters: Vec<Input>,
    /// Whether the help about network addresses concerns one of the hosts.
    pub(super) has_address: bool,
}

/// The page that shows the license.
#[derive(Debug, Serialize)]
pub(super) struct LicensePage {
    /// In normal form.
    pub(super) order_id: String,
    /// The product's name when it was issued.
    pub(super) product: String,
    /// The name printed.
    pub(super) licensee: Option<String>,
    /// The serial number.
    pub(super) serial: String,
    /// Its machines.
    pub(super) hosts: Vec<ShownHost>,
    /// The last good day.
    pub(super) until: Option<String>,
    /// A sentence; absent where there is no limit.
    pub(super) left: Option<String>,
    /// Its files.
    pub(super) files: Vec<ShownFile>,
}

/// A host of a license, and its field in the form that downloads a file.
#[derive(Debug, Serialize)]
pub(super) struct ShownHost {
    field: String,
    label: String,
    value: String,
    name: Option<String>,
}

/// A file of a license.
#[derive(Debug, Serialize)]
pub(super) struct ShownFile {
    name: String,
    size: usize,
    /// Each with its own line feed; absent where it is no text.
    lines: Option<Vec<String>>,
}

impl LicensePage {
    /// The page of a license.
    pub(super) fn new(order_id: &str, issued: &IssuedLicense, info: Option<&OrderInfo>) -> Self {
        let license = &issued.license;
        let shown = |(i, host): (usize, &lds_domain::host::Host)| ShownHost {
            field: host_field("host", &host.host_type, i),
            label: label(&host.host_type, info),
            value: host.value.clone(),
            name: host.name.clone(),
        };
        Self {
            order_id: spelled(order_id),
            product: license.product_name.clone(),
            licensee: issued.licensee.clone(),
            serial: license.id.to_string(),
            hosts: license.hosts.iter().enumerate().map(shown).collect(),
            until: license.expires_on.map(long_date),
            left: info.and_then(|info| left(info.activations_left)),
            files: license.files.iter().map(ShownFile::new).collect(),
        }
    }
}

/// What a host's type is called; the order may take hosts of this type no more.
fn label(host_type: &str, info: Option<&OrderInfo>) -> String {
    let mut needs = info.into_iter().flat_map(|info| &info.host_types);
    let need = needs.find(|need| need.host_type.name == host_type);
    need.map_or_else(|| "Host".to_owned(), |need| need.host_type.label.clone())
}

impl ShownFile {
    fn new(file: &File) -> Self {
        let lines = |text: &str| text.split_inclusive('\n').map(str::to_owned).collect();
        Self {
            name: file.name.clone(),
            size: file.bytes.len(),
            lines: file.text().map(lines),
        }
    }
}

/// The file that the form asks for.
pub(super) fn wanted<'a>(files: &'a [File], fields: &Fields) -> Option<&'a File> {
    let name = fields.get(FILE);
    files.iter().find(|file| file.name == name)
}

/// The Order ID in its normal form, or as typed where it has none.
pub(super) fn spelled(order_id: &str) -> String {
    OrderId::parse(order_id).map_or_else(|_| order_id.to_owned(), |id| id.expose().to_owned())
}

/// What is left of the activations, in words.
pub(super) fn left(activations: Option<u32>) -> Option<String> {
    Some(match activations? {
        0 => "No activations left.".to_owned(),
        1 => "1 activation left.".to_owned(),
        many => format!("{many} activations left."),
    })
}

fn long_date(date: Date) -> String {
    format!("{} {} {}", date.day(), date.month(), date.year())
}
