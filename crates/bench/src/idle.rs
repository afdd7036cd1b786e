//! `idle`: what the process holds in memory at rest, beside a bot on twilight alone in the same guilds.

use std::time::Duration;

use anyhow::Result;
use sim::{MakeGuild, MakeUser};

use crate::{
    Name, Options,
    case::{Case, Goal},
    process::Server,
    scene::{Scene, install_in},
};

/// A server, and what it may hold.
#[derive(Debug, Clone, Copy)]
struct Rest {
    case: &'static str,
    guilds: u32,
    members: u32,
    megabytes_max: f64,
}

const CASES: [Rest; 3] = [
    Rest {
        case: "1 guild",
        guilds: 1,
        members: 10,
        megabytes_max: 40.0,
    },
    Rest {
        case: "1,000 guilds",
        guilds: 1_000,
        members: 10,
        megabytes_max: 80.0,
    },
    Rest {
        case: "1 guild of 59,028 members",
        guilds: 1,
        members: 59_025,
        megabytes_max: 120.0,
    },
];

/// All cases.
pub(crate) async fn run(options: &Options, mut progress: impl FnMut(&str)) -> Vec<Case> {
    let mut cases = Vec::new();
    for rest in CASES {
        progress(&format!("idle: {}", rest.case));
        let megabytes = |bytes: u64| bytes as f64 / 1e6;
        cases.push(match measure(options, rest).await {
            Ok((ours, floor)) => Case::new(Name::Idle, rest.case, megabytes(ours), "MB")
                .beside(megabytes(floor))
                .with_goal(Goal::Under(rest.megabytes_max))
                .because("the baseline is the same program as a bot on twilight alone: the floor"),
            Err(error) => Case::missing(Name::Idle, rest.case, format!("{error:#}")),
        });
    }
    cases
}

async fn measure(options: &Options, rest: Rest) -> Result<(u64, u64)> {
    let folder = tempfile::tempdir()?;
    let scene = Scene::open(options.seed, rest.members).await?;
    let mut others = Vec::new();
    for number in 1..rest.guilds {
        let owner = scene.control.user(MakeUser {
            username: format!("owner{number}"),
            ..MakeUser::default()
        })?;
        others.push(scene.control.guild(MakeGuild {
            name: format!("Guild {number}"),
            owner,
            ..MakeGuild::default()
        })?);
    }
    install_in(&scene.control, &others, scene.bot.id)?;
    // Both, and the owner, are members of the first guild.
    let mut server =
        Server::start(&scene.settings(&options.program, folder.path(), &scene.bot)).await?;
    server.ready().await?;
    settle(options).await;
    let ours = server.memory()?;
    server.stop().await?;
    let (echo, bot) = scene
        .echo_in(&options.program, folder.path(), &others)
        .await?;
    settle(options).await;
    let floor = echo.memory()?;
    drop((echo, bot));
    Ok((ours, floor))
}

/// What was needed to start is given back, or it never is.
async fn settle(options: &Options) {
    tokio::time::sleep(Duration::from_secs(u64::from(options.pace.of(8, 1)))).await;
}
