//! `guildhall token create|list|revoke`: tokens that open one guild to a program, and there only what was said.
//!
//! What a token says is printed once, when it is made. Not here: what a token opens (`app`, `platform`).

use std::collections::BTreeSet;

use app::flows::tokens::{self, CreateToken};
use kernel::GuildId;
use platform::{ApiToken, TokenError, TokenId, TokenScope};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{DbError, Tx};

use super::config;
use crate::{
    desk::Desk,
    failure::{Exit, Failure},
    printer::{Format, Printer},
    schema::Intent,
};

/// Tokens read at once.
const CHUNK: u32 = 200;

/// What is asked of tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// To make one.
    Create {
        /// For this guild.
        guild: GuildId,
        /// What it is called; else it is called by its number.
        name: Option<String>,
        /// What it opens, as `economy:write`.
        scopes: Vec<String>,
    },
    /// Which there are.
    List {
        /// In this guild; else in all.
        guild: Option<GuildId>,
    },
    /// To have one open nothing any more.
    Revoke {
        /// Its id.
        id: i64,
    },
    /// Which one that would be. A question of its own: a server that does not know it must not revoke.
    RevokeTell {
        /// Its id.
        id: i64,
    },
}

impl Ask {
    /// Answers.
    ///
    /// # Errors
    /// What is refused, or the database's failure.
    pub async fn perform(&self, desk: &Desk, printer: &Printer) -> Result<Exit, Failure> {
        desk.require_schema().await?;
        match self {
            Self::Create {
                guild,
                name,
                scopes,
            } => create(desk, *guild, (name.as_deref(), scopes), printer).await,
            Self::List { guild } => list(desk, *guild, printer).await,
            Self::Revoke { id } => revoke(desk, TokenId::new(*id), Intent::Do, printer).await,
            Self::RevokeTell { id } => revoke(desk, TokenId::new(*id), Intent::Tell, printer).await,
        }
    }
}

async fn create(
    desk: &Desk,
    guild: GuildId,
    (name, scopes): (Option<&str>, &[String]),
    printer: &Printer,
) -> Result<Exit, Failure> {
    let scopes = scopes.iter().map(|scope| read(scope));
    let scopes: BTreeSet<TokenScope> = scopes.collect::<Result<_, _>>()?;
    config::require(desk, guild).await?;
    let run = desk.ids.next().to_string();
    let op = desk.core.admission().cli(guild, &run);
    let command = CreateToken {
        name: name.map_or_else(|| format!("token-{run}"), str::to_owned),
        scopes,
    };
    let made = tokens::create(&desk.core, op, command).await;
    let (token, text) = made.map_err(|error| match error {
        TokenError::Store(error) => Failure::Other(error.into()),
        error => Failure::broken(
            error.to_string(),
            "`guildhall token list` shows those there are",
        ),
    })?;
    if printer.format() == Format::Json {
        let mut answer = as_json(&token);
        answer["token"] = json!(text.expose_secret());
        printer.json(&answer).await;
        return Ok(Exit::Done);
    }
    printer.line(text.expose_secret()).await;
    let line = format!(
        "This is the token `{}` ({}), which opens {} in guild {guild}. It is not shown again.",
        token.name,
        token.id,
        scopes_of(&token)
    );
    printer.line(&line).await;
    Ok(Exit::Done)
}

fn read(scope: &str) -> Result<TokenScope, Failure> {
    let scope: Result<TokenScope, _> = scope.parse();
    scope.map_err(|error| Failure::Usage(format!("`--scope`: {error}")))
}

async fn list(desk: &Desk, guild: Option<GuildId>, printer: &Printer) -> Result<Exit, Failure> {
    let mut found: Vec<ApiToken> = Vec::new();
    loop {
        let before = found.last().map(|token| token.id);
        let read = move |tx: &mut Tx<'_>| platform::tokens_list(tx, guild, before, CHUNK);
        let part = desk.database().read::<_, DbError, _>("token.list", read);
        let part = part.await.map_err(anyhow::Error::from)?;
        if part.is_empty() {
            break;
        }
        found.extend(part);
    }
    if printer.format() == Format::Json {
        let items: Vec<Value> = found.iter().map(as_json).collect();
        printer.json(&json!({"items": items})).await;
        return Ok(Exit::Done);
    }
    let row = |token: &ApiToken| {
        vec![
            token.id.to_string(),
            token.guild.to_string(),
            token.name.clone(),
            scopes_of(token),
            token.made_at.to_string(),
            token
                .used_at
                .map_or_else(|| "never".to_owned(), |at| at.to_string()),
        ]
    };
    let rows: Vec<_> = found.iter().map(row).collect();
    let columns = ["id", "guild", "name", "scopes", "made", "last used"];
    printer.table(&columns, &rows).await;
    Ok(Exit::Done)
}

async fn revoke(
    desk: &Desk,
    id: TokenId,
    intent: Intent,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let none = || {
        Failure::broken(
            format!("there is no token {id}"),
            "`guildhall token list` shows those there are",
        )
    };
    let read = move |tx: &mut Tx<'_>| platform::token_named(tx, id);
    let token = desk.database().read::<_, DbError, _>("token.named", read);
    let mut token = token.await.map_err(anyhow::Error::from)?.ok_or_else(none)?;
    if intent == Intent::Do {
        let run = desk.ids.next().to_string();
        let op = desk.core.admission().cli(token.guild, &run);
        let revoked = tokens::revoke(&desk.core, op, id).await;
        token = revoked.map_err(anyhow::Error::from)?.ok_or_else(none)?;
    }
    if printer.format() == Format::Json {
        let mut answer = as_json(&token);
        answer["dry_run"] = json!(intent == Intent::Tell);
        printer.json(&answer).await;
        return Ok(Exit::Done);
    }
    let (name, guild) = (&token.name, token.guild);
    let line = match intent {
        Intent::Do => format!("The token `{name}` opens nothing any more."),
        Intent::Tell => {
            let scopes = scopes_of(&token);
            format!(
                "The token `{name}`, which opens {scopes} in guild {guild}, would open nothing any more."
            )
        }
    };
    printer.line(&line).await;
    Ok(Exit::Done)
}

fn as_json(token: &ApiToken) -> Value {
    let scopes = token.scopes.iter().map(ToString::to_string);
    json!({
        "id": token.id.to_string(),
        "guild_id": token.guild,
        "name": token.name,
        "scopes": scopes.collect::<Vec<_>>(),
        "made_by": token.made_by,
        "made_at": token.made_at.to_string(),
        "used_at": token.used_at.map(|at| at.to_string()),
    })
}

fn scopes_of(token: &ApiToken) -> String {
    let scopes: Vec<String> = token.scopes.iter().map(ToString::to_string).collect();
    scopes.join(",")
}
