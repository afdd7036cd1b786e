//! A bot on twilight alone that answers every command at once: what an answer costs without any of the platform.

use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::task::JoinSet;
use twilight_gateway::{ConfigBuilder, Event, EventTypeFlags, Intents, Shard, ShardId, StreamExt};
use twilight_http::Client;
use twilight_model::{
    gateway::payload::incoming::InteractionCreate,
    http::interaction::{InteractionResponse, InteractionResponseData, InteractionResponseType},
};

/// Answers on a simulated Discord at `http://HOST:PORT/api`, until its gateway is gone.
///
/// # Errors
/// When the address is no simulator's, or its gateway goes away for good.
pub async fn echo(api_url: &str, token: &str) -> Result<()> {
    let host = api_url
        .strip_prefix("http://")
        .and_then(|rest| rest.strip_suffix("/api"));
    let host = host.context("the echo bot only talks to a simulator, at http://HOST:PORT/api")?;
    let client = Client::builder()
        .token(token.to_owned())
        .proxy(host.to_owned(), true)
        .ratelimiter(None)
        .build();
    let client = Arc::new(client);
    let config = ConfigBuilder::new(token.to_owned(), Intents::GUILDS)
        .proxy_url(format!("ws://{host}/gateway"))
        .build();
    let mut shard = Shard::with_config(ShardId::ONE, config);
    let mut answers = JoinSet::new();
    while let Some(event) = shard.next_event(EventTypeFlags::all()).await {
        while answers.try_join_next().is_some() {}
        // One that does not decode is no command.
        if let Ok(Event::InteractionCreate(interaction)) = event {
            answers.spawn(answer(Arc::clone(&client), interaction));
        }
    }
    Ok(())
}

async fn answer(client: Arc<Client>, interaction: Box<InteractionCreate>) {
    let response = InteractionResponse {
        kind: InteractionResponseType::ChannelMessageWithSource,
        data: Some(InteractionResponseData {
            content: Some("Echo.".to_owned()),
            ..InteractionResponseData::default()
        }),
    };
    let sender = client.interaction(interaction.application_id);
    // What is not answered shows at the other end.
    drop(
        sender
            .create_response(interaction.id, &interaction.token, &response)
            .await,
    );
}
