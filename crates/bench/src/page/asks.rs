//! Every page of the dashboard, as an address to ask for: taken from the dashboard's own routes, so that none is left
//! out. Of a list, a page further back is asked for as well; of what is looked at over a time, the longest time.

use anyhow::{Context, Result, bail, ensure};
use kernel::GuildId;
use web::{
    Guard,
    routes::{self, Route},
};

use super::town::Anchors;

/// What is no page: a stream that follows what happens, and ends when whoever follows goes.
const STREAM: &str = "/dashboard/guilds/{guild_id}/live";
/// How a list as a file ends, which is as long as the list.
const FILE: &str = ".csv";
/// Pages that are about something which their query names, and such a query.
const QUERIES: [(&str, &str); 2] = [
    (
        "/dashboard/guilds/{guild_id}/moderation/new-rule",
        "?kind=words",
    ),
    (
        "/dashboard/guilds/{guild_id}/personas/new",
        "?preset=concierge",
    ),
];
/// How often a list is followed to what is older.
const OLDER_MAX: usize = 8;

/// Somebody who reads pages.
pub(crate) trait Reader {
    /// The status and the text of the page at a path.
    fn read(&self, path: &str) -> impl Future<Output = Result<(u16, String)>> + Send;
}

/// A page to ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    /// What it is called in the results.
    pub(crate) name: String,
    /// Where it is.
    pub(crate) path: String,
    /// Whether it is what one sees first.
    pub(crate) is_first: bool,
}

/// All pages with all that is asked of each; each is read once on the way.
pub(crate) async fn all(
    reader: &(impl Reader + Sync),
    guild: GuildId,
    anchors: &Anchors,
) -> Result<Vec<Ask>> {
    let mut asks = Vec::new();
    for route in routes::list().iter().filter(|route| is_page(route)) {
        let path = filled(route.path, guild, anchors)?;
        let name = short(route.path);
        let first = page(reader, &path).await?;
        let mut add = |name, path, is_first| {
            asks.push(Ask {
                name,
                path,
                is_first,
            })
        };
        add(name.clone(), path.clone(), true);
        if offers_times(&first) {
            add(
                format!("{name}, 30 days"),
                format!("{path}?range=month"),
                false,
            );
        }
        if let Some(deep) = deep(reader, first).await? {
            add(format!("{name}, older"), deep, false);
        }
    }
    Ok(asks)
}

fn is_page(route: &Route) -> bool {
    let is_inside = matches!(
        route.guard,
        Guard::SignedIn | Guard::Guild(..) | Guard::Operator
    );
    route.method == "GET" && is_inside && route.path != STREAM && !route.path.ends_with(FILE)
}

async fn page(reader: &(impl Reader + Sync), path: &str) -> Result<String> {
    let (status, text) = reader.read(path).await?;
    ensure!(status == 200, "{path} answers {status}");
    Ok(text)
}

/// The address of a route, with something that is there for each of its parameters.
fn filled(route: &str, guild: GuildId, anchors: &Anchors) -> Result<String> {
    let mut path = String::new();
    let mut rest = route;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after
            .split_once('}')
            .context("a parameter without an end")?;
        path.push_str(before);
        path.push_str(&value(name, guild, anchors)?);
        rest = after;
    }
    path.push_str(rest);
    let query = QUERIES.iter().find(|(known, _)| *known == route);
    path.push_str(query.map_or("", |(_, query)| query));
    Ok(path)
}

fn value(name: &str, guild: GuildId, anchors: &Anchors) -> Result<String> {
    Ok(match name {
        "guild_id" => guild.to_string(),
        "member_id" => anchors.member.to_string(),
        "place" => anchors.transfer.to_string(),
        "entry_id" => anchors.entry.to_string(),
        "number" => anchors.case.to_string(),
        "memory_id" => anchors.fact.to_string(),
        "revision" => anchors.revision.to_string(),
        "version" => anchors.version.to_string(),
        "rule_id" => anchors.rule.clone(),
        "token_id" => anchors.token.to_string(),
        "section" => "moderation".to_owned(),
        "queue" => "jobs".to_owned(),
        "letter_id" => anchors.letter.to_string(),
        other => bail!("a page asks for {{{other}}}, and the guild of this bench names none"),
    })
}

/// The route without what all have in common.
fn short(route: &str) -> String {
    let place = route.strip_prefix("/dashboard/guilds/{guild_id}");
    match place {
        Some("") => "overview".to_owned(),
        Some(place) => place.to_owned(),
        None => route.to_owned(),
    }
}

fn offers_times(page: &str) -> bool {
    page.contains("range=month") || page.contains("name=\"range\"")
}

/// The address of the page furthest back that is come to by a few steps from this one.
async fn deep(reader: &(impl Reader + Sync), mut page: String) -> Result<Option<String>> {
    let mut deepest = None;
    for _ in 0..OLDER_MAX {
        let Some(older) = older(&page) else {
            break;
        };
        page = self::page(reader, &older).await?;
        deepest = Some(older);
    }
    Ok(deepest)
}

/// Where a page says that what is older stands.
fn older(page: &str) -> Option<String> {
    let (before, _) = page.split_once("\" rel=\"next\"")?;
    let (_, address) = before.rsplit_once("href=\"")?;
    Some(address.replace("&amp;", "&"))
}

#[cfg(test)]
mod tests {
    use super::{older, short};

    #[test]
    fn the_way_to_what_is_older_is_read_from_the_page() {
        let page = r#"<a href="/x">Newest</a><a class="button slim" href="/x?kind=pay&amp;cursor=7" rel="next">Older</a>"#;
        assert_eq!(older(page).as_deref(), Some("/x?kind=pay&cursor=7"));
        assert_eq!(older("<a href=\"/x\">Newest</a>"), None);
    }

    #[test]
    fn pages_are_called_by_their_place_in_the_guild() {
        assert_eq!(short("/dashboard/guilds/{guild_id}"), "overview");
        assert_eq!(short("/dashboard/guilds/{guild_id}/why"), "/why");
        assert_eq!(short("/dashboard/sessions"), "/dashboard/sessions");
    }
}
