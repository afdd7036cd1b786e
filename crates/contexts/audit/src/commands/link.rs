//! A message as people name it: its link, its id, or the pair of channel and message that Discord copies.
//!
//! Of a link only the end of its path counts, `/channels/GUILD/CHANNEL/MESSAGE`, so that every form of Discord's own
//! address will do.

use kernel::{ChannelId, GuildId, MessageId};

use super::CommandError;

/// The message that a text names in this guild.
pub(super) fn message(guild: GuildId, text: &str) -> Result<MessageId, CommandError> {
    let text = text.trim().trim_start_matches('<').trim_end_matches('>');
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    if let Some((channel, message)) = text.split_once('-')
        && channel.parse::<ChannelId>().is_ok()
        && let Ok(id) = message.parse()
    {
        return Ok(id);
    }
    linked(guild, text)
}

fn linked(guild: GuildId, text: &str) -> Result<MessageId, CommandError> {
    let is_link = text.starts_with("https://") || text.starts_with("http://");
    let path = text.split(['?', '#']).next().unwrap_or(text);
    let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    let [.., "channels", of_guild, channel, message] = parts.as_slice() else {
        return Err(CommandError::NoMessage);
    };
    let of_guild: Option<GuildId> = of_guild.parse().ok();
    let message = message.parse().ok();
    match (of_guild, message) {
        (Some(other), Some(_)) if is_link && other != guild => Err(CommandError::OtherServer),
        (Some(_), Some(message)) if is_link && channel.parse::<ChannelId>().is_ok() => Ok(message),
        _ => Err(CommandError::NoMessage),
    }
}

#[cfg(test)]
mod tests {
    use kernel::GuildId;

    use super::message;
    use crate::commands::CommandError;

    fn read(text: &str) -> Result<u64, CommandError> {
        message(GuildId::new(900).unwrap(), text).map(kernel::Id::get)
    }

    #[test]
    fn a_message_is_named_by_link_id_or_pair() {
        for text in [
            "77",
            " 77 ",
            "5-77",
            "https://discord.com/channels/900/5/77",
            "https://canary.discord.com/channels/900/5/77/",
            "<https://discordapp.com/channels/900/5/77>",
            "http://127.0.0.1:9000/channels/900/5/77?jump=1#x",
        ] {
            assert_eq!(read(text), Ok(77), "{text}");
        }
    }

    #[test]
    fn what_names_no_message_here_is_refused() {
        let other = "https://discord.com/channels/901/5/77";
        assert_eq!(read(other), Err(CommandError::OtherServer));
        for text in [
            "",
            "0",
            "-1",
            "seventy",
            "5-",
            "-77",
            "channels/900/5/77",
            "https://discord.com/channels/900/5",
            "https://discord.com/channels/@me/5/77",
            "https://discord.com/channels/900/x/77",
            "99999999999999999999",
        ] {
            assert_eq!(read(text), Err(CommandError::NoMessage), "{text:?}");
        }
    }
}
