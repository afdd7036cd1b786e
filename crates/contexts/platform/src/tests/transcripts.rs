//! Chat in, chat out: what an owner presses, and what they see. The flow that writes is played here.

use std::collections::{BTreeMap, BTreeSet};

use ::store::Tx;
use chat::{
    AnswerKind, Asker, Given, InteractionToken, Invocation, Invoked, Permissions, Reply, Row,
    Visibility,
};
use expect_test::{Expect, expect};
use kernel::{
    ApplicationId, Cause, CauseKind, ChannelId, Fault, InteractionId, Locale, MessageId, Op, Span,
    Words,
};
use serde_json::json;

use super::world::{GUILD, World, document, guild, migrations, user};
use crate::{
    Document, Finding, Need, PolicyFacts, Put, RETENTION_DAYS_MAX, RollbackOne, Snapshot, Target,
    commands::{
        Asked, Card, ChannelOption, CommandError, HISTORY_CARD_ITEMS, PresetOption, Saved,
        SetupView, answer_kind, asked, history_card, overview_card, setup_card, specs,
    },
    config_at, config_fetch, config_put, history, policy_check, rollback_one,
};

fn settings() -> Document {
    document(json!({
        "economy": {"enabled": true, "currency": {"name": "coins"}},
        "persona": {"enabled": true, "name": "", "preset": "sage", "channels": []},
        "memory": {"enabled": true},
        "moderation": {"enabled": true, "rules": [], "log_channel_id": null},
        "privacy": {"retention_days": 30},
    }))
}

/// Plays a script in a fresh guild and compares what is seen.
#[track_caller]
#[expect(
    clippy::needless_pass_by_value,
    reason = "`expect!` makes a value where it is called"
)]
fn check(script: &str, expected: Expect) {
    let world = World::of(testkit::db::fresh_libsql(&migrations()));
    let op = world.admin(GUILD);
    world
        .run(move |tx, _| crate::config_start(tx, &op, &settings()))
        .unwrap();
    let mut seen = String::new();
    for line in script.lines().map(str::trim) {
        let (who, what) = line.split_once(": ").unwrap();
        world.later(Span::minutes(1));
        let invocation = invocation(&world, who, typed(what));
        let said = match answered(&world, &invocation) {
            Ok(reply) => shown(&reply),
            Err(error) => format!(
                "  only {who} | {}\n",
                world.words.say(&Locale::english(), &error.told())
            ),
        };
        seen.push_str(&format!("{line}\n{said}"));
    }
    expected.assert_eq(&seen);
}

fn typed(what: &str) -> Invoked {
    let message = MessageId::new(5).unwrap();
    if let Some(custom_id) = what.strip_prefix("press ") {
        let custom_id = custom_id.to_owned();
        return Invoked::Button { custom_id, message };
    }
    if let Some(rest) = what.strip_prefix("choose ") {
        let (custom_id, value) = rest.split_once('=').unwrap();
        return Invoked::Select {
            custom_id: custom_id.to_owned(),
            message,
            values: vec![value.to_owned()],
        };
    }
    Invoked::Command(Given {
        name: what.trim_start_matches('/').to_owned(),
        sub: None,
        options: BTreeMap::new(),
    })
}

fn invocation(world: &World, who: &str, invoked: Invoked) -> Invocation {
    let number = kernel::IdSource::next(world.ids.as_ref());
    let (member, permissions) = match who {
        "ada" => (1, Some(Permissions::MANAGE_GUILD)),
        "bob" => (2, Some(Permissions::ADMINISTRATOR)),
        _ => (3, None),
    };
    Invocation {
        id: InteractionId::new(u64::try_from(number).unwrap()).unwrap(),
        application: ApplicationId::new(8).unwrap(),
        token: InteractionToken::new("token".to_owned()),
        guild: Some(guild(GUILD)),
        channel: None,
        asker: Asker {
            user: user(member),
            name: who.to_owned(),
            is_bot: false,
            roles: vec![],
            permissions,
        },
        locale: Locale::english(),
        made_at: world.now(),
        received_at: world.now(),
        invoked,
        users: BTreeMap::new(),
    }
}

fn answered(world: &World, invocation: &Invocation) -> Result<Reply, CommandError> {
    let mut op = world.op(invocation.asker.user.get());
    op.cause = Cause::new(CauseKind::Interaction, invocation.id);
    let (words, invocation) = (world.words.clone(), invocation.clone());
    world.run(move |tx, _| flow(tx, &op, &words, &invocation))
}

/// What the application does with the context.
fn flow(
    tx: &mut Tx<'_>,
    op: &Op,
    words: &Words,
    invocation: &Invocation,
) -> Result<Reply, CommandError> {
    match asked(invocation)? {
        Asked::Overview => Ok(overview_card(
            words,
            &op.locale,
            &head(tx, op)?,
            None,
            RETENTION_DAYS_MAX,
        )),
        Asked::Setup => Ok(setup(words, op, &head(tx, op)?, None)),
        Asked::History(from) => {
            let page = history(tx, op.guild, from, HISTORY_CARD_ITEMS)?;
            let head = head(tx, op)?.entry.revision;
            Ok(history_card(words, &op.locale, &page, head))
        }
        Asked::Change(setting, card) => {
            let new = setting.applied(&head(tx, op)?.document)?;
            if let Some(refusal) = policy_check(&new, &facts()).into_iter().next() {
                return Err(CommandError::Policy { refusal });
            }
            let cmd = Put {
                document: new,
                note: setting.note(),
                base_revision: None,
            };
            let written = config_put(tx, op, &cmd)?;
            let saved = Saved {
                revision: written.revision,
                changes: written.changes,
            };
            let head = head(tx, op)?;
            Ok(match card {
                Card::Overview => {
                    overview_card(words, &op.locale, &head, Some(&saved), RETENTION_DAYS_MAX)
                }
                Card::Setup => setup(words, op, &head, Some(&saved)),
            })
        }
        Asked::GoBack { seen, to } => {
            let cmd = RollbackOne {
                to: Target::Revision(to),
                base_revision: Some(seen),
                note: format!("back to revision {to}"),
            };
            let written = rollback_one(tx, op, &cmd, &|_, _| Ok(()))?;
            let head = head(tx, op)?;
            let saved = Saved {
                revision: written.revision,
                changes: written.changes,
            };
            Ok(overview_card(
                words,
                &op.locale,
                &head,
                Some(&saved),
                RETENTION_DAYS_MAX,
            ))
        }
    }
}

fn head(tx: &mut Tx<'_>, op: &Op) -> Result<Snapshot, CommandError> {
    let head = config_fetch(tx, op.guild, None)?;
    assert_eq!(head, config_at(tx, op.guild, op.at)?);
    Ok(head.unwrap())
}

fn facts() -> PolicyFacts {
    PolicyFacts {
        age_restricted: BTreeSet::new(),
        adult_presets: BTreeSet::from(["vampire".to_owned()]),
    }
}

fn setup(words: &Words, op: &Op, snapshot: &Snapshot, saved: Option<&Saved>) -> Reply {
    let preset = |value: &str, label: &str| PresetOption {
        value: value.to_owned(),
        label: label.to_owned(),
        description: format!("Speaks like a {label}"),
    };
    let channel = |number: u64, name: &str| ChannelOption {
        channel: ChannelId::new(number).unwrap(),
        name: name.to_owned(),
    };
    let low = Finding::RoleTooLow {
        mine: "Guildhall".to_owned(),
        above: "*Boss*".to_owned(),
    };
    let view = SetupView {
        snapshot,
        presets: &[
            preset("sage", "Sage"),
            preset("pirate", "Pirate"),
            preset("vampire", "Vampire"),
        ],
        channels: &[channel(10, "general"), channel(11, "log")],
        // All is well once a log channel is chosen, for the sake of the transcript.
        findings: match snapshot.document.at("/moderation/log_channel_id") {
            Some(serde_json::Value::String(_)) => &[],
            _ => &[Finding::Missing(Need::TimeOutMembers), low],
        },
        saved,
    };
    setup_card(words, &op.locale, &view)
}

fn shown(reply: &Reply) -> String {
    assert_eq!(reply.visibility, Visibility::Private);
    assert!(reply.pings.is_empty());
    assert!(reply.rows.len() <= 5);
    let embed = reply.embed.as_ref().unwrap();
    assert!(embed.fields.len() <= 5);
    let mut parts = vec![embed.title.clone()];
    parts.push(embed.description.replace('\n', " / "));
    for field in &embed.fields {
        parts.push(format!("{}: {}", field.name, field.value));
    }
    parts.extend(embed.footer.clone());
    let mut text = format!("  {}\n", parts.join(" | "));
    for row in &reply.rows {
        text.push_str(&format!("  {}\n", row_shown(row)));
    }
    text
}

fn row_shown(row: &Row) -> String {
    match row {
        Row::Buttons(buttons) => {
            assert!(buttons.len() <= 5);
            let label =
                |button: &chat::Button| format!("[{} → {}]", button.label, button.custom_id);
            buttons.iter().map(label).collect::<Vec<_>>().join(" ")
        }
        Row::Links(links) => {
            let link = |link: &chat::Link| format!("[{} → {}]", link.label, link.page.path());
            links.iter().map(link).collect::<Vec<_>>().join(" ")
        }
        Row::Select(select) => {
            assert!((1..=25).contains(&select.options.len()));
            assert!(select.options.iter().filter(|option| option.chosen).count() <= 1);
            let option = |option: &chat::SelectOption| {
                let sign = if option.chosen { "✓" } else { "" };
                format!("{sign}{}={}", option.label, option.value)
            };
            let options: Vec<_> = select.options.iter().map(option).collect();
            format!(
                "<{} → {}: {}>",
                select.placeholder,
                select.custom_id,
                options.join(", ")
            )
        }
    }
}

#[test]
fn settings_are_seen_turned_off_and_taken_back() {
    check(
        "ada: /settings
         ada: press platform:set:economy:off
         ada: press platform:back:2:1
         bob: press platform:back:2:1
         carol: /settings
         carol: press platform:set:economy:off",
        expect![[r#"
            ada: /settings
              Settings, revision 1 | by operator <t:1795168800:R> | Persona: On, sage | Moderation: On, no rules | Economy: On, coins | Memory: On | Message text: kept 30 days
              [Turn Persona off → platform:set:persona:off] [Turn Moderation off → platform:set:moderation:off] [Turn Economy off → platform:set:economy:off] [Turn Memory off → platform:set:memory:off]
              [Set up → platform:setup] [History → platform:history]
            ada: press platform:set:economy:off
              Settings, revision 2 | by <@1> <t:1795168920:R> economy off /  / Saved as revision 2. / `/economy/enabled` `true` → `false` | Persona: On, sage | Moderation: On, no rules | Economy: Off | Memory: On | Message text: kept 30 days
              [Turn Persona off → platform:set:persona:off] [Turn Moderation off → platform:set:moderation:off] [Turn Economy on → platform:set:economy:on] [Turn Memory off → platform:set:memory:off]
              [Set up → platform:setup] [History → platform:history] [Undo this change → platform:back:2:1]
            ada: press platform:back:2:1
              Settings, revision 3 | by <@1> <t:1795168980:R> back to revision 1 /  / Saved as revision 3. / `/economy/enabled` `false` → `true` | Persona: On, sage | Moderation: On, no rules | Economy: On, coins | Memory: On | Message text: kept 30 days
              [Turn Persona off → platform:set:persona:off] [Turn Moderation off → platform:set:moderation:off] [Turn Economy off → platform:set:economy:off] [Turn Memory off → platform:set:memory:off]
              [Set up → platform:setup] [History → platform:history] [Undo this change → platform:back:3:2]
            bob: press platform:back:2:1
              only bob | Somebody has changed the settings since: you saw revision 2, now it is 3. Use /settings again and look at what changed.
            carol: /settings
              only carol | You need the permission Manage Server for this. Ask somebody who has it.
            carol: press platform:set:economy:off
              only carol | You need the permission Manage Server for this. Ask somebody who has it.
        "#]],
    );
}

#[test]
fn three_selects_set_a_server_up() {
    check(
        "ada: /setup
         ada: choose platform:set:preset=pirate
         ada: choose platform:set:channel=10
         ada: choose platform:set:log=11
         ada: choose platform:set:channel=all
         ada: choose platform:set:log=none
         ada: choose platform:set:preset=vampire
         carol: /setup
         carol: choose platform:set:log=11",
        expect![[r#"
            ada: /setup
              Set up | Three choices, each saved at once. Change them whenever you like. /  / • I can't time out members. Give my role the permission Timeout Members. / • I can't time out, kick or ban everybody: my role Guildhall is below \*Boss\*. Open Server settings, Roles, and drag it up.
              <Who answers: choose a persona → platform:set:preset: ✓Sage=sage, Pirate=pirate, Vampire=vampire>
              <Where the persona answers every message → platform:set:channel: ✓Answers only when it is spoken to=all, #general=10, #log=11>
              <Where moderation posts its log → platform:set:log: ✓No log channel=none, #general=10, #log=11>
              [Check again → platform:setup] [Settings → platform:overview]
            ada: choose platform:set:preset=pirate
              Set up | Three choices, each saved at once. Change them whenever you like. /  / Saved as revision 2. / `/persona/preset` `"sage"` → `"pirate"` /  / • I can't time out members. Give my role the permission Timeout Members. / • I can't time out, kick or ban everybody: my role Guildhall is below \*Boss\*. Open Server settings, Roles, and drag it up.
              <Who answers: choose a persona → platform:set:preset: Sage=sage, ✓Pirate=pirate, Vampire=vampire>
              <Where the persona answers every message → platform:set:channel: ✓Answers only when it is spoken to=all, #general=10, #log=11>
              <Where moderation posts its log → platform:set:log: ✓No log channel=none, #general=10, #log=11>
              [Check again → platform:setup] [Settings → platform:overview] [Undo this change → platform:back:2:1]
            ada: choose platform:set:channel=10
              Set up | Three choices, each saved at once. Change them whenever you like. /  / Saved as revision 3. / + `/persona/channels/0` `"10"` /  / • I can't time out members. Give my role the permission Timeout Members. / • I can't time out, kick or ban everybody: my role Guildhall is below \*Boss\*. Open Server settings, Roles, and drag it up.
              <Who answers: choose a persona → platform:set:preset: Sage=sage, ✓Pirate=pirate, Vampire=vampire>
              <Where the persona answers every message → platform:set:channel: Answers only when it is spoken to=all, ✓#general=10, #log=11>
              <Where moderation posts its log → platform:set:log: ✓No log channel=none, #general=10, #log=11>
              [Check again → platform:setup] [Settings → platform:overview] [Undo this change → platform:back:3:2]
            ada: choose platform:set:log=11
              Set up | Three choices, each saved at once. Change them whenever you like. /  / Saved as revision 4. / `/moderation/log_channel_id` `null` → `"11"` /  / I have every permission I need here.
              <Who answers: choose a persona → platform:set:preset: Sage=sage, ✓Pirate=pirate, Vampire=vampire>
              <Where the persona answers every message → platform:set:channel: Answers only when it is spoken to=all, ✓#general=10, #log=11>
              <Where moderation posts its log → platform:set:log: No log channel=none, #general=10, ✓#log=11>
              [Check again → platform:setup] [Settings → platform:overview] [Undo this change → platform:back:4:3]
            ada: choose platform:set:channel=all
              Set up | Three choices, each saved at once. Change them whenever you like. /  / Saved as revision 5. / − `/persona/channels/0` `"10"` /  / I have every permission I need here.
              <Who answers: choose a persona → platform:set:preset: Sage=sage, ✓Pirate=pirate, Vampire=vampire>
              <Where the persona answers every message → platform:set:channel: ✓Answers only when it is spoken to=all, #general=10, #log=11>
              <Where moderation posts its log → platform:set:log: No log channel=none, #general=10, ✓#log=11>
              [Check again → platform:setup] [Settings → platform:overview] [Undo this change → platform:back:5:4]
            ada: choose platform:set:log=none
              Set up | Three choices, each saved at once. Change them whenever you like. /  / Saved as revision 6. / `/moderation/log_channel_id` `"11"` → `null` /  / • I can't time out members. Give my role the permission Timeout Members. / • I can't time out, kick or ban everybody: my role Guildhall is below \*Boss\*. Open Server settings, Roles, and drag it up.
              <Who answers: choose a persona → platform:set:preset: Sage=sage, ✓Pirate=pirate, Vampire=vampire>
              <Where the persona answers every message → platform:set:channel: ✓Answers only when it is spoken to=all, #general=10, #log=11>
              <Where moderation posts its log → platform:set:log: ✓No log channel=none, #general=10, #log=11>
              [Check again → platform:setup] [Settings → platform:overview] [Undo this change → platform:back:6:5]
            ada: choose platform:set:preset=vampire
              only ada | Not allowed at \/persona\/channels: \/persona\/preset is for adults, and the persona answers in every channel; let it answer only in channels that Discord marks as age\-restricted, or change its character. The rule stands in: Discord Developer Policy, Apps Should Provide a Positive, Quality Experience: adult content and age-restricted labels.
            carol: /setup
              only carol | You need the permission Manage Server for this. Ask somebody who has it.
            carol: choose platform:set:log=11
              only carol | You need the permission Manage Server for this. Ask somebody who has it.
        "#]],
    );
}

#[test]
fn the_history_is_read_and_gone_back_to() {
    check(
        "ada: press platform:history
         ada: press platform:set:memory:off
         bob: press platform:set:persona:off
         ada: press platform:history
         ada: choose platform:back:3=1
         ada: press platform:history:3
         ada: choose platform:back:4=9",
        expect![[r#"
            ada: press platform:history
              Earlier settings | **1** · by operator <t:1795168800:R> | Going back makes a new revision, so it can be undone as well.
              [Settings → platform:overview]
            ada: press platform:set:memory:off
              Settings, revision 2 | by <@1> <t:1795168920:R> memory off /  / Saved as revision 2. / `/memory/enabled` `true` → `false` | Persona: On, sage | Moderation: On, no rules | Economy: On, coins | Memory: Off | Message text: kept 30 days
              [Turn Persona off → platform:set:persona:off] [Turn Moderation off → platform:set:moderation:off] [Turn Economy off → platform:set:economy:off] [Turn Memory on → platform:set:memory:on]
              [Set up → platform:setup] [History → platform:history] [Undo this change → platform:back:2:1]
            bob: press platform:set:persona:off
              Settings, revision 3 | by <@2> <t:1795168980:R> persona off /  / Saved as revision 3. / `/persona/enabled` `true` → `false` | Persona: Off | Moderation: On, no rules | Economy: On, coins | Memory: Off | Message text: kept 30 days
              [Turn Persona on → platform:set:persona:on] [Turn Moderation off → platform:set:moderation:off] [Turn Economy off → platform:set:economy:off] [Turn Memory on → platform:set:memory:on]
              [Set up → platform:setup] [History → platform:history] [Undo this change → platform:back:3:2]
            ada: press platform:history
              Earlier settings | **3** · by <@2> <t:1795168980:R> persona off / `/persona/enabled` `true` → `false` / **2** · by <@1> <t:1795168920:R> memory off / `/memory/enabled` `true` → `false` / **1** · by operator <t:1795168800:R> | Going back makes a new revision, so it can be undone as well.
              <Go back to … → platform:back:3: Revision 2=2, Revision 1=1>
              [Settings → platform:overview]
            ada: choose platform:back:3=1
              Settings, revision 4 | by <@1> <t:1795169100:R> back to revision 1 /  / Saved as revision 4. / `/memory/enabled` `false` → `true` / `/persona/enabled` `false` → `true` | Persona: On, sage | Moderation: On, no rules | Economy: On, coins | Memory: On | Message text: kept 30 days
              [Turn Persona off → platform:set:persona:off] [Turn Moderation off → platform:set:moderation:off] [Turn Economy off → platform:set:economy:off] [Turn Memory off → platform:set:memory:off]
              [Set up → platform:setup] [History → platform:history] [Undo this change → platform:back:4:3]
            ada: press platform:history:3
              Earlier settings | **2** · by <@1> <t:1795168920:R> memory off / `/memory/enabled` `true` → `false` / **1** · by operator <t:1795168800:R> | Going back makes a new revision, so it can be undone as well.
              <Go back to … → platform:back:4: Revision 2=2, Revision 1=1>
              [Settings → platform:overview]
            ada: choose platform:back:4=9
              only ada | There is no revision 9 in this server. Choose one from the history.
        "#]],
    );
}

#[test]
fn presses_of_others_and_of_older_versions_are_refused() {
    check(
        "ada: press platform:nothing
         ada: press economy:open:daily
         ada: press platform:set:economy:maybe
         ada: press platform:set:everything:off
         ada: press platform:back:0:1
         ada: choose platform:set:log=everyone
         ada: choose platform:set:preset=
         ada: /balance",
        expect![[r#"
            ada: press platform:nothing
              only ada | This button or command is no longer in use. Use /settings again.
            ada: press economy:open:daily
              only ada | This button or command is no longer in use. Use /settings again.
            ada: press platform:set:economy:maybe
              only ada | This button or command is no longer in use. Use /settings again.
            ada: press platform:set:everything:off
              only ada | This button or command is no longer in use. Use /settings again.
            ada: press platform:back:0:1
              only ada | This button or command is no longer in use. Use /settings again.
            ada: choose platform:set:log=everyone
              only ada | This button or command is no longer in use. Use /settings again.
            ada: choose platform:set:preset=
              only ada | This button or command is no longer in use. Use /settings again.
            ada: /balance
              only ada | This button or command is no longer in use. Use /settings again.
        "#]],
    );
}

#[test]
fn every_command_declares_how_it_answers() {
    for spec in specs() {
        let kind = answer_kind(&typed(&format!("/{}", spec.name)));
        assert_eq!(kind, Some(spec.answer), "{}", spec.name);
        assert_eq!(
            spec.access,
            chat::Access::Holders(Permissions::MANAGE_GUILD)
        );
        assert!(spec.description.chars().count() <= 100);
    }
    let kind = |what: &str| answer_kind(&typed(what));
    assert_eq!(
        kind("press platform:set:economy:off"),
        Some(AnswerKind::Update)
    );
    assert_eq!(
        kind("choose platform:set:log=none"),
        Some(AnswerKind::Update)
    );
    assert_eq!(kind("press platform:nothing"), None);
    assert_eq!(kind("press economy:open:daily"), None);
    assert_eq!(kind("/balance"), None);
}

#[test]
fn a_server_with_many_channels_still_shows_the_one_that_is_set() {
    let world = World::of(testkit::db::fresh_libsql(&migrations()));
    let op = world.op(1);
    let set = settings()
        .with("/moderation/log_channel_id", json!("1060"))
        .unwrap();
    let started = op.clone();
    world
        .run(move |tx, _| crate::config_start(tx, &started, &set))
        .unwrap();
    let channels: Vec<_> = (1_000..1_070)
        .map(|number| ChannelOption {
            channel: ChannelId::new(number).unwrap(),
            name: "x".repeat(120),
        })
        .collect();
    let snapshot = world.head(GUILD);
    let view = SetupView {
        snapshot: &snapshot,
        presets: &[],
        channels: &channels,
        findings: &[],
        saved: None,
    };
    let card = setup_card(&world.words, &op.locale, &view);
    let text = shown(&card);
    assert!(
        text.contains("Only the first channels are listed here."),
        "{text}"
    );
    let Row::Select(log) = &card.rows[1] else {
        panic!("{text}")
    };
    let chosen: Vec<_> = log.options.iter().filter(|option| option.chosen).collect();
    assert_eq!((chosen.len(), chosen[0].value.as_str()), (1, "1060"));
    assert!(
        log.options
            .iter()
            .all(|option| option.label.chars().count() <= 100)
    );
}
