//! Faults that the control API orders: the next so many requests to a route are delayed, refused, garbled, cut off or left hanging.
//! What always holds: a rule is spent by exactly the requests it hit, and the oldest fitting rule goes first.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// Rules kept at once; more are refused.
const RULES_MAX: usize = 1_000;

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RestFault {
    /// The answer comes later.
    Latency { ms: u64 },
    /// 429 with these words; `scope` is the header, absent where `None`.
    RateLimited {
        retry_after_ms: u64,
        global: bool,
        scope: Option<String>,
    },
    /// A plain status with Discord's JSON, such as 500, 502 or 503.
    Status { status: u16 },
    /// A status with a page of HTML, as a proxy in between answers.
    Html { status: u16 },
    /// The connection breaks in the middle of the answer.
    Broken,
    /// No answer for this long, then a broken connection.
    Hang { ms: u64 },
}

/// Whether the request takes effect although its answer is spoilt.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The request never reached the simulated Discord.
    #[default]
    Lost,
    /// It was carried out, and only the answer is lost.
    Done,
}

/// An order for the next requests that fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FaultRule {
    /// `POST`; every method where absent.
    #[serde(default)]
    pub method: Option<String>,
    /// The beginning of a route as it is written (`/channels/{channel_id}/messages`) or asked (`/channels/123`); every route where absent.
    #[serde(default)]
    pub route: Option<String>,
    /// How many requests it hits.
    pub times: u32,
    #[serde(flatten)]
    pub fault: RestFault,
    #[serde(default)]
    pub effect: Effect,
}

/// Why a rule was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FaultRuleError {
    #[error("a rule must hit at least one request; `times` is 0")]
    Never,
    #[error("{RULES_MAX} rules are waiting; clear them first")]
    Full,
}

/// The rules that are waiting.
#[derive(Debug, Default)]
pub(crate) struct RestFaults {
    rules: VecDeque<FaultRule>,
}

impl RestFaults {
    pub(crate) fn add(&mut self, rule: FaultRule) -> Result<(), FaultRuleError> {
        if rule.times == 0 {
            return Err(FaultRuleError::Never);
        }
        if self.rules.len() >= RULES_MAX {
            return Err(FaultRuleError::Full);
        }
        self.rules.push_back(rule);
        Ok(())
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// What hits this request, if anything.
    pub(crate) fn take(
        &mut self,
        method: &str,
        pattern: &str,
        path: &str,
    ) -> Option<(RestFault, Effect)> {
        let index = self
            .rules
            .iter()
            .position(|rule| fits(rule, method, pattern, path))?;
        let rule = &mut self.rules[index];
        rule.times -= 1;
        let hit = (rule.fault.clone(), rule.effect);
        if rule.times == 0 {
            self.rules.remove(index);
        }
        Some(hit)
    }
}

fn fits(rule: &FaultRule, method: &str, pattern: &str, path: &str) -> bool {
    let method_fits = rule
        .method
        .as_deref()
        .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method));
    method_fits
        && rule
            .route
            .as_deref()
            .is_none_or(|wanted| pattern.starts_with(wanted) || path.starts_with(wanted))
}

#[cfg(test)]
mod tests {
    use super::{Effect, FaultRule, FaultRuleError, RestFault, RestFaults};

    fn rule(method: Option<&str>, route: Option<&str>, times: u32, fault: RestFault) -> FaultRule {
        FaultRule {
            method: method.map(str::to_owned),
            route: route.map(str::to_owned),
            times,
            fault,
            effect: Effect::Lost,
        }
    }

    #[test]
    fn a_rule_hits_its_route_so_many_times_and_no_other() {
        let mut faults = RestFaults::default();
        faults
            .add(rule(
                Some("POST"),
                Some("/channels/{channel_id}/messages"),
                2,
                RestFault::Broken,
            ))
            .unwrap();
        let mut hit = |method: &str| {
            faults
                .take(
                    method,
                    "/channels/{channel_id}/messages",
                    "/channels/1/messages",
                )
                .is_some()
        };
        assert_eq!(
            [hit("GET"), hit("POST"), hit("POST"), hit("POST")],
            [false, true, true, false]
        );
    }

    #[test]
    fn the_oldest_fitting_rule_goes_first() {
        let mut faults = RestFaults::default();
        faults
            .add(rule(None, None, 1, RestFault::Status { status: 500 }))
            .unwrap();
        faults
            .add(rule(None, None, 1, RestFault::Html { status: 502 }))
            .unwrap();
        assert_eq!(
            faults.take("GET", "/gateway", "/gateway").map(|hit| hit.0),
            Some(RestFault::Status { status: 500 })
        );
        assert_eq!(
            faults.take("GET", "/gateway", "/gateway").map(|hit| hit.0),
            Some(RestFault::Html { status: 502 })
        );
    }

    #[test]
    fn rules_read_from_json_and_an_empty_one_is_refused() {
        let read: FaultRule =
            serde_json::from_str(r#"{"times":1,"kind":"latency","ms":20}"#).unwrap();
        assert_eq!(read, rule(None, None, 1, RestFault::Latency { ms: 20 }));
        assert_eq!(
            RestFaults::default().add(rule(None, None, 0, RestFault::Broken)),
            Err(FaultRuleError::Never)
        );
    }
}
