//! What the rules would say of a text, with nothing written and nothing counted.

use kernel::{ChannelId, GuildId, Id, RoleId, Timestamp, UserId};

use crate::{
    compiled::Compiled,
    flood::FloodState,
    judge::{Message, Part, Standing, Text, Verdict, judge},
};

/// A text to be tried, as somebody would have written it.
#[derive(Debug, Clone, Copy)]
pub struct Trial<'a> {
    /// The guild.
    pub guild: GuildId,
    /// The channel where it would stand, and the one whose thread that is; without, no channel's exemption holds.
    pub channel: Option<(ChannelId, Option<ChannelId>)>,
    /// Who would have written it; without, an ordinary member with an old account.
    pub author: Option<UserId>,
    /// Their roles.
    pub roles: &'a [RoleId],
    /// Whether they may manage messages there.
    pub standing: Standing,
    /// What it says.
    pub text: &'a str,
    /// When.
    pub at: Timestamp,
}

/// What the rules say of a text whose author has written nothing before.
#[must_use]
pub fn trial(compiled: &Compiled, trial: &Trial<'_>) -> Verdict {
    let texts = [Text {
        part: Part::Content,
        text: trial.text,
    }];
    let (channel, thread_of) = trial.channel.unwrap_or((nothing_real(), None));
    let message = Message {
        guild: trial.guild,
        id: nothing_real(),
        channel,
        thread_of,
        author: trial.author.unwrap_or_else(nothing_real),
        roles: trial.roles,
        is_bot: false,
        is_moderator: trial.standing == Standing::Moderator,
        texts: &texts,
        mentions: mentions(trial.text),
        at: trial.at,
        edited_at: None,
    };
    judge(compiled, &mut FloodState::new(1), &message)
}

/// An id that Discord gave to nothing: the first there could have been.
fn nothing_real<K>() -> Id<K> {
    Id::new(1).expect("one is an id")
}

/// How many mentions stand in a text.
fn mentions(text: &str) -> u32 {
    let marks = text.match_indices("<@").filter(|(at, _)| {
        let rest = text[at + 2..].trim_start_matches(['!', '&']);
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0 && rest[digits..].starts_with('>')
    });
    u32::try_from(marks.count()).unwrap_or(u32::MAX)
}
