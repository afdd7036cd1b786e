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
                        "Guildhall gives a Discord server a bot with a character and a memory, moderation that states "
                        "its reasons, and a currency of which no coin is lost. This demo runs the whole product on "
                        "this machine, with a simulated Discord in place of the real one. Nothing leaves this "
                        "computer, and stopping the demo keeps what you did."
                    }
                    div.ways {
                        section.way {
                            h2 { "As a member" }
                            p {
                                "Join " strong { (start.server) } " and its " (start.members)
                                " members, who talk among themselves. Type " kbd { "/" }
                                " to see what the bot can do, and follow " em { "Try this" } " for a first round."
                            }
                            a.enter href="chat/" { "Open the chat" }
                        }
                        section.way {
                            h2 { "As the owner" }
                            p {
                                "See what happened and why, change what the bot does, and take back what was done. "
                                a href="auth/login" { "Sign in as somebody else" } " to see what they may see."
                            }
                            a.enter.second href={ "auth/login?member=" (start.owner) } { "Open the dashboard" }
                        }
                    }
                }
            }
        }
    }
}
