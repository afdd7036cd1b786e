//! Tables of what may be given, and what is said to it.

use std::{collections::BTreeMap, io, path::Path};

use expect_test::{Expect, expect};
use secrecy::ExposeSecret;

use super::{AiKind, Config, DatabaseChoice, Flag, LogFormat, NamedText, Sources, keys};

fn files(path: &Path) -> io::Result<String> {
    match path.to_str() {
        Some("/run/secrets/token") => Ok("from-a-file\n".to_owned()),
        Some("/run/secrets/empty") => Ok("\n".to_owned()),
        Some("/run/secrets/large") => Ok("x".repeat(70_000)),
        _ => Err(io::Error::new(io::ErrorKind::NotFound, "no such file")),
    }
}

fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn of_environment(pairs: &[(&str, &str)]) -> Sources {
    Sources {
        environment: environment(pairs),
        ..Sources::default()
    }
}

fn of_file(text: &str) -> Sources {
    Sources {
        file: Some(NamedText {
            name: "guildhall.toml".to_owned(),
            text: text.to_owned(),
        }),
        ..Sources::default()
    }
}

fn check(sources: &Sources, expected: &Expect) {
    let said = match Config::parse(sources, &files) {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&said);
}

#[test]
fn nothing_given_is_the_defaults() {
    let config = Config::parse(&Sources::default(), &files).unwrap();
    assert_eq!(config.data_dir.to_str(), Some("./data"));
    assert!(matches!(config.database, DatabaseChoice::Embedded));
    assert_eq!(config.http_addr.to_string(), "127.0.0.1:8080");
    assert_eq!(config.ops_addr.to_string(), "127.0.0.1:9090");
    assert_eq!(config.grpc_addr.to_string(), "127.0.0.1:50051");
    assert_eq!(
        (config.log.as_str(), config.log_format),
        ("info", LogFormat::Text)
    );
    assert_eq!(
        (config.ai.kind, config.retention_days, config.own_tokens),
        (AiKind::Offline, 30, false)
    );
    assert!(config.without_effect().is_empty());
}

#[test]
fn the_later_source_wins() {
    let mut sources = of_file(
        "http_addr = '127.0.0.1:1'\nops_addr = '127.0.0.1:1'\nlog = 'warn'\ndata_dir = '/a'",
    );
    sources.dotenv = Some(NamedText {
        name: ".env".to_owned(),
        text:
            "GUILDHALL_HTTP_ADDR=127.0.0.1:2\nGUILDHALL_OPS_ADDR=127.0.0.1:2\nGUILDHALL_LOG=error"
                .to_owned(),
    });
    sources.environment = environment(&[
        ("GUILDHALL_HTTP_ADDR", "127.0.0.1:3"),
        ("GUILDHALL_OPS_ADDR", "localhost:3"),
    ]);
    sources.flags = vec![Flag {
        variable: "GUILDHALL_HTTP_ADDR",
        flag: "--http-addr",
        value: "127.0.0.1:4".to_owned(),
    }];
    let config = Config::parse(&sources, &files).unwrap();
    assert_eq!(config.http_addr.port(), 4);
    assert_eq!(config.ops_addr.to_string(), "127.0.0.1:3");
    assert_eq!(config.log, "error");
    assert_eq!(config.data_dir.to_str(), Some("/a"));
    assert!(config.is_given("GUILDHALL_LOG") && !config.is_given("GUILDHALL_API_TOKEN"));
}

#[test]
fn the_file_has_sections_and_lists() {
    let config = Config::parse(
        &of_file(
            "retention_days = 7\nown_tokens = true\ntrusted_proxies = ['10.0.0.0/8', '::1']\n\
             [backup]\nat = '23:05'\nkeep_days = 30\n[discord]\napi_url = 'http://127.0.0.1:9000/api/'\ntoken = 'abc'\n[ai]\ntimeout = '1500ms'",
        ),
        &files,
    )
    .unwrap();
    assert_eq!(
        config.discord.api_url.unwrap().as_str(),
        "http://127.0.0.1:9000/api"
    );
    assert_eq!(config.discord.token.unwrap().expose_secret(), "abc");
    assert_eq!(config.ai.timeout, kernel::Span::millis(1_500));
    let at = Some(kernel::Span::minutes(23 * 60 + 5));
    assert_eq!((config.backup.at, config.backup.keep_days), (at, 30));
    assert_eq!(
        (
            config.retention_days,
            config.own_tokens,
            config.trusted_proxies.len()
        ),
        (7, true, 2)
    );
}

#[test]
fn the_limit_of_a_server_is_written_in_dollars() {
    let limit = |text| {
        let sources = of_environment(&[("GUILDHALL_AI_GUILD_LIMIT", text)]);
        Config::parse(&sources, &files).map(|config| config.ai.guild_limit_micros)
    };
    for (text, micros) in [
        ("0", 0),
        ("0.50", 500_000),
        ("3.000001", 3_000_001),
        ("10000", 10_000_000_000),
    ] {
        assert_eq!(limit(text).unwrap(), micros, "{text}");
    }
    for text in ["-1", "1,50", "$1", "1.0000001", "10001", "9e9", ".5"] {
        assert!(limit(text).is_err(), "{text}");
    }
    let default = Config::parse(&of_environment(&[]), &files).unwrap();
    assert_eq!(default.ai.guild_limit_micros, 1_000_000);
}

#[test]
fn a_secret_can_come_from_a_file() {
    let sources = of_environment(&[("GUILDHALL_DISCORD_TOKEN_FILE", "/run/secrets/token")]);
    let config = Config::parse(&sources, &files).unwrap();
    assert_eq!(
        config.discord.token.as_ref().unwrap().expose_secret(),
        "from-a-file"
    );
    assert!(!format!("{config:?}").contains("from-a-file"));
    assert_eq!(config.secrets().len(), 1);

    let later = Sources {
        file: of_file("[discord]\ntoken_file = '/run/secrets/token'").file,
        ..of_environment(&[("GUILDHALL_DISCORD_TOKEN", "direct")])
    };
    let config = Config::parse(&later, &files).unwrap();
    assert_eq!(config.discord.token.unwrap().expose_secret(), "direct");
}

#[test]
fn empty_variables_and_those_of_the_test_run_are_no_settings() {
    let sources = of_environment(&[
        ("GUILDHALL_DISCORD_TOKEN", ""),
        ("GUILDHALL_TEST_POSTGRES_URL", "postgres://x"),
        ("GUILDHALL_BIN", "/somewhere"),
        ("PATH", "/bin"),
    ]);
    assert!(
        Config::parse(&sources, &files)
            .unwrap()
            .discord
            .token
            .is_none()
    );
}

#[test]
fn what_nothing_reads_yet_is_named() {
    let sources = of_environment(&[
        ("GUILDHALL_REDIS_URL", "redis://h"),
        ("GUILDHALL_LOG", "info"),
    ]);
    let config = Config::parse(&sources, &files).unwrap();
    assert_eq!(config.without_effect(), ["GUILDHALL_REDIS_URL"]);
}

#[test]
fn unknown_names_are_refused_with_the_closest_known_one() {
    let sources = Sources {
        dotenv: Some(NamedText {
            name: ".env".to_owned(),
            text: "FOO=1\n\nGUILDHALL_DISCORD_TOKN=x\nGUILDHALL_LOG=\"x".to_owned(),
        }),
        file: of_file("colour = 'red'\n[discord]\napi_ulr = 'x'").file,
        environment: environment(&[("GUILDHALL_HTPP_ADDR", "x"), ("GUILDHALL_LOG_FILE", "x")]),
        flags: Vec::new(),
    };
    check(
        &sources,
        &expect![[r#"
            the configuration does not hold:
              `colour` (guildhall.toml): there is no such key. Take it out; `guildhall run --help` lists every setting.
              `discord.api_ulr` (guildhall.toml): there is no such key. Did you mean `discord.api_url`? Otherwise take it out.
              GUILDHALL_DISCORD_TOKN (.env, line 3): there is no such setting. Did you mean GUILDHALL_DISCORD_TOKEN? Otherwise take it out.
              GUILDHALL_LOG (.env, line 4): the quote is not closed on its line. Write NAME=VALUE, or NAME="VALUE".
              GUILDHALL_HTPP_ADDR (in the environment): there is no such setting. Did you mean GUILDHALL_HTTP_ADDR? Otherwise take it out.
              GUILDHALL_LOG_FILE (in the environment): there is no such setting. Take it out; `guildhall run --help` lists every setting."#]],
    );
}

#[test]
fn a_value_given_twice_in_one_place_is_refused() {
    let twice = of_environment(&[
        ("GUILDHALL_API_TOKEN", "a"),
        ("GUILDHALL_API_TOKEN_FILE", "/run/secrets/token"),
    ]);
    check(
        &twice,
        &expect![[r#"
        the configuration does not hold:
          GUILDHALL_API_TOKEN_FILE (in the environment): GUILDHALL_API_TOKEN is given twice, the other time in the environment. Keep one of the two."#]],
    );
    check(
        &of_file("http_addr = '127.0.0.1:1'\n[http]\naddr = '127.0.0.1:2'"),
        &expect![[r#"
            the configuration does not hold:
              GUILDHALL_HTTP_ADDR (`http_addr` in guildhall.toml): GUILDHALL_HTTP_ADDR is given twice, the other time `http.addr` in guildhall.toml. Keep one of the two."#]],
    );
}

#[test]
fn files_of_secrets_that_cannot_be_used_are_refused() {
    for (path, expected) in [
        (
            "/run/secrets/none",
            expect![[r#"
            the configuration does not hold:
              GUILDHALL_API_TOKEN_FILE (in the environment): the file /run/secrets/none cannot be read: no such file. Name a file that holds the secret and nothing else, and that this user may read."#]],
        ),
        (
            "/run/secrets/empty",
            expect![[r#"
            the configuration does not hold:
              GUILDHALL_API_TOKEN_FILE (in the environment): the file /run/secrets/empty is empty. Name a file that holds the secret and nothing else, and that this user may read."#]],
        ),
        (
            "/run/secrets/large",
            expect![[r#"
            the configuration does not hold:
              GUILDHALL_API_TOKEN_FILE (in the environment): the file /run/secrets/large is too large for a secret. Name a file that holds the secret and nothing else, and that this user may read."#]],
        ),
    ] {
        check(
            &of_environment(&[("GUILDHALL_API_TOKEN_FILE", path)]),
            &expected,
        );
    }
}

#[test]
fn a_file_that_is_no_toml_or_holds_odd_values_is_refused() {
    check(
        &of_file("log = 'info'\ntoken = hunter2"),
        &expect![[r#"
        the configuration does not hold:
          guildhall.toml (line 2): it is no TOML: string values must be quoted, expected literal string. Mend that line."#]],
    );
    check(
        &of_file("http_addr = 1.5\nlog = 2026-01-01"),
        &expect![[r#"
        the configuration does not hold:
          `http_addr` (guildhall.toml): it is no plain value. Write a text in quotes, a whole number, true or false, or a list of texts.
          `log` (guildhall.toml): it is no plain value. Write a text in quotes, a whole number, true or false, or a list of texts."#]],
    );
}

/// Values that do not fit, one for each way of not fitting.
const BAD: &[(&str, &str)] = &[
    ("GUILDHALL_HTTP_ADDR", "8080"),
    ("GUILDHALL_HTTP_ADDR", "127.0.0.1:99999"),
    ("GUILDHALL_OPS_ADDR", "localhost:x"),
    ("GUILDHALL_GRPC_ADDR", ":1"),
    ("GUILDHALL_PUBLIC_URL", "ftp://example.org"),
    ("GUILDHALL_PUBLIC_URL", "https://user@example.org"),
    ("GUILDHALL_PUBLIC_URL", "https://example.org/?a=b"),
    ("GUILDHALL_TRUSTED_PROXIES", "10.0.0.0/33"),
    ("GUILDHALL_TRUSTED_PROXIES", "everyone"),
    ("GUILDHALL_DATABASE_URL", "mysql://root:hunter2@db/x"),
    ("GUILDHALL_DATABASE_URL", "postgres://"),
    ("GUILDHALL_REDIS_URL", "http://redis"),
    ("GUILDHALL_MASTER_KEY", "hunter2!"),
    ("GUILDHALL_MASTER_KEY", "aHVudGVyMg=="),
    ("GUILDHALL_BACKUP_AT", "3:30"),
    ("GUILDHALL_BACKUP_AT", "24:00"),
    ("GUILDHALL_BACKUP_KEEP_DAYS", "0"),
    ("GUILDHALL_OWN_TOKENS", "perhaps"),
    ("GUILDHALL_RETENTION_DAYS", "31"),
    ("GUILDHALL_RETENTION_DAYS", "-1"),
    ("GUILDHALL_DISCORD_TOKEN", "Bot hunter2"),
    ("GUILDHALL_DISCORD_TOKEN", "hun ter2"),
    ("GUILDHALL_DISCORD_API_URL", "http://127.0.0.1:9000/api/v10"),
    ("GUILDHALL_DISCORD_CLIENT_ID", "0"),
    ("GUILDHALL_DISCORD_PUBLIC_KEY", "abc"),
    ("GUILDHALL_AI_KIND", "clippy"),
    ("GUILDHALL_AI_TIMEOUT", "30"),
    ("GUILDHALL_AI_TIMEOUT", "2h"),
    ("GUILDHALL_STRIPE_API_URL", "stripe"),
    ("GUILDHALL_LOG", "loud"),
    ("GUILDHALL_LOG", "info,economy=2"),
    ("GUILDHALL_LOG_FORMAT", "xml"),
];

#[test]
fn bad_values_are_refused_with_a_reason_and_a_fix() {
    let mut said = String::new();
    for (name, value) in BAD.iter().copied() {
        let error = Config::parse(&of_environment(&[(name, value)]), &files).unwrap_err();
        assert_eq!(error.problems().len(), 1, "{name}={value}");
        said.push_str(&error.problems()[0].to_string());
        said.push('\n');
    }
    assert!(
        !said.contains("hunter2") && !said.contains("aHVudGVyMg"),
        "a secret was repeated"
    );
    expect![[r#"
        GUILDHALL_HTTP_ADDR (in the environment): `8080` is not an address. Write IP:PORT, for example 127.0.0.1:8080; port 0 takes a free one.
        GUILDHALL_HTTP_ADDR (in the environment): `127.0.0.1:99999` is not an address. Write IP:PORT, for example 127.0.0.1:8080; port 0 takes a free one.
        GUILDHALL_OPS_ADDR (in the environment): `localhost:x` is not an address. Write IP:PORT, for example 127.0.0.1:8080; port 0 takes a free one.
        GUILDHALL_GRPC_ADDR (in the environment): `:1` is not an address. Write IP:PORT, for example 127.0.0.1:8080; port 0 takes a free one.
        GUILDHALL_PUBLIC_URL (in the environment): `ftp://example.org` is not an address of the web. Write http://HOST or https://HOST, with a port and a path where needed.
        GUILDHALL_PUBLIC_URL (in the environment): the address holds no host, or a user name. Write http://HOST or https://HOST, with a port and a path where needed.
        GUILDHALL_PUBLIC_URL (in the environment): `https://example.org/?a=b` holds a query or a fragment. Write http://HOST or https://HOST, with a port and a path where needed.
        GUILDHALL_TRUSTED_PROXIES (in the environment): `10.0.0.0/33` is no range of addresses. Write addresses or ranges with commas between them, for example 10.0.0.0/8,::1.
        GUILDHALL_TRUSTED_PROXIES (in the environment): `everyone` is no range of addresses. Write addresses or ranges with commas between them, for example 10.0.0.0/8,::1.
        GUILDHALL_DATABASE_URL (in the environment): it does not begin with `postgres://`. Write postgres://USER:PASSWORD@HOST:PORT/DATABASE, or leave it out for the embedded database.
        GUILDHALL_DATABASE_URL (in the environment): the address names no host. Write postgres://USER:PASSWORD@HOST:PORT/DATABASE, or leave it out for the embedded database.
        GUILDHALL_REDIS_URL (in the environment): it does not begin with `redis://` or `rediss://`. Write redis://HOST:PORT, or rediss:// for TLS.
        GUILDHALL_MASTER_KEY (in the environment): it is not base64. Make one with `openssl rand -base64 32`, or leave it out: one is made at the first start.
        GUILDHALL_MASTER_KEY (in the environment): it holds 7 bytes, where 32 are needed. Make one with `openssl rand -base64 32`, or leave it out: one is made at the first start.
        GUILDHALL_BACKUP_AT (in the environment): `3:30` is no time of the day. Write hours and minutes, in UTC: for example 03:30; or `off`.
        GUILDHALL_BACKUP_AT (in the environment): `24:00` is no time of the day. Write hours and minutes, in UTC: for example 03:30; or `off`.
        GUILDHALL_BACKUP_KEEP_DAYS (in the environment): `0` is no number of days from 1 to 3650. Write a whole number.
        GUILDHALL_OWN_TOKENS (in the environment): `perhaps` is neither `on` nor `off`. Write `on` or `off`.
        GUILDHALL_RETENTION_DAYS (in the environment): `31` is no number of days from 1 to 30. Write a whole number; Discord's rules allow no more than 30 days.
        GUILDHALL_RETENTION_DAYS (in the environment): `-1` is no number of days from 1 to 30. Write a whole number; Discord's rules allow no more than 30 days.
        GUILDHALL_DISCORD_TOKEN (in the environment): it begins with `Bot `. Leave the word out: the token alone.
        GUILDHALL_DISCORD_TOKEN (in the environment): it holds spaces, letters that no token has, or is too long. Copy it again, without spaces or quotes around it.
        GUILDHALL_DISCORD_API_URL (in the environment): `http://127.0.0.1:9000/api/v10` does not end in `/api`. Write the base up to and with `/api`, for example http://127.0.0.1:9000/api; the version is appended.
        GUILDHALL_DISCORD_CLIENT_ID (in the environment): `0` is not an id. Copy the application's id from Discord's developer portal.
        GUILDHALL_DISCORD_PUBLIC_KEY (in the environment): `abc` is no public key. Copy the public key from Discord's developer portal: 64 characters, 0-9 and a-f.
        GUILDHALL_AI_KIND (in the environment): `clippy` is no kind of provider. Write `openai`, `anthropic`, `gemini` or `offline`.
        GUILDHALL_AI_TIMEOUT (in the environment): `30` is no time from 1ms to 60m. Write a whole number and a unit, `ms`, `s` or `m`: for example 30s.
        GUILDHALL_AI_TIMEOUT (in the environment): `2h` is no time from 1ms to 60m. Write a whole number and a unit, `ms`, `s` or `m`: for example 30s.
        GUILDHALL_STRIPE_API_URL (in the environment): `stripe` is not an address of the web. Write http://HOST or https://HOST, with a port and a path where needed.
        GUILDHALL_LOG (in the environment): `loud` is no log level. Write off, error, warn, info, debug or trace; for one part, with a comma: info,economy=debug.
        GUILDHALL_LOG (in the environment): `economy=2` is no log level. Write off, error, warn, info, debug or trace; for one part, with a comma: info,economy=debug.
        GUILDHALL_LOG_FORMAT (in the environment): `xml` is neither `text` nor `json`. Write `text` or `json`.
    "#]].assert_eq(&said);
}

#[test]
fn every_key_of_the_file_leads_back_to_its_variable() {
    for name in keys::names() {
        let dotted = keys::toml_key(&name);
        assert_eq!(keys::variable(&dotted.split('.').collect::<Vec<_>>()), name);
    }
}
