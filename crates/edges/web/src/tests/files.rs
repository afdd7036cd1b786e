//! Lists as files: whole, for those alone who see them as pages, and harmless to a spreadsheet.

use app::flows::grant;
use axum::body::BodyDataStream;
use economy::{Leg, Transfer, TransferKind};
use futures_util::StreamExt;
use kernel::{Amount, Cause, CauseKind, Span};

use super::{
    browser::Browser,
    scene::{Scene, Who, guild, user},
};

/// Words as somebody writes them who knows what a spreadsheet does.
const HOSTILE: &str = "=HYPERLINK(\"http://evil.test\",\"x\")";

async fn moves(scene: &Scene, from: &str, to: &str, amount: i64, reason: &str) {
    let core = scene.app.core();
    let cause = Cause::new(CauseKind::Api, core.ids().next());
    let op = core
        .admission()
        .token(guild(scene.guild), "operator", cause);
    let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
    let command = Transfer {
        leg: Leg::named("transfer"),
        kind: TransferKind::between(&from, &to),
        from,
        to,
        amount: Amount::new(amount).unwrap(),
        reason: reason.to_owned(),
    };
    grant::transfer(core, op, command).await.unwrap();
}

fn purse(scene: &Scene, who: Who) -> String {
    format!("purse:{}", scene.of(who))
}

/// The lines of a file, without its head.
async fn lines(browser: &mut Browser, path: &str) -> Vec<String> {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(
        page.headers["content-type"],
        "text/csv; charset=utf-8; header=present"
    );
    assert_eq!(page.headers["cache-control"], "no-store");
    let disposition = page.headers["content-disposition"].to_str().unwrap();
    assert!(
        disposition.starts_with("attachment; filename=\""),
        "{disposition}"
    );
    let body = page.body.strip_suffix("\r\n").unwrap();
    body.split("\r\n").skip(1).map(str::to_owned).collect()
}

#[tokio::test]
async fn v1_a_file_holds_the_whole_list_and_a_page_leads_to_it_with_its_filters() {
    let scene = Scene::set().await;
    let member = purse(&scene, Who::Member);
    // More than two parts.
    for number in 0..430 {
        moves(&scene, "faucet:grant", &member, 1 + number % 3, "").await;
    }
    moves(&scene, &member, &purse(&scene, Who::Moderator), 7, HOSTILE).await;
    let mut owner = scene.signed_in(Who::Owner).await;
    let list = format!("{}/economy/transfers", scene.place());
    assert_eq!(lines(&mut owner, &format!("{list}.csv")).await.len(), 431);
    let found = lines(&mut owner, &format!("{list}.csv?kind=transfer")).await;
    assert_eq!(found.len(), 1);
    // Ada's own name is one that a page must escape, and a file must not touch.
    let (whom, ids) = (scene.of(Who::Member), scene.of(Who::Moderator));
    let expected = format!(
        "\"transfer\",\"'=HYPERLINK(\"\"http://evil.test\"\",\"\"x\"\")\",\"<script>ada</script>\",\"{whom}\",\"moe\",\"{ids}\",\"7\",\"\""
    );
    assert!(found[0].ends_with(&expected), "{found:?}");
    let page = owner.get(&format!("{list}?kind=transfer")).await.body;
    assert!(
        page.contains("/economy/transfers.csv?kind=transfer\" download"),
        "{page}"
    );
    scene.end().await;
}

#[tokio::test]
async fn a_statement_as_a_file_adds_up_from_its_first_line_to_its_last() {
    let scene = Scene::set().await;
    let member = purse(&scene, Who::Member);
    for _ in 0..205 {
        moves(&scene, "faucet:grant", &member, 2, "").await;
    }
    moves(&scene, &member, "sink:revoke", 10, "").await;
    let file = format!(
        "{}/members/{}/statement.csv",
        scene.place(),
        scene.of(Who::Member)
    );
    let mut own = scene.signed_in(Who::Member).await;
    let found = lines(&mut own, &file).await;
    let last_two = |line: &String| -> (i64, i64) {
        let mut cells = line.rsplit(',').map(|cell| cell.trim_matches('"'));
        let had = cells.next().unwrap().parse().unwrap();
        (cells.next().unwrap().parse().unwrap(), had)
    };
    let numbers: Vec<(i64, i64)> = found.iter().map(last_two).collect();
    assert_eq!(numbers.len(), 206);
    assert_eq!((numbers[0], numbers[205]), ((-10, 400), (2, 2)));
    for pair in numbers.windows(2) {
        assert_eq!(pair[0].1 - pair[0].0, pair[1].1);
    }
    let mut other = scene.signed_in(Who::FormerManager).await;
    assert_eq!(other.get(&file).await.status, 403);
    scene.end().await;
}

#[tokio::test]
async fn holders_stand_in_order_with_their_ranks() {
    let scene = Scene::set().await;
    for (who, amount) in [(Who::Member, 30), (Who::Moderator, 50), (Who::Owner, 30)] {
        moves(&scene, "faucet:grant", &purse(&scene, who), amount, "").await;
    }
    let mut owner = scene.signed_in(Who::Owner).await;
    let found = lines(
        &mut owner,
        &format!("{}/economy/holders.csv", scene.place()),
    )
    .await;
    let expected = [
        (1, Who::Moderator, "moe", 50),
        (2, Who::Member, "<script>ada</script>", 30),
        (3, Who::Owner, "olga", 30),
    ];
    let expected = expected.map(|(rank, who, name, coins)| {
        format!("\"{rank}\",\"{name}\",\"{}\",\"{coins}\"", scene.of(who))
    });
    assert_eq!(found, expected);
    scene.end().await;
}

/// A list of more than two parts.
async fn long_list(scene: &Scene) -> String {
    let member = purse(scene, Who::Member);
    for _ in 0..430 {
        moves(scene, "faucet:grant", &member, 1, "").await;
    }
    format!("{}/economy/transfers.csv", scene.place())
}

/// The next part of a file; nothing where it is whole.
async fn part(file: &mut BodyDataStream) -> Option<Result<usize, axum::Error>> {
    let part = file.next().await?;
    Some(part.map(|text| text.iter().filter(|byte| **byte == b'\n').count()))
}

#[tokio::test]
async fn v4_a_file_breaks_off_with_the_role_and_with_the_session() {
    let scene = Scene::set().await;
    let list = long_list(&scene).await;
    let mut manager = scene.signed_in(Who::Manager).await;
    let mut owner = scene.signed_in(Who::Owner).await;
    let page = owner.get(&scene.place()).await;
    let mut files = [manager.follow(&list).await, owner.follow(&list).await];
    for file in &mut files {
        assert_eq!(part(file).await.unwrap().unwrap(), 201);
        scene.clock.advance(Span::seconds(31));
        // Who is still who they were reads on.
        assert_eq!(part(file).await.unwrap().unwrap(), 200);
    }
    scene.give_roles(Who::Manager, &[]);
    let place = scene.place();
    scene
        .until_said(&mut manager, &place, "You are member here")
        .await;
    owner.submit("/auth/logout", &page.form()).await;
    scene.clock.advance(Span::seconds(31));
    for file in &mut files {
        assert!(part(file).await.unwrap().is_err());
        assert!(part(file).await.is_none());
    }
    scene.end().await;
}

#[tokio::test]
async fn v5_a_reader_has_so_many_files_under_way_and_a_place_is_free_when_one_ends() {
    let scene = Scene::set().await;
    let list = long_list(&scene).await;
    let mut owner = scene.signed_in(Who::Owner).await;
    let mut files = Vec::new();
    for _ in 0..4 {
        files.push(owner.follow(&list).await);
    }
    let refused = owner.get(&list).await;
    assert_eq!(refused.status, 429);
    assert!(refused.headers.contains_key("retry-after"));
    assert!(
        refused.body.contains("Too many at once"),
        "{}",
        refused.body
    );
    // Nobody else waits for that, and a page is no file.
    let mut manager = scene.signed_in(Who::Manager).await;
    assert_eq!(manager.get(&list).await.status, 200);
    assert_eq!(owner.get(&scene.place()).await.status, 200);
    // One is broken off, and one is read to its end.
    drop(files.pop());
    assert_eq!(lines(&mut owner, &list).await.len(), 430);
    let mut whole = files.pop().unwrap();
    while part(&mut whole).await.is_some() {}
    drop(whole);
    for _ in 0..2 {
        files.push(owner.follow(&list).await);
    }
    scene.end().await;
}

/// As pages and files ask for them.
#[tokio::test]
async fn the_people_of_a_list_are_asked_for_in_one_request() {
    let scene = Scene::set().await;
    let people = [Who::Owner, Who::Moderator, Who::Member, Who::Stranger];
    let users = people.map(|who| user(scene.of(who)));
    let core = scene.app.core();
    let names = core.member_names(guild(scene.guild), users).await;
    let names: Vec<&String> = users.iter().filter_map(|user| names.get(user)).collect();
    assert_eq!(names, ["olga", "moe", "<script>ada</script>"]);
    let counts = scene.control().gateway_counts();
    let asked: u64 = counts.iter().map(|(_, it)| it.request_members).sum();
    assert_eq!(asked, 1);
    let requests = scene.control().requests(0, 1_000);
    assert!(!requests.iter().any(|it| it.route.contains("/members/")));
    scene.end().await;
}

#[tokio::test]
async fn decisions_and_cases_are_files_for_those_who_see_them_and_withhold_what_pages_withhold() {
    let scene = Scene::set().await;
    let rule = serde_json::json!({"id": "plum", "name": "=2+5", "mode": "act", "enabled": true,
        "trigger": {"kind": "words", "words": ["plum"]}, "actions": [{"kind": "delete"}]});
    scene
        .configure(serde_json::json!({"moderation": {"rules": [rule]}}))
        .await;
    scene.say(Who::Member, "@plum");
    let mut owner = scene.signed_in(Who::Owner).await;
    let (why, cases) = (
        format!("{}/why.csv", scene.place()),
        format!("{}/moderation/cases.csv", scene.place()),
    );
    scene.until_said(&mut owner, &why, "\"delete\"").await;
    let found = lines(&mut owner, &format!("{why}?kind=moderation")).await;
    assert!(
        found.len() == 1 && found[0].contains("\"'@plum\""),
        "{found:?}"
    );
    let found = lines(&mut owner, &cases).await;
    assert!(
        found.len() == 1 && found[0].contains("\"'=2+5\""),
        "{found:?}"
    );
    assert!(
        lines(&mut owner, &format!("{cases}?kind=ban"))
            .await
            .is_empty()
    );
    // A member's file holds what concerns themselves.
    let mut own = scene.signed_in(Who::Member).await;
    assert_eq!(lines(&mut own, &why).await.len(), 1);
    assert_eq!(own.get(&cases).await.status, 403);
    let mut other = scene.signed_in(Who::FormerManager).await;
    assert!(lines(&mut other, &why).await.is_empty());
    scene.end().await;
}
