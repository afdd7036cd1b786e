//! Members who each talk with the bot in a room of their own: they ask, wait until the answer is whole, and ask again.
//!
//! They ask by `/chat`: Discord lets a bot answer as many interactions as there are, but write only fifty times a second
//! elsewhere, and that would be measured.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use hdrhistogram::Histogram;
use serde::Deserialize;
use sim::{Snowflake, Watch};
use tokio::time::Instant;

use super::{
    Server,
    provider::{FIRST, Provider, question},
    stand::Stand,
};
use crate::{
    Pace,
    load::{histogram, nanos},
};

/// How long one answer takes the model, and a little more.
const ROUND: Duration = Duration::from_secs(5);
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
const ROOM: usize = 100_000;

/// A message as a member is told of it.
#[derive(Deserialize)]
struct Message {
    id: Snowflake,
    channel_id: Snowflake,
    content: String,
}

/// Has them talk for some rounds; gives how long each first text took after the provider was asked.
pub(super) async fn measure(
    stand: &Stand,
    provider: &Provider,
    server: &Server,
    pace: Pace,
) -> Result<Histogram<u64>> {
    let running = stand.serve(server).await?;
    let mut eyes = stand.control.watch(stand.owner, ROOM);
    let mut times = histogram()?;
    let mut before = HashSet::new();
    let rounds = pace.of(6, 2);
    let mut number = 0;
    for round in 0..rounds {
        let questions = questions(stand, &mut number);
        // Whoever asks first sees an answer before the last one asks.
        let ((), seen) = tokio::try_join!(
            ask_all(stand, &questions),
            first_texts(&mut eyes, &mut before, &questions)
        )?;
        // In the first round everything is met for the first time.
        for (name, at) in seen.iter().filter(|_| round > 0) {
            let asked_at = provider.asked_at(name);
            let asked_at = asked_at.context("an answer to what was not asked")?;
            times.saturating_record(nanos(at.duration_since(asked_at)));
        }
        // Until the last of them has its whole answer.
        tokio::time::sleep(ROUND).await;
    }
    running.stop().await?;
    Ok(times)
}

/// What is asked next, by channel.
fn questions(stand: &Stand, number: &mut u64) -> HashMap<Snowflake, String> {
    let named = stand.seats.iter().zip(*number..);
    let questions = named.map(|(seat, number)| (seat.channel, question(number)));
    let questions: HashMap<_, _> = questions.collect();
    *number += questions.len() as u64;
    questions
}

/// All ask, spread over a second.
async fn ask_all(stand: &Stand, questions: &HashMap<Snowflake, String>) -> Result<()> {
    let count = u32::try_from(stand.seats.len())?;
    let begun = Instant::now();
    for (place, seat) in (0..count).zip(&stand.seats) {
        tokio::time::sleep_until(begun + Duration::from_secs(1) * place / count).await;
        let name = questions.get(&seat.channel).context("a seat's question")?;
        stand.control.invoke(&stand.chat(*seat, name))?;
    }
    Ok(())
}

/// When each of them saw the first text.
async fn first_texts(
    eyes: &mut Watch,
    before: &mut HashSet<Snowflake>,
    asked: &HashMap<Snowflake, String>,
) -> Result<HashMap<String, Instant>> {
    let mut seen = HashMap::new();
    while seen.len() < asked.len() {
        let event = tokio::time::timeout(PATIENCE, eyes.next()).await;
        let event = event
            .with_context(|| format!("{} of {} were answered", seen.len(), asked.len()))?
            .context("the simulator is gone")?;
        let at = Instant::now();
        if !matches!(event.name, "MESSAGE_CREATE" | "MESSAGE_UPDATE") {
            continue;
        }
        let message: Message = serde_json::from_str(&event.body)?;
        // What is only acknowledged has no text yet.
        if message.content.is_empty() {
            continue;
        }
        ensure!(
            message.content.contains(FIRST),
            "something else was answered: {}",
            message.content
        );
        // An answer that is edited further is no other answer.
        if !before.insert(message.id) {
            continue;
        }
        if let Some(name) = asked.get(&message.channel_id) {
            seen.insert(name.clone(), at);
        }
    }
    Ok(seen)
}
