//! A token for a program: what it is to open, what it says, which is shown once, and what ends when it is revoked.

use std::collections::BTreeSet;

use app::flows::tokens::{self, CreateToken};
use axum::response::{IntoResponse, Redirect};
use kernel::{Fault, FaultKind, Locale};
use maud::{Markup, html};
use platform::{ApiToken, TOKEN_NAME_MAX, TokenError, TokenId, TokenScope};
use secrecy::ExposeSecret;
use serde::Deserialize;
use store::Tx;

use super::{Trouble, entry::Names};
use crate::{
    components::{
        code::code,
        empty::Empty,
        form::{Control, Field, Form, field, form},
        icon::Icon,
        notice::{Notice, notice},
        section::page_head,
        shell::{self, Frame, Head, Section},
        table::{Rows, Table, table, text},
        tag::Tone,
    },
    did::Did,
    moment,
    query::Named,
    room::{Answer, Room},
    sent::Sent,
};

/// Tokens of a guild that are read: as many as it may have.
const SHOWN: u32 = platform::TOKENS_MAX;
/// Fields of the form.
const NAME: &str = "name";
const SCOPE: &str = "scope";

/// What each scope lets a program do, in words.
const WORDS: [(&str, &str); 12] = [
    ("audit:read", "Read why things were done, with all words"),
    ("bots:read", "Look at personas"),
    ("bots:write", "Write personas and put them in force"),
    ("config:read", "Look at the settings"),
    ("config:write", "Change the settings"),
    ("economy:read", "Look at coins and movements"),
    ("economy:write", "Give, take and move coins"),
    ("memory:read", "Read what is remembered, of everybody"),
    ("memory:write", "Have memories forgotten"),
    ("moderation:read", "Look at rules and cases"),
    ("moderation:write", "Write rules, note and take back cases"),
    ("secrets:write", "Write keys, which nobody can read"),
];

/// What a scope lets a program do.
fn words(scope: TokenScope) -> &'static str {
    let name = scope.to_string();
    let found = WORDS.iter().find(|(known, _)| *known == name);
    found.map_or("Something of this server", |(_, words)| *words)
}

/// A token that is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewView {
    /// What may be given, by name.
    pub(crate) scopes: Vec<TokenScope>,
    /// What was written and chosen before it was refused, and why.
    pub(crate) name: String,
    pub(crate) chosen: Vec<String>,
    pub(crate) refused: Option<String>,
}

/// A token that was just made.
#[derive(Debug, Clone)]
pub(crate) struct MadeView {
    pub(crate) token: ApiToken,
    /// What its holder needs.
    pub(crate) text: String,
}

/// A token before it is revoked.
#[derive(Debug, Clone)]
pub(crate) struct OneView {
    pub(crate) token: ApiToken,
    pub(crate) names: Names,
}

/// The token in the path.
#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    token_id: String,
}

/// `GET /dashboard/guilds/{guild_id}/access/new-token`
pub(crate) async fn begin(room: Room) -> Answer {
    let view = NewView {
        scopes: tokens::scopes_given(room.standing()),
        ..NewView::default()
    };
    room.page(async { Ok(view) }, new_page).await
}

/// `POST /dashboard/guilds/{guild_id}/access/new-token`
pub(crate) async fn make(room: Room, sent: Sent) -> Answer {
    let scopes = tokens::scopes_given(room.standing());
    let chosen = sent.all(SCOPE);
    let given = |name: &String| {
        scopes
            .iter()
            .copied()
            .find(|scope| scope.to_string() == *name)
    };
    // Only a form that is none of ours asks for what it does not offer.
    let wanted: Option<BTreeSet<TokenScope>> = chosen.iter().map(given).collect();
    let name = sent.one(NAME).unwrap_or_default().trim().to_owned();
    let command = CreateToken {
        name: name.clone(),
        scopes: wanted.ok_or(Trouble::NotAllowed)?,
    };
    let op = room.op("/access/new-token", &sent)?;
    match tokens::create(room.core(), op, command).await {
        Ok((token, text)) => {
            let text = text.expose_secret().to_owned();
            let view = MadeView { token, text };
            room.page(async { Ok(view) }, made_page).await
        }
        Err(TokenError::Store(error)) => Err(room.trouble(&error)),
        Err(error) => {
            let words = room.core().words();
            let view = NewView {
                scopes,
                name,
                chosen,
                refused: Some(words.say(&Locale::english(), &error.told())),
            };
            room.page(async { Ok(view) }, new_page).await
        }
    }
}

/// `GET /dashboard/guilds/{guild_id}/access/tokens/{token_id}`
pub(crate) async fn show(room: Room, Named(which): Named<Which>) -> Answer {
    room.page(load(&room, which.id()?), one_page).await
}

/// `POST /dashboard/guilds/{guild_id}/access/tokens/{token_id}/revoke`
pub(crate) async fn revoke(room: Room, Named(which): Named<Which>, sent: Sent) -> Answer {
    let id = which.id()?;
    let op = room.op(&format!("/access/tokens/{id}/revoke"), &sent)?;
    let revoked = tokens::revoke(room.core(), op, id).await;
    match revoked {
        Ok(Some(_)) => {
            let to = room.at(&format!("/access?{}", Did::TokenRevoked.query()));
            Ok(Redirect::to(&to).into_response())
        }
        Ok(None) => Err(Trouble::NoPage),
        Err(error) if error.kind() == FaultKind::NotFound => Err(Trouble::NoPage),
        Err(error) => Err(room.trouble(&error)),
    }
}

impl Which {
    fn id(&self) -> Result<TokenId, Trouble> {
        let number = self.token_id.parse().map_err(|_| Trouble::NoPage)?;
        Ok(TokenId::new(number))
    }
}

async fn load(room: &Room, id: TokenId) -> Result<OneView, Trouble> {
    let guild = room.guild;
    let read = move |tx: &mut Tx<'_>| platform::token_named(tx, id);
    let token = room.read("dashboard.token", read).await?;
    let token = token.filter(|token| token.guild == guild);
    let token = token.ok_or(Trouble::NoPage)?;
    Ok(OneView {
        names: room.names(token.made_by.parse().ok()).await,
        token,
    })
}

/// The tokens of a guild, the newest first.
pub(crate) async fn all(room: &Room) -> Result<Vec<ApiToken>, Trouble> {
    let guild = Some(room.guild);
    let read = move |tx: &mut Tx<'_>| platform::tokens_list(tx, guild, None, SHOWN);
    room.read("dashboard.tokens", read).await
}

fn head<'h>(title: &'h str, frame: &Frame) -> Head<'h> {
    Head {
        title,
        section: Some(Section::Access),
        crumbs: vec![("Access", frame.at("/access"))],
        is_live: false,
    }
}

/// The form.
pub(crate) fn new_page(frame: &Frame, view: &NewView) -> Markup {
    let title = "New token";
    let lead = "For a program that reads or writes here through the API. It opens this server alone, and there only what you choose.";
    let body = html! {
        fieldset.group {
            legend { "The token" }
            p.lead { "What the program does stands in the audit under this name." }
            (field(&Field::of(NAME, "Name", Control::Line {
                value: &view.name,
                length_max: TOKEN_NAME_MAX,
                is_needed: true,
            }).hint("Small letters, digits and dashes, such as shop-bot.")))
            (scopes(view))
        }
    };
    let main = html! {
        (page_head(title, lead, &html! {}))
        @if let Some(wrong) = &view.refused { (refusal(wrong)) }
        (form(&Form {
            id: "token",
            action: &frame.at("/access/new-token"),
            proof: &frame.proof,
            hidden: Vec::new(),
            body,
            save: "Make the token",
            look: None,
            is_begun: true,
            may_write: frame.may_write,
        }))
    };
    shell::page(frame, &head(title, frame), &main)
}

fn scopes(view: &NewView) -> Markup {
    let names: Vec<String> = view.scopes.iter().map(ToString::to_string).collect();
    let options = names.iter().zip(&view.scopes);
    let options = options.map(|(name, scope)| (name.as_str(), words(*scope)));
    let chosen = view.chosen.iter().map(String::as_str).collect();
    let control = Control::Many {
        values: chosen,
        options: options.collect(),
    };
    let hint = "Whoever may change something may look at it as well. You can give no more than you have yourself.";
    field(&Field::of(SCOPE, "It may", control).hint(hint))
}

fn refusal(wrong: &str) -> Markup {
    notice(&Notice {
        tone: Tone::Danger,
        title: "No token was made.".to_owned(),
        text: wrong.to_owned(),
        action: None,
    })
}

/// What the token says, once.
pub(crate) fn made_page(frame: &Frame, view: &MadeView) -> Markup {
    let title = format!("The token {}", view.token.name);
    let lead =
        "Copy it now: it is shown this once, and kept nowhere in a form that could be shown again.";
    let main = html! {
        (page_head(&title, lead, &html! {}))
        div.card {
            (code("The token", &view.text))
            p.soft {
                "The program sends it with each request as " code { "Authorization: Bearer …" } ". Whoever has it may do "
                "what it opens, so it belongs neither into a chat nor into a public place."
            }
            (opened(&view.token))
        }
        div.row { a.button.main href=(frame.at("/access")) { "Done" } }
    };
    shell::page(frame, &head(&title, frame), &main)
}

/// What ends with it.
pub(crate) fn one_page(frame: &Frame, view: &OneView) -> Markup {
    let token = &view.token;
    let title = format!("Revoke {}?", token.name);
    let lead = "This is what ends. A program that uses it is refused from its next request on, and nothing brings the token back.";
    let revoke = frame.at(&format!("/access/tokens/{}/revoke", token.id));
    let main = html! {
        (page_head(&title, lead, &html! {}))
        div.card {
            (opened(token))
            dl.facts {
                dt { "Made" } dd { (moment::when(&frame.now, token.made_at)) " by " (maker(token, &view.names)) }
                dt { "Last used" } dd { (used(frame, token)) }
            }
        }
        form.row method="post" action=(revoke) {
            (frame.proof.fields())
            a.button.quiet href=(frame.at("/access")) { "Keep it" }
            button.button.main.danger type="submit" { "Revoke it" }
        }
    };
    shell::page(frame, &head(&title, frame), &main)
}

fn opened(token: &ApiToken) -> Markup {
    html! {
        p { strong { "It may" } }
        ul.plain { @for scope in &token.scopes { li { (words(*scope)) " " code.small { (scope) } } } }
    }
}

fn maker(token: &ApiToken, names: &Names) -> String {
    match token.made_by.parse() {
        Ok(user) => names.member(user).name,
        Err(_) if token.made_by == "operator" || token.made_by == "system" => {
            "the operator".to_owned()
        }
        Err(_) => token.made_by.clone(),
    }
}

fn used(frame: &Frame, token: &ApiToken) -> Markup {
    match token.used_at {
        Some(at) => moment::when(&frame.now, at),
        None => html! { span.soft { "never" } },
    }
}

/// The tokens as a part of the page about access.
pub(crate) fn listed(frame: &Frame, tokens: &[ApiToken], names: &Names) -> Markup {
    let row = |token: &ApiToken| {
        let scopes: Vec<String> = token.scopes.iter().map(ToString::to_string).collect();
        let place = frame.at(&format!("/access/tokens/{}", token.id));
        vec![
            html! { strong.clip dir="auto" { (token.name) } },
            html! { span.small { (scopes.join(", ")) } },
            html! { (maker(token, names)) },
            moment::when(&frame.now, token.made_at),
            used(frame, token),
            html! { @if frame.may_write { a.button.slim href=(place) { "Revoke" } } },
        ]
    };
    let nothing = Empty {
        icon: Icon::Key,
        title: "No program has a token",
        text: "A token lets a program of yours read or write here through the API, within what you choose.",
        actions: Vec::new(),
    };
    table(&Table {
        id: "tokens",
        caption: "Tokens of programs",
        columns: &[
            text("Name"),
            text("May"),
            text("Made by"),
            text("Made"),
            text("Last used"),
            text("End"),
        ],
        rows: if tokens.is_empty() {
            Rows::Empty(nothing)
        } else {
            Rows::Here(tokens.iter().map(row).collect())
        },
        is_whole: true,
        first: None,
        next: None,
    })
}

#[cfg(test)]
mod tests {
    use platform::TOKEN_SCOPES;

    use super::WORDS;

    #[test]
    fn every_scope_is_told_in_words_and_no_other() {
        let scopes = TOKEN_SCOPES.map(|scope| scope.to_string());
        assert_eq!(WORDS.map(|(name, _)| name.to_owned()), scopes);
    }
}
