//! Interactions: opening one, telling its application, remembering how it was answered.
//! What always holds: an interaction's token is known from its opening for fifteen minutes and then forgotten; every
//! change wakes those who wait for it.
//! Not here: which answers are allowed when (`crate::interactions`), which options a command takes (`crate::control`).

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::marks::Key;
use super::state::Interaction;
use super::{Noun, Snowflake, World, WorldError};

/// How long an interaction's token lives.
pub(crate) const TOKEN_LIFE_US: i64 = 15 * 60 * 1_000_000;

/// How long an application has for its first answer.
const ANSWER_WITHIN_US: i64 = 3_000_000;
/// Interactions remembered at once.
const INTERACTIONS_KEPT_MAX: usize = 200_000;
/// Answers remembered, and answers waiting for one listener.
const ANSWERS_KEPT_MAX: usize = 100_000;

/// How an interaction was first answered; without a callback it was not, in time.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Answer {
    pub interaction: Snowflake,
    pub application: Snowflake,
    pub user: Snowflake,
    pub kind: u8,
    pub callback: Option<u8>,
    pub created_us: i64,
    pub answered_us: Option<i64>,
}

impl Answer {
    /// From the interaction's opening to its first answer, in microseconds.
    #[must_use]
    pub fn latency_us(&self) -> Option<i64> {
        self.answered_us.map(|answered| answered - self.created_us)
    }
}

/// The newest answers, and who listens for them.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    kept: VecDeque<Answer>,
    listeners: Vec<mpsc::Sender<Answer>>,
}

impl Answers {
    fn push(&mut self, answer: Answer) {
        self.listeners.retain(|listener| {
            !matches!(
                listener.try_send(answer),
                Err(mpsc::error::TrySendError::Closed(_))
            )
        });
        if self.kept.len() == ANSWERS_KEPT_MAX {
            self.kept.pop_front();
        }
        self.kept.push_back(answer);
    }

    /// The answers to interactions after this one, in the order in which they were given.
    pub(crate) fn after(&self, interaction: Snowflake, limit: usize) -> Vec<Answer> {
        self.kept
            .iter()
            .filter(|answer| answer.interaction > interaction)
            .take(limit)
            .copied()
            .collect()
    }

    /// Every answer from now on; what finds no room is dropped.
    pub(crate) fn listen(&mut self) -> mpsc::Receiver<Answer> {
        let (sender, receiver) = mpsc::channel(ANSWERS_KEPT_MAX);
        self.listeners.push(sender);
        receiver
    }
}

/// An interaction to be opened by a user.
#[derive(Debug, Clone)]
pub(crate) struct InteractionDraft {
    pub(crate) application: Snowflake,
    /// 2 command, 3 component, 4 autocomplete, 5 form.
    pub(crate) kind: u8,
    pub(crate) user: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) data: Value,
    /// The message whose component or form it is.
    pub(crate) source: Option<Snowflake>,
}

/// An opened interaction.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    pub(crate) id: Snowflake,
    /// Set where the application takes interactions over HTTP: the caller delivers it.
    pub(crate) post: Option<Post>,
}

/// An interaction on its way to an application's own server.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    pub(crate) interaction: Snowflake,
    pub(crate) application: Snowflake,
    pub(crate) url: String,
    pub(crate) body: String,
}

impl World {
    /// Opens an interaction and dispatches it to the application's session, or returns it for its HTTP endpoint.
    ///
    /// # Errors
    /// When the application, user or channel is unknown.
    pub(crate) fn interaction_open(
        &mut self,
        draft: InteractionDraft,
    ) -> Result<Opened, WorldError> {
        let application = self
            .applications
            .get(&draft.application)
            .ok_or(WorldError::Unknown(Noun::Application))?;
        let url = application.interactions_endpoint_url.clone();
        let guild = self
            .channels
            .get(&draft.channel)
            .ok_or(WorldError::Unknown(Noun::Channel))?
            .guild;
        if !self.users.contains_key(&draft.user) {
            return Err(WorldError::Unknown(Noun::User));
        }
        let (id, token, created_us) = (self.mint(), self.secret(), self.now_us());
        let interaction = Interaction {
            id,
            token: token.clone(),
            application: draft.application,
            kind: draft.kind,
            user: draft.user,
            guild,
            channel: draft.channel,
            data: draft.data,
            source: draft.source,
            created_us,
            answered_us: None,
            callback: None,
            deferred: false,
            ephemeral: false,
            original: None,
            followups: Vec::new(),
            modal: None,
            choices: None,
            failed: false,
        };
        let body = self.render_interaction(&interaction);
        self.marks.touch(Key::Interaction(id));
        self.interaction_tokens.insert(token, id);
        self.unanswered.push_back((id, created_us));
        self.interactions.insert(id, interaction);
        let post = url.map(|url| Post {
            interaction: id,
            application: draft.application,
            url,
            body: body.to_string(),
        });
        if post.is_none() {
            self.tell_bot(draft.application, guild, "INTERACTION_CREATE", &body);
        }
        Ok(Opened { id, post })
    }

    /// Changes an interaction. Its first answer is told to its user's eyes and to those who listen for answers.
    ///
    /// # Errors
    /// When there is no such interaction.
    pub(crate) fn interaction_edit(
        &mut self,
        id: Snowflake,
        change: impl FnOnce(&mut Interaction),
    ) -> Result<(), WorldError> {
        self.marks.touch(Key::Interaction(id));
        let interaction = self
            .interactions
            .get_mut(&id)
            .ok_or(WorldError::Unknown(Noun::Interaction))?;
        let before = (interaction.answered_us, interaction.failed);
        change(interaction);
        if before != (interaction.answered_us, interaction.failed) {
            let interaction = interaction.clone();
            self.tell_outcome(&interaction);
        }
        Ok(())
    }

    fn tell_outcome(&mut self, interaction: &Interaction) {
        let answer = Answer {
            interaction: interaction.id,
            application: interaction.application,
            user: interaction.user,
            kind: interaction.kind,
            callback: interaction.callback,
            created_us: interaction.created_us,
            answered_us: interaction.answered_us,
        };
        self.answers.push(answer);
        if !self.wires.is_watched() {
            return;
        }
        let mut body = json!({"id": interaction.id, "channel_id": interaction.channel});
        let name = match (&interaction.modal, &interaction.choices) {
            _ if interaction.failed => "INTERACTION_FAILURE",
            (Some(modal), _) => {
                body["modal"] = modal.clone();
                body["application"] = json!({"id": interaction.application});
                "INTERACTION_MODAL_CREATE"
            }
            (_, Some(choices)) => {
                body["choices"] = choices.clone().into();
                "APPLICATION_COMMAND_AUTOCOMPLETE_RESPONSE"
            }
            _ => "INTERACTION_SUCCESS",
        };
        self.wires
            .show(interaction.user, &super::wires::Event::new(name, &body));
    }

    /// Fails the interactions whose three seconds passed without an answer, and forgets those whose tokens have
    /// expired, the oldest first where there are too many.
    pub(crate) fn interactions_sweep(&mut self) {
        let now = self.now_us();
        while let Some((id, created_us)) = self.unanswered.front().copied() {
            if now - created_us <= ANSWER_WITHIN_US {
                break;
            }
            self.unanswered.pop_front();
            if self
                .interactions
                .get(&id)
                .is_some_and(|i| i.answered_us.is_none() && !i.failed)
            {
                // It was there a line above.
                let _ = self.interaction_edit(id, |interaction| interaction.failed = true);
            }
        }
        while let Some(oldest) = self.interactions.first_entry() {
            let expired = now - oldest.get().created_us >= TOKEN_LIFE_US;
            if !expired && self.interaction_tokens.len() <= INTERACTIONS_KEPT_MAX {
                break;
            }
            let gone = oldest.remove();
            self.marks.touch(Key::Interaction(gone.id));
            self.interaction_tokens.remove(&gone.token);
        }
    }

    /// The `d` of `INTERACTION_CREATE`, and the body of its HTTP form.
    fn render_interaction(&self, interaction: &Interaction) -> Value {
        let (user, channel) = (interaction.user, &self.channels[&interaction.channel]);
        let locale = self.users.get(&user).map_or("en-US", |u| &u.locale);
        let mut body = json!({
            "id": interaction.id,
            "application_id": interaction.application,
            "type": interaction.kind,
            "data": interaction.data,
            "channel": self.render_channel_partial(channel, user),
            "channel_id": interaction.channel,
            "token": interaction.token,
            "version": 1,
            "app_permissions": self.permissions_in(interaction.channel, interaction.application).to_string(),
            "locale": locale,
            "entitlements": [],
            "entitlement_sku_ids": [],
            "attachment_size_limit": 10_485_760,
        });
        match interaction.guild.and_then(|id| self.guilds.get(&id)) {
            Some(guild) => {
                body["guild_id"] = json!(guild.id);
                body["guild"] =
                    json!({"id": guild.id, "locale": guild.preferred_locale, "features": []});
                body["guild_locale"] = guild.preferred_locale.clone().into();
                body["context"] = 0.into();
                body["authorizing_integration_owners"] = json!({"0": guild.id});
                if let Some(member) = guild.members.get(&user) {
                    body["member"] = self.render_member(member);
                    body["member"]["permissions"] = self
                        .permissions_in(interaction.channel, user)
                        .to_string()
                        .into();
                }
            }
            None => {
                body["user"] = self.render_user(user);
                body["context"] = 1.into();
                body["authorizing_integration_owners"] = json!({"0": "0"});
            }
        }
        if let Some(message) = interaction
            .source
            .and_then(|id| self.message(interaction.channel, id))
        {
            body["message"] = self.render_message(message, interaction.application);
        }
        body
    }
}
