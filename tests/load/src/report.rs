//! What was measured, as a table in Markdown: so it can go into `docs/performance.md` as it is.

use std::fmt;

use crate::drive::Pace;

/// Lines in the order of measuring.
#[derive(Default)]
pub(crate) struct Report {
    paces: Vec<(String, Pace)>,
    ratios: Vec<Ratio>,
}

/// A measured ratio beside what it should be.
struct Ratio {
    name: String,
    value: f64,
    goal: Goal,
}

/// What a ratio or amount should be.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

impl Report {
    /// A pace over the wire.
    pub(crate) fn pace(&mut self, name: impl Into<String>, pace: Pace) {
        self.paces.push((name.into(), pace));
    }

    /// A ratio, or an amount, with its goal.
    pub(crate) fn ratio(&mut self, name: impl Into<String>, value: f64, goal: Goal) {
        let name = name.into();
        self.ratios.push(Ratio { name, value, goal });
    }
}

impl Goal {
    fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(bound) => write!(f, "≥ {bound}"),
            Self::AtMost(bound) => write!(f, "≤ {bound}"),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| over the wire | a second | median ms | 99 % ms |")?;
        writeln!(f, "| --- | --: | --: | --: |")?;
        for (name, pace) in &self.paces {
            let millis = |time: std::time::Duration| time.as_secs_f64() * 1e3;
            let (median, p99) = (millis(pace.median), millis(pace.p99));
            let per_second = pace.per_second;
            writeln!(f, "| {name} | {per_second:.0} | {median:.2} | {p99:.2} |")?;
        }
        writeln!(f, "\n| ratio or amount | measured | goal | |")?;
        writeln!(f, "| --- | --: | --: | --- |")?;
        for Ratio { name, value, goal } in &self.ratios {
            let met = if goal.is_met(*value) { "met" } else { "missed" };
            writeln!(f, "| {name} | {value:.2} | {goal} | {met} |")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Goal, Report};

    #[test]
    fn a_ratio_is_set_beside_its_goal() {
        let mut report = Report::default();
        report.ratio("wasm by native", 3.6, Goal::AtMost(3.5));
        report.ratio("stored by gSOAP", 1.2, Goal::AtLeast(1.0));
        let text = report.to_string();
        assert!(text.contains("| wasm by native | 3.60 | ≤ 3.5 | missed |"));
        assert!(text.contains("| stored by gSOAP | 1.20 | ≥ 1 | met |"));
    }
}
