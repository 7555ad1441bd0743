//! `/metrics` as Prometheus reads it: its text format, line by line.

use std::collections::BTreeMap;

use crate::support::http::{Connection, request};
use crate::support::{Client, Server, Shop};

/// What was exposed: series by name and labels, and the kinds of metrics by name.
struct Exposition {
    kinds: BTreeMap<String, String>,
    series: Vec<Series>,
}

struct Series {
    name: String,
    labels: BTreeMap<String, String>,
    value: String,
}

impl Exposition {
    fn of(server: &Server) -> Self {
        let address = server.management.trim_start_matches("http://");
        let asked = request("GET", "/metrics", &[], b"");
        let text = Connection::open(address).exchange(&asked).text();
        let lines = || text.lines().filter(|line| !line.is_empty());
        let kinds = lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
        let kinds = kinds.map(|(name, kind)| (name.to_owned(), kind.to_owned()));
        let series = lines().filter(|line| !line.starts_with('#'));
        Self {
            kinds: kinds.collect(),
            series: series.map(Series::read).collect(),
        }
    }

    /// Those of this name whose labels say so.
    fn find(&self, name: &str, label: (&str, &str)) -> Vec<&Series> {
        let of_name = self.series.iter().filter(|series| series.name == name);
        of_name
            .filter(|series| series.label(label.0) == Some(label.1))
            .collect()
    }

    /// Checks a histogram and gives how much it counted.
    fn histogram(&self, name: &str, label: (&str, &str)) -> u64 {
        assert_eq!(self.kinds[name], "histogram");
        let buckets = self.find(&format!("{name}_bucket"), label);
        let bounds: Vec<_> = buckets.iter().map(|bucket| bucket.bound()).collect();
        assert!(bounds.len() > 10, "{bounds:?}");
        assert!(bounds.is_sorted_by(|one, next| one < next), "{bounds:?}");
        assert!(buckets.is_sorted_by(|one, next| one.count() <= next.count()));
        let counts = self.find(&format!("{name}_count"), label);
        let [count] = counts.as_slice() else {
            panic!("{} counts of {name}", counts.len());
        };
        let last = buckets.last().expect("a bucket");
        assert!(last.bound().is_infinite() && last.count() == count.count());
        assert_eq!(self.find(&format!("{name}_sum"), label).len(), 1);
        count.count()
    }
}

impl Series {
    fn read(line: &str) -> Self {
        let (head, value) = line.rsplit_once(' ').expect("a value");
        let (name, labels) = match head.split_once('{') {
            Some((name, rest)) => (name, rest.strip_suffix('}').expect("a brace")),
            None => (head, ""),
        };
        let labels = labels.split(',').filter(|label| !label.is_empty());
        let label = |label: &str| {
            let (name, value) = label.split_once('=').expect("a label");
            (name.to_owned(), value.trim_matches('"').to_owned())
        };
        Self {
            name: name.to_owned(),
            labels: labels.map(label).collect(),
            value: value.to_owned(),
        }
    }

    /// How much it counted.
    fn count(&self) -> u64 {
        self.value.parse().expect("a whole number")
    }

    fn label(&self, name: &str) -> Option<&str> {
        self.labels.get(name).map(String::as_str)
    }

    /// The upper bound of a bucket.
    fn bound(&self) -> f64 {
        let bound = self.label("le").expect("a bound");
        bound.parse().expect("a number, or +Inf")
    }
}

#[test]
fn times_are_histograms_that_count_every_call() {
    let server = Server::start();
    let client = Client::new(&server);
    for _ in 0..3 {
        client.internal("findCustomers", "").expect("found");
    }
    let shop = Shop::new(client);
    let order = shop.order("");
    for _ in 0..2 {
        shop.activate(&order, "00-11-22-AA-BB-CC")
            .expect("a license");
    }
    let told = Exposition::of(&server);
    let requests = |operation| told.histogram("lds_request_seconds", ("operation", operation));
    assert_eq!(requests("findCustomers"), 3);
    assert_eq!(requests("activate"), 2);
    // At least one wrote the license; the product was checked before.
    let calls = told.histogram("lds_generator_call_seconds", ("generator", "token"));
    assert!(calls >= 1, "{calls}");
    assert_eq!(told.kinds["lds_store_group_units"], "histogram");
    let summaries = told.kinds.values().filter(|kind| *kind == "summary");
    assert_eq!(summaries.count(), 0);
}
