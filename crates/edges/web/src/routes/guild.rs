//! The routes of a guild's sections: coins, order, memories, members and personas.

use app::{Access, Role};
use axum::routing::{get, post};

use super::{Row, act, see};
use crate::{Guard, pages};

/// Whoever may look.
const MEMBERS: Guard = Guard::Guild(Role::Member, Access::Read);
const MODERATORS: Guard = Guard::Guild(Role::Moderator, Access::Read);
const READERS: Guard = Guard::Guild(Role::Manager, Access::Read);
/// Whoever may change things.
const KEEPERS: Guard = Guard::Guild(Role::Moderator, Access::Manage);
const MANAGERS: Guard = Guard::Guild(Role::Manager, Access::Manage);

pub(super) fn rows() -> Vec<Row> {
    [coins(), order(), rules(), people(), personas()]
        .into_iter()
        .flatten()
        .collect()
}

fn coins() -> Vec<Row> {
    vec![
        see(
            "/dashboard/guilds/{guild_id}/economy",
            READERS,
            get(pages::economy::show),
        ),
        see(
            "/dashboard/guilds/{guild_id}/economy/transfers",
            READERS,
            get(pages::transfers::show),
        ),
        see(
            "/dashboard/guilds/{guild_id}/economy/transfers.csv",
            READERS,
            get(pages::files::movements),
        ),
        see(
            "/dashboard/guilds/{guild_id}/economy/holders.csv",
            READERS,
            get(pages::files::holders),
        ),
        // Members look at what concerns their own coins; the page itself asks.
        see(
            "/dashboard/guilds/{guild_id}/economy/transfers/{place}",
            MEMBERS,
            get(pages::transfer::show),
        ),
        act(
            "/dashboard/guilds/{guild_id}/economy/transfers/{place}/revert",
            MANAGERS,
            post(pages::transfer::take_back),
        ),
        see(
            "/dashboard/guilds/{guild_id}/members/{member_id}/statement",
            MEMBERS,
            get(pages::statement::show),
        ),
        see(
            "/dashboard/guilds/{guild_id}/members/{member_id}/statement.csv",
            MEMBERS,
            get(pages::files::statement),
        ),
    ]
}

fn order() -> Vec<Row> {
    vec![
        see(
            "/dashboard/guilds/{guild_id}/people",
            MODERATORS,
            get(pages::people::find),
        ),
        see(
            "/dashboard/guilds/{guild_id}/moderation",
            MODERATORS,
            get(pages::cases::show),
        ),
        see(
            "/dashboard/guilds/{guild_id}/moderation/cases.csv",
            MODERATORS,
            get(pages::files::cases),
        ),
        see(
            "/dashboard/guilds/{guild_id}/moderation/cases/{number}",
            MODERATORS,
            get(pages::case::show),
        ),
        act(
            "/dashboard/guilds/{guild_id}/moderation/cases/{number}/note",
            KEEPERS,
            post(pages::case::note),
        ),
        see(
            "/dashboard/guilds/{guild_id}/moderation/review",
            MODERATORS,
            get(pages::review::show),
        ),
        act(
            "/dashboard/guilds/{guild_id}/moderation/review/{number}/back",
            KEEPERS,
            post(pages::review::give_back),
        ),
        act(
            "/dashboard/guilds/{guild_id}/moderation/review/{number}/away",
            KEEPERS,
            post(pages::review::leave_away),
        ),
    ]
}

/// Rules are looked at and tried by moderators, and written by managers.
fn rules() -> Vec<Row> {
    vec![
        see(
            "/dashboard/guilds/{guild_id}/moderation/rules",
            MODERATORS,
            get(pages::rules::show),
        ),
        see(
            "/dashboard/guilds/{guild_id}/moderation/try",
            MODERATORS,
            get(pages::rules::console),
        ),
        act(
            "/dashboard/guilds/{guild_id}/moderation/try",
            MODERATORS,
            post(pages::rules::try_text),
        ),
        see(
            "/dashboard/guilds/{guild_id}/moderation/new-rule",
            MANAGERS,
            get(pages::rule::begin),
        ),
        act(
            "/dashboard/guilds/{guild_id}/moderation/new-rule",
            MANAGERS,
            post(pages::rule::create),
        ),
        see(
            "/dashboard/guilds/{guild_id}/moderation/rules/{rule_id}",
            MODERATORS,
            get(pages::rule::show),
        ),
        act(
            "/dashboard/guilds/{guild_id}/moderation/rules/{rule_id}",
            MANAGERS,
            post(pages::rule::save),
        ),
        act(
            "/dashboard/guilds/{guild_id}/moderation/rules/{rule_id}/remove",
            MANAGERS,
            post(pages::rule::remove),
        ),
    ]
}

/// What is known of people, and what they know is known.
fn people() -> Vec<Row> {
    vec![
        see(
            "/dashboard/guilds/{guild_id}/memory",
            MEMBERS,
            get(pages::memories::show),
        ),
        see(
            "/dashboard/guilds/{guild_id}/memory/{memory_id}",
            MEMBERS,
            get(pages::memories::show_one),
        ),
        // Everybody has their own forgotten, whoever may only look at the rest too; the page itself asks.
        act(
            "/dashboard/guilds/{guild_id}/memory/{memory_id}/forget",
            MEMBERS,
            post(pages::memories::forget),
        ),
        see(
            "/dashboard/guilds/{guild_id}/members/{member_id}",
            MODERATORS,
            get(pages::member::show),
        ),
    ]
}

fn personas() -> Vec<Row> {
    vec![
        see(
            "/dashboard/guilds/{guild_id}/personas",
            READERS,
            get(pages::personas::show),
        ),
        see(
            "/dashboard/guilds/{guild_id}/personas/new",
            MANAGERS,
            get(pages::persona::begin),
        ),
        act(
            "/dashboard/guilds/{guild_id}/personas/new",
            MANAGERS,
            post(pages::persona::take_on),
        ),
        see(
            "/dashboard/guilds/{guild_id}/personas/versions/{version}",
            READERS,
            get(pages::personas::show_version),
        ),
        act(
            "/dashboard/guilds/{guild_id}/personas/versions/{version}/deploy",
            MANAGERS,
            post(pages::personas::deploy),
        ),
    ]
}
