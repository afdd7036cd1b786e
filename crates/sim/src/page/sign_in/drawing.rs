//! The pages of `/oauth2/authorize` as HTML: who to be, which server to add a bot to, and what came of it.
//! What always holds: whatever somebody named is escaped.

use std::fmt::Write;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::world::Snowflake;
use crate::world::grants::Scope;

use super::Sound;
use super::invite::Place;

const SHELL: &str = include_str!("../../../assets/page/sign_in.html");

/// What the browser may do here; where a choice leads to is added to its forms.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
    base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// The page on which a person says who they are.
pub(super) fn choosing(sound: &Sound, people: &[Value]) -> Response {
    let (first, others): (Vec<_>, Vec<_>) =
        people.iter().partition(|person| person["featured"] == true);
    let mut body = format!(
        "<h1>Who are you?</h1><p class=\"lead\"><strong>{}</strong> would like to {}. In this simulated Discord nobody has \
         a password: say which member you are.</p><form method=\"post\"><ul class=\"people\">",
        escaped(&sound.name),
        wanted(&sound.scopes),
    );
    for (at, person) in first.iter().enumerate() {
        body += &someone(person, at == 0);
    }
    body += "</ul>";
    if !others.is_empty() {
        let count = others.len();
        let _ = write!(
            body,
            "<details><summary>Somebody else ({count})</summary><ul class=\"people others\">"
        );
        for person in others {
            body += &someone(person, false);
        }
        body += "</ul></details>";
    }
    body += "<button class=\"cancel\">Cancel</button></form>";
    html(StatusCode::OK, ("Sign in", &body), &policy(sound))
}

fn wanted(scopes: &[Scope]) -> &'static str {
    match (
        scopes.contains(&Scope::Bot),
        scopes.contains(&Scope::Guilds),
    ) {
        (true, _) => "be added to a server of yours",
        (false, true) => "know who you are and which servers you are in",
        (false, false) => "know who you are",
    }
}

fn someone(person: &Value, is_first: bool) -> String {
    let text = |name: &str| person[name].as_str().unwrap_or_default();
    choice(
        ("user", text("id")),
        (text("name"), text("label")),
        is_first,
    )
}

/// The page on which somebody chooses the server that a bot is added to, with what it is going to be allowed there.
pub(super) fn placing(
    sound: &Sound,
    user: Snowflake,
    places: &[Place],
    permissions: &[&str],
) -> Response {
    let name = escaped(&sound.name);
    let mut body = format!("<h1>Add {name} to a server</h1>");
    if places.is_empty() {
        body += "<p class=\"lead\">You manage no server that it could be added to. Go back and be somebody who does.</p>";
    } else {
        body += "<p class=\"lead\">These are the servers that you may manage.</p>";
    }
    body += &allowed_list(permissions);
    let _ = write!(
        body,
        "<form method=\"post\"><input type=\"hidden\" name=\"user\" value=\"{user}\"><ul class=\"people\">"
    );
    for (at, place) in places.iter().enumerate() {
        let label = if place.has_bot {
            "is there already"
        } else {
            ""
        };
        let id = place.guild.to_string();
        body += &choice(("guild", &id), (&place.name, label), at == 0);
    }
    body += "</ul><button class=\"cancel\" name=\"cancel\" value=\"1\">Cancel</button></form>";
    html(StatusCode::OK, ("Add a bot", &body), &policy(sound))
}

fn allowed_list(permissions: &[&str]) -> String {
    if permissions.is_empty() {
        return "<p class=\"lead\">It asks for no permissions of its own.</p>".to_owned();
    }
    let mut list = format!(
        "<details><summary>It is going to be allowed {} things</summary><ul class=\"allowed\">",
        permissions.len()
    );
    for permission in permissions {
        let _ = write!(list, "<li>{permission}</li>");
    }
    list += "</ul></details>";
    list
}

/// The page that says that a bot is in a server now.
pub(super) fn added(bot: &str, server: &str) -> Response {
    let body = format!(
        "<h1>Done</h1><p class=\"lead\"><strong>{}</strong> is in <strong>{}</strong> now. You can close this page.</p>",
        escaped(bot),
        escaped(server)
    );
    html(StatusCode::OK, ("Done", &body), POLICY)
}

/// The page that says that nothing was done, as somebody wished.
pub(super) fn cancelled() -> Response {
    let body = "<h1>Nothing was added</h1><p class=\"lead\">You can close this page.</p>";
    html(StatusCode::OK, ("Nothing was added", body), POLICY)
}

/// The page that says why nothing can be done.
pub(super) fn wrong(words: &str) -> Response {
    let body = format!("<h1>That did not work</h1><p class=\"lead\">{words}.</p>");
    html(
        StatusCode::BAD_REQUEST,
        ("That did not work", &body),
        POLICY,
    )
}

/// One choice of a form, with a face, a name and a word beside it.
fn choice((field, value): (&str, &str), (name, label): (&str, &str), is_first: bool) -> String {
    let initial: String = name.chars().take(1).flat_map(char::to_uppercase).collect();
    let focus = if is_first { " autofocus" } else { "" };
    format!(
        "<li><button class=\"person\" name=\"{field}\" value=\"{}\"{focus}><span class=\"face\" aria-hidden=\"true\">{}\
         </span><span class=\"name\">{}</span><span class=\"label\">{}</span></button></li>",
        escaped(value),
        escaped(&initial),
        escaped(name),
        escaped(label),
    )
}

/// The policy under which a choice may lead to an application's address.
fn policy(sound: &Sound) -> String {
    let back = sound.way_back.as_ref().map(|way| way.redirect_uri.as_str());
    let origin = back
        .and_then(|uri| uri.split_once("://"))
        .map(|(scheme, rest)| {
            let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
            (scheme, host)
        });
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    match origin {
        Some((scheme @ ("http" | "https"), host)) if host.chars().all(plain) => {
            format!("{POLICY} {scheme}://{host}")
        }
        _ => POLICY.to_owned(),
    }
}

fn html(status: StatusCode, (title, body): (&str, &str), policy: &str) -> Response {
    let policy = HeaderValue::from_str(policy).unwrap_or(HeaderValue::from_static(POLICY));
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CONTENT_SECURITY_POLICY, policy),
        (
            header::REFERRER_POLICY,
            // Without any, a browser would call the origin of the choice `null`, which does not count.
            HeaderValue::from_static("same-origin"),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (
        status,
        headers,
        SHELL.replace("{{title}}", title).replace("{{body}}", body),
    )
        .into_response()
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
