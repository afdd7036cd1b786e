//! `guildhall demo`: the whole platform on a simulated Discord, with its data in a directory of its own.
//!
//! It takes nothing from the configuration that belongs to the real server: no token of Discord's or of its operator, no
//! database, no key, and no model that costs money.

use std::net::{Ipv4Addr, SocketAddr};

use crate::{
    config::{AiConfig, AiKind, Config, DatabaseChoice, DiscordConfig},
    data_dir,
    failure::{Exit, Failure},
    running::{self, Kind, Start},
};

/// How the demo is set up.
#[derive(Debug, Clone, Copy)]
pub struct DemoOptions {
    /// The port of the page, where it is not the usual one.
    pub port: Option<u16>,
    /// How many virtual members there are.
    pub members: u16,
    /// What they do follows from this.
    pub seed: u64,
    /// Whether it begins with an empty directory.
    pub fresh: bool,
}

/// Runs the demo until it is asked to end.
///
/// # Errors
/// Why it could not start, or could not go on.
pub async fn run(mut start: Start, options: DemoOptions) -> Result<Exit, Failure> {
    adapt(&mut start.config, options);
    if options.fresh {
        data_dir::empty(&start.config.data_dir)?;
    }
    running::serve(start, Kind::Demo(options)).await
}

/// Turns the configuration into the demo's.
fn adapt(config: &mut Config, options: DemoOptions) {
    config.data_dir.push("demo");
    config.database = DatabaseChoice::Embedded;
    config.master_key = None;
    config.public_url = None;
    config.discord = DiscordConfig::default();
    config.api_token = None;
    config.ai = AiConfig {
        guild_limit_micros: config.ai.guild_limit_micros,
        kind: AiKind::Offline,
        base_url: None,
        api_key: None,
        model: None,
        embedding_model: None,
        timeout: config.ai.timeout,
    };
    if let Some(port) = options.port {
        config.http_addr.set_port(port);
    }
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    if !config.is_given("GUILDHALL_OPS_ADDR") {
        config.ops_addr = free;
    }
    if !config.is_given("GUILDHALL_GRPC_ADDR") {
        config.grpc_addr = free;
    }
}

#[cfg(test)]
mod tests {
    use super::{DemoOptions, adapt};
    use crate::config::{AiKind, Config, DatabaseChoice, Sources};

    #[test]
    fn the_demo_takes_nothing_of_the_real_server() {
        let mut sources = Sources::default();
        for (name, value) in [
            ("GUILDHALL_DATABASE_URL", "postgres://h/d"),
            ("GUILDHALL_DISCORD_TOKEN", "real"),
            ("GUILDHALL_API_TOKEN", "the-operators"),
            ("GUILDHALL_AI_KIND", "openai"),
            ("GUILDHALL_AI_BASE_URL", "https://models.example.org/v1"),
            ("GUILDHALL_AI_API_KEY", "sk-real"),
            ("GUILDHALL_AI_MODEL", "costly"),
            ("GUILDHALL_AI_EMBEDDING_MODEL", "costly-too"),
            ("GUILDHALL_DATA_DIR", "/srv"),
        ] {
            sources
                .environment
                .insert(name.to_owned(), value.to_owned());
        }
        let mut config =
            Config::parse(&sources, &|_| Err(std::io::ErrorKind::NotFound.into())).unwrap();
        let options = DemoOptions {
            port: Some(0),
            members: 1,
            seed: 1,
            fresh: false,
        };
        adapt(&mut config, options);
        assert!(matches!(config.database, DatabaseChoice::Embedded));
        assert!(config.discord.token.is_none() && config.api_token.is_none());
        assert_eq!(config.ai.kind, AiKind::Offline);
        assert!(config.ai.base_url.is_none() && config.ai.api_key.is_none());
        assert!(config.ai.model.is_none() && config.ai.embedding_model.is_none());
        assert_eq!(config.data_dir.to_str(), Some("/srv/demo"));
        assert_eq!((config.http_addr.port(), config.ops_addr.port()), (0, 0));
        assert_eq!(config.grpc_addr.port(), 0);
    }
}
