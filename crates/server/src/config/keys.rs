//! Every setting there is, by the name of its variable.
//!
//! The key in `guildhall.toml` follows from the variable: `GUILDHALL_DISCORD_API_URL` is `api_url` under
//! `[discord]`, `GUILDHALL_HTTP_ADDR` is `http_addr`.

/// What all variables begin with.
pub(crate) const PREFIX: &str = "GUILDHALL_";

/// Variables of the test runs and scripts of this repository, which are no settings.
const RESERVED: [&str; 2] = ["GUILDHALL_TEST_", "GUILDHALL_BIN"];

/// Prefixes that are sections of the file.
const SECTIONS: [&str; 4] = ["backup", "discord", "ai", "stripe"];

/// Whether the value may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// It may.
    Openly,
    /// It may not, and it can also come from a file (`…_FILE`).
    Never,
}

/// Whether this version does anything with the setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It does.
    Now,
    /// It is checked, and otherwise waits for the part that reads it.
    Later,
}

/// A setting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    /// What it means, and what holds where it is not given.
    pub(crate) meaning: &'static str,
    /// The variable.
    pub(crate) variable: &'static str,
    /// Whether its value may be shown.
    pub(crate) shown: Shown,
    /// Whether anything reads it.
    pub(crate) effect: Effect,
}

const fn open(variable: &'static str, meaning: &'static str) -> Key {
    Key {
        meaning,
        variable,
        shown: Shown::Openly,
        effect: Effect::Now,
    }
}

const fn secret(variable: &'static str, meaning: &'static str) -> Key {
    Key {
        meaning,
        variable,
        shown: Shown::Never,
        effect: Effect::Now,
    }
}

const fn later(key: Key) -> Key {
    Key {
        effect: Effect::Later,
        ..key
    }
}

/// All settings.
pub(crate) const KEYS: [Key; 34] = [
    open("GUILDHALL_DATA_DIR", "where everything is kept; ./data"),
    secret(
        "GUILDHALL_DATABASE_URL",
        "postgres://…; without it an embedded database in the data directory",
    ),
    later(secret(
        "GUILDHALL_REDIS_URL",
        "the bus of a cluster; without it everything is in one process",
    )),
    open(
        "GUILDHALL_HTTP_ADDR",
        "pages, REST, interactions; 127.0.0.1:8080",
    ),
    open("GUILDHALL_GRPC_ADDR", "gRPC; 127.0.0.1:50051"),
    open("GUILDHALL_OPS_ADDR", "health and metrics; 127.0.0.1:9090"),
    open(
        "GUILDHALL_PUBLIC_URL",
        "the address that people use; from the HTTP address",
    ),
    open(
        "GUILDHALL_TRUSTED_PROXIES",
        "whose forwarding headers count, as ranges of addresses; nobody's",
    ),
    open(
        "GUILDHALL_OPERATORS",
        "the Discord accounts that see all servers in the dashboard, by their ids; nobody",
    ),
    secret(
        "GUILDHALL_MASTER_KEY",
        "32 bytes in base64 that seal tokens and keys; made at the first start, in the data directory",
    ),
    open(
        "GUILDHALL_BACKUP_AT",
        "when a backup is taken each day, in UTC, or off; 03:30",
    ),
    open(
        "GUILDHALL_BACKUP_KEEP_DAYS",
        "how many days backups are kept; 7",
    ),
    later(open(
        "GUILDHALL_OWN_TOKENS",
        "whether owners may run bots on their own tokens; off",
    )),
    open(
        "GUILDHALL_RETENTION_DAYS",
        "the most days that message text is kept, whatever servers set; 30",
    ),
    secret(
        "GUILDHALL_DISCORD_TOKEN",
        "the bot's token; without it there is no bot",
    ),
    open(
        "GUILDHALL_DISCORD_API_URL",
        "another Discord's base, ending in /api; Discord's",
    ),
    later(open(
        "GUILDHALL_DISCORD_CDN_URL",
        "where pictures come from; Discord's",
    )),
    open(
        "GUILDHALL_DISCORD_CLIENT_ID",
        "the application, for signing in to the dashboard",
    ),
    secret(
        "GUILDHALL_DISCORD_CLIENT_SECRET",
        "its secret, for signing in; both are needed",
    ),
    open(
        "GUILDHALL_DISCORD_PUBLIC_KEY",
        "its public key, for interactions over HTTP",
    ),
    open(
        "GUILDHALL_AI_KIND",
        "the model's provider: openai, anthropic, gemini or offline; offline",
    ),
    open("GUILDHALL_AI_BASE_URL", "its base address"),
    secret("GUILDHALL_AI_API_KEY", "its key"),
    open("GUILDHALL_AI_MODEL", "the model"),
    open(
        "GUILDHALL_AI_GUILD_LIMIT",
        "the most dollars a day that one server may spend on it, whatever the server sets; 1",
    ),
    later(open(
        "GUILDHALL_AI_EMBEDDING_MODEL",
        "the model for embeddings",
    )),
    open(
        "GUILDHALL_AI_TIMEOUT",
        "how long a whole answer may take; 30s",
    ),
    later(secret("GUILDHALL_STRIPE_SECRET_KEY", "Stripe's key")),
    later(secret(
        "GUILDHALL_STRIPE_WEBHOOK_SECRET",
        "the secret of Stripe's webhooks",
    )),
    later(open(
        "GUILDHALL_STRIPE_API_URL",
        "another Stripe's address; Stripe's",
    )),
    secret(
        "GUILDHALL_API_TOKEN",
        "the operator's bearer token; without it REST and gRPC answer nobody",
    ),
    later(open("GUILDHALL_OTLP_ENDPOINT", "where traces go; nowhere")),
    open(
        "GUILDHALL_LOG",
        "the log level, also by part (info,economy=debug); info",
    ),
    open("GUILDHALL_LOG_FORMAT", "text or json; text"),
];

/// The setting of this variable.
pub(crate) fn key(variable: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.variable == variable)
}

/// The setting whose value stands in a file that this variable names.
pub(crate) fn key_of_file(variable: &str) -> Option<&'static Key> {
    key(variable.strip_suffix("_FILE")?).filter(|key| key.shown == Shown::Never)
}

/// Whether a variable with our prefix is none of our settings, and may be there all the same.
pub(crate) fn is_reserved(variable: &str) -> bool {
    RESERVED
        .iter()
        .any(|reserved| variable.starts_with(reserved))
}

/// Every name that may be given: the variables, and those of the files of secrets.
pub(crate) fn names() -> impl Iterator<Item = String> {
    KEYS.iter().flat_map(|key| {
        let file = (key.shown == Shown::Never).then(|| format!("{}_FILE", key.variable));
        std::iter::once(key.variable.to_owned()).chain(file)
    })
}

/// A variable's key in `guildhall.toml`, with its section.
pub(crate) fn toml_key(variable: &str) -> String {
    let name = variable
        .strip_prefix(PREFIX)
        .unwrap_or(variable)
        .to_lowercase();
    for section in SECTIONS {
        if let Some(rest) = name
            .strip_prefix(section)
            .and_then(|rest| rest.strip_prefix('_'))
        {
            return format!("{section}.{rest}");
        }
    }
    name
}

/// The variable of a path in `guildhall.toml`.
pub(crate) fn variable(path: &[&str]) -> String {
    format!("{PREFIX}{}", path.join("_").to_uppercase())
}

/// All settings with their meaning, for the help.
pub(crate) fn list() -> String {
    let line = |key: &Key| {
        let file = if key.shown == Shown::Never {
            " [_FILE]"
        } else {
            ""
        };
        let later = if key.effect == Effect::Later {
            " (no effect in this version)"
        } else {
            ""
        };
        format!("  {}{file}\n      {}{later}\n", key.variable, key.meaning)
    };
    let lines: String = KEYS.iter().map(line).collect();
    format!(
        "Settings, as variables, in .env, or in guildhall.toml (GUILDHALL_DISCORD_API_URL is api_url under \
         [discord]).\n[_FILE]: can also be read from the file that NAME_FILE names.\n\n{lines}"
    )
}
