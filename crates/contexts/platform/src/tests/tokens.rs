//! Tokens of guilds: found by what their holder has, of one guild alone, and over at once when they are revoked.

use std::{collections::BTreeSet, fs};

use kernel::{SeededChance, Span};

use super::world::{GUILD, OTHER_GUILD, World, each, guild};
use crate::{
    ApiToken, Area, TOKENS_MAX, Ticket, TokenCreate, TokenError, TokenId, TokenScope, token_create,
    token_digest, token_fetch, token_named, token_revoke, token_text, token_used, tokens_list,
};

fn text(number: i64) -> String {
    let chance = SeededChance::new(number.unsigned_abs());
    token_text(&Ticket::draw(&chance))
}

impl World {
    fn make(&self, in_guild: u64, number: i64, name: &str) -> Result<ApiToken, TokenError> {
        let create = TokenCreate {
            id: TokenId::new(number),
            digest: token_digest(&text(number)).unwrap(),
            name: name.to_owned(),
            scopes: BTreeSet::from([
                TokenScope::write(Area::Economy),
                TokenScope::read(Area::Audit),
            ]),
        };
        self.make_as(in_guild, create)
    }

    fn make_as(&self, in_guild: u64, create: TokenCreate) -> Result<ApiToken, TokenError> {
        let op = self.admin(in_guild);
        self.run(move |tx, _| token_create(tx, &op, &create))
    }

    fn opens(&self, text: &str) -> Option<ApiToken> {
        let digest = token_digest(text)?;
        self.see(move |tx| token_fetch(tx, digest))
    }

    fn listed(&self, in_guild: Option<u64>, before: Option<i64>) -> Vec<i64> {
        let (guild, before) = (in_guild.map(guild), before.map(TokenId::new));
        let found = self.see(move |tx| tokens_list(tx, guild, before, 2));
        found.iter().map(|token| token.id.get()).collect()
    }

    fn revoke(&self, in_guild: u64, number: i64) -> bool {
        let (op, id) = (self.admin(in_guild), TokenId::new(number));
        self.run(move |tx, _| token_revoke(tx, &op, id)).unwrap()
    }
}

#[test]
fn u11_a_token_opens_its_guild_until_it_is_revoked() {
    each(|world| {
        let made = world.make(GUILD, 1, "shop").unwrap();
        assert_eq!(
            (made.guild, made.made_by.as_str()),
            (guild(GUILD), "operator")
        );
        assert_eq!(world.opens(&text(1)), Some(made.clone()));
        assert!(made.covers(TokenScope::read(Area::Economy)));
        assert!(!made.covers(TokenScope::read(Area::Config)));
        for other in [
            text(2),
            format!("{}x", text(1)),
            text(1)[3..].to_owned(),
            String::new(),
        ] {
            assert_eq!(world.opens(&other), None, "{other}");
        }
        assert!(!world.revoke(OTHER_GUILD, 1), "another guild's");
        assert!(world.revoke(GUILD, 1));
        assert!(!world.revoke(GUILD, 1));
        assert_eq!(world.opens(&text(1)), None);
        world
            .make(GUILD, 2, "shop")
            .expect("the name is free again");
    });
}

#[test]
fn the_last_use_is_kept_and_never_goes_back() {
    each(|world| {
        world.make(GUILD, 1, "shop").unwrap();
        let (first, id) = (world.now(), TokenId::new(1));
        assert!(world.opens(&text(1)).unwrap().is_to_be_noted(first));
        world.run(move |tx, _| token_used(tx, first, id)).unwrap();
        let token = world.opens(&text(1)).unwrap();
        assert_eq!(token.used_at, Some(first));
        world.later(Span::seconds(59));
        assert!(!token.is_to_be_noted(world.now()));
        world.later(Span::seconds(1));
        let second = world.now();
        assert!(token.is_to_be_noted(second));
        for at in [second, first] {
            world.run(move |tx, _| token_used(tx, at, id)).unwrap();
        }
        let named = world.see(move |tx| token_named(tx, id)).unwrap();
        assert_eq!(named.used_at, Some(second));
    });
}

#[test]
fn tokens_are_listed_newest_first_by_guild_or_all() {
    each(|world| {
        for (number, place) in [(1, GUILD), (2, OTHER_GUILD), (3, GUILD)] {
            world
                .make(place, number, &format!("token-{number}"))
                .unwrap();
        }
        assert_eq!(world.listed(None, None), [3, 2]);
        assert_eq!(world.listed(None, Some(2)), [1]);
        assert_eq!(world.listed(Some(GUILD), None), [3, 1]);
        assert_eq!(world.listed(Some(OTHER_GUILD), Some(2)), Vec::<i64>::new());
    });
}

#[test]
fn what_makes_no_token_is_refused() {
    each(|world| {
        let long = "x".repeat(41);
        for name in [
            "", "operator", "cli", "system", "Shop", "a b", "a\0", "ö", &long,
        ] {
            assert_eq!(
                world.make(GUILD, 1, name),
                Err(TokenError::BadName),
                "{name}"
            );
        }
        let nothing = TokenCreate {
            id: TokenId::new(1),
            digest: token_digest(&text(1)).unwrap(),
            name: "shop".to_owned(),
            scopes: BTreeSet::new(),
        };
        assert_eq!(world.make_as(GUILD, nothing), Err(TokenError::NoScope));
        world.make(GUILD, 1, "shop").unwrap();
        let taken = world.make(GUILD, 2, "shop").unwrap_err();
        assert!(matches!(taken, TokenError::NameTaken { .. }), "{taken}");
        world
            .make(OTHER_GUILD, 3, "shop")
            .expect("names are a guild's own");
        for number in 4..3 + i64::from(TOKENS_MAX) {
            world
                .make(GUILD, number, &format!("token-{number}"))
                .unwrap();
        }
        assert_eq!(world.make(GUILD, 999, "one-more"), Err(TokenError::TooMany));
    });
}

#[test]
fn u11_a_token_stands_nowhere_as_its_holder_has_it() {
    let world = World::of(testkit::db::fresh_libsql(&super::world::migrations()));
    world.make(GUILD, 1, "shop").unwrap();
    let text = text(1);
    let secret = text.strip_prefix("gh_").unwrap().as_bytes();
    for file in fs::read_dir(world.db.folder().unwrap()).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(secret.len()).any(|part| part == secret));
    }
}
