//! Messages, of events, of interactions and of the REST, with every text that people read in them.

use chat::{CARRIED_MAX, CarriedText, Carrier, IncomingMessage, TEXT_MAX};
use kernel::{ApplicationId, ChannelId, GuildId, MessageId, RoleId, Timestamp};
use serde::Deserialize;

use super::{
    DecodeError, shape,
    wire::{MemberWire, UserWire, moment, shown_name},
};

/// Kinds of messages that hold their author's words: written, replied, by a command, by a menu, begun a thread with.
const SPOKEN: [u64; 5] = [0, 19, 20, 23, 21];
/// A message about a thread that was begun: its words are the thread's name.
const THREAD_CREATED: u64 = 18;
/// More files, embeds and the like no message of Discord's has.
const EACH_MAX: usize = 25;

#[derive(Debug, Deserialize)]
pub(crate) struct MessageWire {
    id: MessageId,
    channel_id: ChannelId,
    #[serde(default)]
    guild_id: Option<GuildId>,
    #[serde(default, rename = "type")]
    kind: u64,
    #[serde(default)]
    author: Option<UserWire>,
    #[serde(default)]
    webhook_id: Option<String>,
    #[serde(default)]
    member: Option<MemberWire>,
    #[serde(default)]
    mentions: Vec<UserWire>,
    #[serde(default)]
    mention_roles: Vec<RoleId>,
    #[serde(default)]
    mention_everyone: bool,
    #[serde(default)]
    message_reference: Option<ReferenceWire>,
    #[serde(default)]
    referenced_message: Option<RepliedToWire>,
    #[serde(default)]
    edited_timestamp: Option<String>,
    #[serde(default)]
    message_snapshots: Vec<SnapshotWire>,
    #[serde(default)]
    thread: Option<NamedWire>,
    #[serde(default)]
    content: String,
    #[serde(default)]
    embeds: Vec<EmbedWire>,
    #[serde(default)]
    attachments: Vec<AttachmentWire>,
    #[serde(default)]
    sticker_items: Vec<NamedWire>,
    #[serde(default)]
    poll: Option<PollWire>,
    #[serde(default)]
    components: Vec<ComponentWire>,
}

/// What a message and a forwarded one have in common. Flattening it into both would copy every message once more.
struct Carrying<'w> {
    embeds: &'w [EmbedWire],
    attachments: &'w [AttachmentWire],
    stickers: &'w [NamedWire],
    poll: Option<&'w PollWire>,
    components: &'w [ComponentWire],
}

/// A message that was forwarded. It has no author.
#[derive(Debug, Default, Deserialize)]
struct ForwardedWire {
    #[serde(default)]
    content: String,
    #[serde(default)]
    embeds: Vec<EmbedWire>,
    #[serde(default)]
    attachments: Vec<AttachmentWire>,
    #[serde(default)]
    sticker_items: Vec<NamedWire>,
    #[serde(default)]
    poll: Option<PollWire>,
    #[serde(default)]
    components: Vec<ComponentWire>,
}

#[derive(Debug, Deserialize)]
struct ReferenceWire {
    #[serde(default)]
    message_id: Option<MessageId>,
    /// 0 is a reply, 1 a forwarded message.
    #[serde(default, rename = "type")]
    kind: u64,
}

#[derive(Debug, Deserialize)]
struct RepliedToWire {
    #[serde(default)]
    author: Option<UserWire>,
}

#[derive(Debug, Deserialize)]
struct SnapshotWire {
    #[serde(default)]
    message: ForwardedWire,
}

#[derive(Debug, Deserialize)]
struct NamedWire {
    #[serde(default)]
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
struct EmbedWire {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    provider: Option<NamedWire>,
    #[serde(default)]
    author: Option<NamedWire>,
    #[serde(default)]
    fields: Vec<FieldWire>,
    #[serde(default)]
    footer: Option<TextWire>,
}

#[derive(Debug, Deserialize)]
struct FieldWire {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    value: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct TextWire {
    #[serde(default)]
    text: Option<String>,
}

#[derive(Debug, Deserialize)]
struct AttachmentWire {
    #[serde(default)]
    filename: Option<String>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    description: Option<String>,
}

#[derive(Debug, Deserialize)]
struct PollWire {
    #[serde(default)]
    question: TextWire,
    #[serde(default)]
    answers: Vec<AnswerWire>,
}

#[derive(Debug, Deserialize)]
struct AnswerWire {
    #[serde(default)]
    poll_media: TextWire,
}

/// A text, a button or a select of a bot, or what holds them.
#[derive(Debug, Deserialize)]
struct ComponentWire {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    placeholder: Option<String>,
    #[serde(default)]
    components: Vec<ComponentWire>,
}

/// Reads a message with an author; partial updates have none and tell nothing new.
pub(crate) fn message(
    json: &str,
    application: ApplicationId,
) -> Result<Option<IncomingMessage>, DecodeError> {
    shape::<MessageWire>("a message", json)?.read(application)
}

impl MessageWire {
    /// Its id.
    pub(crate) const fn id(&self) -> MessageId {
        self.id
    }

    /// The message, unless it has no author.
    pub(crate) fn read(
        self,
        application: ApplicationId,
    ) -> Result<Option<IncomingMessage>, DecodeError> {
        let Some(author) = &self.author else {
            return Ok(None);
        };
        let edited = self.edited_timestamp.as_deref().map(str::parse);
        let edited_at: Option<Timestamp> = edited
            .transpose()
            .map_err(|_| DecodeError::Missing("readable `edited_timestamp`"))?;
        let replies = self
            .message_reference
            .as_ref()
            .filter(|reference| reference.kind == 0);
        let answered = self.referenced_message.as_ref();
        let member = self.member.as_ref();
        let is_thread_name = self.kind == THREAD_CREATED;
        Ok(Some(IncomingMessage {
            id: self.id,
            application,
            guild: self.guild_id,
            channel: self.channel_id,
            author: author.id,
            author_name: shown_name(author, member),
            is_bot: author.bot || self.webhook_id.is_some(),
            mentions: self.mentions.iter().map(|user| user.id).collect(),
            reply_to: replies.and_then(|reference| reference.message_id),
            reply_to_author: replies
                .and(answered)
                .and_then(|answered| Some(answered.author.as_ref()?.id)),
            edited_at,
            thread_of: None,
            joined_at: member.and_then(|member| moment(member.joined_at.as_ref())),
            mentions_everyone: self.mention_everyone,
            attachments: self.attachments.len(),
            carried: self.carried(),
            is_notice: !SPOKEN.contains(&self.kind),
            text: if is_thread_name {
                String::new()
            } else {
                bounded(&self.content)
            },
            role_mentions: self.mention_roles,
            roles: self.member.map(|member| member.roles).unwrap_or_default(),
        }))
    }

    fn carried(&self) -> Vec<CarriedText> {
        let mut carried = Vec::new();
        let thread = self.thread.as_ref().and_then(|thread| thread.name.as_ref());
        let begun = (self.kind == THREAD_CREATED).then_some(&self.content);
        for name in begun.into_iter().chain(thread) {
            carry(&mut carried, Carrier::ThreadName, [Some(name)]);
        }
        self.carrying().carry_into(&mut carried);
        for snapshot in self.message_snapshots.iter().take(EACH_MAX) {
            let mut forwarded = Vec::new();
            carry(
                &mut forwarded,
                Carrier::Forward,
                [Some(&snapshot.message.content)],
            );
            snapshot.message.carrying().carry_into(&mut forwarded);
            let what = Carrier::Forward;
            carried.extend(forwarded.into_iter().map(|it| CarriedText { what, ..it }));
        }
        carried.truncate(CARRIED_MAX);
        carried
    }
}

impl MessageWire {
    fn carrying(&self) -> Carrying<'_> {
        Carrying {
            embeds: &self.embeds,
            attachments: &self.attachments,
            stickers: &self.sticker_items,
            poll: self.poll.as_ref(),
            components: &self.components,
        }
    }
}

impl ForwardedWire {
    fn carrying(&self) -> Carrying<'_> {
        Carrying {
            embeds: &self.embeds,
            attachments: &self.attachments,
            stickers: &self.sticker_items,
            poll: self.poll.as_ref(),
            components: &self.components,
        }
    }
}

impl Carrying<'_> {
    fn carry_into(&self, carried: &mut Vec<CarriedText>) {
        for embed in self.embeds.iter().take(EACH_MAX) {
            carry(carried, Carrier::Embed, embed.texts());
        }
        if let Some(poll) = self.poll {
            let answers = poll.answers.iter().take(EACH_MAX);
            let answers = answers.map(|answer| answer.poll_media.text.as_ref());
            let texts = std::iter::once(poll.question.text.as_ref()).chain(answers);
            carry(carried, Carrier::Poll, texts);
        }
        for file in self.attachments.iter().take(EACH_MAX) {
            let names = [file.title.as_ref(), file.filename.as_ref()];
            carry(carried, Carrier::FileName, names);
            carry(
                carried,
                Carrier::FileDescription,
                [file.description.as_ref()],
            );
        }
        for sticker in self.stickers.iter().take(EACH_MAX) {
            carry(carried, Carrier::Sticker, [sticker.name.as_ref()]);
        }
        let mut shown = Vec::new();
        for component in self.components.iter().take(EACH_MAX) {
            component.collect(&mut shown);
        }
        carry(carried, Carrier::Component, shown);
    }
}

impl EmbedWire {
    fn texts(&self) -> impl Iterator<Item = Option<&String>> {
        let named = [self.provider.as_ref(), self.author.as_ref()];
        let named = named.into_iter().map(|named| named?.name.as_ref());
        let own = [
            self.title.as_ref(),
            self.url.as_ref(),
            self.description.as_ref(),
        ];
        let fields = self.fields.iter().take(EACH_MAX);
        let fields = fields.flat_map(|field| [field.name.as_ref(), field.value.as_ref()]);
        let footer = self.footer.as_ref().and_then(|footer| footer.text.as_ref());
        named.chain(own).chain(fields).chain([footer])
    }
}

impl ComponentWire {
    /// Depth is bounded by the JSON reader.
    fn collect<'w>(&'w self, shown: &mut Vec<Option<&'w String>>) {
        shown.extend([&self.content, &self.label, &self.placeholder].map(Option::as_ref));
        for held in self.components.iter().take(EACH_MAX) {
            held.collect(shown);
        }
    }
}

/// Adds the texts that are there as one, a line each.
fn carry<'w>(
    carried: &mut Vec<CarriedText>,
    what: Carrier,
    texts: impl IntoIterator<Item = Option<&'w String>>,
) {
    let texts = texts.into_iter().flatten();
    let lines: Vec<&str> = texts
        .map(|text| text.as_str())
        .filter(|text| !text.trim().is_empty())
        .collect();
    if !lines.is_empty() {
        let text = bounded(&lines.join("\n"));
        carried.push(CarriedText { what, text });
    }
}

/// No text of Discord's is longer, so nothing is lost of a true one.
fn bounded(text: &str) -> String {
    match text.char_indices().nth(TEXT_MAX) {
        Some((end, _)) => text[..end].to_owned(),
        None => text.to_owned(),
    }
}
