//! One line of a result: what was measured, beside what it is compared with.

use std::time::Duration;

use serde::Serialize;

use crate::Name;

/// One case, as it is printed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaseResult {
    /// Which bench.
    pub bench: &'static str,
    /// Which case of it.
    pub case: String,
    /// What was measured.
    pub value: Option<f64>,
    /// In what.
    pub unit: &'static str,
    /// What the bare engine did in the same run.
    pub baseline: Option<f64>,
    /// The value in terms of the baseline.
    pub ratio: Option<f64>,
    /// What is to be reached; empty where it is only stated.
    pub goal: String,
    /// Whether it was; nothing where it could not be measured or has no goal.
    pub met: Option<bool>,
    /// The commit that was measured.
    pub commit: String,
    /// The seed of the run.
    pub seed: u64,
    /// Why there is no figure, or what else there is to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a case has to reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Goal {
    /// This many times the baseline, or more.
    RatioAtLeast(f64),
    /// This many times the baseline, or less.
    RatioAtMost(f64),
    /// Less than this, in the case's unit.
    Under(f64),
    /// Exactly this, in the case's unit.
    Exactly(f64),
    /// Nothing: it is stated.
    Stated,
}

/// A figure without its origin.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    name: Name,
    case: String,
    unit: &'static str,
    value: Option<f64>,
    baseline: Option<f64>,
    goal: Goal,
    reason: Option<String>,
}

impl Case {
    /// A figure in this unit.
    pub(crate) fn new(name: Name, case: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            name,
            case: case.into(),
            unit,
            value: Some(value),
            baseline: None,
            goal: Goal::Stated,
            reason: None,
        }
    }

    /// A length of time in milliseconds.
    pub(crate) fn millis(name: Name, case: impl Into<String>, time: Duration) -> Self {
        Self::new(name, case, time.as_secs_f64() * 1_000.0, "ms")
    }

    /// A case that could not be measured.
    pub(crate) fn missing(name: Name, case: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            name,
            case: case.into(),
            unit: "",
            value: None,
            baseline: None,
            goal: Goal::Stated,
            reason: Some(reason.into()),
        }
    }

    /// Beside this, in the same unit.
    pub(crate) const fn beside(mut self, baseline: f64) -> Self {
        self.baseline = Some(baseline);
        self
    }

    /// With this to reach.
    pub(crate) const fn with_goal(mut self, goal: Goal) -> Self {
        self.goal = goal;
        self
    }

    /// With something else to know.
    pub(crate) fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into()).filter(|reason| !reason.is_empty());
        self
    }

    /// The line, with the commit and the seed.
    pub(crate) fn signed(self, commit: &str, seed: u64) -> CaseResult {
        let ratio = match (self.value, self.baseline) {
            (Some(value), Some(baseline)) if baseline > 0.0 => Some(value / baseline),
            _ => None,
        };
        CaseResult {
            bench: self.name.as_str(),
            case: self.case,
            value: self.value.map(rounded),
            unit: self.unit,
            baseline: self.baseline.map(rounded),
            ratio: ratio.map(rounded),
            goal: self.goal.words(self.unit),
            met: self.goal.met(self.value, ratio),
            commit: commit.to_owned(),
            seed,
            reason: self.reason,
        }
    }
}

impl Goal {
    fn words(self, unit: &str) -> String {
        match self {
            Self::RatioAtLeast(wanted) => format!("at least {wanted} of the baseline"),
            Self::RatioAtMost(wanted) => format!("at most {wanted} of the baseline"),
            Self::Under(wanted) => format!("under {wanted} {unit}"),
            Self::Exactly(wanted) => format!("{wanted} {unit}"),
            Self::Stated => String::new(),
        }
    }

    fn met(self, value: Option<f64>, ratio: Option<f64>) -> Option<bool> {
        match self {
            Self::RatioAtLeast(wanted) => ratio.map(|ratio| ratio >= wanted),
            Self::RatioAtMost(wanted) => ratio.map(|ratio| ratio <= wanted),
            Self::Under(wanted) => value.map(|value| value < wanted),
            Self::Exactly(wanted) => value.map(|value| (value - wanted).abs() < f64::EPSILON),
            Self::Stated => None,
        }
    }
}

/// Four digits that mean something, whatever the size.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return 0.0;
    }
    let scale = 10_f64.powf(3.0 - value.abs().log10().floor());
    // Whole numbers stay whole.
    if scale < 1.0 {
        value.round()
    } else {
        (value * scale).round() / scale
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Case, Goal, rounded};
    use crate::Name;

    #[test]
    fn b3_a_ratio_is_met_or_missed_and_a_missing_server_is_neither() {
        let case = |value| Case::new(Name::Ledger, "c", value, "1/s").beside(100.0);
        let met = |case: Case| {
            case.with_goal(Goal::RatioAtLeast(0.45))
                .signed("abc", 7)
                .met
        };
        assert_eq!(met(case(46.0)), Some(true));
        assert_eq!(met(case(44.0)), Some(false));
        let missing = Case::missing(Name::Ledger, "c", "no server").signed("abc", 7);
        assert_eq!(
            (missing.met, missing.reason.as_deref()),
            (None, Some("no server"))
        );
    }

    #[test]
    fn a_percentile_is_compared_in_its_own_unit() {
        let case = Case::millis(Name::Ledger, "p99", Duration::from_micros(2_500));
        let line = case.with_goal(Goal::Under(15.0)).signed("abc", 7);
        assert_eq!(
            (line.value, line.met, line.goal.as_str()),
            (Some(2.5), Some(true), "under 15 ms")
        );
    }

    #[test]
    fn the_keys_in_json_are_those_of_the_interface() {
        let line = Case::new(Name::Balance, "c", 1.0, "1/s").signed("abc", 7);
        let value = serde_json::to_value(line).unwrap();
        let mut keys: Vec<&str> = value
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        keys.sort_unstable();
        let wanted = [
            "baseline", "bench", "case", "commit", "goal", "met", "ratio", "seed", "unit", "value",
        ];
        assert_eq!(keys, wanted);
    }

    #[test]
    fn four_digits_are_kept() {
        assert!((rounded(123_456.7) - 123_457.0).abs() < f64::EPSILON);
        assert!((rounded(0.012_345_6) - 0.012_35).abs() < 1e-9);
        assert!((rounded(0.0)).abs() < f64::EPSILON);
    }
}
