//! A bot's invitation: who may add it where, what it is given, and what is refused.

use axum::http::{StatusCode, header};

use super::sign_in::words;
use super::{Stage, stage};
use crate::world::Snowflake;
use crate::{MakeApplication, MakeGuild, MakeRole, MemberChange};

const HOST: &str = "http://chat.test";
/// To see channels and write in them.
const ASKED: u64 = 1 << 10 | 1 << 11;

impl Stage {
    /// Another bot, which is nowhere yet.
    fn newcomer(&self) -> Snowflake {
        let make = MakeApplication {
            name: "New <b>".to_owned(),
            ..MakeApplication::default()
        };
        self.sim.control().application(make).unwrap().id
    }

    /// The permissions of the role that came with a bot, where it has one.
    fn given(&self, guild: Snowflake, bot: Snowflake) -> Option<u64> {
        let world = self.sim.hub().world();
        let member = world.member(guild, bot)?;
        let place = world.guild(guild)?;
        let own = place.roles.values().find(|role| role.bot == Some(bot))?;
        assert!(member.roles.contains(&own.id) && own.managed);
        Some(own.permissions)
    }
}

fn invitation(bot: Snowflake, permissions: u64) -> String {
    format!(
        "/oauth2/authorize?client_id={bot}&permissions={permissions}&scope=bot+applications.commands"
    )
}

#[tokio::test]
async fn whoever_manages_a_server_adds_a_bot_with_what_its_link_asks_for() {
    let stage = stage().await;
    let bot = stage.newcomer();
    let url = invitation(bot, ASKED);
    let page = words(stage.look(&url).await).await;
    assert!(
        page.contains("New &lt;b&gt;</strong> would like to be added to a server"),
        "{page}"
    );

    let owner = format!("user={}", stage.owner);
    let page = words(stage.choose(&url, &owner, HOST).await).await;
    for said in [
        "Add New &lt;b&gt; to a server",
        "View Channels",
        "Send Messages",
        &format!("name=\"guild\" value=\"{}\"", stage.guild),
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("Administrator"), "{page}");
    assert_eq!(stage.given(stage.guild, bot), None, "nothing is done yet");

    let chosen = format!("{owner}&guild={}", stage.guild);
    let done = stage.choose(&url, &chosen, HOST).await;
    assert_eq!(done.status(), StatusCode::OK);
    let page = words(done).await;
    assert!(page.contains("is in <strong>Stage</strong> now"), "{page}");
    assert_eq!(stage.given(stage.guild, bot), Some(ASKED));

    // The same link again changes nothing, another one what the bot may do.
    for (permissions, label) in [(ASKED, "is there already"), (ASKED | 1 << 13, "")] {
        let url = invitation(bot, permissions);
        let page = words(stage.choose(&url, &owner, HOST).await).await;
        assert!(page.contains(label), "{page}");
        stage.choose(&url, &chosen, HOST).await;
        assert_eq!(stage.given(stage.guild, bot), Some(permissions));
    }
}

#[tokio::test]
async fn nobody_adds_a_bot_where_they_may_not_manage() {
    let stage = stage().await;
    let bot = stage.newcomer();
    let url = invitation(bot, ASKED);
    let member = format!("user={}", stage.member);
    let page = words(stage.choose(&url, &member, HOST).await).await;
    assert!(page.contains("You manage no server"), "{page}");
    let chosen = format!("{member}&guild={}", stage.guild);
    let stranger = format!("user={}&guild={}", stage.stranger, stage.guild);
    let nowhere = format!("user={}&guild=1", stage.owner);
    for form in [chosen.as_str(), &stranger, &nowhere, "user=1&guild=1"] {
        let refused = stage.choose(&url, form, HOST).await;
        assert!(refused.status().is_client_error(), "{form}");
    }
    let owner = format!("user={}&guild={}", stage.owner, stage.guild);
    let forged = stage.choose(&url, &owner, "https://evil.test").await;
    assert_eq!(forged.status(), StatusCode::FORBIDDEN);
    assert_eq!(stage.given(stage.guild, bot), None);

    let control = stage.sim.control();
    let manager = control
        .role(MakeRole {
            guild: stage.guild,
            name: "Manager".to_owned(),
            permissions: 1 << 5,
            ..MakeRole::default()
        })
        .unwrap();
    control
        .member_change(MemberChange {
            guild: stage.guild,
            user: stage.member,
            roles: Some(vec![manager]),
            ..MemberChange::default()
        })
        .unwrap();
    assert_eq!(
        stage.choose(&url, &chosen, HOST).await.status(),
        StatusCode::OK
    );
    assert_eq!(stage.given(stage.guild, bot), Some(ASKED));
}

#[tokio::test]
async fn a_link_for_one_server_is_for_that_one_and_who_cancels_adds_nothing() {
    let stage = stage().await;
    let bot = stage.newcomer();
    let make = MakeGuild {
        name: "Elsewhere".to_owned(),
        owner: stage.owner,
        ..MakeGuild::default()
    };
    let elsewhere = stage.sim.control().guild(make).unwrap();
    let owner = format!("user={}", stage.owner);
    let url = format!("{}&guild_id={elsewhere}", invitation(bot, 0));
    let page = words(stage.choose(&url, &owner, HOST).await).await;
    assert!(
        page.contains("Elsewhere") && !page.contains("Stage"),
        "{page}"
    );
    assert!(page.contains("no permissions of its own"), "{page}");
    let other = format!("{owner}&guild={}", stage.guild);
    assert_eq!(
        stage.choose(&url, &other, HOST).await.status(),
        StatusCode::FORBIDDEN
    );

    let chosen = format!("{owner}&guild={elsewhere}");
    let cancelled = format!("{chosen}&cancel=1");
    for form in [cancelled.as_str(), ""] {
        let page = words(stage.choose(&url, form, HOST).await).await;
        assert!(page.contains("Nothing was added"), "{page}");
    }
    let is_there = |guild| stage.sim.hub().world().member(guild, bot).is_some();
    assert!(!is_there(elsewhere));
    stage.choose(&url, &chosen, HOST).await;
    assert!(is_there(elsewhere) && !is_there(stage.guild));
    assert_eq!(
        stage.given(elsewhere, bot),
        None,
        "without permissions there is no role"
    );
}

#[tokio::test]
async fn with_an_address_to_go_back_to_the_application_is_told_where_its_bot_is() {
    let stage = stage().await;
    stage.allow_return();
    let url = stage.authorize(&[("scope", "identify%20bot"), ("permissions", "3072")]);
    let form = format!("user={}&guild={}", stage.owner, stage.guild);
    let sent = stage.choose(&url, &form, HOST).await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    let to = sent.headers()[header::LOCATION].to_str().unwrap();
    let told = format!("&guild_id={}&permissions=3072&state=a%26b", stage.guild);
    assert!(to.contains("&code=") && to.ends_with(&told), "{to}");
    let cancelled = stage.choose(&url, "", HOST).await;
    let to = cancelled.headers()[header::LOCATION].to_str().unwrap();
    assert!(to.contains("error=access_denied"), "{to}");
}

#[tokio::test]
async fn a_link_that_makes_no_sense_is_refused_where_it_stands() {
    let stage = stage().await;
    let bot = stage.newcomer();
    for rest in [
        "scope=bot&permissions=many",
        "scope=bot&permissions=-1",
        "scope=bot&guild_id=x",
        "scope=applications.commands",
        "scope=bot+email",
        "",
    ] {
        let url = format!("/oauth2/authorize?client_id={bot}&{rest}");
        let refused = stage.look(&url).await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST, "{rest}");
    }
}
