//! Every statement is prepared on every engine, the schema goes up, down and up again, and every message has words.

use kernel::{Fault, Span, Timestamp, Words};
use testkit::{
    db::{migrations_go_both_ways, wait},
    statements::{are_prepared, have_names_of_their_own},
};

use super::world::{budget, costing, each, migrations};
use crate::{Awaited, BudgetError, ModelError, STATEMENTS, Sent, WORDS, Whose};

#[test]
fn every_statement_is_prepared_by_the_engine() {
    each(|world| are_prepared(world.db.database(), STATEMENTS));
}

#[test]
fn statements_have_names_of_their_own() {
    have_names_of_their_own("ai", STATEMENTS);
}

#[test]
fn the_schema_goes_up_loaded_down_and_up_again() {
    migrations_go_both_ways(&migrations(), |fresh| {
        let ids = kernel::Snowflakes::new(std::sync::Arc::new(kernel::SystemClock), 1);
        let op = testkit::ops::member_op(
            super::world::guild(1),
            super::world::user(2),
            3,
            Timestamp::from_micros(1_800_000_000_000_000),
        );
        let reserved = wait(fresh.database().write("load", move |tx| {
            crate::reserve(tx, &op, &ids, &budget(10, 10), &costing(5, Some(2)))
        }));
        assert!(reserved.is_ok());
    });
}

#[test]
fn every_message_that_is_told_has_words() {
    let words = Words::join(WORDS).unwrap();
    let text = || "x".to_owned();
    let span = Span::seconds(1);
    let errors: [&dyn Fault; 10] = [
        &ModelError::Unavailable {
            reason: text(),
            sent: Sent::No,
        },
        &ModelError::Resting { after: span },
        &ModelError::RateLimited { after: None },
        &ModelError::Refused { reason: text() },
        &ModelError::Cut { reason: text() },
        &ModelError::Nonsense { reason: text() },
        &ModelError::TooLong { bound: 1 },
        &ModelError::Timeout {
            awaited: Awaited::First,
            after: span,
        },
        &exhausted(Whose::Guild),
        &exhausted(Whose::Member),
    ];
    for error in errors {
        assert!(words.knows(error.told().key()), "{}", error.told().key());
    }
}

const fn exhausted(whose: Whose) -> BudgetError {
    BudgetError::Exhausted {
        whose,
        cap: 1,
        wanted: 2,
        resets_at: Timestamp::from_micros(0),
    }
}
