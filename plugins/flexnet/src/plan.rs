//! From a request to what its license file says; here are the reasons to say no.

use lds_plugin_api::document::{
    Feature, GenerateRequest, Host, LicenseType, Problem, Product, ValidateFeature,
    ValidateRequest, Values,
};

use crate::date::Date;
use crate::model::{Attribute, Grant, License, Line, Server, Signature, Vendor};
use crate::settings::Settings;
use crate::{keywords, rules, settings};

/// Everything that is wrong with a product or order before there are hosts and dates.
pub(crate) fn errors(request: &ValidateRequest) -> Vec<Problem> {
    let settings = match Settings::of(&request.settings) {
        Ok(settings) => settings,
        Err(problem) => return vec![problem],
    };
    let plan = Plan {
        settings: &settings,
        product: &request.product,
        license_type: request.license_type,
    };
    let mut errors = Vec::new();
    if request.features.is_empty() {
        errors.push(no_features());
    }
    let features = request.features.iter().enumerate();
    let grants: Vec<_> = features
        .filter_map(
            |(index, feature)| match plan.grant(index, &feature.into()) {
                Ok(grant) => Some(grant),
                Err(problem) => {
                    errors.push(problem);
                    None
                }
            },
        )
        .collect();
    errors.extend(doubled(&grants));
    errors
}

/// What the license file of a request says.
pub(crate) fn license(request: &GenerateRequest, settings: &Settings) -> Result<License, Problem> {
    if request.features.is_empty() {
        return Err(no_features());
    }
    let plan = Plan {
        settings,
        product: &request.product,
        license_type: request.license_type,
    };
    let dates = Dates::of(request)?.attributes();
    let lock = lock(request)?;
    let mut license = plan.servers(&request.hosts)?;
    for (index, feature) in request.features.iter().enumerate() {
        let mut grant = plan.grant(index, &feature.into())?;
        grant.expiry = expiry(index, feature)?;
        notice(&mut grant, &request.parameters)?;
        grant
            .attributes
            .splice(0..0, lock.iter().chain(&dates).cloned());
        license.grants.push(grant);
    }
    if let Some(problem) = doubled(&license.grants) {
        return Err(problem);
    }
    license.grants.sort_by_key(|grant| grant.line);
    Ok(license)
}

/// What all grants of a license have in common.
struct Plan<'a> {
    settings: &'a Settings,
    product: &'a Product,
    license_type: LicenseType,
}

/// A feature, with dates or without.
struct Wanted<'a> {
    name: &'a str,
    version: Option<&'a str>,
    count: u64,
    parameters: &'a Values,
}

impl<'a> From<&'a Feature> for Wanted<'a> {
    fn from(feature: &'a Feature) -> Self {
        Self {
            name: &feature.name,
            version: feature.version.as_deref(),
            count: feature.count,
            parameters: &feature.parameters,
        }
    }
}

impl<'a> From<&'a ValidateFeature> for Wanted<'a> {
    fn from(feature: &'a ValidateFeature) -> Self {
        Self {
            name: &feature.name,
            version: feature.version.as_deref(),
            count: feature.count,
            parameters: &feature.parameters,
        }
    }
}

impl Plan<'_> {
    /// A feature's grant, but for dates and hosts.
    fn grant(&self, index: usize, wanted: &Wanted<'_>) -> Result<Grant, Problem> {
        let place = |member: &str| format!("/features/{index}/{member}");
        rules::name(wanted.name).map_err(|reason| {
            Problem::new("FEATURE_NAME", format!("A feature's name {reason}.")).at(place("name"))
        })?;
        self.counting(wanted)
            .map_err(|problem| problem.at(place("count")))?;
        Ok(Grant {
            line: line(wanted, &place("parameters"))?,
            name: wanted.name.to_owned(),
            vendor: self.settings.vendor.clone(),
            version: self
                .version(wanted)
                .map_err(|problem| problem.at(place("version")))?,
            expiry: None,
            count: wanted.count,
            attributes: keywords::attributes(wanted.parameters, &place("parameters"))?,
            signature: Signature::Placeholder,
        })
    }

    /// Counting takes a server, and a line without counting is held by its host id alone.
    fn counting(&self, wanted: &Wanted<'_>) -> Result<(), Problem> {
        let name = wanted.name;
        match self.license_type {
            LicenseType::NodeLocked if wanted.count > 0 => Err(Problem::new(
                "COUNTED_NODE_LOCKED",
                format!("Without a license server {name} can't be counted: set its count to 0."),
            )),
            LicenseType::Floating if wanted.count == 0 => Err(Problem::new(
                "UNCOUNTED_FLOATING",
                format!("On a license server {name} needs a count of at least 1."),
            )),
            _ => Ok(()),
        }
    }

    fn version(&self, wanted: &Wanted<'_>) -> Result<String, Problem> {
        let version = wanted.version.or(self.product.version.as_deref());
        let version = version.ok_or_else(|| {
            Problem::new(
                "VERSION",
                "Neither the feature nor the product has a version.",
            )
        })?;
        rules::version(version).map_err(|reason| {
            Problem::new(
                "VERSION",
                format!("The version of {} {reason}.", wanted.name),
            )
        })?;
        Ok(version.to_owned())
    }

    /// The lines before the grants.
    fn servers(&self, hosts: &[Host]) -> Result<License, Problem> {
        if self.license_type == LicenseType::NodeLocked {
            return Ok(License::default());
        }
        if hosts.len() != 1 && hosts.len() != 3 {
            let message = "A floating license needs one or three license servers.";
            return Err(Problem::new("SERVER_COUNT", message).at("/hosts"));
        }
        let alone = hosts.len() == 1;
        let servers = hosts
            .iter()
            .enumerate()
            .map(|(index, host)| server(index, host, alone));
        Ok(License {
            servers: servers.collect::<Result<_, _>>()?,
            vendors: vec![Vendor {
                name: self.settings.vendor.clone(),
                path: self.settings.vendor_path.clone(),
                options: self.settings.options_file.clone(),
                port: self.settings.vendor_port,
            }],
            use_server: self.settings.use_server,
            grants: Vec::new(),
        })
    }
}

/// INCREMENT is the safe habit for what is counted: only the first FEATURE of a name counts.
fn line(wanted: &Wanted<'_>, place: &str) -> Result<Line, Problem> {
    let chosen = settings::text(wanted.parameters, "line", place)?;
    match chosen {
        Some("FEATURE") => Ok(Line::Feature),
        Some("INCREMENT") => Ok(Line::Increment),
        Some(_) => {
            Err(Problem::new("LINE", "The line is FEATURE or INCREMENT.")
                .at(format!("{place}/line")))
        }
        None if wanted.count > 0 => Ok(Line::Increment),
        None => Ok(Line::Feature),
    }
}

fn server(index: usize, host: &Host, alone: bool) -> Result<Server, Problem> {
    let place = |member: &str| format!("/hosts/{index}/{member}");
    let name = match &host.name {
        Some(name) => name,
        // The administrator may write the name in: it is not signed.
        None if alone => "this_host",
        None => {
            let message = "Each of three license servers needs its name.";
            return Err(Problem::new("SERVER_NAME", message).at(place("name")));
        }
    };
    rules::host(name).map_err(|reason| {
        Problem::new("SERVER_NAME", format!("A server's name {reason}.")).at(place("name"))
    })?;
    if host.port.is_none() && !alone {
        let message = "Each of three license servers needs its port.";
        return Err(Problem::new("SERVER_PORT", message).at(place("port")));
    }
    Ok(Server {
        host: name.to_owned(),
        host_id: host_id(index, host)?,
        port: host.port,
    })
}

/// A host as FLEXnet spells it.
fn host_id(index: usize, host: &Host) -> Result<String, Problem> {
    rules::word(&host.value).map_err(|reason| {
        Problem::new("HOST", format!("A host's value {reason}."))
            .at(format!("/hosts/{index}/value"))
    })?;
    let prefix = match host.host_type.as_str() {
        "ETHERNET" | "ANY" => return Ok(host.value.clone()),
        "HOSTNAME" => "HOSTNAME",
        "DISK_SERIAL" => "DISK_SERIAL_NUM",
        "USER" => "USER",
        "DISPLAY" => "DISPLAY",
        "INTERNET" => "INTERNET",
        "FLEXID" => "FLEXID",
        "COMPOSITE" => "COMPOSITE",
        _ => {
            let message = "The format has no such host type.";
            return Err(Problem::new("HOST_TYPE", message).at(format!("/hosts/{index}/type")));
        }
    };
    Ok(format!("{prefix}={}", host.value))
}

/// The hosts that a node-locked line names.
fn lock(request: &GenerateRequest) -> Result<Option<Attribute>, Problem> {
    if request.license_type == LicenseType::Floating {
        return Ok(None);
    }
    if request.hosts.is_empty() {
        let message = "A node-locked license needs at least one host.";
        return Err(Problem::new("NO_HOST", message).at("/hosts"));
    }
    let ids = request
        .hosts
        .iter()
        .enumerate()
        .map(|(index, host)| host_id(index, host));
    let ids = ids.collect::<Result<Vec<_>, _>>()?;
    Ok(Some(Attribute::new("HOSTID", ids.join(" "))))
}

/// The dates that every line bears.
struct Dates {
    issued: Date,
    start: Option<Date>,
}

impl Dates {
    fn of(request: &GenerateRequest) -> Result<Self, Problem> {
        let starts_on = request.starts_on.as_deref();
        Ok(Self {
            issued: date(&request.today, "/today")?,
            start: starts_on.map(|day| date(day, "/startsOn")).transpose()?,
        })
    }

    /// A start that has come need not be said.
    fn attributes(&self) -> Vec<Attribute> {
        let start = self.start.filter(|start| *start > self.issued);
        let start = start.map(|start| Attribute::new("START", start.to_string()));
        let issued = Attribute::new("ISSUED", self.issued.to_string());
        core::iter::once(issued).chain(start).collect()
    }
}

fn expiry(index: usize, feature: &Feature) -> Result<Option<Date>, Problem> {
    let expires_on = feature.expires_on.as_deref();
    let place = format!("/features/{index}/expiresOn");
    expires_on.map(|day| date(day, &place)).transpose()
}

fn date(text: &str, place: &str) -> Result<Date, Problem> {
    Date::from_iso(text).ok_or_else(|| Problem::new("DATE", "There is no such day.").at(place))
}

/// The activation's notice, unless the feature has its own.
fn notice(grant: &mut Grant, parameters: &Values) -> Result<(), Problem> {
    let Some(notice) = settings::text(parameters, "notice", "/parameters")? else {
        return Ok(());
    };
    rules::value(notice).map_err(|reason| {
        Problem::new("VALUE", format!("The notice {reason}.")).at("/parameters/notice")
    })?;
    if grant
        .attributes
        .iter()
        .all(|attribute| attribute.word != "NOTICE")
    {
        grant.attributes.push(Attribute::new("NOTICE", notice));
    }
    Ok(())
}

/// A second counted FEATURE of a name would silently grant nothing.
fn doubled(grants: &[Grant]) -> Option<Problem> {
    let counted = |grant: &&Grant| grant.line == Line::Feature && grant.count > 0;
    let mut names: Vec<_> = grants
        .iter()
        .filter(counted)
        .map(|grant| &grant.name)
        .collect();
    names.sort_unstable();
    let twice = names.windows(2).find(|pair| pair[0] == pair[1])?;
    Some(Problem::new(
        "FEATURE_TWICE",
        format!(
            "Only the first counted FEATURE of {} is used: write INCREMENT.",
            twice[0]
        ),
    ))
}

fn no_features() -> Problem {
    Problem::new("NO_FEATURE", "The product has no features.").at("/features")
}
