//! *Report to moderators*: a member points at a message, and moderators see a card with a link to it.

use ::store::Tx;
use chat::{Colour, Embed, Reply, Visibility};
use kernel::{MessageId, Told};

use super::{Answer, CommandError, Talk, card::mention};
use crate::switch::{self, Reported};

pub(super) fn report(
    tx: &mut Tx<'_>,
    talk: &Talk<'_>,
    message: MessageId,
) -> Result<Answer, CommandError> {
    if talk.desk.settings.log_channel_id.is_none() {
        return Err(CommandError::NoLogChannel);
    }
    let channel = talk.invocation.channel.ok_or(CommandError::NoChannel)?;
    let reporter = talk.invocation.asker.user;
    match switch::report(tx, talk.op, reporter, channel, message)? {
        Reported::TooMany => Err(CommandError::TooManyReports),
        Reported::Before => Ok(Answer::only(Reply::private(
            talk.word("moderation-reported-before"),
        ))),
        Reported::Now => {
            let link = format!(
                "https://discord.com/channels/{}/{channel}/{message}",
                talk.op.guild
            );
            let about = Told::new("moderation-report-about")
                .with("user", mention(reporter))
                .with("link", link);
            let title = talk.word("moderation-report-title");
            let embed = Embed::new(Colour::Warning, title, talk.say(&about));
            let mut answer = Answer::only(Reply::private(talk.word("moderation-reported")));
            answer.card = Some(Reply::card(Visibility::Public, embed));
            Ok(answer)
        }
    }
}
