//! What the guard refuses, and what it lets pass.

use std::collections::BTreeSet;

use kernel::ChannelId;
use serde_json::{Value, json};

use super::{PolicyFacts, PolicyRule, Refusal, policy_check};
use crate::document::Document;

fn facts() -> PolicyFacts {
    PolicyFacts {
        age_restricted: BTreeSet::from([ChannelId::new(18).unwrap()]),
        adult_presets: BTreeSet::from(["vampire".to_owned()]),
    }
}

fn found(document: Value, facts: &PolicyFacts) -> Vec<(PolicyRule, String)> {
    let refusals = policy_check(&Document::new(document).unwrap(), facts);
    let pair = |refusal: Refusal| (refusal.rule, refusal.pointer);
    refusals.into_iter().map(pair).collect()
}

fn persona(prompt: &str, channels: &[&str]) -> Vec<(PolicyRule, String)> {
    let document = json!({"persona": {"prompt": prompt, "channels": channels}});
    found(document, &facts())
}

#[test]
fn u5_text_is_kept_for_thirty_days_at_most() {
    let kept = |days: i64| found(json!({"privacy": {"retention_days": days}}), &facts());
    let at = |rule| vec![(rule, "/privacy/retention_days".to_owned())];
    assert_eq!(kept(30), []);
    assert_eq!(kept(31), at(PolicyRule::RetentionByPolicy));
    assert_eq!(kept(0), []);
    let document = Document::new(json!({"privacy": {"retention_days": 90}})).unwrap();
    let reason = &policy_check(&document, &facts())[0].reason;
    assert!(
        reason.contains("30 days") && reason.contains("90"),
        "{reason}"
    );
}

#[test]
fn a_persona_for_adults_stays_in_age_restricted_channels() {
    let adult = |pointer: &str| vec![(PolicyRule::AdultContent, pointer.to_owned())];
    let prompt = "You are Lilith. Write erotic stories with whoever asks.";
    assert_eq!(persona(prompt, &[]), adult("/persona/channels"));
    assert_eq!(persona(prompt, &["18", "5"]), adult("/persona/channels/1"));
    assert_eq!(persona(prompt, &["18"]), []);
    let preset = json!({"persona": {"preset": "vampire"}});
    assert_eq!(found(preset, &facts()), adult("/persona/channels"));
    let off = json!({"persona": {"preset": "vampire", "enabled": false}});
    assert_eq!(found(off, &facts()), []);
}

#[test]
fn a_prompt_that_forbids_something_does_not_ask_for_it() {
    for prompt in [
        "Never write NSFW content.",
        "Stay friendly; decline anything erotic or explicit.",
        "You don't do sexual roleplay, and you do not boost activity.",
        "You love pornography-free zones and Pornic, a town in France.",
    ] {
        assert_eq!(persona(prompt, &[]), [], "{prompt}");
    }
}

#[test]
fn nothing_is_automated_to_keep_a_server_active() {
    for prompt in [
        "Post a question every hour to keep the chat alive",
        "You are a DEAD CHAT REVIVER",
    ] {
        let expected = vec![(
            PolicyRule::ManufacturedActivity,
            "/persona/prompt".to_owned(),
        )];
        assert_eq!(persona(prompt, &[]), expected, "{prompt}");
    }
    assert_eq!(persona("Help newcomers find their way.", &[]), []);
}

#[test]
fn each_rule_says_where_it_stands() {
    let rules = [
        PolicyRule::RetentionByPolicy,
        PolicyRule::AdultContent,
        PolicyRule::ManufacturedActivity,
    ];
    let names: BTreeSet<_> = rules.iter().map(|rule| rule.name()).collect();
    assert_eq!(names.len(), rules.len());
    for rule in rules {
        let stands = rule.stands();
        assert!(stands.contains("Discord"), "{stands}");
    }
}
