//! A long talk is summed up, the summary goes into what is asked next, and it goes with the words that it was made of.

use std::collections::BTreeSet;

use memory::{Settings, Viewer};
use serde_json::json;
use store::{DbError, Tx};

use crate::stage::{Running, SOON, Stage};

impl Stage {
    /// What was said longer ago in the channel, as the next answer to Bob would be given it.
    async fn summary(&self, running: &Running) -> Option<String> {
        let clock = running.app.core().clock().now();
        let viewer = Viewer {
            guild: self.guild.to_string().parse().unwrap(),
            user: self.bob.to_string().parse().unwrap(),
            channel: self.channel.to_string().parse().unwrap(),
        };
        let last = kernel::Id::from_column(i64::MAX).unwrap();
        let read =
            move |tx: &mut Tx<'_>| memory::windows(tx, &Settings::default(), &viewer, last, clock);
        let windows: Result<_, DbError> = self.db.database().read("test", read).await;
        windows.unwrap().summary.map(|summary| summary.text)
    }

    /// The entries about summaries, the newest first.
    async fn summed(&self) -> Vec<audit::Entry> {
        let guild = self.guild.to_string().parse().unwrap();
        let filter = audit::Filter {
            action: Some("summarise".to_owned()),
            ..audit::Filter::default()
        };
        let read = move |tx: &mut Tx<'_>| audit::search(tx, guild, &filter, None, 50);
        let found: Result<_, DbError> = self.db.database().read("test", read).await;
        found.unwrap().entries
    }

    async fn chat_until_summed(&self, running: &Running) -> String {
        let talked = async {
            for count in 0.. {
                let who = if count % 2 == 0 { self.ada } else { self.bob };
                let asked = self.mention(
                    who,
                    &format!("the harvest festival begins at noon, part {count}"),
                );
                self.reply_to(asked).await;
                if let Some(summary) = self.summary(running).await {
                    return summary;
                }
            }
            unreachable!("it is talked until there is a summary")
        };
        tokio::time::timeout(SOON * 3, talked).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_talk_is_summed_up_and_the_summary_goes_with_its_words() {
    let stage = Stage::set().await;
    let running = stage.run().await;
    let document = json!({"memory": {"budgets": {"channel": 60}}});
    stage.configure(&running, document).await;
    let summary = stage.chat_until_summed(&running).await;
    assert!(summary.contains("harvest"), "{summary}");

    let entries = stage.summed().await;
    let is_kept = |entry: &&audit::Entry| entry.outcome == audit::Outcome::Executed;
    let entry = entries.iter().find(is_kept).unwrap();
    assert_eq!(entry.model.as_deref(), Some("offline"));
    assert!(
        entry.cost.is_some() && !entry.input.history.is_empty(),
        "{entry:?}"
    );
    let told = format!("{:?}", entry.answer);
    assert!(
        !told.contains("harvest"),
        "the summary stands in no entry: {told}"
    );
    let through: BTreeSet<_> = entries.iter().map(|entry| entry.trigger.message).collect();
    assert_eq!(through.len(), entries.len(), "nothing is summed up twice");

    let question = stage.ask(stage.ada, "privacy erase", &[]).await;
    stage.press(stage.ada, &question, "Erase everything").await;
    let left = stage.summary(&running).await;
    assert_eq!(left, None, "Ada's words were in it");
    running.stop().await;
}
