//! Reads one value from text. A refusal says what is wrong and how to write it; it repeats the value only where
//! that is no secret.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use axum::http::Uri;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use kernel::{ApplicationId, Span, UserId};
use secrecy::{SecretBox, SecretString};
use web::Network;

/// Why a text is no value of this sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    /// What is wrong.
    pub(crate) reason: String,
    /// How to write it.
    pub(crate) fix: &'static str,
}

/// What came of reading a value.
pub(crate) type Read<T> = Result<T, Refused>;

fn refused<T>(reason: impl Into<String>, fix: &'static str) -> Read<T> {
    Err(Refused {
        reason: reason.into(),
        fix,
    })
}

/// The value as a message may repeat it: short and on one line.
fn shown(text: &str) -> String {
    let short: String = text
        .chars()
        .take(80)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    format!("`{short}`")
}

/// An address of the web, over HTTP with or without TLS; without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpUrl {
    text: String,
    secure: bool,
}

impl HttpUrl {
    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it never leaves this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let rest = self.text.split_once("://").map_or("", |(_, rest)| rest);
        let authority = rest.split('/').next().unwrap_or_default();
        let host = authority
            .rsplit_once(':')
            .map_or(authority, |(host, _)| host);
        host == "localhost" || host == "[::1]" || host.starts_with("127.")
    }

    /// Whether it goes over TLS.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.secure
    }
}

impl fmt::Display for HttpUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

/// Where the data is kept.
#[derive(Debug)]
pub enum DatabaseChoice {
    /// In a libSQL file in the data directory.
    Embedded,
    /// In the PostgreSQL at this address.
    Postgres(SecretString),
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// Whose protocol a model provider speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AiKind {
    /// `OpenAI`'s, and what is like it.
    Openai,
    /// Anthropic's.
    Anthropic,
    /// Google's.
    Gemini,
    /// None: the model inside.
    Offline,
}

pub(crate) fn path(text: &str) -> Read<PathBuf> {
    if text.contains('\0') {
        return refused("the path holds a NUL character", "Write a path.");
    }
    Ok(PathBuf::from(text))
}

const ADDRESS_FIX: &str = "Write IP:PORT, for example 127.0.0.1:8080; port 0 takes a free one.";

pub(crate) fn address(text: &str) -> Read<SocketAddr> {
    if let Some(port) = text.strip_prefix("localhost:")
        && let Ok(port) = port.parse()
    {
        return Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    }
    text.parse()
        .or_else(|_| refused(format!("{} is not an address", shown(text)), ADDRESS_FIX))
}

const URL_FIX: &str = "Write http://HOST or https://HOST, with a port and a path where needed.";

pub(crate) fn http_url(text: &str) -> Read<HttpUrl> {
    let whole = || {
        refused(
            format!("{} is not an address of the web", shown(text)),
            URL_FIX,
        )
    };
    let Ok(uri) = text.parse::<Uri>() else {
        return whole();
    };
    let secure = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => false,
        _ => return whole(),
    };
    let Some(authority) = uri.authority() else {
        return whole();
    };
    if authority.host().is_empty() || authority.as_str().contains('@') {
        return refused("the address holds no host, or a user name", URL_FIX);
    }
    if uri.query().is_some() || text.contains('#') {
        return refused(
            format!("{} holds a query or a fragment", shown(text)),
            URL_FIX,
        );
    }
    Ok(HttpUrl {
        text: text.trim_end_matches('/').to_owned(),
        secure,
    })
}

const PUBLIC_FIX: &str = "Write the address that people use, for example https://guildhall.example.org or https://example.org/bots/guildhall.";

/// The prefix of the paths stands in links and cookies: letters, digits, `-`, `.`, `_` and `~` between slashes.
pub(crate) fn public_url(text: &str) -> Read<HttpUrl> {
    let url = http_url(text)?;
    let rest = url.as_str().split_once("://").map_or("", |(_, rest)| rest);
    let path = rest.find('/').map_or("", |at| &rest[at..]);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    if !path.bytes().all(plain) || path.contains("//") || path.contains("/.") {
        return refused(
            format!(
                "the path of {} can't stand in links and cookies",
                shown(text)
            ),
            PUBLIC_FIX,
        );
    }
    Ok(url)
}

const API_FIX: &str = "Write the base up to and with `/api`, for example http://127.0.0.1:9000/api; the version is appended.";

pub(crate) fn api_url(text: &str) -> Read<HttpUrl> {
    let url = http_url(text)?;
    if !url.as_str().ends_with("/api") {
        return refused(format!("{} does not end in `/api`", shown(text)), API_FIX);
    }
    Ok(url)
}

const DATABASE_FIX: &str =
    "Write postgres://USER:PASSWORD@HOST:PORT/DATABASE, or leave it out for the embedded database.";

pub(crate) fn database(text: &str) -> Read<DatabaseChoice> {
    let rest = text
        .strip_prefix("postgres://")
        .or_else(|| text.strip_prefix("postgresql://"));
    match rest {
        Some(rest) if !rest.is_empty() => Ok(DatabaseChoice::Postgres(text.to_owned().into())),
        Some(_) => refused("the address names no host", DATABASE_FIX),
        None => refused("it does not begin with `postgres://`", DATABASE_FIX),
    }
}

const REDIS_FIX: &str = "Write redis://HOST:PORT, or rediss:// for TLS.";

pub(crate) fn redis(text: &str) -> Read<SecretString> {
    let rest = text
        .strip_prefix("redis://")
        .or_else(|| text.strip_prefix("rediss://"));
    match rest {
        Some(rest) if !rest.is_empty() => Ok(text.to_owned().into()),
        Some(_) => refused("the address names no host", REDIS_FIX),
        None => refused(
            "it does not begin with `redis://` or `rediss://`",
            REDIS_FIX,
        ),
    }
}

const NETWORK_FIX: &str =
    "Write addresses or ranges with commas between them, for example 10.0.0.0/8,::1.";

pub(crate) fn networks(text: &str) -> Read<Vec<Network>> {
    text.split(',').map(|part| network(part.trim())).collect()
}

fn network(text: &str) -> Read<Network> {
    let (address, prefix) = text
        .split_once('/')
        .map_or((text, None), |(a, p)| (a, Some(p)));
    let bad = || {
        refused(
            format!("{} is no range of addresses", shown(text)),
            NETWORK_FIX,
        )
    };
    let Ok(address) = address.parse::<IpAddr>() else {
        return bad();
    };
    let longest = if address.is_ipv4() { 32 } else { 128 };
    match prefix.map_or(Ok(longest), str::parse::<u8>) {
        Ok(prefix) if prefix <= longest => Ok(Network { address, prefix }),
        _ => bad(),
    }
}

const KEY_FIX: &str =
    "Make one with `openssl rand -base64 32`, or leave it out: one is made at the first start.";

pub(crate) fn master_key(text: &str) -> Read<SecretBox<[u8; 32]>> {
    let Ok(bytes) = STANDARD.decode(text) else {
        return refused("it is not base64", KEY_FIX);
    };
    let length = bytes.len();
    match <[u8; 32]>::try_from(bytes) {
        Ok(key) => Ok(SecretBox::new(Box::new(key))),
        Err(_) => refused(
            format!("it holds {length} bytes, where 32 are needed"),
            KEY_FIX,
        ),
    }
}

const TOKEN_FIX: &str = "Copy it again, without spaces or quotes around it.";

/// A secret as others hand it out: visible ASCII.
pub(crate) fn token(text: &str) -> Read<SecretString> {
    if text.len() > 4_096 || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return refused(
            "it holds spaces, letters that no token has, or is too long",
            TOKEN_FIX,
        );
    }
    Ok(text.to_owned().into())
}

pub(crate) fn discord_token(text: &str) -> Read<SecretString> {
    if text
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("bot "))
    {
        return refused(
            "it begins with `Bot `",
            "Leave the word out: the token alone.",
        );
    }
    token(text)
}

pub(crate) fn words(text: &str) -> Read<String> {
    if text.len() > 200 || text.chars().any(char::is_control) {
        return refused(
            "it is over 200 characters, or not one line",
            "Write a name.",
        );
    }
    Ok(text.to_owned())
}

pub(crate) fn application(text: &str) -> Read<ApplicationId> {
    text.parse().or_else(|_| {
        let reason = format!("{} is not an id", shown(text));
        refused(
            reason,
            "Copy the application's id from Discord's developer portal.",
        )
    })
}

const ACCOUNTS_FIX: &str = "Write ids with commas between them. In Discord, with Developer Mode on: right-click a name, Copy User ID.";

pub(crate) fn accounts(text: &str) -> Read<Vec<UserId>> {
    let account = |part: &str| {
        let part = part.trim();
        part.parse()
            .or_else(|_| refused(format!("{} is not an id", shown(part)), ACCOUNTS_FIX))
    };
    text.split(',').map(account).collect()
}

const HEX_FIX: &str =
    "Copy the public key from Discord's developer portal: 64 characters, 0-9 and a-f.";

pub(crate) fn public_key(text: &str) -> Read<[u8; 32]> {
    let bad = || refused(format!("{} is no public key", shown(text)), HEX_FIX);
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return bad();
    }
    let mut key = [0; 32];
    for (place, byte) in key.iter_mut().enumerate() {
        match u8::from_str_radix(&text[place * 2..place * 2 + 2], 16) {
            Ok(value) => *byte = value,
            Err(_) => return bad(),
        }
    }
    Ok(key)
}

pub(crate) fn switch(text: &str) -> Read<bool> {
    match text {
        "on" | "true" => Ok(true),
        "off" | "false" => Ok(false),
        _ => refused(
            format!("{} is neither `on` nor `off`", shown(text)),
            "Write `on` or `off`.",
        ),
    }
}

pub(crate) fn retention(text: &str) -> Read<u8> {
    match text.parse::<u8>() {
        Ok(days) if (1..=30).contains(&days) => Ok(days),
        _ => refused(
            format!("{} is no number of days from 1 to 30", shown(text)),
            "Write a whole number; Discord's rules allow no more than 30 days.",
        ),
    }
}

/// Dollars with up to six digits behind the point, in millionths.
pub(crate) fn dollars(text: &str) -> Read<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let are_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let fits = !whole.is_empty() && part.len() <= 6 && are_digits(whole) && are_digits(part);
    let micros = format!("{whole}{part:0<6}").parse::<i64>().ok();
    match micros.filter(|micros| fits && *micros <= ai::CAP_MAX) {
        Some(micros) => Ok(micros),
        None => refused(
            format!("{} is no sum of dollars from 0 to 10000", shown(text)),
            "Write dollars, such as `1` or `0.50`.",
        ),
    }
}

/// A time of the day, as a span from midnight; nothing for `off`.
pub(crate) fn time_of_day(text: &str) -> Read<Option<Span>> {
    if text == "off" {
        return Ok(None);
    }
    let time = text.split_once(':').and_then(|(hours, minutes)| {
        let is_written_out = hours.len() == 2 && minutes.len() == 2;
        let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
        (is_written_out && hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
    });
    match time {
        Some(minutes) => Ok(Some(Span::minutes(minutes))),
        None => refused(
            format!("{} is no time of the day", shown(text)),
            "Write hours and minutes, in UTC: for example 03:30; or `off`.",
        ),
    }
}

/// A number of days from one to ten years of them.
pub(crate) fn days(text: &str) -> Read<u16> {
    match text.parse::<u16>() {
        Ok(days @ 1..=3_650) => Ok(days),
        _ => refused(
            format!("{} is no number of days from 1 to 3650", shown(text)),
            "Write a whole number.",
        ),
    }
}

const SPAN_FIX: &str = "Write a whole number and a unit, `ms`, `s` or `m`: for example 30s.";

/// A length of time from a millisecond to an hour.
pub(crate) fn span(text: &str) -> Read<Span> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let factor: Option<u32> = match unit {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" => Some(60_000),
        _ => None,
    };
    let millis = factor.and_then(|factor| number.parse::<u32>().ok()?.checked_mul(factor));
    match millis {
        Some(millis @ 1..=3_600_000) => Ok(Span::millis(millis)),
        _ => refused(
            format!("{} is no time from 1ms to 60m", shown(text)),
            SPAN_FIX,
        ),
    }
}

pub(crate) fn ai_kind(text: &str) -> Read<AiKind> {
    match text {
        "openai" => Ok(AiKind::Openai),
        "anthropic" => Ok(AiKind::Anthropic),
        "gemini" => Ok(AiKind::Gemini),
        "offline" => Ok(AiKind::Offline),
        _ => refused(
            format!("{} is no kind of provider", shown(text)),
            "Write `openai`, `anthropic`, `gemini` or `offline`.",
        ),
    }
}

pub(crate) fn log_format(text: &str) -> Read<LogFormat> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => refused(
            format!("{} is neither `text` nor `json`", shown(text)),
            "Write `text` or `json`.",
        ),
    }
}

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
const LOG_FIX: &str =
    "Write off, error, warn, info, debug or trace; for one part, with a comma: info,economy=debug.";

/// A level, or several with the parts they are for.
pub(crate) fn log(text: &str) -> Read<String> {
    for part in text.split(',') {
        let (target, level) = part.split_once('=').unwrap_or(("all", part));
        let named = !target.is_empty()
            && target
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b':');
        if !named || !LEVELS.contains(&level) {
            return refused(format!("{} is no log level", shown(part)), LOG_FIX);
        }
    }
    Ok(text.to_owned())
}
