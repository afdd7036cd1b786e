//! Y5: whatever is done to the tables of a chain of a thousand entries is found, column by column and row by row.
//!
//! Each attack runs in a transaction of its own, is looked for in the same one, and is rolled back.

use std::collections::BTreeSet;

use ::store::{DbError, Statement, Tx, Value};

use super::world::{GUILD, OTHER_GUILD, World, asked, each, guild, trust, verification};
use crate::{Concluded, Conclusion, Outcome, RecordError, Trust, Wrong};

const ENTRIES: u64 = 1_000;
/// A place in the middle, whose entry has a value in nearly every column.
const PLACE: i64 = 500;

/// A chain of a thousand entries, and a short one in another guild.
fn grown(world: &World) -> Trust {
    let (ids, chance) = (world.ids.clone(), world.chance.clone());
    let ops: Vec<_> = (1..=ENTRIES)
        .map(|number| (number, world.message_op(number % 7 + 1, number)))
        .collect();
    let elsewhere: Vec<_> = (1..=5_u64)
        .map(|number| (number, world.elsewhere(3)))
        .collect();
    let filled: Result<(), RecordError> = world.run(move |tx| {
        for (number, op) in ops.iter().chain(&elsewhere) {
            let mut new = super::world::deleted(number % 7 + 1, *number, "free nitro");
            new.cost = asked(1, 1, "x").cost;
            new.model = Some("offline".to_owned());
            new.prompt_version = Some("7".to_owned());
            if op.guild == guild(OTHER_GUILD) {
                new.effects = Vec::new();
            }
            if number.abs_diff(PLACE.unsigned_abs()) > 50 {
                // Words in the middle are enough to be tampered with, and leave more time for links.
                (new.input, new.matched) = (crate::NewInput::default(), Vec::new());
                (new.reasoning, new.active_rules) = (None, Vec::new());
            }
            crate::record(tx, op, ids.as_ref(), chance.as_ref(), &new)?;
        }
        Ok(())
    });
    filled.unwrap();
    // A conclusion behind them all, so that both parts are on the chain.
    let id = world.asks(1, ENTRIES + 1, "and?");
    world.seals();
    let end = Conclusion::new(Outcome::Executed);
    assert_eq!(world.conclude(&world.op(1), id, &end), Ok(Concluded::Now));
    world.seals();
    let mut trust = trust();
    trust.witnesses = world.see(|tx| crate::signed_heads(tx, 0, 1_000));
    trust
}

enum Found {
    /// The engine let it not happen.
    Prevented,
    Breaks(BTreeSet<Wrong>),
}

#[derive(Debug)]
enum Back {
    Breaks(BTreeSet<Wrong>),
    Engine(DbError),
}

impl From<DbError> for Back {
    fn from(error: DbError) -> Self {
        Self::Engine(error)
    }
}

/// Runs an attack, looks for it, and takes it back.
fn attack(
    world: &World,
    trust: &Trust,
    mut steps: impl FnMut(&mut Tx<'_>) -> Result<(), DbError> + Send + 'static,
) -> Found {
    let trust = trust.clone();
    let outcome: Result<(), Back> = world.run(move |tx| {
        steps(tx)?;
        let found = verification(tx, &trust, 400)?;
        Err(Back::Breaks(
            found.breaks.iter().map(|one| one.wrong).collect(),
        ))
    });
    match outcome {
        Err(Back::Breaks(breaks)) => Found::Breaks(breaks),
        Err(Back::Engine(DbError::Violated { .. })) => Found::Prevented,
        other => panic!("the attack could not be made: {other:?}"),
    }
}

fn sql(text: &str) -> Statement {
    Statement::new("test.attack", Box::leak(text.to_owned().into_boxed_str()))
}

fn run(tx: &mut Tx<'_>, text: &str, values: &[Value]) -> Result<(), DbError> {
    let changed = tx.execute(&sql(text), values)?;
    assert!(changed > 0, "the attack changed nothing: {text}");
    Ok(())
}

/// The record at a place of the first guild's chain.
fn record_at(world: &World, place: i64) -> i64 {
    world.see(move |tx| {
        let text =
            format!("SELECT record FROM audit_links WHERE guild = {GUILD} AND seq = {place}");
        tx.row(&sql(&text), &[])?
            .expect("the place is taken")
            .int(0)
    })
}

fn text(value: &str) -> Value {
    value.into()
}

fn bytes() -> Value {
    Value::Blob(vec![7; 32])
}

/// Every column of a record, with something else for it.
fn columns() -> Vec<(&'static str, Value)> {
    vec![
        ("id", 5_i64.into()),
        ("guild", i64::try_from(OTHER_GUILD).unwrap().into()),
        ("part", 2_i64.into()),
        ("entry", 5_i64.into()),
        ("cause", text("cli:other")),
        ("action", text("warn")),
        ("ordinal", 9_i64.into()),
        ("at", 5_i64.into()),
        ("actor", text("system")),
        ("actor_name", text("operator")),
        ("actor_person", 5_i64.into()),
        ("kind", text("human")),
        ("outcome", text("suppressed")),
        ("trigger_kind", text("edit")),
        ("trigger_person", Value::Null),
        ("trigger_channel", 5_i64.into()),
        ("trigger_message", 5_i64.into()),
        ("subject", Value::Null),
        ("rules", text("[]")),
        ("rule", text("other")),
        ("confidence", 5_i64.into()),
        ("model", text("other")),
        ("prompt_version", Value::Null),
        ("config_revision", 4_i64.into()),
        ("currency", text("EUR")),
        ("micros", 0_i64.into()),
        ("effects", text("[]")),
        ("case_number", Value::Null),
        ("texts", Value::Blob(Vec::new())),
        ("digest", bytes()),
    ]
}

#[test]
fn y5_every_edited_column_is_found() {
    each(|world| {
        let trust = grown(&world);
        assert_eq!(world.verification(&trust).entries, ENTRIES + 6);
        assert_eq!(world.verification(&trust).found, 0);
        let record = record_at(&world, PLACE);
        let columns = columns();
        assert_eq!(columns.len(), crate::row::COLUMNS);
        let mut prevented = Vec::new();
        for (column, value) in columns {
            let found = attack(&world, &trust, move |tx| {
                let text = format!("UPDATE audit_records SET {column} = ?1 WHERE id = ?2");
                run(tx, &text, &[value.clone(), record.into()])
            });
            match found {
                Found::Prevented => prevented.push(column),
                Found::Breaks(breaks) => assert!(!breaks.is_empty(), "{column} was edited unseen"),
            }
        }
        // Which part of which entry it is can't even be said otherwise.
        assert_eq!(prevented, ["id", "part", "entry"]);
    });
}

/// Table and column, place, what is put there, and what must be found.
const EDITS: [&str; 25] = [
    "audit_links guild | {link} = 500 | 7 | gap",
    "audit_links seq | {link} = 500 | 99999 | gap",
    "audit_links record | record = {record} | 5 | missing",
    "audit_links prev_hash | record = {record} | bytes | order",
    "audit_links hash | record = {record} | bytes | link",
    "audit_links at | record = {record} | 5 | link",
    "audit_heads guild | guild = 900 | 7 | head",
    "audit_heads seq | guild = 900 | 99999 | head",
    "audit_heads hash | guild = 900 | bytes | head",
    "audit_heads signed | guild = 900 | 5 | signature",
    "audit_signatures guild | guild = 900 | 7 | signature",
    "audit_signatures seq | {link} = 1001 | 9 | signature",
    "audit_signatures hash | guild = 900 | bytes | signature",
    "audit_signatures at | guild = 900 | 5 | signature",
    "audit_signatures signer | guild = 900 | bytes | signature",
    "audit_signatures signature | guild = 900 | bytes | signature",
    "audit_texts text | entry = {record} AND field = 1 | text | text",
    "audit_texts salt | entry = {record} AND field = 4 | bytes | text",
    "audit_texts label | entry = {record} AND field = 5 | text | text",
    "audit_texts owner | entry = {record} AND field = 1 | null | text",
    "audit_texts place | entry = {record} AND field = 1 | 5 | text",
    "audit_texts field | entry = {record} AND field = 1 | 6 | text",
    "audit_people user_id | guild = 900 AND user_id = 3 | 99 | person",
    "audit_people guild | guild = 900 AND user_id = 3 | 7 | person",
    "audit_people salt | guild = 900 AND user_id = 3 | bytes | person",
];

fn put(value: &str) -> Value {
    match value {
        "text" => text("other"),
        "bytes" => bytes(),
        "null" => Value::Null,
        number => number.parse::<i64>().unwrap().into(),
    }
}

/// The places that attacks name, filled in.
fn placed(text: &str, record: i64, other: i64) -> String {
    text.replace("{link}", "guild = 900 AND seq")
        .replace("{record}", &record.to_string())
        .replace("{other}", &other.to_string())
}

#[test]
fn y5_every_edit_beside_the_records_is_found() {
    each(|world| {
        let trust = grown(&world);
        let record = record_at(&world, PLACE);
        for edit in EDITS {
            let parts: Vec<&str> = edit.split(" | ").collect();
            let [name, place, value, wrong] = parts.as_slice() else {
                panic!("an edit has four parts: {edit}");
            };
            let (table, column) = name.split_once(' ').unwrap();
            let text = format!("UPDATE {table} SET {column} = ?1 WHERE {place}");
            let (text, value) = (placed(&text, record, 0), put(value));
            let found = attack(&world, &trust, move |tx| {
                run(tx, &text, std::slice::from_ref(&value))
            });
            match found {
                Found::Prevented => panic!("{name} could not be edited"),
                Found::Breaks(breaks) => {
                    let is_found = breaks.iter().any(|one| one.name() == *wrong);
                    assert!(is_found, "{name}: {breaks:?}");
                }
            }
        }
    });
}

/// Statements that harm the chain of the first guild, and what must be found.
const HARMS: [(&str, &[&str], Wrong); 16] = [
    (
        "a deleted record",
        &[
            "DELETE FROM audit_records WHERE id = {record}",
        ],
        Wrong::Missing,
    ),
    (
        "a deleted link",
        &[
            "DELETE FROM audit_links WHERE {link} = 500",
        ],
        Wrong::Gap,
    ),
    (
        "a deleted link leaves its record",
        &[
            "DELETE FROM audit_links WHERE {link} = 500",
        ],
        Wrong::Unlinked,
    ),
    (
        "a record deleted with its link",
        &[
            "DELETE FROM audit_records WHERE id = {record}",
            "DELETE FROM audit_links WHERE {link} = 500",
        ],
        Wrong::Gap,
    ),
    (
        "a record deleted with its link, and the next moved up",
        &[
            "DELETE FROM audit_records WHERE id = {record}",
            "DELETE FROM audit_links WHERE {link} = 500",
            "UPDATE audit_links SET seq = 500 WHERE {link} = 501",
        ],
        Wrong::Order,
    ),
    (
        "two links turned round",
        &[
            "UPDATE audit_links SET seq = 77777 WHERE {link} = 500",
            "UPDATE audit_links SET seq = 500 WHERE {link} = 501",
            "UPDATE audit_links SET seq = 501 WHERE {link} = 77777",
        ],
        Wrong::Order,
    ),
    (
        "two records turned round under their links",
        &[
            "UPDATE audit_links SET record = 5 WHERE record = {record}",
            "UPDATE audit_links SET record = {record} WHERE record = {other}",
            "UPDATE audit_links SET record = {other} WHERE record = 5",
        ],
        Wrong::Link,
    ),
    (
        "a tail cut off",
        &[
            "DELETE FROM audit_records WHERE id IN (SELECT record FROM audit_links WHERE {link} > 900)",
            "DELETE FROM audit_links WHERE {link} > 900",
        ],
        Wrong::Head,
    ),
    (
        "a tail cut off and the head moved back",
        &[
            "DELETE FROM audit_records WHERE id IN (SELECT record FROM audit_links WHERE {link} > 900)",
            "DELETE FROM audit_links WHERE {link} > 900",
            "UPDATE audit_heads SET seq = 900, signed = 0,
             hash = (SELECT hash FROM audit_links WHERE {link} = 900) WHERE guild = 900",
        ],
        Wrong::Truncated,
    ),
    (
        "a tail cut off with head and signatures, against a copy elsewhere",
        &[
            "DELETE FROM audit_records WHERE id IN (SELECT record FROM audit_links WHERE {link} > 900)",
            "DELETE FROM audit_links WHERE {link} > 900",
            "UPDATE audit_heads SET seq = 900, signed = 0,
             hash = (SELECT hash FROM audit_links WHERE {link} = 900) WHERE guild = 900",
            "DELETE FROM audit_signatures WHERE {link} > 900",
        ],
        Wrong::Truncated,
    ),
    (
        "a deleted head",
        &[
            "DELETE FROM audit_heads WHERE guild = 900",
        ],
        Wrong::Head,
    ),
    (
        "deleted signatures",
        &[
            "DELETE FROM audit_signatures WHERE guild = 900",
        ],
        Wrong::Signature,
    ),
    (
        "a record of another guild put under a link",
        &[
            "DELETE FROM audit_links WHERE guild = 901",
            "UPDATE audit_links SET record = (SELECT MIN(id) FROM audit_records WHERE guild = 901) WHERE {link} = 500",
        ],
        Wrong::Foreign,
    ),
    (
        "a link of another guild put into the chain",
        &[
            "DELETE FROM audit_links WHERE {link} = 3",
            "UPDATE audit_links SET guild = 900 WHERE guild = 901 AND seq = 3",
        ],
        Wrong::Foreign,
    ),
    (
        "a record put in beside the chain",
        &[
            "INSERT INTO audit_records (id, guild, part, entry, cause, action, ordinal, at, actor, kind, outcome,
             trigger_kind, rules, effects, texts, digest)
             SELECT 5, guild, part, 5, 'cli:5', action, ordinal, at, actor, kind, outcome, trigger_kind, rules,
             effects, texts, digest FROM audit_records WHERE id = {record}",
        ],
        Wrong::Unlinked,
    ),
    (
        "a record that waits for the sealer deleted",
        &[
            "INSERT INTO audit_unsealed (guild, record) VALUES (900, 5)",
        ],
        Wrong::Missing,
    ),
];

#[test]
fn y5_deleted_reordered_truncated_and_foreign_records_are_found() {
    each(|world| {
        let trust = grown(&world);
        let (record, other) = (record_at(&world, PLACE), record_at(&world, PLACE + 1));
        for (name, statements, wrong) in HARMS {
            let found = attack(&world, &trust, move |tx| {
                let mut placed = statements.iter().map(|one| placed(one, record, other));
                placed.try_for_each(|statement| run(tx, &statement, &[]))
            });
            match found {
                Found::Prevented => panic!("{name} could not be done"),
                Found::Breaks(breaks) => assert!(breaks.contains(&wrong), "{name}: {breaks:?}"),
            }
        }
        // All was taken back.
        assert_eq!(world.verification(&trust).found, 0);
    });
}

#[test]
fn y5_a_chain_that_was_written_anew_without_the_key_is_found() {
    each(|world| {
        let trust = grown(&world);
        let record = record_at(&world, PLACE);
        let now = world.now();
        let rewritten = move |tx: &mut Tx<'_>| {
            // The attacker edits a record, gives it a fitting digest, and lets the sealer link all of it again.
            let edited = crate::store::records::decision_fetch(tx, record)?.expect("it is there");
            let edited = crate::row::Record {
                outcome: "suppressed".to_owned(),
                ..edited
            };
            let digest = Value::Blob(edited.digest().bytes().to_vec());
            run(
                tx,
                "UPDATE audit_records SET outcome = 'suppressed', digest = ?1 WHERE id = ?2",
                &[digest, record.into()],
            )?;
            let statements = [
                format!(
                    "INSERT INTO audit_unsealed (guild, record) SELECT guild, record FROM audit_links
                     WHERE guild = {GUILD} AND seq >= {PLACE} ORDER BY seq"
                ),
                format!("DELETE FROM audit_links WHERE guild = {GUILD} AND seq >= {PLACE}"),
                format!("DELETE FROM audit_heads WHERE guild = {GUILD}"),
            ];
            statements
                .iter()
                .try_for_each(|statement| run(tx, statement, &[]))?;
            while crate::seal(tx, now, 1_000)?.more {}
            Ok(())
        };
        match attack(&world, &trust, rewritten) {
            Found::Prevented => panic!("the chain could not be written anew"),
            Found::Breaks(breaks) => {
                assert!(breaks.contains(&Wrong::SignedHead), "{breaks:?}");
                // Nothing but the signed heads tells: the chain itself fits again.
                assert!(
                    !breaks.contains(&Wrong::Link) && !breaks.contains(&Wrong::Order),
                    "{breaks:?}"
                );
            }
        }
    });
}
