//! Samples of the pages that belong to no server, and of those that stand in place of a page.

use app::{Access, KnownGuild, Role, SeenGuild, SeenGuilds, Standing};
use kernel::{Correlation, FaultKind, GuildId};
use maud::Markup;

use super::{State, frame, people, samples};
use crate::{
    components::{shell::Frame, tour::Tour},
    pages::{Trouble, servers, sessions},
};

/// One page of somebody's own in one state.
pub(super) fn page(name: &str, state: State) -> Option<Markup> {
    Some(match name {
        "yours" => servers::page(&own_frame(state), &servers_view(state)),
        "sessions" => {
            let view = people::access_view(state);
            sessions::page(&own_frame(state), &view.sessions, view.present)
        }
        "trouble" => trouble(state),
        _ => return None,
    })
}

/// What stands around a page that belongs to no server.
fn own_frame(state: State) -> Frame {
    Frame {
        server: None,
        role: None,
        sections: Vec::new(),
        tour: Tour::Closed,
        ..frame(state)
    }
}

fn servers_view(state: State) -> servers::View {
    let seen = |(number, name, role): (u64, &str, Role)| SeenGuild {
        id: GuildId::new(number).expect("above zero"),
        known: KnownGuild {
            name: samples::wrote(state, name),
            members: 140,
        },
        standing: Standing {
            role,
            access: Access::Manage,
            keeps_cases: false,
            bans: false,
        },
    };
    let all = [
        (100, "Lantern Harbour", Role::Manager),
        (203, "Tidewater Chess Club", Role::Member),
        (
            204,
            "Lighthouse keepers of the northern and the southern coast",
            Role::Moderator,
        ),
    ];
    let is_empty = state == State::Empty;
    servers::View {
        seen: SeenGuilds {
            guilds: if is_empty {
                Vec::new()
            } else {
                all.map(seen).to_vec()
            },
            unknown: usize::from(state == State::Hostile),
        },
        invite: is_empty.then(|| "#invite".to_owned()),
        sign_in: "#sign-in".to_owned(),
    }
}

/// Something failed, there is no such page, and a member of a server asked for more than is theirs.
fn trouble(state: State) -> Markup {
    let failed = |words: &str| Trouble::Told {
        kind: FaultKind::Unavailable,
        words: words.to_owned(),
        correlation: Correlation::new(4_711_000),
    };
    match state {
        State::Full => {
            failed("The database does not answer. Nothing was changed; try again in a moment.")
                .framed(&frame(state), Some("#again"))
        }
        State::Empty => Trouble::NoPage.framed(&own_frame(state), None),
        State::Hostile => failed(samples::HOSTILE).framed(&frame(state), None),
    }
}
