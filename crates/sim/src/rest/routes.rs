//! The table of what is served: every route, its limits, and the function behind it.
//! Rows with a literal segment stand before those with a parameter in its place.

use crate::interactions::{callback, commands};
use crate::world::grants::Scope;

use super::route::Route;
use super::{
    applications, audit, bans, channels, guilds, members, messages, oauth, pins, reactions, roles,
    threads, users, webhooks,
};

pub(crate) static ROUTES: &[Route] = &[
    Route::get("/gateway", applications::gateway).by_token(),
    Route::get("/gateway/bot", applications::gateway_bot),
    Route::get("/applications/@me", applications::fetch),
    Route::patch("/applications/@me", applications::edit),
    Route::get("/oauth2/applications/@me", applications::fetch),
    Route::post("/oauth2/token", oauth::token).by_client(),
    Route::post("/oauth2/token/revoke", oauth::revoke).by_client(),
    Route::get("/users/@me", users::me).or_person(Scope::Identify),
    Route::patch("/users/@me", users::edit_me).limited(2, 3_600_000),
    Route::get("/users/@me/guilds", users::guilds).or_person(Scope::Guilds),
    Route::delete("/users/@me/guilds/{guild_id}", users::leave_guild),
    Route::post("/users/@me/channels", users::open_direct),
    Route::get("/users/{user_id}", users::fetch).limited(30, 30_000),
    Route::get("/channels/{channel_id}", channels::fetch),
    Route::patch("/channels/{channel_id}", channels::edit).limited(5, 15_000),
    Route::delete("/channels/{channel_id}", channels::delete),
    Route::post("/channels/{channel_id}/typing", channels::typing).limited(5, 5_000),
    Route::put(
        "/channels/{channel_id}/permissions/{overwrite_id}",
        channels::put_overwrite,
    ),
    Route::delete(
        "/channels/{channel_id}/permissions/{overwrite_id}",
        channels::delete_overwrite,
    ),
    Route::get("/channels/{channel_id}/messages", messages::list),
    Route::post("/channels/{channel_id}/messages", messages::create).limited(5, 5_000),
    Route::post(
        "/channels/{channel_id}/messages/bulk-delete",
        messages::bulk_delete,
    )
    .limited(1, 1_000),
    Route::get("/channels/{channel_id}/messages/pins", pins::page),
    Route::get(
        "/channels/{channel_id}/messages/{message_id}",
        messages::fetch,
    ),
    Route::patch(
        "/channels/{channel_id}/messages/{message_id}",
        messages::edit,
    )
    .limited(5, 5_000),
    Route::delete(
        "/channels/{channel_id}/messages/{message_id}",
        messages::delete,
    )
    .limited(5, 1_000),
    Route::post(
        "/channels/{channel_id}/messages/{message_id}/threads",
        threads::create_from_message,
    ),
    Route::post("/channels/{channel_id}/threads", threads::create),
    Route::get(
        "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}",
        reactions::list,
    ),
    Route::delete(
        "/channels/{channel_id}/messages/{message_id}/reactions",
        reactions::clear,
    )
    .limited(1, 250)
    .sharing("reactions"),
    Route::delete(
        "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}",
        reactions::clear,
    )
    .limited(1, 250)
    .sharing("reactions"),
    Route::put(
        "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me",
        reactions::add,
    )
    .limited(1, 250)
    .sharing("reactions"),
    Route::delete(
        "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me",
        reactions::remove_own,
    )
    .limited(1, 250)
    .sharing("reactions"),
    Route::delete(
        "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/{user_id}",
        reactions::remove,
    )
    .limited(1, 250)
    .sharing("reactions"),
    Route::get("/channels/{channel_id}/pins", pins::list),
    Route::put("/channels/{channel_id}/pins/{message_id}", pins::pin),
    Route::delete("/channels/{channel_id}/pins/{message_id}", pins::unpin),
    Route::put(
        "/channels/{channel_id}/messages/pins/{message_id}",
        pins::pin,
    ),
    Route::delete(
        "/channels/{channel_id}/messages/pins/{message_id}",
        pins::unpin,
    ),
    Route::get("/channels/{channel_id}/webhooks", webhooks::list_of_channel),
    Route::post("/channels/{channel_id}/webhooks", webhooks::create),
    Route::get("/guilds/{guild_id}", guilds::fetch),
    Route::patch("/guilds/{guild_id}", guilds::edit),
    Route::get("/guilds/{guild_id}/channels", guilds::channels),
    Route::post("/guilds/{guild_id}/channels", guilds::create_channel),
    Route::get("/guilds/{guild_id}/threads/active", guilds::active_threads),
    Route::get("/guilds/{guild_id}/webhooks", webhooks::list_of_guild),
    Route::get("/guilds/{guild_id}/audit-logs", audit::list),
    Route::get("/guilds/{guild_id}/members", members::list).limited(10, 10_000),
    Route::get("/guilds/{guild_id}/members/search", members::search).limited(10, 10_000),
    Route::patch("/guilds/{guild_id}/members/@me", members::edit_me),
    Route::get("/guilds/{guild_id}/members/{user_id}", members::fetch).limited(5, 1_000),
    Route::patch("/guilds/{guild_id}/members/{user_id}", members::edit).limited(10, 10_000),
    Route::delete("/guilds/{guild_id}/members/{user_id}", members::kick).limited(5, 1_000),
    Route::put(
        "/guilds/{guild_id}/members/{user_id}/roles/{role_id}",
        members::add_role,
    )
    .limited(10, 10_000)
    .sharing("member roles"),
    Route::delete(
        "/guilds/{guild_id}/members/{user_id}/roles/{role_id}",
        members::remove_role,
    )
    .limited(10, 10_000)
    .sharing("member roles"),
    Route::get("/guilds/{guild_id}/bans", bans::list),
    Route::get("/guilds/{guild_id}/bans/{user_id}", bans::fetch),
    Route::put("/guilds/{guild_id}/bans/{user_id}", bans::add).limited(5, 1_000),
    Route::delete("/guilds/{guild_id}/bans/{user_id}", bans::remove).limited(5, 1_000),
    Route::post("/guilds/{guild_id}/bulk-ban", bans::add_many),
    Route::get("/guilds/{guild_id}/roles", roles::list),
    Route::post("/guilds/{guild_id}/roles", roles::create),
    Route::patch("/guilds/{guild_id}/roles", roles::reorder),
    Route::get("/guilds/{guild_id}/roles/{role_id}", roles::fetch),
    Route::patch("/guilds/{guild_id}/roles/{role_id}", roles::edit),
    Route::delete("/guilds/{guild_id}/roles/{role_id}", roles::delete),
    Route::get("/webhooks/{webhook_id}", webhooks::fetch),
    Route::patch("/webhooks/{webhook_id}", webhooks::edit),
    Route::delete("/webhooks/{webhook_id}", webhooks::delete),
    Route::get(
        "/webhooks/{webhook_id}/{webhook_token}",
        webhooks::fetch_by_token,
    )
    .by_token(),
    Route::patch(
        "/webhooks/{webhook_id}/{webhook_token}",
        webhooks::edit_by_token,
    )
    .by_token(),
    Route::delete(
        "/webhooks/{webhook_id}/{webhook_token}",
        webhooks::delete_by_token,
    )
    .by_token(),
    Route::post("/webhooks/{webhook_id}/{webhook_token}", webhooks::execute)
        .by_token()
        .limited(5, 2_000),
    Route::get(
        "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
        webhooks::fetch_message,
    )
    .by_token()
    .limited(5, 2_000),
    Route::patch(
        "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
        webhooks::edit_message,
    )
    .by_token()
    .limited(5, 2_000),
    Route::delete(
        "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}",
        webhooks::delete_message,
    )
    .by_token()
    .limited(5, 2_000),
    Route::post(
        "/interactions/{interaction_id}/{interaction_token}/callback",
        callback::answer,
    )
    .by_token(),
    Route::get(
        "/applications/{application_id}/commands",
        commands::list_global,
    ),
    Route::post(
        "/applications/{application_id}/commands",
        commands::create_global,
    )
    .limited(5, 20_000),
    Route::put(
        "/applications/{application_id}/commands",
        commands::replace_global,
    )
    .limited(5, 20_000),
    Route::get(
        "/applications/{application_id}/commands/{command_id}",
        commands::fetch_global,
    ),
    Route::patch(
        "/applications/{application_id}/commands/{command_id}",
        commands::edit_global,
    )
    .limited(5, 20_000),
    Route::delete(
        "/applications/{application_id}/commands/{command_id}",
        commands::delete_global,
    )
    .limited(5, 20_000),
    Route::get(
        "/applications/{application_id}/guilds/{guild_id}/commands",
        commands::list_of_guild,
    ),
    Route::post(
        "/applications/{application_id}/guilds/{guild_id}/commands",
        commands::create_in_guild,
    )
    .limited(5, 20_000),
    Route::put(
        "/applications/{application_id}/guilds/{guild_id}/commands",
        commands::replace_in_guild,
    )
    .limited(5, 20_000),
    Route::get(
        "/applications/{application_id}/guilds/{guild_id}/commands/permissions",
        commands::list_permissions,
    ),
    Route::get(
        "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}",
        commands::fetch_in_guild,
    ),
    Route::patch(
        "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}",
        commands::edit_in_guild,
    )
    .limited(5, 20_000),
    Route::delete(
        "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}",
        commands::delete_in_guild,
    )
    .limited(5, 20_000),
    Route::get(
        "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}/permissions",
        commands::fetch_permissions,
    ),
];
