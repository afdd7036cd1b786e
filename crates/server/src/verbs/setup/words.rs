//! What `setup` says: to people line by line as it goes, to programs in one document at the end.

use discord::Probed;
use serde_json::{Value, json};

use super::env_file::{EnvFile, Setting};
use crate::{
    invite::{self, Portal},
    printer::{self, Format, Printer},
    verbs::doctor::{self, Finding, Grade, bot},
};

/// Where its words go.
#[derive(Debug)]
pub(super) struct Words<'p> {
    printer: &'p Printer,
    /// Whether the settings themselves are what is printed, so that everything else stands aside.
    settings_only: bool,
    findings: Vec<Finding>,
}

impl<'p> Words<'p> {
    pub(super) const fn new(printer: &'p Printer, settings_only: bool) -> Self {
        Self {
            printer,
            settings_only,
            findings: Vec::new(),
        }
    }

    /// Says a line to people.
    pub(super) async fn line(&self, text: &str) {
        match self.printer.format() {
            Format::Json => {}
            Format::Text if self.settings_only => printer::complain(text),
            Format::Text => self.printer.line(text).await,
        }
    }

    /// Says what was found.
    pub(super) async fn found(&mut self, findings: Vec<Finding>) {
        for line in findings.iter().flat_map(doctor::lines) {
            self.line(&line).await;
        }
        self.findings.extend(findings);
    }

    /// Says how the bot is invited, and what for.
    pub(super) async fn invitation(&self, bot: &Probed, portal: &Portal) {
        let who = bot::who_adds(bot);
        self.line(&format!(
            "\nInvite it, with what it needs and nothing more; {who}:"
        ))
        .await;
        self.line(&format!("  {}", portal.invite(bot.application)))
            .await;
        for asked in invite::ASKED {
            let name = asked.permission.names().join(", ");
            self.line(&format!("    {name:<26}{}", asked.why)).await;
        }
    }

    /// Says where people come back to after they signed in.
    pub(super) async fn redirect(&self, back: &str, page: &str) {
        self.line("\nSign-in to the dashboard, which may be left out:")
            .await;
        self.line(&format!("  Open {page}")).await;
        self.line("  Add under Redirects, letter by letter, and save:")
            .await;
        self.line(&format!("    {back}")).await;
        self.line("  The Client Secret stands on the same page.")
            .await;
    }

    /// Says what was written, and what comes next.
    pub(super) async fn written(&self, file: &EnvFile, settings: &[Setting], site: Option<&str>) {
        if !self.settings_only {
            let path = file.path().display();
            self.line(&format!("\nIn {path}, which only you can read:"))
                .await;
            for setting in settings {
                let line = format!("  {:<34}{}", setting.name, setting.change.word());
                self.line(&line).await;
            }
        }
        let site = site.unwrap_or("the address that it prints");
        self.line("\nNext:").await;
        self.line("  guildhall doctor   looks whether everything is well")
            .await;
        self.line(&format!(
            "  guildhall run      starts it; the dashboard is at {site}/dashboard"
        ))
        .await;
    }

    /// Gives programs all of it.
    pub(super) async fn document(&self, bot: &Probed, portal: &Portal, rest: Value) {
        if self.printer.format() == Format::Text {
            return;
        }
        let asked = invite::ASKED.iter();
        let asked =
            asked.map(|asked| json!({"permission": asked.permission.names()[0], "why": asked.why}));
        let mut document = json!({
            "ok": self.findings.iter().all(|finding| finding.grade != Grade::Problem),
            "application": {"id": bot.application, "name": bot.name, "servers": bot.guilds},
            "invite": {
                "url": portal.invite(bot.application),
                "permissions": invite::permissions().bits().to_string(),
                "asked": asked.collect::<Vec<_>>(),
            },
            "findings": self.findings,
        });
        if let (Some(document), Value::Object(rest)) = (document.as_object_mut(), rest) {
            document.extend(rest);
        }
        self.printer.json(&document).await;
    }
}
