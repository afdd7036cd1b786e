//! Every filter on its own: a thing that may be seen is planted, one column of it is changed, and the layer under
//! test must not give it any more. Statements are tried without the second filter, and the second filter alone.

use ::store::{Statement, Value};
use kernel::{Span, Timestamp};

use super::world::{
    CELLAR, GUILD, OTHER_GUILD, SQUARE, TOWN, World, channel, each, message, place, texts, user,
};
use crate::{
    Fact, FactState, Remembering, Scope, Subject, Turn, Viewer,
    store::{recalls, turns},
    text::words,
};

/// What the statements find, before anything looks at it again.
fn found(world: &World, viewer: Viewer) -> (usize, usize) {
    let now = world.now();
    world.run(move |tx, _| {
        let searched = recalls::facts_search(tx, &viewer, &words("canary"), now, 50)?;
        let standing = recalls::facts_standing(tx, &viewer, now, 50)?;
        Ok((searched.len(), standing.len()))
    })
}

const TO_OTHER_GUILD: Statement = Statement::new(
    "memory.test_to_other_guild",
    "UPDATE memory_facts SET guild = 901",
);
const TO_OTHER_MEMBER: Statement = Statement::new(
    "memory.test_to_other_member",
    "UPDATE memory_facts SET user_id = 2",
);
const TO_CELLAR: Statement = Statement::new(
    "memory.test_to_cellar",
    "UPDATE memory_facts SET scope = 'channel', channel = 12",
);
const TO_SUPERSEDED: Statement = Statement::new(
    "memory.test_to_superseded",
    "UPDATE memory_facts SET state = 'superseded'",
);
const TO_EXPIRED: Statement = Statement::new(
    "memory.test_to_expired",
    "UPDATE memory_facts SET expires_at = ?1",
);
const TO_SILENT: Statement = Statement::new(
    "memory.test_to_silent",
    "UPDATE memory_members SET silent = TRUE WHERE user_id = 1",
);

fn tamper(world: &World, statement: &'static Statement, values: Vec<Value>) {
    let changed = world.run(move |tx, _| tx.execute(statement, &values));
    assert!(changed > 0, "{}", statement.name());
}

/// The index still holds the words, so that only the condition under test can keep the fact back.
fn the_statement_keeps_back(statement: &'static Statement, values: impl Fn(&World) -> Vec<Value>) {
    each(|world| {
        world.knows(1, TOWN, "My canary is yellow");
        let viewer = world.viewer(1, SQUARE);
        assert_eq!(found(&world, viewer), (1, 1));
        tamper(&world, statement, values(&world));
        assert_eq!(found(&world, viewer), (0, 0), "{}", statement.name());
    });
}

#[test]
fn n1_the_statement_keeps_back_other_members() {
    the_statement_keeps_back(&TO_OTHER_MEMBER, |_| vec![]);
}

#[test]
fn n2_the_statement_keeps_back_other_guilds() {
    the_statement_keeps_back(&TO_OTHER_GUILD, |_| vec![]);
}

#[test]
fn n3_the_statement_keeps_back_other_channels() {
    the_statement_keeps_back(&TO_CELLAR, |_| vec![]);
}

#[test]
fn n4_the_statement_keeps_back_who_opted_out() {
    the_statement_keeps_back(&TO_SILENT, |_| vec![]);
}

#[test]
fn n5_the_statement_keeps_back_what_expired_or_was_superseded() {
    the_statement_keeps_back(&TO_EXPIRED, |world| vec![world.now().into()]);
    the_statement_keeps_back(&TO_SUPERSEDED, |_| vec![]);
}

#[test]
fn a_private_fact_is_found_in_its_own_channel() {
    each(|world| {
        world.knows(1, CELLAR, "My canary is yellow");
        assert_eq!(found(&world, world.viewer(1, CELLAR)), (1, 1));
        assert_eq!(found(&world, world.viewer(1, TOWN)), (0, 0));
    });
}

fn fact() -> Fact {
    let now = Timestamp::from_micros(1_000);
    Fact {
        id: crate::FactId::new(1),
        guild: kernel::GuildId::new(GUILD).unwrap(),
        subject: Subject::Member,
        user: user(1),
        channel: channel(TOWN),
        scope: Scope::Guild,
        text: "My canary is yellow".to_owned(),
        phrase: None,
        source: None,
        origin: crate::Origin::Said,
        confidence_permille: 900,
        importance: 5,
        state: FactState::Live,
        at: now,
        updated_at: now,
        expires_at: now + Span::days(1),
    }
}

fn viewer() -> Viewer {
    Viewer {
        guild: kernel::GuildId::new(GUILD).unwrap(),
        user: user(1),
        channel: channel(SQUARE),
    }
}

#[test]
fn n1_n2_n3_n5_the_second_filter_keeps_back_each_on_its_own() {
    let now = Timestamp::from_micros(2_000);
    let other = kernel::GuildId::new(OTHER_GUILD).unwrap();
    assert!(fact().is_for(&viewer(), now));
    let of_guild = Fact {
        subject: Subject::Guild,
        user: user(2),
        ..fact()
    };
    assert!(of_guild.is_for(&viewer(), now));
    let private = Fact {
        scope: Scope::Channel,
        ..fact()
    };
    assert!(private.is_for(
        &Viewer {
            channel: channel(TOWN),
            ..viewer()
        },
        now
    ));
    let kept_back = [
        Fact {
            user: user(2),
            ..fact()
        },
        Fact {
            guild: other,
            ..fact()
        },
        private,
        Fact {
            state: FactState::Superseded,
            ..fact()
        },
        Fact {
            expires_at: now,
            ..fact()
        },
        Fact {
            guild: other,
            subject: Subject::Guild,
            ..fact()
        },
    ];
    for fact in kept_back {
        assert!(!fact.is_for(&viewer(), now), "{fact:?}");
    }
}

#[test]
fn n1_n2_what_was_found_is_filtered_again_before_it_is_used() {
    let now = Timestamp::from_micros(2_000);
    let leaked = Fact {
        user: user(2),
        ..fact()
    };
    let settings = crate::Settings::default();
    let asked = words("canary");
    let chosen = crate::recall::chosen(vec![leaked, fact()], &settings, &viewer(), &asked, now);
    assert_eq!(chosen.len(), 1);
    assert_eq!(chosen[0].fact.user, user(1));
}

#[test]
fn n1_n2_n3_n4_canaries_of_two_tenants_never_cross() {
    each(|mut world| {
        world.knows(1, TOWN, "My canary is called Amber");
        world.knows(2, TOWN, "My canary is called Basil");
        world.knows(1, CELLAR, "My canary in the cellar is called Coal");
        world.knows(3, TOWN, "My canary is called Dusk");
        let op = world.op(3);
        world.run(move |tx, _| crate::set_remembering(tx, &op, user(3), Remembering::Off));
        world.guild = OTHER_GUILD;
        world.knows(1, TOWN, "My canary is called Ember");
        let names = ["Amber", "Basil", "Coal", "Dusk", "Ember"];
        let seen = |world: &World, member, at| -> Vec<&str> {
            let said = world
                .recall(member, at, "what is my canary called in the cellar?")
                .join(" ");
            names
                .into_iter()
                .filter(|name| said.contains(name))
                .collect()
        };
        assert_eq!(seen(&world, 1, TOWN), ["Ember"]);
        assert_eq!(seen(&world, 2, TOWN), Vec::<&str>::new());
        world.guild = GUILD;
        assert_eq!(seen(&world, 1, TOWN), ["Amber"]);
        assert_eq!(seen(&world, 1, SQUARE), ["Amber"]);
        assert_eq!(seen(&world, 1, CELLAR), ["Amber", "Coal"]);
        assert_eq!(seen(&world, 2, CELLAR), ["Basil"]);
        assert_eq!(seen(&world, 3, TOWN), Vec::<&str>::new());
        assert_eq!(seen(&world, 4, TOWN), Vec::<&str>::new());
    });
}

/// What the statements of the windows find, before anything looks at it again: channel, member, server.
fn window_counts(world: &World, viewer: Viewer) -> [usize; 3] {
    let now = world.now();
    world.run(move |tx, _| {
        let place = (viewer.guild, viewer.channel);
        Ok([
            turns::channel_window(tx, place, (0, 900), now, 50)?.len(),
            turns::member_window(tx, &viewer, now, 50)?.len(),
            turns::server_window(tx, &viewer, now, 50)?.len(),
        ])
    })
}

const TURNS_TO_OTHER_GUILD: Statement = Statement::new(
    "memory.test_turns_to_other_guild",
    "UPDATE memory_turns SET guild = 901",
);
const TURNS_TO_CHANNEL: Statement = Statement::new(
    "memory.test_turns_to_channel",
    "UPDATE memory_turns SET scope = 'channel'",
);
const TURNS_TO_EXPIRED: Statement = Statement::new(
    "memory.test_turns_to_expired",
    "UPDATE memory_turns SET expires_at = ?1",
);
const ALL_SILENT: Statement = Statement::new(
    "memory.test_all_silent",
    "INSERT INTO memory_members (guild, user_id, silent, at) VALUES (900, 1, TRUE, 1), (900, 2, TRUE, 1)",
);

#[test]
fn n2_n3_n4_n5_the_statements_of_windows_keep_back_each_on_its_own() {
    let table: [(&'static Statement, bool, [usize; 3]); 4] = [
        (&TURNS_TO_OTHER_GUILD, false, [0, 0, 0]),
        (&TURNS_TO_CHANNEL, false, [1, 0, 0]),
        (&TURNS_TO_EXPIRED, true, [0, 0, 0]),
        (&ALL_SILENT, false, [0, 0, 0]),
    ];
    for (statement, at_now, expected) in table {
        each(|world| {
            world.say(&world.turn(101, 1, TOWN, "here"));
            world.say(&world.turn(102, 1, SQUARE, "mine elsewhere"));
            world.say(&world.turn(103, 2, SQUARE, "others elsewhere"));
            let viewer = world.viewer(1, TOWN);
            assert_eq!(window_counts(&world, viewer), [1, 1, 1]);
            let values = if at_now {
                vec![world.now().into()]
            } else {
                vec![]
            };
            tamper(&world, statement, values);
            assert_eq!(
                window_counts(&world, viewer),
                expected,
                "{}",
                statement.name()
            );
        });
    }
}

#[test]
fn n2_n3_n5_turns_are_filtered_again() {
    let now = Timestamp::from_micros(2_000);
    let turn = Turn {
        guild: viewer().guild,
        message: message(1),
        channel: channel(TOWN),
        scope: Scope::Guild,
        speaker: crate::Speaker::Member,
        user: user(2),
        name: "bob".to_owned(),
        text: "hi".to_owned(),
        at: now,
        expires_at: now + Span::days(1),
    };
    assert!(turn.is_for(&viewer(), now));
    let other = kernel::GuildId::new(OTHER_GUILD).unwrap();
    let kept_back = [
        Turn {
            guild: other,
            ..turn.clone()
        },
        Turn {
            scope: Scope::Channel,
            ..turn.clone()
        },
        Turn {
            expires_at: now,
            ..turn
        },
    ];
    let fitting = crate::window::fitting(kept_back.to_vec(), &viewer(), now, 10_000);
    assert_eq!(fitting, []);
}

#[test]
fn n3_what_is_said_in_the_cellar_stays_there() {
    each(|world| {
        world.say(&world.turn(101, 1, CELLAR, "the secret plan"));
        world.say(&world.turn(102, 1, TOWN, "hello"));
        let cellar = world.windows(1, CELLAR, 900);
        assert_eq!(texts(&cellar.channel), ["the secret plan"]);
        assert_eq!(texts(&cellar.member), ["hello"]);
        for member in [1, 2] {
            let town = world.windows(member, SQUARE, 900);
            let all = [town.channel, town.member, town.server].concat();
            assert_eq!(texts(&all), ["hello"]);
        }
        assert_eq!(place(CELLAR).scope, Scope::Channel);
    });
}

#[test]
fn n3_a_channel_that_is_closed_keeps_what_was_said_there() {
    each(|world| {
        world.knows(1, TOWN, "My canary is yellow");
        world.say(&world.turn(101, 2, TOWN, "hello"));
        assert_eq!(world.recall(1, SQUARE, "canary").len(), 1);
        let op = world.op(1);
        world.run(move |tx, _| crate::conceal(tx, &op, channel(TOWN)));
        assert_eq!(world.recall(1, SQUARE, "canary"), Vec::<String>::new());
        assert_eq!(world.windows(1, SQUARE, 900).server, []);
        assert_eq!(world.recall(1, TOWN, "canary").len(), 1);
    });
}
