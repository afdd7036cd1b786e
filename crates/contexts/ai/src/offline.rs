//! The built-in model: it answers from its request alone, the same request always the same way, without a network.
//!
//! It looks the asker's questions up in what the request remembers, and nowhere else, so that a demo and a test see
//! memory at work. It greets, chats in the manner of its preset, tells what is known of the server, finds facts and
//! judges by plain rules. It says what it is when asked. Not here: anything learnt; it is a set of rules.

mod facts;
mod judge;
mod manner;
mod recall;
mod talk;
mod words;

use std::collections::VecDeque;

use chat::BoxFuture;

use crate::{
    checked::Schema,
    model::{Answer, By, End, Model, ModelError, Piece, Pieces, Usage},
    price::Tokens,
    request::{Purpose, Request, Role},
};

/// The built-in model.
#[derive(Debug, Clone, Copy, Default)]
pub struct Offline;

/// What it is called in audit entries and price lists.
const NAME: &str = "offline";

impl Model for Offline {
    fn ask<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, ModelError>> {
        Box::pin(std::future::ready(request.check().map(|()| {
            let by = By {
                provider: NAME.to_owned(),
                model: NAME.to_owned(),
            };
            let pieces = Box::new(Prepared(pieces(request)));
            Answer { by, pieces }
        })))
    }
}

/// Pieces that are all there already.
struct Prepared(VecDeque<Piece>);

impl Pieces for Prepared {
    fn next(&mut self) -> BoxFuture<'_, Option<Result<Piece, ModelError>>> {
        Box::pin(std::future::ready(self.0.pop_front().map(Ok)))
    }
}

fn pieces(request: &Request) -> VecDeque<Piece> {
    let text = text(request);
    let room = usize::try_from(request.tokens_max).unwrap_or(usize::MAX);
    let words: Vec<&str> = text.split_inclusive(' ').collect();
    let end = if words.len() > room {
        End::Length
    } else {
        End::Done
    };
    let mut pieces: VecDeque<Piece> = words
        .into_iter()
        .take(room)
        .map(|word| Piece::Text(word.to_owned()))
        .collect();
    pieces.push_back(Piece::Usage(Usage {
        input: Tokens::of(&request.system_text()).likely + Tokens::of(request.asked()).likely,
        output: Tokens::of(&text).likely,
    }));
    pieces.push_back(Piece::End(end));
    pieces
}

fn text(request: &Request) -> String {
    match (request.schema, request.purpose) {
        (Some(Schema::Facts), _) => facts::answer(request.asked()),
        (Some(Schema::Judgement), _) => {
            let rules = request.known(crate::RULES).unwrap_or(&request.system);
            judge::answer(rules, request.asked())
        }
        (None, Purpose::Summary) => summary(request),
        (None, _) => talk::answer(request),
    }
}

/// What people spoke of, in their own words, shortened.
fn summary(request: &Request) -> String {
    let turns = request
        .messages
        .iter()
        .filter(|message| message.role == Role::User);
    let turns: Vec<String> = turns
        .map(|message| words::clip(&message.text, 80))
        .filter(|text| !text.is_empty())
        .collect();
    let from = turns.len().saturating_sub(8);
    format!("They spoke of: {}.", turns[from..].join("; "))
}

#[cfg(test)]
mod tests;
