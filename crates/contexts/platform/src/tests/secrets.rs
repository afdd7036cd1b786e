//! Secrets: opened in their own row alone, nowhere in plain text, and wrapped anew when the master key is exchanged.

use std::{fs, sync::Arc};

use ::store::{DbError, Statement};
use base64::{Engine as _, engine::general_purpose};
use kernel::{Fault, FaultKind, Op};
use secrecy::{ExposeSecret, SecretString};

use super::{
    entropy::Dry,
    world::{GUILD, OTHER_GUILD, World, each, guild},
};
use crate::{
    Entropy, Keyring, KeysTried, MasterKey, Novelty, Owner, Rotated, SecretError, SecretName,
    SecretPut, keys_rotate, keys_try, secret_delete, secret_fetch, secret_put, secrets_forget,
    secrets_list,
};

const CANARY: &str = "sk-canary-5f1c0b9e7a2d4c6688";

fn master(byte: u8) -> MasterKey {
    MasterKey::new(&[byte; 32])
}

fn ring(byte: u8) -> Arc<Keyring> {
    Arc::new(Keyring::new(master(byte)))
}

fn of_guild(number: u64) -> Owner {
    Owner::Guild(guild(number))
}

fn name(text: &str) -> SecretName {
    SecretName::new(text).unwrap()
}

impl World {
    fn keep(
        &self,
        op: &Op,
        ring: &Arc<Keyring>,
        owner: Owner,
        called: &str,
        value: &str,
    ) -> Result<Novelty, SecretError> {
        let (op, ring, entropy) = (op.clone(), ring.clone(), self.entropy.clone());
        let (called, value) = (name(called), value.to_owned());
        self.run(move |tx, ids| {
            let cmd = SecretPut {
                owner,
                name: called.clone(),
                value: SecretString::from(value.clone()),
            };
            secret_put(tx, &op, ids, entropy.as_ref(), &ring, &cmd)
        })
    }

    fn tried(&self, ring: &Arc<Keyring>, after: Option<Owner>) -> KeysTried {
        let ring = ring.clone();
        let tried: Result<_, DbError> = self.run(move |tx, _| keys_try(tx, &ring, after));
        tried.unwrap()
    }

    fn kept(
        &self,
        ring: &Arc<Keyring>,
        owner: Owner,
        called: &str,
    ) -> Result<Option<String>, SecretError> {
        let (ring, called) = (ring.clone(), name(called));
        let opened = self.run(move |tx, _| secret_fetch(tx, &ring, owner, &called))?;
        Ok(opened.map(|secret| secret.expose_secret().to_owned()))
    }

    fn sql(&self, text: &'static str) -> u64 {
        let statement: &'static Statement = Box::leak(Box::new(Statement::new("test.sql", text)));
        let changed: Result<u64, DbError> = self.run(move |tx, _| tx.execute(statement, &[]));
        changed.unwrap()
    }

    fn rotate(&self, ring: &Arc<Keyring>, limit: u32) -> Result<Rotated, SecretError> {
        let (at, ring, entropy) = (self.now(), ring.clone(), self.entropy.clone());
        self.run(move |tx, _| keys_rotate(tx, at, entropy.as_ref(), &ring, limit))
    }
}

#[test]
fn a_secret_is_kept_replaced_listed_and_deleted() {
    each(|world| {
        let (ring, op) = (ring(1), world.op(5));
        let (here, there) = (of_guild(GUILD), of_guild(OTHER_GUILD));
        assert_eq!(world.kept(&ring, here, "ai_key"), Ok(None));
        world.keep(&op, &ring, here, "ai_key", CANARY).unwrap();
        world.keep(&op, &ring, there, "ai_key", "theirs").unwrap();
        world
            .keep(&op, &ring, Owner::Operator, "ai_key", "mine")
            .unwrap();
        assert_eq!(
            world.kept(&ring, here, "ai_key"),
            Ok(Some(CANARY.to_owned()))
        );
        assert_eq!(
            world.kept(&ring, there, "ai_key"),
            Ok(Some("theirs".to_owned()))
        );
        assert_eq!(
            world.kept(&ring, Owner::Operator, "ai_key"),
            Ok(Some("mine".to_owned()))
        );
        // The same cause again is no second write.
        assert_eq!(
            world.keep(&op, &ring, here, "ai_key", "x"),
            Ok(Novelty::Before)
        );
        assert_eq!(
            world.keep(&world.op(5), &ring, here, "ai_key", "new"),
            Ok(Novelty::New)
        );
        assert_eq!(
            world.kept(&ring, here, "ai_key"),
            Ok(Some("new".to_owned()))
        );
        let lines = world.run(move |tx, _| secrets_list(tx, here)).unwrap();
        assert_eq!((lines.len(), lines[0].name.as_str()), (1, "ai_key"));
        let delete = move || world.run(move |tx, _| secret_delete(tx, here, &SecretName::ai_key()));
        assert_eq!((delete(), delete()), (Ok(true), Ok(false)));
    });
}

#[test]
fn what_is_no_secret_is_refused() {
    each(|world| {
        let (ring, here) = (ring(1), of_guild(GUILD));
        for value in ["", "a\nb", &"x".repeat(4_097)] {
            let kept = world.keep(&world.op(5), &ring, here, "ai_key", value);
            assert_eq!(kept, Err(SecretError::BadValue));
        }
        for number in 0..100 {
            let called = format!("key{number}");
            world.keep(&world.op(5), &ring, here, &called, "x").unwrap();
        }
        let one_more = world
            .keep(&world.op(5), &ring, here, "more", "x")
            .unwrap_err();
        assert_eq!(one_more.kind(), FaultKind::Exhausted);
        let replaced = world.keep(&world.op(5), &ring, here, "key7", "y");
        assert_eq!(replaced, Ok(Novelty::New));
    });
}

/// Ways in which a text can stand in bytes.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let bytes = text.as_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut forms = vec![
        bytes.to_vec(),
        bytes.iter().rev().copied().collect(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        wide,
    ];
    // In base64 the text looks different at each of three places; the ends depend on what stands beside it.
    for shift in 0..3 {
        let shifted = [&vec![b'x'; shift], bytes].concat();
        let encoded = general_purpose::STANDARD_NO_PAD.encode(&shifted);
        forms.push(encoded.as_bytes()[4..encoded.len() - 4].to_vec());
    }
    forms
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

#[test]
fn u6_no_file_of_the_database_holds_a_secret_or_a_key() {
    let world = World::of(testkit::db::fresh_libsql(&super::world::migrations()));
    let key = *b"0123456789abcdef-the-master-key-";
    let ring = Arc::new(Keyring::new(MasterKey::new(&key)));
    let marker = name("marker-of-this-file");
    world
        .keep(&world.op(5), &ring, of_guild(GUILD), "ai_key", CANARY)
        .unwrap();
    world
        .keep(
            &world.op(5),
            &ring,
            Owner::Operator,
            marker.as_str(),
            CANARY,
        )
        .unwrap();
    world.db.database().close();
    let folder = world.db.folder().unwrap();
    let mut bytes = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        bytes.extend(fs::read(entry.unwrap().path()).unwrap());
    }
    // What is stored openly is found, so the search does find.
    assert!(holds(&bytes, marker.as_str().as_bytes()));
    for form in forms(CANARY)
        .iter()
        .chain(&forms(std::str::from_utf8(&key).unwrap()))
    {
        assert!(!holds(&bytes, form), "{}", String::from_utf8_lossy(form));
    }
}

#[test]
fn u6_no_row_holds_a_secret() {
    const ALL: Statement = Statement::new(
        "test.secrets",
        "SELECT owner, name, id, key_id, nonce, sealed, cause FROM platform_secrets",
    );
    const KEYS: Statement = Statement::new(
        "test.keys",
        "SELECT owner, id, master, nonce, wrapped FROM platform_keys",
    );
    each(|world| {
        world
            .keep(&world.op(5), &ring(1), of_guild(GUILD), "ai_key", CANARY)
            .unwrap();
        let rows = world.see(|tx| Ok([tx.rows(&ALL, &[])?, tx.rows(&KEYS, &[])?].concat()));
        assert_eq!(rows.len(), 2);
        let mut bytes = format!("{rows:?}").into_bytes();
        for value in rows.iter().flat_map(::store::Row::values) {
            if let ::store::Value::Blob(blob) = value {
                bytes.extend(blob);
            }
        }
        for form in forms(CANARY) {
            assert!(!holds(&bytes, &form));
        }
    });
}

#[test]
fn u6_a_text_moved_to_another_row_does_not_open() {
    let moves = [
        // The whole content of one row under another name of the same guild.
        "UPDATE platform_secrets SET nonce = o.nonce, sealed = o.sealed FROM platform_secrets AS o
         WHERE platform_secrets.name = 'other' AND o.name = 'ai_key' AND o.owner = platform_secrets.owner",
        // Another guild's text, with its ids too.
        "UPDATE platform_secrets SET nonce = o.nonce, sealed = o.sealed, key_id = o.key_id FROM platform_secrets AS o
         WHERE platform_secrets.name = 'other' AND o.name = 'ai_key' AND o.owner = 901",
        // The right text under another row id.
        "UPDATE platform_secrets SET id = id + 1 WHERE name = 'other'",
        // The other guild's data key in place of one's own.
        "UPDATE platform_keys SET nonce = o.nonce, wrapped = o.wrapped FROM platform_keys AS o
         WHERE platform_keys.owner = 900 AND o.owner = 901",
        // The key's id exchanged.
        "UPDATE platform_keys SET id = id + 1 WHERE owner = 900",
        // The key taken away.
        "DELETE FROM platform_keys WHERE owner = 900",
    ];
    for moved in moves {
        each(|world| {
            let ring = ring(1);
            let (here, there) = (of_guild(GUILD), of_guild(OTHER_GUILD));
            world
                .keep(&world.op(5), &ring, here, "ai_key", CANARY)
                .unwrap();
            world
                .keep(&world.op(5), &ring, here, "other", "mine")
                .unwrap();
            world
                .keep(&world.op(5), &ring, there, "ai_key", "theirs")
                .unwrap();
            assert_eq!(
                world.kept(&ring, here, "other"),
                Ok(Some("mine".to_owned()))
            );
            assert_eq!(world.sql(moved), 1, "{moved}");
            let opened = world.kept(&ring, here, "other");
            assert!(
                matches!(opened, Err(SecretError::DoesNotOpen { .. })),
                "{moved}: {opened:?}"
            );
        });
    }
}

#[test]
fn u8_after_a_rotation_the_old_key_opens_nothing() {
    each(|world| {
        let old = ring(1);
        let owners: Vec<Owner> = (1_000..1_025).map(of_guild).collect();
        for owner in &owners {
            world
                .keep(&world.op(5), &old, *owner, "ai_key", CANARY)
                .unwrap();
        }
        let both = Arc::new(Keyring::new(master(2)).with_former(master(1)));
        let rotated = |wrapped, left| {
            Ok(Rotated {
                wrapped,
                left,
                unknown: 0,
            })
        };
        assert_eq!(world.rotate(&both, 10), rotated(10, 15));
        // In the middle of it every secret opens with both keys at hand, and new ones are kept.
        for owner in &owners {
            assert_eq!(
                world.kept(&both, *owner, "ai_key"),
                Ok(Some(CANARY.to_owned()))
            );
        }
        world
            .keep(&world.op(5), &both, of_guild(7), "ai_key", "late")
            .unwrap();
        assert_eq!(world.rotate(&both, 10), rotated(10, 5));
        assert_eq!(world.rotate(&both, 10), rotated(5, 0));
        assert_eq!(world.rotate(&both, 10), rotated(0, 0));
        let new = ring(2);
        for owner in owners.iter().copied().chain([of_guild(7)]) {
            let gone = world.kept(&old, owner, "ai_key").unwrap_err();
            let expected = SecretError::UnknownMaster {
                master: master(2).id().to_owned(),
            };
            assert_eq!(gone, expected);
            assert!(world.kept(&new, owner, "ai_key").unwrap().is_some());
        }
        // A lying row does not help the old key either.
        let lie = format!("UPDATE platform_keys SET master = '{}'", master(1).id());
        world.sql(Box::leak(lie.into_boxed_str()));
        let gone = world.kept(&old, owners[0], "ai_key");
        assert!(
            matches!(gone, Err(SecretError::DoesNotOpen { .. })),
            "{gone:?}"
        );
    });
}

#[test]
fn keys_of_an_unknown_master_are_counted_and_left() {
    each(|world| {
        world
            .keep(&world.op(5), &ring(9), of_guild(GUILD), "ai_key", "x")
            .unwrap();
        let rotated = world.rotate(
            &Arc::new(Keyring::new(master(2)).with_former(master(1))),
            10,
        );
        let expected = Rotated {
            wrapped: 0,
            left: 0,
            unknown: 1,
        };
        assert_eq!(rotated, Ok(expected));
    });
}

#[test]
fn a_key_ring_is_tried_without_changing_anything() {
    each(|world| {
        let none = world.tried(&ring(1), None);
        assert_eq!(none, KeysTried::default());
        for guild in [GUILD, OTHER_GUILD] {
            let owner = of_guild(guild);
            world
                .keep(&world.op(10), &ring(1), owner, "ai_key", CANARY)
                .unwrap();
        }
        let (right, wrong) = (world.tried(&ring(1), None), world.tried(&ring(2), None));
        assert_eq!((right.open, right.shut, right.next), (2, 0, None));
        assert_eq!((wrong.open, wrong.shut, wrong.next), (0, 2, None));
        let first = [GUILD, OTHER_GUILD].into_iter().min().map(of_guild);
        assert_eq!(world.tried(&ring(1), first).open, 1);
    });
}

#[test]
fn an_owners_secrets_are_gone_with_their_key() {
    each(|world| {
        let (ring, here) = (ring(1), of_guild(GUILD));
        world
            .keep(&world.op(5), &ring, here, "ai_key", "x")
            .unwrap();
        world
            .keep(&world.op(5), &ring, of_guild(OTHER_GUILD), "ai_key", "y")
            .unwrap();
        let gone = world.run(move |tx, _| secrets_forget(tx, here));
        assert_eq!(gone, Ok(1));
        assert_eq!(world.kept(&ring, here, "ai_key"), Ok(None));
        let theirs = world.kept(&ring, of_guild(OTHER_GUILD), "ai_key");
        assert_eq!(theirs, Ok(Some("y".to_owned())));
        // A new secret gets a new key.
        assert_eq!(world.sql("DELETE FROM platform_keys WHERE owner = 900"), 0);
        world
            .keep(&world.op(5), &ring, here, "ai_key", "again")
            .unwrap();
        assert_eq!(
            world.kept(&ring, here, "ai_key"),
            Ok(Some("again".to_owned()))
        );
    });
}

#[test]
fn without_entropy_nothing_is_sealed() {
    each(|world| {
        let (op, ring) = (world.op(5), ring(1));
        let dry: Arc<dyn Entropy> = Arc::new(Dry);
        let kept = world.run(move |tx, ids| {
            let cmd = SecretPut {
                owner: of_guild(GUILD),
                name: SecretName::ai_key(),
                value: SecretString::from("x".to_owned()),
            };
            secret_put(tx, &op, ids, dry.as_ref(), &ring, &cmd)
        });
        assert_eq!(kept.unwrap_err().kind(), FaultKind::Unavailable);
    });
}

#[test]
fn a_secret_to_be_kept_does_not_print_itself() {
    let cmd = SecretPut {
        owner: of_guild(GUILD),
        name: SecretName::ai_key(),
        value: SecretString::from(CANARY.to_owned()),
    };
    assert!(!format!("{cmd:?} {:?}", ring(1)).contains("canary"));
}
