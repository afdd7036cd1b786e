//! Applications, guilds, channels, members, bans and roles: who may do what to whom.

use serde_json::{Value, json};

use crate::rest::stage::{SECOND, Stage, T0};
use crate::world::permissions::{
    BAN_MEMBERS, CHANGE_NICKNAME, KICK_MEMBERS, MANAGE_CHANNELS, MANAGE_NICKNAMES, MANAGE_ROLES,
    MODERATE_MEMBERS,
};
use crate::world::snowflake::iso;
use crate::world::{GuildDraft, Snowflake};

#[tokio::test]
async fn a_bot_knows_itself_and_its_guilds() {
    let stage = Stage::new();
    let me = stage.ask("GET /users/@me", Value::Null).await.ok();
    assert_eq!(
        (&me["username"], &me["bot"]),
        (&json!("crier"), &json!(true))
    );
    assert_eq!(
        stage.ask("GET /applications/@me", Value::Null).await.ok()["id"],
        me["id"]
    );
    assert_eq!(
        stage
            .ask("GET /oauth2/applications/@me", Value::Null)
            .await
            .ok()["name"],
        "crier"
    );
    let bot = stage.ask("GET /gateway/bot", Value::Null).await.ok();
    assert_eq!(
        (
            &bot["shards"],
            &bot["session_start_limit"]["total"],
            &bot["url"]
        ),
        (&json!(1), &json!(1_000), &json!("ws://127.0.0.1:1/gateway"))
    );
    let guilds = stage
        .ask("GET /users/@me/guilds?with_counts=true", Value::Null)
        .await
        .ok();
    assert_eq!(
        (
            guilds[0]["id"].clone(),
            &guilds[0]["approximate_member_count"]
        ),
        (json!(stage.guild), &json!(4))
    );
    assert_eq!(
        stage
            .ask(
                &format!("GET /users/@me/guilds?after={}", stage.guild),
                Value::Null
            )
            .await
            .ok(),
        json!([])
    );
}

#[tokio::test]
async fn an_application_sets_its_limited_flags_alone() {
    let stage = Stage::new();
    stage
        .rest
        .hub
        .world()
        .application_edit(stage.bot, |application| application.flags = 1 << 14)
        .unwrap();
    let edited = stage
        .ask(
            "PATCH /applications/@me",
            json!({"flags": 1 << 19 | 1 << 12, "description": "rings"}),
        )
        .await
        .ok();
    assert_eq!(
        (&edited["flags"], &edited["description"]),
        (&json!(1 << 14 | 1 << 19), &json!("rings"))
    );
    stage
        .ask("PATCH /applications/@me", json!({"flags": "many"}))
        .await
        .is("400 50035");
    stage
        .ask(
            "PATCH /applications/@me",
            json!({"interactions_endpoint_url": "http://127.0.0.1:1/none"}),
        )
        .await
        .is("400 50035");
}

#[tokio::test]
async fn a_guild_is_shown_to_its_members_only() {
    let stage = Stage::new();
    let guild = stage
        .ask(
            &format!("GET /guilds/{}?with_counts=true", stage.guild),
            Value::Null,
        )
        .await
        .ok();
    assert_eq!(
        (&guild["name"], &guild["approximate_member_count"]),
        (&json!("Guild"), &json!(4))
    );
    let other = stage
        .rest
        .hub
        .world()
        .guild_create(GuildDraft {
            name: "Other".to_owned(),
            owner: stage.owner,
            id: None,
            locale: None,
        })
        .unwrap();
    stage
        .ask(&format!("GET /guilds/{other}"), Value::Null)
        .await
        .is("404 10004");
    stage
        .ask(&format!("GET /guilds/{other}/roles"), Value::Null)
        .await
        .is("403 50001");
    stage
        .ask("GET /guilds/7/roles", Value::Null)
        .await
        .is("404 10004");
    let foreign = stage
        .rest
        .hub
        .world()
        .guild(other)
        .unwrap()
        .system_channel
        .unwrap();
    stage
        .ask(&format!("GET /channels/{foreign}"), Value::Null)
        .await
        .is("403 50001");
}

#[tokio::test]
async fn channels_are_made_slowed_and_deleted() {
    let stage = Stage::allowed(MANAGE_CHANNELS);
    let made = stage
        .ask(
            &format!("POST /guilds/{}/channels", stage.guild),
            json!({"name": "Mod Log", "topic": "t"}),
        )
        .await;
    made.is("201");
    let id = made.id();
    let slow = stage
        .ask(
            &format!("PATCH /channels/{id}"),
            json!({"rate_limit_per_user": 30, "topic": null}),
        )
        .await
        .ok();
    assert_eq!(
        (&slow["name"], &slow["rate_limit_per_user"], &slow["topic"]),
        (&json!("mod-log"), &json!(30), &Value::Null)
    );
    stage
        .ask(
            &format!("PATCH /channels/{id}"),
            json!({"rate_limit_per_user": 21_601}),
        )
        .await
        .is("400 50035");
    stage
        .ask(
            &format!("PATCH /channels/{id}"),
            json!({"permission_overwrites": []}),
        )
        .await
        .is("403 50013");
    let list = stage
        .ask(
            &format!("GET /guilds/{}/channels", stage.guild),
            Value::Null,
        )
        .await
        .ok();
    assert_eq!(list.as_array().unwrap().len(), 2);
    stage
        .ask(&format!("DELETE /channels/{id}"), Value::Null)
        .await
        .is("200");
    stage
        .ask(&format!("GET /channels/{id}"), Value::Null)
        .await
        .is("404 10003");
    Stage::allowed(0)
        .ask(
            &format!("PATCH /channels/{}", stage.channel),
            json!({"topic": "x"}),
        )
        .await
        .is("403 50013");
}

#[tokio::test]
async fn a_lockdown_denies_what_the_bot_could_not_grant() {
    let stage = Stage::allowed(MANAGE_CHANNELS | MANAGE_ROLES);
    let at = format!("/channels/{}/permissions/{}", stage.channel, stage.guild);
    stage
        .ask(
            &format!("PUT {at}"),
            json!({"type": 0, "deny": (1 << 11).to_string(), "allow": "0"}),
        )
        .await
        .is("204");
    let channel = stage
        .ask(&format!("GET /channels/{}", stage.channel), Value::Null)
        .await
        .ok();
    assert_eq!(channel["permission_overwrites"][0]["deny"], "2048");
    stage
        .ask(&format!("PUT {at}"), json!({"type": 0, "allow": "4"}))
        .await
        .is("403 50013");
    stage
        .ask(&format!("PUT {at}"), json!({"type": 5}))
        .await
        .is("400 50035");
    stage
        .ask(&format!("DELETE {at}"), Value::Null)
        .await
        .is("204");
}

#[tokio::test]
async fn members_are_listed_by_id_and_searched_by_name() {
    let stage = Stage::new();
    let at = format!("/guilds/{}/members", stage.guild);
    let all = stage
        .ask(&format!("GET {at}?limit=1000"), Value::Null)
        .await
        .ok();
    let names: Vec<&str> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member["user"]["username"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["olga", "alice", "bob", "crier"]);
    let after = stage
        .ask(
            &format!("GET {at}?limit=1&after={}", stage.owner),
            Value::Null,
        )
        .await
        .ok();
    assert_eq!(after[0]["user"]["username"], "alice");
    stage
        .ask(&format!("GET {at}?limit=1001"), Value::Null)
        .await
        .is("400 50035");
    assert_eq!(
        stage
            .ask(&format!("GET {at}/search?query=AL&limit=5"), Value::Null)
            .await
            .ok()
            .as_array()
            .unwrap()
            .len(),
        1
    );
    stage
        .ask(&format!("GET {at}/search"), Value::Null)
        .await
        .is("400 50035");
    stage
        .ask(&format!("GET {at}/{}", stage.alice), Value::Null)
        .await
        .is("200");
    stage
        .ask(&format!("GET {at}/7"), Value::Null)
        .await
        .is("404 10013");
    stage
        .rest
        .hub
        .world()
        .application_edit(stage.bot, |application| application.flags = 0)
        .unwrap();
    stage
        .ask(&format!("GET {at}"), Value::Null)
        .await
        .is("403 50001");
}

#[tokio::test]
async fn a_timeout_ends_within_four_weeks_and_spares_the_mighty() {
    let stage = Stage::allowed(MODERATE_MEMBERS);
    let until =
        |days: i64| json!({"communication_disabled_until": iso(T0 + days * 24 * 3_600 * SECOND)});
    let of = |user: Snowflake| format!("PATCH /guilds/{}/members/{user}", stage.guild);
    let timed_out = stage.ask(&of(stage.alice), until(28)).await.ok();
    assert_eq!(
        timed_out["communication_disabled_until"],
        iso(T0 + 28 * 24 * 3_600 * SECOND)
    );
    stage.ask(&of(stage.alice), until(29)).await.is("400 50035");
    stage
        .ask(
            &of(stage.alice),
            json!({"communication_disabled_until": null}),
        )
        .await
        .is("200");
    stage.ask(&of(stage.owner), until(1)).await.is("403 50013");
    stage.ask(&of(stage.bot), until(1)).await.is("403 50013");
    stage.role_for(stage.bob, crate::world::permissions::ADMINISTRATOR);
    stage.ask(&of(stage.bob), until(1)).await.is("403 50013");
    stage
        .ask(&of(stage.alice), json!({"nick": "x"}))
        .await
        .is("403 50013");
    stage.ask(&of(Snowflake(7)), until(1)).await.is("404 10007");
}

/// Who may be touched by a bot whose role stands between two others: request, body and what comes of it.
const RANKS: &str = r#"
    DELETE members/ALICE          | null               | 403 50013
    PUT bans/ALICE                | {}                 | 403 50013
    PUT bans/OWNER                | {}                 | 403 50013
    PATCH members/ALICE           | {"nick": "x"}      | 403 50013
    PATCH members/BOB             | {"nick": "x"}      | 200
    PUT members/BOB/roles/HIGH    | null               | 403 50013
    DELETE members/BOB/roles/LOW  | null               | 204
    PUT members/BOB/roles/LOW     | null               | 204
    PATCH members/BOB             | {"roles": ["HIGH"]}| 403 50013
    PATCH roles/HIGH              | {"name": "x"}      | 403 50013
    PATCH roles/LOW               | {"permissions": "8"}| 403 50013
    DELETE roles/HIGH             | null               | 403 50013
    DELETE roles/7                | null               | 404 10011
    DELETE members/BOB            | null               | 204
"#;

#[tokio::test]
async fn rank_decides_who_is_touched() {
    let stage = Stage::allowed(KICK_MEMBERS | BAN_MEMBERS | MANAGE_ROLES | MANAGE_NICKNAMES);
    let low = stage.role_for(stage.bob, 0);
    // A new role stands at the bottom; this one is lifted above the bot's.
    let high = stage.role_for(stage.alice, 0);
    stage
        .rest
        .hub
        .world()
        .roles_move(stage.guild, &[(high, 9)])
        .unwrap();
    let names = [
        ("ALICE", stage.alice),
        ("OWNER", stage.owner),
        ("BOB", stage.bob),
        ("HIGH", high),
        ("LOW", low),
    ];
    for line in RANKS.lines().filter(|line| !line.trim().is_empty()) {
        let mut filled = line.to_owned();
        for (name, id) in names {
            filled = filled.replace(name, &id.to_string());
        }
        let parts: Vec<&str> = filled.split('|').map(str::trim).collect();
        let (method, path) = parts[0].split_once(' ').unwrap();
        let request = format!("{method} /guilds/{}/{path}", stage.guild);
        let body: Value = serde_json::from_str(parts[1]).unwrap();
        assert_eq!(
            stage.ask(&request, body).await.verdict(),
            parts[2],
            "{line}"
        );
    }
}

#[tokio::test]
async fn bans_are_set_listed_and_lifted() {
    let stage = Stage::new();
    let at = format!("/guilds/{}/bans", stage.guild);
    stage.say(stage.bob, "spam");
    let reason = &[("x-audit-log-reason", "spam")];
    stage
        .ask_with(
            &format!("PUT {at}/{}", stage.bob),
            json!({"delete_message_seconds": 3_600}),
            reason,
        )
        .await
        .is("204");
    assert_eq!(
        stage
            .rest
            .hub
            .world()
            .messages_in(stage.channel, ..)
            .count(),
        0
    );
    let ban = stage
        .ask(&format!("GET {at}/{}", stage.bob), Value::Null)
        .await
        .ok();
    assert_eq!(
        (&ban["reason"], &ban["user"]["username"]),
        (&json!("spam"), &json!("bob"))
    );
    assert_eq!(
        stage
            .ask(&format!("GET {at}"), Value::Null)
            .await
            .ok()
            .as_array()
            .unwrap()
            .len(),
        1
    );
    stage
        .ask(
            &format!("GET /guilds/{}/members/{}", stage.guild, stage.bob),
            Value::Null,
        )
        .await
        .is("404 10007");
    for verdict in ["204", "404 10026"] {
        let lift = format!("DELETE {at}/{}", stage.bob);
        stage.ask(&lift, Value::Null).await.is(verdict);
    }
}

#[tokio::test]
async fn many_are_banned_at_once_and_strangers_are_unknown() {
    let stage = Stage::new();
    let at = format!("/guilds/{}/bans", stage.guild);
    stage
        .ask(&format!("PUT {at}/7"), json!({}))
        .await
        .is("404 10013");
    let many = stage
        .ask(
            &format!("POST /guilds/{}/bulk-ban", stage.guild),
            json!({"user_ids": [stage.alice, stage.owner, "7"]}),
        )
        .await
        .ok();
    assert_eq!(
        many,
        json!({"banned_users": [stage.alice], "failed_users": [stage.owner, "7"]})
    );
    Stage::allowed(0)
        .ask(&format!("GET {at}"), Value::Null)
        .await
        .is("403 50013");
}

#[tokio::test]
async fn roles_are_made_changed_moved_and_deleted() {
    let stage = Stage::new();
    let at = format!("/guilds/{}/roles", stage.guild);
    let role = stage
        .ask(
            &format!("POST {at}"),
            json!({"name": "Baker", "color": 0x00FF_AA00, "hoist": true}),
        )
        .await
        .ok();
    assert_eq!(
        (&role["name"], &role["color"], &role["hoist"]),
        (&json!("Baker"), &json!(0x00FF_AA00), &json!(true))
    );
    let id = role["id"].as_str().unwrap();
    assert_eq!(
        stage
            .ask(&format!("PATCH {at}/{id}"), json!({"name": "Miller"}))
            .await
            .ok()["name"],
        "Miller"
    );
    assert_eq!(
        stage.ask(&format!("GET {at}/{id}"), Value::Null).await.ok()["name"],
        "Miller"
    );
    stage
        .ask(&format!("PATCH {at}"), json!([{"id": id, "position": 1}]))
        .await
        .is("200");
    stage
        .ask(
            &format!(
                "PUT /guilds/{}/members/{}/roles/{id}",
                stage.guild, stage.alice
            ),
            Value::Null,
        )
        .await
        .is("204");
    stage
        .ask(&format!("DELETE {at}/{id}"), Value::Null)
        .await
        .is("204");
    stage
        .ask(&format!("GET {at}/{id}"), Value::Null)
        .await
        .is("404 10011");
    let member = stage
        .ask(
            &format!("GET /guilds/{}/members/{}", stage.guild, stage.alice),
            Value::Null,
        )
        .await
        .ok();
    assert_eq!(member["roles"], json!([]));
    stage
        .ask(
            &format!(
                "PUT /guilds/{}/members/{}/roles/{}",
                stage.guild, stage.alice, stage.guild
            ),
            Value::Null,
        )
        .await
        .is("400 50028");
}

#[tokio::test]
async fn a_bot_has_a_face_of_its_own_in_each_guild() {
    let stage = Stage::allowed(CHANGE_NICKNAME);
    let at = format!("PATCH /guilds/{}/members/@me", stage.guild);
    let picture = "data:image/png;base64,iVBORw0KGgo=";
    let face = stage
        .ask(
            &at,
            json!({"nick": "Ringer", "avatar": picture, "bio": "I ring."}),
        )
        .await
        .ok();
    assert_eq!(
        (
            &face["nick"],
            &face["bio"],
            face["avatar"].as_str().unwrap().len()
        ),
        (&json!("Ringer"), &json!("I ring."), 32)
    );
    assert_eq!(
        stage.ask(&at, json!({"nick": null})).await.ok()["nick"],
        Value::Null
    );
    stage
        .ask(&at, json!({"avatar": "picture"}))
        .await
        .is("400 50035");
    stage
        .ask(&at, json!({"bio": "b".repeat(191)}))
        .await
        .is("400 50035");
}

#[tokio::test]
async fn a_ban_takes_what_to_delete_from_the_query_too() {
    let stage = Stage::new();
    let at = format!("/guilds/{}/bans/{}", stage.guild, stage.bob);
    stage.say(stage.bob, "spam");
    stage
        .ask(
            &format!("PUT {at}?delete_message_seconds=604801"),
            Value::Null,
        )
        .await
        .is("400 50035");
    stage
        .ask(
            &format!("PUT {at}?delete_message_seconds=3600"),
            Value::Null,
        )
        .await
        .is("204");
    let world = stage.rest.hub.world();
    assert_eq!(world.messages_in(stage.channel, ..).count(), 0);
}
