//! `/timezone`: the zone in which the asker's days are counted; without one, says which it is.

use ::store::Tx;
use chat::{Colour, Embed, Reply, Visibility};
use kernel::Told;

use super::{Answer, CommandError, Talk};
use crate::{daily, day::Zone, member::enrol};

pub(crate) fn answer(
    tx: &mut Tx<'_>,
    talk: &Talk<'_>,
    zone: Option<&str>,
) -> Result<Answer, CommandError> {
    let user = talk.asker();
    let (zone, about) = match zone {
        Some(name) => {
            // A name that is none is refused before anything is opened for it.
            Zone::named(name).map_err(daily::TimezoneError::from)?;
            enrol(tx, talk.op, talk.ids, talk.settings, talk.pseudonyms, user)?;
            let zone = daily::set_timezone(tx, talk.op, user, name)?;
            (zone, "economy-timezone-set")
        }
        None => {
            let zone = daily::timezone(tx, talk.op, talk.settings, user)?;
            (zone, "economy-timezone-about")
        }
    };
    let title = Told::new("economy-timezone-title").with("zone", zone.name());
    let embed = Embed::new(Colour::Neutral, talk.say(&title), talk.word(about));
    Ok(Answer {
        reply: Reply::card(Visibility::Private, embed),
        standings: Vec::new(),
    })
}
