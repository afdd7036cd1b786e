//! What there is to say about the bot: its token, what it may read, its commands, its servers, and the clock that
//! judges how old what it is asked is.

use std::collections::HashSet;

use chat::Permissions;
use discord::{Probe, ProbeError, Probed, ProbedGuild, Settings};
use kernel::Clock;

use super::Finding;
use crate::{
    config::Config,
    invite::{self, Portal},
};

pub(crate) const TOKEN: &str = "GUILDHALL_DISCORD_TOKEN";
const BOT: &str = "bot";
const CLOCK: &str = "clock";

/// From so many servers on Discord lets nobody add a bot that it has not verified, and from some before it verifies.
const UNVERIFIED_MAX: u32 = 100;
const VERIFY_FROM: u32 = 75;
/// Fewer new sessions than this are soon spent.
const STARTS_SCANT: u32 = 50;
/// An interaction lives three seconds, and its age is judged by the clock here.
const AHEAD_WARNS_MS: i64 = 1_500;
const AHEAD_FAILS_MS: i64 = 3_000;
/// So many servers are told of one by one.
const GUILDS_SHOWN: usize = 10;
const COMMANDS_SHOWN: usize = 5;

/// What came of asking.
pub(super) struct Seen {
    pub(super) findings: Vec<Finding>,
    /// What Discord said of the bot, where it did.
    pub(super) bot: Option<Probed>,
}

/// Asks Discord about the configured bot.
pub(super) async fn look(config: &Config, clock: &dyn Clock) -> Seen {
    let portal = Portal::of(config);
    let Some(token) = config.discord.token.clone() else {
        let fix = "Run `guildhall setup`, or try `guildhall demo`, which needs none.";
        return alone(Finding::warning(BOT, "no bot token is configured", fix));
    };
    let settings = Settings {
        tokens: vec![token],
        api_url: portal.api_url().to_owned(),
        dashboard: None,
    };
    let probe = match Probe::new(&settings) {
        Ok(probe) => probe,
        Err(error) => return alone(unanswered(&error)),
    };
    match probe.bot().await {
        Ok(bot) => {
            let mut findings = about(&bot, &portal);
            findings.push(invitation(&bot, &portal));
            findings.push(commands(&probe, &bot).await);
            findings.extend(guilds(&probe, &bot, &portal).await);
            findings.extend(time(&probe, clock).await);
            Seen {
                findings,
                bot: Some(bot),
            }
        }
        Err(error) => alone(unanswered(&error)),
    }
}

fn alone(finding: Finding) -> Seen {
    Seen {
        findings: vec![finding],
        bot: None,
    }
}

fn unanswered(error: &ProbeError) -> Finding {
    let says = error.to_string();
    match error {
        ProbeError::TokenShape | ProbeError::TokenRefused | ProbeError::NoToken => {
            Finding::problem(BOT, format!("{TOKEN}: {says}"), TOKEN_FIX)
        }
        ProbeError::Limited { .. } => {
            Finding::warning(BOT, says, "Nothing is wrong; ask again later.")
        }
        ProbeError::Unreachable { .. } => Finding::problem(
            BOT,
            says,
            "Check the network and GUILDHALL_DISCORD_API_URL. A running server keeps trying by itself.",
        ),
    }
}

pub(crate) const TOKEN_FIX: &str =
    "Copy it again from Discord's developer portal: Bot, Reset Token.";

/// What Discord said of the bot itself.
pub(crate) fn about(bot: &Probed, portal: &Portal) -> Vec<Finding> {
    let servers = match bot.guilds {
        1 => "1 server".to_owned(),
        many => format!("{many} servers"),
    };
    let who = format!(
        "the token is good: the bot is `{}`, application {}, in {servers}",
        bot.name, bot.application
    );
    let mut findings = vec![Finding::ok(BOT, who)];
    findings.extend(intents(bot, portal));
    findings.extend(verification(bot, portal));
    findings.extend(starts(bot));
    findings
}

fn intents(bot: &Probed, portal: &Portal) -> Vec<Finding> {
    let told = bot.intents.iter().map(|intent| {
        if intent.is_on {
            return Finding::ok("intents", format!("{} is on", intent.name));
        }
        Finding::warning(
            "intents",
            format!("{} is off: {}", intent.name, intent.without),
            format!(
                "Open {}, switch it on under Privileged Gateway Intents, and save; then restart.",
                portal.page(bot.application, "bot")
            ),
        )
    });
    told.collect()
}

fn verification(bot: &Probed, portal: &Portal) -> Option<Finding> {
    if bot.is_verified || bot.guilds < VERIFY_FROM {
        return None;
    }
    let page = portal.page(bot.application, "information");
    let fix = format!("Open {page}, and have Discord verify the application.");
    let says = if bot.guilds >= UNVERIFIED_MAX {
        format!(
            "the bot is in {} servers and not verified: Discord lets nobody add it any more",
            bot.guilds
        )
    } else {
        format!(
            "the bot is in {} servers: at {UNVERIFIED_MAX} nobody can add it any more unless Discord has verified it",
            bot.guilds
        )
    };
    Some(Finding::warning("verified", says, fix))
}

fn starts(bot: &Probed) -> Option<Finding> {
    let left = bot.starts.remaining.filter(|left| *left < STARTS_SCANT)?;
    let says = format!("Discord allows {left} more new sessions today");
    let fix = "Find out in the log why sessions end, before the bot is restarted again.";
    Some(match left {
        0 => Finding::problem("sessions", says, fix),
        _ => Finding::warning("sessions", says, fix),
    })
}

fn invitation(bot: &Probed, portal: &Portal) -> Finding {
    let says = format!("{}: {}", who_adds(bot), portal.invite(bot.application));
    Finding::ok("invite", says)
}

/// Who can add it to a server.
pub(crate) const fn who_adds(bot: &Probed) -> &'static str {
    if bot.is_public {
        "whoever manages a server can add the bot"
    } else {
        "its owner alone can add the bot, for it is private"
    }
}

async fn commands(probe: &Probe, bot: &Probed) -> Finding {
    let known = match probe.commands(bot.application).await {
        Ok(known) => known.into_iter().collect::<HashSet<_>>(),
        Err(error) => return unanswered(&error),
    };
    let specs = app::command_specs();
    let missing = specs.iter().filter(|spec| !known.contains(spec.name));
    let missing: Vec<&str> = missing.map(|spec| spec.name).collect();
    if missing.is_empty() {
        let says = format!("all {} are registered", specs.len());
        return Finding::ok("commands", says);
    }
    if known.is_empty() {
        let says = "none is registered yet; `guildhall run` does that at its first start";
        return Finding::ok("commands", says);
    }
    let shown = missing[..missing.len().min(COMMANDS_SHOWN)].join(", ");
    Finding::warning(
        "commands",
        format!(
            "{} of {} are not registered: {shown}",
            missing.len(),
            specs.len()
        ),
        "Start `guildhall run` of this version, and stop any other program that uses this token.",
    )
}

async fn guilds(probe: &Probe, bot: &Probed, portal: &Portal) -> Vec<Finding> {
    let guilds = match probe.guilds().await {
        Ok(guilds) => guilds,
        Err(error) => return vec![unanswered(&error)],
    };
    if guilds.is_empty() {
        let fix = format!("Open {}", portal.invite(bot.application));
        return vec![Finding::warning("servers", "the bot is in no server", fix)];
    }
    let lacking: Vec<(&ProbedGuild, Permissions)> = guilds
        .iter()
        .map(|guild| (guild, guild.permissions.lacking(invite::permissions())))
        .filter(|(_, lacking)| *lacking != Permissions::NONE)
        .collect();
    if lacking.is_empty() {
        let says = "the bot has what it asks for in every one";
        return vec![Finding::ok("servers", says)];
    }
    let link = portal.invite(bot.application);
    let told = lacking.iter().take(GUILDS_SHOWN).map(|(guild, lacking)| {
        Finding::warning(
            "servers",
            format!(
                "in `{}` ({}) the bot lacks: {}",
                guild.name,
                guild.guild,
                lacking.names().join(", ")
            ),
            format!(
                "Give them to its role there, or add it once more: {link}&guild_id={}",
                guild.guild
            ),
        )
    });
    let mut findings: Vec<Finding> = told.collect();
    if lacking.len() > GUILDS_SHOWN {
        let more = lacking.len() - GUILDS_SHOWN;
        let says = format!("in {more} more servers the bot lacks permissions");
        findings.push(Finding::warning("servers", says, "Begin with those above."));
    }
    findings
}

async fn time(probe: &Probe, clock: &dyn Clock) -> Option<Finding> {
    match probe.clock_ahead_ms(clock).await {
        Ok(ahead) => ahead.map(skew),
        Err(error) => Some(unanswered(&error)),
    }
}

/// How the clock here goes beside Discord's.
fn skew(ahead_ms: i64) -> Finding {
    let off = ahead_ms.abs();
    if off < AHEAD_WARNS_MS {
        return Finding::ok(
            CLOCK,
            "it agrees with Discord's, as far as a second can tell",
        );
    }
    let side = if ahead_ms > 0 { "ahead of" } else { "behind" };
    let tenths = off / 100;
    let says = format!(
        "it is about {}.{} s {side} Discord's; an interaction is answered within 3 s of it or not at all",
        tenths / 10,
        tenths % 10
    );
    let fix = "Let the machine follow a time server, as by `timedatectl set-ntp true`.";
    if off < AHEAD_FAILS_MS {
        return Finding::warning(CLOCK, says, fix);
    }
    Finding::problem(CLOCK, says, fix)
}

#[cfg(test)]
mod tests {
    use discord::{Intent, Probed, Starts};
    use kernel::Id;

    use super::{about, skew};
    use crate::{
        config::{Config, Sources},
        invite::Portal,
        verbs::doctor::Grade,
    };

    fn portal() -> Portal {
        let none = |_: &std::path::Path| Err(std::io::ErrorKind::NotFound.into());
        Portal::of(&Config::parse(&Sources::default(), &none).unwrap())
    }

    fn bot(guilds: u32, is_verified: bool, remaining: u32) -> Probed {
        let intent = |name, is_on| Intent {
            name,
            without: "much",
            is_on,
        };
        Probed {
            application: Id::new(42).unwrap(),
            name: "Guildhall".to_owned(),
            intents: [
                intent("Message Content Intent", false),
                intent("Server Members Intent", true),
            ],
            is_public: true,
            is_verified,
            guilds,
            redirects: Vec::new(),
            starts: Starts {
                shards: 1,
                total: Some(1_000),
                remaining: Some(remaining),
            },
        }
    }

    fn grades(bot: &Probed) -> Vec<(String, Grade)> {
        let findings = about(bot, &portal()).into_iter();
        let bad = findings.filter(|finding| finding.grade != Grade::Ok);
        bad.map(|finding| (finding.check, finding.grade)).collect()
    }

    #[test]
    fn an_intent_that_is_off_names_the_page_where_it_is_switched_on() {
        let findings = about(&bot(3, false, 900), &portal());
        let intent = findings.iter().find(|found| found.check == "intents");
        let fix = intent.unwrap().fix.clone().unwrap();
        assert!(
            fix.contains("https://discord.com/developers/applications/42/bot"),
            "{fix}"
        );
    }

    #[test]
    fn many_servers_without_verification_and_spent_sessions_are_told() {
        let off = ("intents".to_owned(), Grade::Warning);
        assert_eq!(grades(&bot(74, false, 900)), std::slice::from_ref(&off));
        let verified = ("verified".to_owned(), Grade::Warning);
        assert_eq!(grades(&bot(120, false, 900)), [off.clone(), verified]);
        assert_eq!(grades(&bot(120, true, 900)), std::slice::from_ref(&off));
        let spent = ("sessions".to_owned(), Grade::Problem);
        assert_eq!(grades(&bot(3, false, 0)), [off, spent]);
    }

    #[test]
    fn a_clock_that_goes_wrong_by_seconds_is_a_problem_either_way() {
        assert_eq!(skew(-900).grade, Grade::Ok);
        assert_eq!(skew(2_000).grade, Grade::Warning);
        let behind = skew(-61_250);
        assert_eq!(behind.grade, Grade::Problem);
        assert!(behind.says.contains("61.2 s behind"), "{}", behind.says);
        assert!(skew(3_000).says.contains("3.0 s ahead of"));
    }
}
