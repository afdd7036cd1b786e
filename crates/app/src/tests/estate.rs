//! What the operator sees of all guilds and of the queues, and what becomes of what failed for good.

use audit::{
    ActorSeen, EffectState, Filter, Kind, NewEffect, NewEntry, Outcome, Trigger, TriggerKind,
};
use chat::{Delete, Effect};
use kernel::{Cause, CauseKind, Clock, Span, UserId};
use platform::{Session, SessionId};
use serde_json::json;
use store::{
    DbError, Tx,
    jobs::{self, Job, NewJob},
    letters::{LetterState, Queue},
    owed::{self, OwedEnd},
};

use super::scene::{Scene, command};
use crate::{
    Ailment, GuildsAsked, LettersAsked, Viewer,
    estate::installation_chain,
    flows::letters::{Decide, DecideError, Verdict, decide},
};

const OWED: i64 = 500;
const JOB: i64 = 600;

fn operator() -> Viewer {
    Viewer {
        session: Session {
            id: SessionId::new(42),
            user: UserId::new(1).unwrap(),
            name: "otto".to_owned(),
            guilds: Vec::new(),
            agent: String::new(),
            began_at: kernel::Timestamp::from_micros(0),
            seen_at: kernel::Timestamp::from_micros(0),
            was_shown_around: false,
        },
        is_operator: true,
    }
}

fn removal() -> Effect {
    Effect::Delete(Delete {
        channel: kernel::Id::new(6).unwrap(),
        messages: vec![kernel::Id::new(7).unwrap()],
        reason: "No spam".to_owned(),
    })
}

/// Writes an effect down that a decision owes and Discord refused, and a job that failed for good.
async fn bury(scene: &Scene) {
    let (core, now) = (scene.core().clone(), scene.clock.now());
    let work = move |tx: &mut Tx<'_>| {
        let cause = Cause::new(CauseKind::Message, 7);
        let op = core.admission().event(Scene::guild(), cause);
        let written = core.keys.effects().write(OWED, &removal()).unwrap();
        owed::owed_insert(tx, OWED, &op.cause, Some(op.guild), &written, now)?;
        let trigger = Trigger::of(TriggerKind::Message);
        let mut entry = NewEntry::new(Kind::Moderation, "delete", Outcome::Executed, trigger);
        entry.effects = vec![NewEffect {
            owed: OWED,
            kind: "delete_message".to_owned(),
        }];
        let (ids, chance) = (core.ids.as_ref(), core.chance.as_ref());
        audit::record(tx, &op, ids, chance, &entry).unwrap();
        owed::owed_end(tx, OWED, OwedEnd::Failed, "403 Missing Permissions", now)?;
        let error = "403 Missing Permissions".to_owned();
        audit::effect_settled(tx, OWED, &audit::Settled::Failed { error }, now)?;
        let (kind, key) = ("store.prune", "store.prune:1");
        let new = NewJob {
            id: JOB,
            kind,
            key,
            payload: "{}",
            due_at: now,
        };
        jobs::job_insert(tx, &new, now)?;
        let job = Job {
            id: JOB,
            kind: kind.to_owned(),
            key: key.to_owned(),
            payload: "{}".to_owned(),
            attempts: jobs::ATTEMPTS_MAX,
        };
        jobs::job_fail(tx, &job, "the disk is full", now)
    };
    let done: Result<(), DbError> = scene.database().write("test", work).await;
    done.unwrap();
}

async fn decided(
    scene: &Scene,
    key: &str,
    queue: Queue,
    verdict: Verdict,
) -> Result<(), DecideError> {
    let id = match queue {
        Queue::Jobs => JOB,
        Queue::Effects => OWED,
    };
    let admission = scene.core().admission();
    let op = admission.console(&operator(), &format!("{id}"), key);
    decide(scene.core(), op.unwrap(), Decide { queue, id, verdict }).await
}

/// The entries of a guild with this action.
async fn entries(scene: &Scene, guild: kernel::GuildId, action: &str) -> Vec<audit::Entry> {
    let filter = Filter {
        action: Some(action.to_owned()),
        ..Filter::default()
    };
    let read = move |tx: &mut Tx<'_>| audit::search(tx, guild, &filter, None, 10);
    let found: Result<_, DbError> = scene.database().read("test", read).await;
    found.unwrap().entries
}

async fn dead(scene: &Scene, queue: Queue) -> Vec<crate::SeenLetter> {
    let asked = LettersAsked {
        queue,
        state: LetterState::Dead,
        after: None,
        limit: 10,
    };
    scene.core().letters(asked).await.unwrap().letters
}

#[tokio::test]
async fn a_dead_effect_is_tried_again_once_and_its_decision_waits_for_it() {
    let scene = Scene::begin().await;
    bury(&scene).await;
    let seen = dead(&scene, Queue::Effects).await.remove(0);
    assert_eq!(seen.kind.as_deref(), Some("delete_message"));
    assert_eq!((seen.guild, seen.can_retry), (Some(Scene::guild()), true));
    let retry = || decided(&scene, "k1", Queue::Effects, Verdict::Again);
    retry().await.unwrap();
    // The same form again is the same deed; another finds nothing that failed.
    retry().await.unwrap();
    let late = decided(&scene, "k2", Queue::Effects, Verdict::GiveUp).await;
    assert_eq!(late, Err(DecideError::NotDead { id: OWED }));
    scene.relay().await;
    assert_eq!(scene.courier.next().await, removal());
    scene.end().await;
    assert_eq!(scene.courier.count(), 1);
    let decision = entries(&scene, Scene::guild(), "delete").await.remove(0);
    assert_eq!(decision.effects[0].state, EffectState::Done);
    let noted = entries(&scene, Scene::guild(), "effect_retry").await;
    assert_eq!(noted.len(), 1);
    assert_eq!(noted[0].actor, ActorSeen::Member(UserId::new(1).ok()));
    let why = noted[0].reasoning.as_ref().and_then(|said| said.text());
    assert_eq!(
        why,
        Some(
            "Session 42 of the dashboard wrote another try of effect 500, owed because of `message:7`"
        )
    );
}

#[tokio::test]
async fn what_an_effect_said_is_forgotten_after_a_day_and_then_it_can_only_be_given_up() {
    let scene = Scene::begin().await;
    bury(&scene).await;
    let later = scene.clock.now() + Span::seconds(1);
    let forget = move |tx: &mut Tx<'_>| owed::owed_forget(tx, later, 10);
    let gone: Result<u64, DbError> = scene.database().write("test", forget).await;
    assert_eq!(gone, Ok(1));
    let seen = dead(&scene, Queue::Effects).await.remove(0);
    assert_eq!((seen.kind, seen.can_retry), (None, false));
    let retry = decided(&scene, "k1", Queue::Effects, Verdict::Again).await;
    assert_eq!(retry, Err(DecideError::Forgotten { id: OWED }));
    let given_up = decided(&scene, "k2", Queue::Effects, Verdict::GiveUp).await;
    assert_eq!(given_up, Ok(()));
    assert_eq!(dead(&scene, Queue::Effects).await, []);
    scene.end().await;
}

#[tokio::test]
async fn a_dead_job_is_given_up_in_the_chain_of_the_installation() {
    let scene = Scene::begin().await;
    bury(&scene).await;
    let seen = dead(&scene, Queue::Jobs).await.remove(0);
    assert_eq!(seen.letter.error.as_deref(), Some("the disk is full"));
    decided(&scene, "k", Queue::Jobs, Verdict::GiveUp)
        .await
        .unwrap();
    assert_eq!(dead(&scene, Queue::Jobs).await, []);
    let deeds = scene
        .core()
        .operators_deeds(None, 50)
        .await
        .unwrap()
        .entries;
    assert_eq!(deeds.len(), 1);
    assert_eq!(
        (deeds[0].guild, &*deeds[0].action),
        (installation_chain(), "job_give_up")
    );
    // Nobody else can act there.
    let somebody = Viewer {
        is_operator: false,
        ..operator()
    };
    let admission = scene.core().admission();
    assert!(admission.console(&somebody, "jobs", "k").is_none());
    // The installation is no guild, also not where words of guilds are forgotten.
    crate::flows::privacy::forget_due(scene.core())
        .await
        .unwrap();
    let guilds = scene.core().guild_states(asked("")).await.unwrap().guilds;
    assert!(guilds.iter().all(|guild| guild.id != installation_chain()));
    scene.end().await;
}

fn asked(search: &str) -> GuildsAsked {
    GuildsAsked {
        search: search.to_owned(),
        after: None,
        limit: 10,
    }
}

#[tokio::test]
async fn guilds_stand_with_what_ails_them_what_they_cost_and_what_they_take() {
    let scene = Scene::begin().await;
    scene
        .configure(json!({"moderation": {"rules": [{
            "id": "no-spam", "name": "No spam", "mode": "act",
            "trigger": {"kind": "words", "words": ["spam"]},
            "actions": [{"kind": "delete"}],
        }]}}))
        .await;
    bury(&scene).await;
    scene.ask(1, 10, command("daily")).await;
    scene.courier.next().await;
    let found = scene.core().guild_states(asked("")).await.unwrap();
    assert_eq!((found.guilds.len(), found.next), (1, None));
    let guild = &found.guilds[0];
    assert_eq!((guild.id, &guild.known), (Scene::guild(), &None));
    assert_eq!(guild.ailments, [Ailment::Dead(1), Ailment::Unseen]);
    assert!(guild.decisions >= 2, "{guild:?}");
    assert_eq!(guild.pace.map(|pace| pace.events), Some(1));
    let by_id = scene.core().guild_states(asked(" 77 ")).await.unwrap();
    assert_eq!(by_id.guilds.len(), 1);
    for nobody in ["78", "harbour"] {
        let found = scene.core().guild_states(asked(nobody)).await.unwrap();
        assert_eq!(found.guilds.len(), 0, "{nobody}");
    }
    let busiest = scene.core().guilds_busiest(5).await.unwrap();
    assert_eq!(busiest.len(), 1);
    scene.end().await;
}
