//! The operator's console: what it says of servers and of the installation, and that nobody else finds it.

use app::installation::{Bot, BotTrouble, Connection, Shard};
use serde_json::json;
use store::{
    DbError, Tx,
    jobs::{self, Job, NewJob},
};

use super::scene::{Scene, Who};
use crate::Ailing;

#[tokio::test]
async fn w5_the_way_to_the_console_is_shown_to_the_operator_alone() {
    let scene = Scene::set().await;
    let mut operator = scene.signed_in(Who::Operator).await;
    for path in ["/dashboard", &scene.place()] {
        let page = operator.get(path).await.body;
        assert!(page.contains(r#"href="/dashboard/operator""#), "{page}");
    }
    let mut owner = scene.signed_in(Who::Owner).await;
    for path in ["/dashboard", &scene.place()] {
        let page = owner.get(path).await.body;
        assert!(!page.contains("/dashboard/operator"), "{page}");
    }
    // What is hidden and what does not exist are told apart by nothing.
    let hidden = owner.get("/dashboard/operator/servers").await;
    let absent = owner.get("/dashboard/nowhere").await;
    let (theirs, nobodys) = (hidden.without_draws(), absent.without_draws());
    assert_eq!((hidden.status, theirs), (absent.status, nobodys));
    scene.end().await;
}

#[tokio::test]
async fn the_overview_says_what_ails_and_why() {
    let scene = Scene::set().await;
    let mut operator = scene.signed_in(Who::Operator).await;
    let page = operator.get("/dashboard/operator").await.body;
    assert!(page.contains("All is well: nothing needs you."), "{page}");
    scene.vitals.0.lock().unwrap().push(Ailing {
        part: "discord".to_owned(),
        reason: "the token is <gone>".to_owned(),
        since: "2026-11-20T09:58:00Z".parse().unwrap(),
    });
    let page = operator.get("/dashboard/operator").await.body;
    assert!(page.contains("One thing needs your attention."), "{page}");
    assert!(page.contains("the token is &lt;gone&gt;"), "{page}");
    scene.end().await;
}

#[tokio::test]
async fn servers_stand_with_their_health_and_are_found_by_name_and_id() {
    let scene = Scene::set().await;
    scene
        .configure(json!({"moderation": {"rules": [{
            "id": "no-spam", "name": "No spam", "mode": "act",
            "trigger": {"kind": "words", "words": ["spam"]},
            "actions": [{"kind": "delete"}],
        }]}}))
        .await;
    scene.say(Who::Member, "hello there");
    let mut operator = scene.signed_in(Who::Operator).await;
    let path = "/dashboard/operator/servers";
    let busiest = format!("{path}?order=busiest");
    scene
        .until_said(&mut operator, &busiest, "longest wait")
        .await;
    let page = operator.get(path).await.body;
    for said in ["Hall &lt;b&gt;&amp;", "Elsewhere", "no log channel"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(page.contains(&format!(r#"href="{}""#, scene.place())));
    for (text, found, missing) in [
        ("else", "Elsewhere", "Hall &lt;b&gt;"),
        (
            &scene.guild.to_string(),
            "Hall &lt;b&gt;",
            "Elsewhere</span></a>",
        ),
        ("nowhere", "No server matches", "no log channel"),
        ("4711", "No server matches", "no log channel"),
    ] {
        let page = operator.get(&format!("{path}?text={text}")).await.body;
        let (_, list) = page.split_once("id=\"servers-title\"").unwrap();
        assert!(list.contains(found), "{text}: {list}");
        assert!(!list.contains(missing), "{text}: {list}");
    }
    scene.end().await;
}

#[tokio::test]
async fn versions_show_what_is_set_and_no_secret() {
    let scene = Scene::set().await;
    let mut operator = scene.signed_in(Who::Operator).await;
    let page = operator.get("/dashboard/operator/versions").await.body;
    for said in ["1.2.3", "0123abc", "for 2 h", "&lt;b&gt;info", "not set"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let (_, token) = page.split_once("GUILDHALL_DISCORD_TOKEN").unwrap();
    let token = token.split("</tr>").next().unwrap();
    assert!(token.contains("set</span>"), "{token}");
    scene.end().await;
}

#[tokio::test]
async fn bots_stand_with_their_reason_and_remedy_and_their_shards() {
    let scene = Scene::set().await;
    let mut operator = scene.signed_in(Who::Operator).await;
    let path = "/dashboard/operator/bots";
    let page = operator.get(path).await.body;
    assert!(page.contains("No bot is configured"), "{page}");
    let since = "2026-11-20T09:30:00Z".parse().unwrap();
    scene.vitals.2.lock().unwrap().push(Bot {
        application: kernel::Id::new(77).ok(),
        name: "Guild<hall>".to_owned(),
        state: Connection::Degraded("no content".to_owned()),
        since,
        troubles: vec![BotTrouble {
            reason: "the application lacks an intent".to_owned(),
            remedy: "Switch it on under Bot.".to_owned(),
        }],
        has_commands: true,
        unread: 2,
        sessions_left: Some(12),
        shards: vec![Shard {
            number: 0,
            state: Connection::Live,
            since,
            heartbeat: Some(std::time::Duration::from_millis(41)),
            begun: 1,
            resumed: 3,
        }],
    });
    let page = operator.get(path).await.body;
    for said in [
        "The bot is not as it should be.",
        "Guild&lt;hall&gt;",
        "The application lacks an intent.",
        "Switch it on under Bot.",
        "12 today",
        "2 events since the start",
        "Shard 0",
        "30 min",
        "41 ms",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    scene.end().await;
}

#[tokio::test]
async fn storage_says_what_is_there_what_is_sound_and_what_is_due() {
    let scene = Scene::set().await;
    let mut operator = scene.signed_in(Who::Operator).await;
    let page = operator.get("/dashboard/operator/storage").await.body;
    for said in [
        "/data/&lt;b&gt;",
        "12 MB",
        "step 13, “review”",
        "of no use",
        "it is &lt;cut&gt; short",
        "1,200 rows, step 13, by version 1.2.3",
        "The newest good backup is 6 h old",
        "The next one is due Sat 21 Nov, 03:30. Kept for 7 days.",
        "The record of decisions is not whole.",
        "at 2 places; the first is guild 7 place 3: &lt;gap&gt;",
        "guildhall audit verify list every place",
        "1,204 decisions of 3 servers",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    scene.end().await;
}

/// Writes a job down that failed for good.
async fn bury(scene: &Scene) {
    let now = scene.app.core().clock().now();
    let work = move |tx: &mut Tx<'_>| {
        let (kind, key) = ("economy.roll-up", "economy.roll-up:<1>");
        let new = NewJob {
            id: 77,
            kind,
            key,
            payload: "{}",
            due_at: now,
        };
        jobs::job_insert(tx, &new, now)?;
        let job = Job {
            id: 77,
            kind: kind.to_owned(),
            key: key.to_owned(),
            payload: "{}".to_owned(),
            attempts: jobs::ATTEMPTS_MAX,
        };
        jobs::job_fail(tx, &job, "the disk is <full>", now)
    };
    let done: Result<(), DbError> = scene.app.core().database().write("test", work).await;
    done.unwrap();
}

#[tokio::test]
async fn w6_a_dead_job_is_looked_at_and_given_up_once_by_a_form() {
    let scene = Scene::set().await;
    bury(&scene).await;
    let mut operator = scene.signed_in(Who::Operator).await;
    let home = operator.get("/dashboard/operator").await.body;
    assert!(home.contains("1 effect or job failed for good."), "{home}");
    let list = "/dashboard/operator/jobs";
    let page = operator.get(list).await.body;
    for said in [
        "Sum up coins",
        "the disk is &lt;full&gt;",
        "economy.roll-up:&lt;1&gt;",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let place = format!("{list}/jobs/77");
    assert!(page.contains(&format!(r#"href="{place}""#)));
    let letter = operator.get(&place).await;
    assert!(letter.body.contains("Try it again") && letter.body.contains("Give it up"));
    let form = letter.form();
    let give_up = format!("{place}/give-up");
    for _ in 0..2 {
        let answer = operator.submit(&give_up, &form).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        assert!(answer.location().ends_with("/jobs?did=given-up.1"));
    }
    let page = operator.get(&format!("{list}?did=given-up.1")).await.body;
    assert!(page.contains("It was given up."), "{page}");
    assert!(page.contains("Every job was done"), "{page}");
    let page = operator.get(&format!("{list}?list=done")).await.body;
    assert!(page.contains("Job given up"), "{page}");
    assert_eq!(
        operator.get(&place).await.status,
        404,
        "nothing is left to decide"
    );
    // From elsewhere nothing is decided.
    let forged = operator
        .submit(&format!("{place}/retry"), "csrf=x&once=k")
        .await;
    assert_eq!(forged.status, 403);
    scene.end().await;
}
