//! Sample values of pages about the tokens of programs.

use std::collections::BTreeSet;

use kernel::GuildId;
use platform::{ApiToken, Area, TOKEN_SCOPES, TokenId, TokenScope};

use super::{State, samples};
use crate::pages::token::{MadeView, NewView, OneView};

/// Two tokens: one in use, one that never was.
pub(super) fn tokens(state: State) -> Vec<ApiToken> {
    if state == State::Empty {
        return Vec::new();
    }
    let unused = ApiToken {
        scopes: BTreeSet::from([TokenScope::read(Area::Config)]),
        used_at: None,
        ..token(state, 72, "settings-backup")
    };
    vec![token(state, 71, "shop-bot"), unused]
}

fn token(state: State, number: i64, name: &str) -> ApiToken {
    ApiToken {
        id: TokenId::new(number),
        guild: GuildId::new(100).expect("above zero"),
        name: samples::wrote(state, name),
        scopes: BTreeSet::from([
            TokenScope::write(Area::Economy),
            TokenScope::read(Area::Moderation),
        ]),
        made_by: samples::user(11).to_string(),
        made_at: samples::ago(3_000),
        used_at: Some(samples::ago(12)),
    }
}

/// A token that is asked for; refused once where words are hostile.
pub(super) fn new(state: State) -> NewView {
    let is_refused = state == State::Hostile;
    NewView {
        scopes: TOKEN_SCOPES.to_vec(),
        name: if is_refused {
            samples::HOSTILE.to_owned()
        } else {
            String::new()
        },
        chosen: vec!["economy:write".to_owned()],
        refused: is_refused.then(|| samples::HOSTILE.to_owned()),
    }
}

/// A token that was just made.
pub(super) fn made(state: State) -> MadeView {
    MadeView {
        token: token(state, 71, "shop-bot"),
        text: "gh_9mXh0cGq3ZtW4k1v7yB2dLr8sTfUaNoPeQiJ5xKzM6w".to_owned(),
    }
}

/// A token before it is revoked.
pub(super) fn one(state: State) -> OneView {
    OneView {
        token: token(state, 71, "shop-bot"),
        names: samples::names(state),
    }
}
