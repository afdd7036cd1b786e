//! The calls that this adapter makes, each with its route, its limits' key and what is read of its answer.

use std::time::Duration;

use bytes::Bytes;
use chat::InteractionToken;
use kernel::{ApplicationId, ChannelId, InteractionId, MessageId, UserId};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use twilight_http::routing::Route;

use super::{Order, Rest, RestError};
use crate::render::Payload;

/// The flag of a message that only the asker sees.
pub(crate) const EPHEMERAL: u64 = 1 << 6;
/// The flag of a deferral's place-holder.
const LOADING: u64 = 1 << 7;

/// What Discord says of a bot's application.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Application {
    pub(crate) id: ApplicationId,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) flags: u64,
    #[serde(default)]
    pub(crate) bot: Option<Account>,
    #[serde(default)]
    pub(crate) bot_public: bool,
    #[serde(default)]
    pub(crate) redirect_uris: Vec<String>,
    #[serde(default)]
    pub(crate) approximate_guild_count: u32,
}

/// The account of a bot.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Account {
    pub(crate) id: UserId,
    #[serde(default)]
    pub(crate) public_flags: u64,
}

/// A command as it is registered.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Registered {
    pub(crate) name: String,
}

/// How Discord wants a bot to connect.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct GatewayPlan {
    pub(crate) url: String,
    #[serde(default = "one")]
    pub(crate) shards: u32,
    #[serde(default)]
    pub(crate) session_start_limit: StartLimit,
}

/// How many sessions may still be started.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct StartLimit {
    #[serde(default)]
    pub(crate) total: Option<u32>,
    #[serde(default)]
    pub(crate) remaining: Option<u32>,
    #[serde(default)]
    pub(crate) max_concurrency: Option<u32>,
}

const fn one() -> u32 {
    1
}

/// The message that an interaction is answered with, or stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Original {
    pub(crate) id: Option<MessageId>,
    pub(crate) is_loading: bool,
    pub(crate) is_private: bool,
    /// The interaction that made it, where Discord says.
    pub(crate) made_by: Option<InteractionId>,
}

#[derive(Debug, Deserialize)]
struct MessageWire {
    #[serde(default)]
    id: Option<MessageId>,
    #[serde(default)]
    flags: u64,
    #[serde(default)]
    interaction_metadata: Option<MadeBy>,
}

#[derive(Debug, Deserialize)]
struct MadeBy {
    id: InteractionId,
}

#[derive(Debug, Deserialize)]
struct CallbackWire {
    #[serde(default)]
    resource: Option<ResourceWire>,
}

#[derive(Debug, Deserialize)]
struct ResourceWire {
    #[serde(default)]
    message: Option<MessageWire>,
}

pub(super) fn read<T: DeserializeOwned>(route: &'static str, body: &Bytes) -> Result<T, RestError> {
    serde_json::from_slice(body).map_err(|_| RestError::Unreadable {
        route,
        status: 200,
        what: "it lacks what it should hold",
    })
}

/// What an interaction's limits are kept for: its token, unreadable.
fn top_of(token: &InteractionToken) -> String {
    let digest = Sha256::digest(token.reveal());
    digest
        .iter()
        .take(12)
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// A message's id is nice to have: an answer without it is no failure.
pub(super) fn message_id(body: &Bytes) -> Option<MessageId> {
    serde_json::from_slice::<MessageWire>(body).ok()?.id
}

fn with_flags(mut body: Map<String, Value>, is_private: bool) -> Value {
    if is_private {
        body.insert("flags".into(), json!(EPHEMERAL));
    }
    Value::Object(body)
}

impl Rest {
    /// The bot's own application.
    pub(crate) async fn application(&self) -> Result<Application, RestError> {
        let name = "get application";
        let order = Order::new(name, &Route::GetCurrentUserApplicationInfo, &"");
        read(name, &self.send(order).await?)
    }

    /// How to connect to the gateway.
    pub(crate) async fn gateway_plan(&self) -> Result<GatewayPlan, RestError> {
        let name = "get gateway";
        read(
            name,
            &self
                .send(Order::new(name, &Route::GetGatewayBot, &""))
                .await?,
        )
    }

    /// All global commands.
    pub(crate) async fn commands(
        &self,
        application: ApplicationId,
    ) -> Result<Vec<Registered>, RestError> {
        let name = "get commands";
        let route = Route::GetGlobalCommands {
            application_id: application.get(),
            with_localizations: None,
        };
        read(
            name,
            &self.send(Order::new(name, &route, &application)).await?,
        )
    }

    /// Replaces all global commands.
    pub(crate) async fn commands_replace(
        &self,
        application: ApplicationId,
        commands: &Value,
    ) -> Result<(), RestError> {
        let route = Route::SetGlobalCommands {
            application_id: application.get(),
        };
        let order = Order::new("set commands", &route, &application).json(&route, commands);
        self.send(order.within(Duration::from_secs(30)))
            .await
            .map(|_| ())
    }

    /// Acknowledges or answers an interaction; gives the message that came of it.
    pub(crate) async fn callback(
        &self,
        interaction: InteractionId,
        token: &InteractionToken,
        kind: u8,
        data: Option<&Payload>,
        is_private: bool,
        within: Duration,
    ) -> Result<Option<MessageId>, RestError> {
        let route = Route::InteractionCallback {
            interaction_id: interaction.get(),
            interaction_token: token.reveal(),
            with_response: true,
        };
        let order = Order::new("answer interaction", &route, &interaction);
        let empty = Payload {
            body: Map::new(),
            files: Vec::new(),
        };
        let wrap = |body| match (data.is_some(), is_private) {
            (false, false) => json!({ "type": kind }),
            _ => json!({"type": kind, "data": with_flags(body, is_private)}),
        };
        let order = order.message(&route, data.unwrap_or(&empty), wrap)?;
        let body = self.send(order.of_interaction().within(within)).await?;
        let answer: Option<CallbackWire> = serde_json::from_slice(&body).ok();
        Ok(answer.and_then(|answer| answer.resource?.message?.id))
    }

    /// The message that an interaction was answered with, or the one it stands on.
    pub(crate) async fn original(
        &self,
        application: ApplicationId,
        token: &InteractionToken,
    ) -> Result<Original, RestError> {
        let route = Route::GetInteractionOriginal {
            application_id: application.get(),
            interaction_token: token.reveal(),
        };
        let name = "get original answer";
        let order = Order::new(name, &route, &top_of(token)).of_interaction();
        let wire: MessageWire = read(name, &self.send(order).await?)?;
        Ok(Original {
            id: wire.id,
            is_loading: wire.flags & LOADING != 0,
            is_private: wire.flags & EPHEMERAL != 0,
            made_by: wire.interaction_metadata.map(|made_by| made_by.id),
        })
    }

    /// Puts other content into the message that an interaction was answered with.
    pub(crate) async fn original_edit(
        &self,
        application: ApplicationId,
        token: &InteractionToken,
        payload: &Payload,
    ) -> Result<Option<MessageId>, RestError> {
        let route = Route::UpdateInteractionOriginal {
            application_id: application.get(),
            interaction_token: token.reveal(),
        };
        let order = Order::new("edit original answer", &route, &top_of(token));
        let order = order.message(&route, payload, replacing)?;
        let body = self.send(order.of_interaction()).await?;
        Ok(message_id(&body))
    }

    /// Removes the message that an interaction was answered with.
    pub(crate) async fn original_delete(
        &self,
        application: ApplicationId,
        token: &InteractionToken,
    ) -> Result<(), RestError> {
        let route = Route::DeleteInteractionOriginal {
            application_id: application.get(),
            interaction_token: token.reveal(),
        };
        let order = Order::new("delete original answer", &route, &top_of(token));
        self.send(order.of_interaction()).await.map(|_| ())
    }

    /// Says something more to an interaction.
    pub(crate) async fn follow_up(
        &self,
        application: ApplicationId,
        token: &InteractionToken,
        payload: &Payload,
        is_private: bool,
    ) -> Result<Option<MessageId>, RestError> {
        let route = Route::ExecuteWebhook {
            thread_id: None,
            token: token.reveal(),
            wait: Some(true),
            with_components: None,
            webhook_id: application.get(),
        };
        let order = Order::new("follow up", &route, &top_of(token));
        let order = order.message(&route, payload, |body| with_flags(body, is_private))?;
        let body = self.send(order.of_interaction().risky()).await?;
        Ok(message_id(&body))
    }

    /// Posts a message. Discord drops a second one with the same nonce, so it may be repeated.
    pub(crate) async fn post(
        &self,
        channel: ChannelId,
        payload: &Payload,
        nonce: &str,
        reply_to: Option<MessageId>,
    ) -> Result<Option<MessageId>, RestError> {
        let route = Route::CreateMessage {
            channel_id: channel.get(),
        };
        let wrap = |mut body: Map<String, Value>| {
            body.insert("nonce".into(), json!(nonce));
            body.insert("enforce_nonce".into(), json!(true));
            if let Some(message) = reply_to {
                let reference =
                    json!({"message_id": message.to_string(), "fail_if_not_exists": false});
                body.insert("message_reference".into(), reference);
            }
            Value::Object(body)
        };
        let order =
            Order::new("create message", &route, &channel).message(&route, payload, wrap)?;
        Ok(message_id(&self.send(order).await?))
    }
}

/// An edit names its attachments, so that older ones go away.
pub(super) fn replacing(mut body: Map<String, Value>) -> Value {
    body.entry("attachments").or_insert_with(|| json!([]));
    Value::Object(body)
}
