//! Sign-ins and sessions: once, soon, in one browser; and over at once when they are ended.

use std::fs;

use kernel::{SeededChance, Span, Timestamp, UserId};

use super::world::{World, each, guild, user};
use crate::{
    NewSession, Purpose, SESSION_IDLE, SESSION_LIFE, SESSIONS_MAX, SIGN_IN_LIFE, SIGN_INS_MAX,
    Session, SessionId, Ticket, TicketDigest, session_end, session_fetch, session_open,
    session_seen, sessions_end_others, sessions_list, sessions_prune, sign_in_begin, sign_in_take,
    tour_taken,
};

const ADA: u64 = 10;
const BOB: u64 = 11;

fn ticket(seed: u64) -> Ticket {
    Ticket::draw(&SeededChance::new(seed))
}

fn new_session(number: i64, who: u64) -> NewSession {
    NewSession {
        id: SessionId::new(number),
        ticket: ticket(number.unsigned_abs()).digest(),
        user: user(who),
        name: format!("member {who}"),
        guilds: vec![guild(900), guild(901)],
        agent: "A browser/1.0".to_owned(),
    }
}

impl World {
    fn begin(&self, seed: u64, return_to: &'static str) -> Result<(), ::store::DbError> {
        let (at, ticket) = (self.now(), ticket(seed).digest());
        self.run(move |tx, _| sign_in_begin(tx, at, ticket, return_to))
    }

    fn take(&self, seed: u64) -> Option<String> {
        let (at, ticket) = (self.now(), ticket(seed).digest());
        self.run(move |tx, _| sign_in_take(tx, at, ticket)).unwrap()
    }

    fn open(&self, number: i64, who: u64) -> TicketDigest {
        let (at, new) = (self.now(), new_session(number, who));
        let digest = new.ticket;
        self.run(move |tx, _| session_open(tx, at, &new)).unwrap();
        digest
    }

    fn session(&self, ticket: TicketDigest) -> Option<Session> {
        let at = self.now();
        self.see(move |tx| session_fetch(tx, at, ticket))
    }

    fn sessions(&self, who: u64) -> Vec<i64> {
        let (at, who) = (self.now(), user(who));
        let found = self.see(move |tx| sessions_list(tx, at, who));
        found.iter().map(|session| session.id.get()).collect()
    }

    fn end(&self, who: u64, number: i64) -> bool {
        let (who, id): (UserId, _) = (user(who), SessionId::new(number));
        self.run(move |tx, _| session_end(tx, who, id)).unwrap()
    }

    fn use_it(&self, number: i64) {
        let (at, id): (Timestamp, _) = (self.now(), SessionId::new(number));
        self.run(move |tx, _| session_seen(tx, at, id)).unwrap();
    }
}

#[test]
fn u9_a_sign_in_is_finished_once_and_only_with_its_own_ticket() {
    each(|world| {
        world.begin(1, "/dashboard/guilds/900").unwrap();
        assert_eq!(world.take(2), None);
        assert_eq!(world.take(1).as_deref(), Some("/dashboard/guilds/900"));
        assert_eq!(world.take(1), None);
    });
}

#[test]
fn u9_a_sign_in_that_took_too_long_is_none() {
    each(|world| {
        world.begin(1, "/").unwrap();
        world.later(SIGN_IN_LIFE);
        assert_eq!(world.take(1), None);
    });
}

#[test]
fn sign_ins_on_their_way_are_bounded_and_the_one_begun_first_makes_room() {
    each(|world| {
        world.begin(2_000_000, "/first").unwrap();
        world.later(Span::seconds(1));
        world.begin(2_000_001, "/second").unwrap();
        world.later(Span::seconds(1));
        let at = world.now();
        let fill = move |tx: &mut ::store::Tx<'_>, _: &dyn kernel::IdSource| {
            for seed in 2..u64::from(SIGN_INS_MAX) {
                let ends_at = at + SIGN_IN_LIFE;
                crate::store::sign_ins::insert(tx, ticket(seed).digest(), "/", ends_at)?;
            }
            Ok::<_, ::store::DbError>(())
        };
        world.run(fill).unwrap();
        let kept = |world: &World| world.see(crate::store::sign_ins::count);
        assert_eq!(kept(&world), i64::from(SIGN_INS_MAX));
        world.later(Span::seconds(1));
        world.begin(1_000_000, "/").unwrap();
        assert_eq!(kept(&world), i64::from(SIGN_INS_MAX));
        assert_eq!(world.take(1_000_000).as_deref(), Some("/"));
        assert_eq!(world.take(2_000_000), None);
        assert_eq!(world.take(2_000_001).as_deref(), Some("/second"));
        world.later(SIGN_IN_LIFE);
        world.begin(1_000_001, "/").unwrap();
        assert_eq!(kept(&world), 1);
    });
}

#[test]
fn where_to_return_is_kept_only_while_it_is_short() {
    each(|world| {
        let long: &'static str = Box::leak("/x".repeat(300).into_boxed_str());
        world.begin(1, long).unwrap();
        assert_eq!(world.take(1).as_deref(), Some("/"));
        world.begin(2, "").unwrap();
        assert_eq!(world.take(2).as_deref(), Some("/"));
    });
}

#[test]
fn a_session_is_what_was_signed_in() {
    each(|world| {
        let digest = world.open(1, ADA);
        let session = world.session(digest).unwrap();
        assert_eq!(
            (session.user, session.name.as_str()),
            (user(ADA), "member 10")
        );
        assert_eq!(session.guilds, [guild(900), guild(901)]);
        assert_eq!(
            (session.began_at, session.seen_at),
            (world.now(), world.now())
        );
        assert_eq!(world.session(ticket(99).digest()), None);
    });
}

#[test]
fn what_discord_and_browsers_call_themselves_is_cut_to_fit() {
    each(|world| {
        let new = NewSession {
            name: "é".repeat(300) + "\u{7}",
            agent: "\n".to_owned() + &"x".repeat(3_000),
            guilds: (1..500).map(guild).collect(),
            ..new_session(1, ADA)
        };
        let (at, digest) = (world.now(), new.ticket);
        world.run(move |tx, _| session_open(tx, at, &new)).unwrap();
        let session = world.session(digest).unwrap();
        assert_eq!(
            (session.name.chars().count(), session.agent.len()),
            (100, 200)
        );
        assert_eq!(session.guilds.len(), 200);
    });
}

#[test]
fn u10_a_session_ends_after_half_a_day_without_a_request() {
    each(|world| {
        let digest = world.open(1, ADA);
        world.later(Span::hours(11));
        assert!(world.session(digest).unwrap().is_to_be_noted(world.now()));
        world.use_it(1);
        world.later(Span::hours(11));
        assert!(world.session(digest).is_some());
        world.later(Span::hours(1));
        assert_eq!(world.session(digest), None);
        assert!(world.sessions(ADA).is_empty());
    });
}

#[test]
fn u10_a_session_ends_after_a_week_however_much_it_is_used() {
    each(|world| {
        let digest = world.open(1, ADA);
        for _ in 0..7 * 24 / 6 - 1 {
            world.later(Span::hours(6));
            world.use_it(1);
            assert!(world.session(digest).is_some());
        }
        world.later(Span::hours(6));
        assert_eq!(world.session(digest), None);
    });
}

#[test]
fn u10_a_session_that_was_ended_opens_nothing_and_only_its_owner_ends_it() {
    each(|world| {
        let (mine, theirs) = (world.open(1, ADA), world.open(2, BOB));
        assert!(!world.end(BOB, 1));
        assert!(world.session(mine).is_some());
        assert!(world.end(ADA, 1));
        assert!(!world.end(ADA, 1));
        assert_eq!(world.session(mine), None);
        assert!(world.session(theirs).is_some());
    });
}

#[test]
fn all_others_are_ended_together() {
    each(|world| {
        for number in 1..=3 {
            world.open(number, ADA);
        }
        world.open(4, BOB);
        let ended = world
            .run(|tx, _| sessions_end_others(tx, user(ADA), SessionId::new(2)))
            .unwrap();
        assert_eq!(ended, 2);
        assert_eq!(
            (world.sessions(ADA), world.sessions(BOB)),
            (vec![2], vec![4])
        );
    });
}

#[test]
fn a_person_s_sessions_are_bounded_and_the_one_used_longest_ago_makes_room() {
    each(|world| {
        for number in 1..=i64::from(SESSIONS_MAX) {
            world.open(number, ADA);
            world.later(Span::minutes(2));
        }
        world.use_it(1);
        world.later(Span::minutes(2));
        world.open(100, ADA);
        let left = world.sessions(ADA);
        assert_eq!(left.len(), usize::try_from(SESSIONS_MAX).unwrap());
        assert_eq!(left[..2], [100, 1]);
        assert!(!left.contains(&2));
    });
}

#[test]
fn sessions_that_are_over_are_forgotten_in_chunks() {
    each(|world| {
        for number in 1..=5 {
            world.open(number, ADA);
        }
        world.later(SESSION_IDLE);
        world.open(6, ADA);
        let prune = |limit| {
            let at = world.now();
            world
                .run(move |tx, _| sessions_prune(tx, at, limit))
                .unwrap()
        };
        assert_eq!((prune(3), prune(3), prune(3)), (3, 2, 0));
        world.later(SESSION_LIFE);
        assert_eq!(prune(3), 1);
    });
}

#[test]
fn u10_what_a_browser_holds_stands_nowhere_in_the_database() {
    each(|world| {
        world.begin(7, "/").unwrap();
        world.open(8, ADA);
        let Some(folder) = world.db.folder() else {
            return;
        };
        let files = fs::read_dir(folder).unwrap();
        let kept: Vec<u8> = files
            .flat_map(|file| fs::read(file.unwrap().path()).unwrap())
            .collect();
        for ticket in [ticket(7), ticket(8)] {
            for text in [
                ticket.expose(),
                ticket.text_for(Purpose::State),
                ticket.text_for(Purpose::Verifier),
                ticket.text_for(Purpose::Form),
            ] {
                let found = kept.windows(text.len()).any(|part| part == text.as_bytes());
                assert!(!found, "{text}");
            }
        }
        assert!(kept.windows(9).any(|part| part == b"member 10"));
    });
}

#[test]
fn who_was_shown_around_was_so_in_every_session_until_they_are_forgotten() {
    each(|world| {
        let (one, other, bobs) = (world.open(1, ADA), world.open(2, ADA), world.open(3, BOB));
        let shown = |ticket| world.session(ticket).unwrap().was_shown_around;
        assert_eq!([one, other, bobs].map(shown), [false; 3]);
        let at = world.now();
        for _ in 0..2 {
            world
                .run(move |tx, _| tour_taken(tx, at, user(ADA)))
                .unwrap();
        }
        assert_eq!([one, other, bobs].map(shown), [true, true, false]);
        let kept = world
            .run(move |tx, _| crate::export(tx, guild(900), user(ADA)))
            .unwrap();
        assert_eq!(kept["shown_around_at"], at.to_string());
        // A session that begins later knows it as well.
        assert!(shown(world.open(4, ADA)));
        let op = world.op(ADA);
        world
            .run(move |tx, _| crate::erase(tx, &op, guild(900), user(ADA)))
            .unwrap();
        assert_eq!([one, bobs].map(shown), [false, false]);
    });
}
