//! The demo's start page: what this is in three sentences, and the way in.

use maud::{DOCTYPE, Markup, html};

/// What the page speaks of.
#[derive(Debug, Clone)]
pub struct Start {
    /// The demo server's name.
    pub server: String,
    /// How many members it has.
    pub members: u32,
    /// Whose account owns it: as them the dashboard opens with one click.
    pub owner: u64,
}

pub(crate) fn render(start: &Start) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Guildhall demo" }
                link rel="icon" href="start-icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="start.css";
            }
            body {
                main {
                    img.mark src="start-icon.svg" alt="";
                    h1 { "Guildhall" }
                    p.lead {
                        "Guildhall gives a Discord server a bot with its own currency, and a ledger behind it that "
                        "loses no coin. This demo runs the whole product on this machine, with a simulated Discord "
                        "in place of the real one. Nothing leaves this computer, and stopping the demo keeps what "
                        "you did."
                    }
                    a.enter href="chat/" { "Open the chat" }
                    " "
                    a.enter.second href={ "auth/login?member=" (start.owner) } { "Open the dashboard" }
                    p.note {
                        "The dashboard opens as the server's owner; "
                        a href="auth/login" { "choose somebody else" } "."
                    }
                    p.note {
                        "You will be in " strong { (start.server) } " with " (start.members)
                        " members who talk among themselves. Type " kbd { "/" } " to see what the bot can do, "
                        "and follow " em { "Try this" } " for a first round."
                    }
                }
            }
        }
    }
}
