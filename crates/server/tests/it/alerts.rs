//! The alerts of `deploy/alerts.yml` mean something: each speaks of measurements that a real server offers, and each has
//! its page, and each page its alert.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::json;

use crate::{
    process::{Place, root},
    secrets::Town,
};

/// A rule by its keys, those of labels and annotations among them.
type Rule = BTreeMap<String, String>;

/// The rules, out of the plain shape that the file keeps to: a key and a value a line, or a value folded below its key.
fn rules() -> Vec<Rule> {
    let text = fs::read_to_string(root().join("deploy/alerts.yml")).unwrap();
    let mut rules: Vec<Rule> = Vec::new();
    let mut folded: Option<String> = None;
    for line in text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
    {
        let (indent, line) = (line.len() - line.trim_start().len(), line.trim());
        if let Some(key) = &folded
            && indent >= 10
            && let Some(rule) = rules.last_mut()
        {
            let value = rule.entry(key.clone()).or_default();
            *value = format!("{value} {line}").trim().to_owned();
            continue;
        }
        folded = None;
        if line.starts_with("- alert:") {
            rules.push(Rule::new());
        }
        let Some((key, value)) = line.trim_start_matches("- ").split_once(':') else {
            continue;
        };
        if value.trim() == ">-" {
            folded = Some(key.to_owned());
        }
        if let Some(rule) = rules.last_mut() {
            let value = value.trim().trim_start_matches(">-");
            rule.insert(key.to_owned(), value.to_owned());
        }
    }
    rules
}

/// The measurements that an expression names.
fn names(expression: &str) -> BTreeSet<String> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words = expression.split(|letter: char| !is_letter(letter));
    words
        .filter(|word| word.starts_with("guildhall_"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_alert_is_whole_and_has_its_page_and_every_page_its_alert() {
    let rules = rules();
    assert!(rules.len() >= 10, "{rules:?}");
    let mut pages = BTreeSet::new();
    let index = fs::read_to_string(root().join("docs/runbooks/README.md")).unwrap();
    for rule in &rules {
        for key in [
            "alert",
            "expr",
            "severity",
            "summary",
            "description",
            "runbook",
        ] {
            assert!(
                rule.get(key).is_some_and(|value| !value.is_empty()),
                "{key} in {rule:?}"
            );
        }
        let alert = &rule["alert"];
        let page = fs::read_to_string(root().join(&rule["runbook"]));
        let page = page.unwrap_or_else(|error| panic!("{alert}: {}: {error}", rule["runbook"]));
        assert!(
            page.contains(&format!("Alert `{alert}`")),
            "{} speaks of {alert}",
            rule["runbook"]
        );
        assert!(
            index.contains(&format!("`{alert}`")),
            "the list names {alert}"
        );
        assert!(
            matches!(rule["severity"].as_str(), "page" | "ticket"),
            "{rule:?}"
        );
        let (open, shut) = (
            rule["expr"].matches('(').count(),
            rule["expr"].matches(')').count(),
        );
        assert!(open == shut && !names(&rule["expr"]).is_empty(), "{rule:?}");
        pages.insert(rule["runbook"].clone());
    }
    for entry in fs::read_dir(root().join("docs/runbooks")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let page = format!("docs/runbooks/{name}");
        assert!(
            name == "README.md" || pages.contains(&page),
            "{page} has no alert"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_measurement_of_an_alert_is_offered_by_a_running_server() {
    let place = Place::new();
    let town = Town::build(&place.path("discord")).await;
    let api = town.sim.api_url();
    // A backup that is there already shows its age from the start on.
    assert_eq!(place.run(&["migrate", "up"], &[]).code, 0);
    let folder = place.data_dir().join("backups");
    let backup = folder.join("before-up-to-1-2026-11-28T03-30-00.000Z.backup");
    let taken = place.run(&["backup", "create", &backup.display().to_string()], &[]);
    assert_eq!(taken.code, 0, "{taken:?}");
    let server = place.start(
        &["run"],
        &[
            ("GUILDHALL_DISCORD_API_URL", &api),
            ("GUILDHALL_DISCORD_TOKEN", &town.bot.token),
            ("GUILDHALL_AI_KIND", "openai"),
            ("GUILDHALL_AI_BASE_URL", "http://127.0.0.1:1/v1"),
            ("GUILDHALL_AI_MODEL", "none"),
        ],
    );
    server.wait_until_ready();
    let asked = town.ask(0, "daily", &json!({}));
    town.answered(asked).await;
    // Counted a moment after it was seen.
    server.wait_for_answer("/metrics", "guildhall_interaction_ack_seconds_bucket");
    let metrics = server.wait_for_answer("/metrics", "guildhall_backup_age_seconds ");
    let offered: BTreeSet<&str> = metrics
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(['{', ' ']).next())
        .collect();
    for rule in rules() {
        for name in names(&rule["expr"]) {
            let is_offered = offered.contains(name.as_str());
            assert!(is_offered, "{}: {name} in {metrics}", rule["alert"]);
        }
    }
    for part in ["discord", "storage", "backup"] {
        let told = format!("guildhall_part_ready{{part=\"{part}\"}} ");
        assert!(metrics.contains(&told), "{told} in {metrics}");
    }
    server.stop();
}
