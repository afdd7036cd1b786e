//! A lively server on a simulated Discord with a bot in it: where the demo plays, and what `sim serve --bot` begins with.
//! A restart finds both again.

use kernel::{Id, IdError};
use sim::{DemoServer, MadeApplication, MakeApplication, Sim, Snowflake};

use crate::{failure::Failure, invite};

/// The server and the bot.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) server: DemoServer,
    pub(crate) bot: MadeApplication,
    /// Whether the bot came just now.
    pub(crate) is_new: bool,
}

/// Builds them, or finds them as they were left; the bot may do in the server what its invitation asks for.
pub(crate) fn settle(sim: &Sim, seed: u64, members: usize, name: &str) -> Result<Settled, Failure> {
    let server = sim.demo(seed, members).map_err(anyhow::Error::from)?;
    let control = sim.control();
    let known = control.application_named(name);
    let is_new = known.is_none();
    let bot = match known {
        Some(bot) => bot,
        None => {
            let make = MakeApplication {
                name: name.to_owned(),
                owner: Some(server.owner),
                ..MakeApplication::default()
            };
            control.application(make).map_err(anyhow::Error::from)?
        }
    };
    control
        .install(server.guild, bot.id, invite::permissions().bits())
        .map_err(anyhow::Error::from)?;
    Ok(Settled {
        server,
        bot,
        is_new,
    })
}

/// An id of the simulated Discord as one of ours.
pub(crate) fn id<K>(snowflake: Snowflake) -> Result<Id<K>, Failure> {
    let id = snowflake.to_string().parse();
    id.map_err(|error: IdError| anyhow::Error::from(error).into())
}
