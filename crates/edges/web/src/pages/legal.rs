//! What people agree to, and what is kept of them, in plain words.

use axum::{extract::State, response::Html};
use maud::html;

use super::plain;
use crate::Web;

/// `GET /terms`
pub(crate) async fn terms(State(web): State<Web>) -> Html<String> {
    let main = html! {
        p { "This Guildhall is a bot and a dashboard for Discord servers. It is run by whoever set it up at this address, \
            not by Discord and not by those who wrote it." }
        h2 { "What it does" }
        p { "It answers commands, keeps the servers' coins, applies the rules that those who manage a server have set, and \
            keeps a record of each decision so that it can be explained and undone." }
        h2 { "Coins" }
        p { "Coins are part of the games of a server. They have no value outside it, and cannot be turned into money." }
        h2 { "What is asked of you" }
        p { "Follow Discord's terms and the rules of the servers you are in. Do not try to break the bot, to get at what is \
            not yours, or to use it against others." }
        h2 { "What is not promised" }
        p { "It is run as well as its operator can, without a guarantee. Those who manage a server can switch any part of it \
            off, or remove it, at any time." }
        p { "What is kept of you is said under " a href=(web.site().link("/privacy")) { "Privacy" } "." }
    };
    plain::page(web.site(), "Terms", &main)
}

/// `GET /privacy`
pub(crate) async fn privacy(State(web): State<Web>) -> Html<String> {
    let main = html! {
        p { "Everything stays with whoever runs this Guildhall. Nothing on these pages comes from another site, nobody is \
            tracked, and nothing is sold." }
        h2 { "When you sign in" }
        p { "Discord tells Guildhall your account's number, your name, and which servers you are in. Guildhall keeps these \
            with your session, which ends after half a day without a visit and after a week in any case. The key that \
            Discord gives for this is given back at once and not kept. Two cookies are used, one while you sign in and one \
            while you are signed in; there are no others. That you were shown around the dashboard is kept with your account's \
            number, so that you are not asked again." }
        h2 { "In a server" }
        p { "Guildhall keeps your coins and what moved them, cases of moderation that concern you, and its decisions. Words \
            of yours that a decision was about are kept for as many days as the server has set, at most thirty. Where the \
            server lets the bot remember, it keeps facts that you told it of yourself, and the latest turns of your talks \
            with it. What you say to the bot is sent to the model that answers; whoever runs this Guildhall, or your server, \
            says which one that is." }
        h2 { "Your say" }
        p { "Ask the bot with " code { "/why" } " what it decided about you and why, and with " code { "/memory show" }
            " what it remembers. " code { "/privacy export" } " hands you everything that is kept of you in a server, "
            code { "/privacy erase" } " erases it but for your last daily, which a pseudonym remembers for thirty days so that nobody has it twice, and " code { "/memory off" } " has nothing learnt from then on. For anything \
            else ask whoever manages your server or runs this Guildhall." }
        p { "What is asked of you is said under " a href=(web.site().link("/terms")) { "Terms" } "." }
    };
    plain::page(web.site(), "Privacy", &main)
}
