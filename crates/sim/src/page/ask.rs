//! What people ask of applications: commands, menus, presses, choices and forms, and how the asking went.
//! What always holds: a question is answered within the time that Discord gives, with what came or with "failed"; only
//! so many are waited for at once; a step of the panel is ticked by what the answer became, not by the asking.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::control::{Invoke, Menu, Outcome, Press, Submit, Until};
use crate::world::Snowflake;

use super::acting::Actor;
use super::fault::PageFault;
use super::talk::Answered;
use super::{Page, Signal, steps};

/// A little longer than applications have, so that the world's own verdict comes first.
const ANSWER_WITHIN: Duration = Duration::from_millis(3_500);
/// How long a thinking answer may take and still tick a step.
const SETTLED_WITHIN: Duration = Duration::from_secs(15 * 60);
/// How long a message may wait for what fulfils a step.
const MET_WITHIN: Duration = Duration::from_secs(60);
const CUSTOM_ID_LENGTH_MAX: usize = 100;

/// A question, as the page sends it.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Question {
    Command {
        channel: Snowflake,
        application: Snowflake,
        command: String,
        options: Map<String, Value>,
    },
    Complete {
        channel: Snowflake,
        application: Snowflake,
        command: String,
        options: Map<String, Value>,
        focused: String,
    },
    Menu {
        channel: Snowflake,
        application: Snowflake,
        command: String,
        user: Option<Snowflake>,
        message: Option<Snowflake>,
    },
    Press {
        channel: Snowflake,
        message: Snowflake,
        custom_id: String,
        values: Vec<String>,
    },
    Submit {
        form: Snowflake,
        fields: Map<String, Value>,
    },
}

/// `POST interactions`: asks, and waits for the first answer.
pub(super) async fn interact(
    State(page): State<Arc<Page>>,
    actor: Actor,
    Json(question): Json<Question>,
) -> Answered {
    let me = actor.person(&page.hub.world())?;
    let _place = page.waiting.try_acquire().map_err(|_| PageFault::Busy)?;
    page.note_acting(me);
    let step = step_of(&page, &question);
    let asked = ask(&page, me, question)?;
    if let Some(step) = step {
        watch_step(&page, step, asked);
    }
    let outcome = page
        .control
        .await_outcome(asked, Until::Answered, ANSWER_WITHIN)
        .await;
    Ok(Json(told(&page, asked, outcome.ok())))
}

fn ask(page: &Page, user: Snowflake, question: Question) -> Result<Snowflake, PageFault> {
    let asked = match question {
        Question::Command {
            channel,
            application,
            command,
            options,
        } => page.control.invoke(&Invoke {
            channel,
            user,
            command,
            options,
            application: Some(application),
            focused: None,
        }),
        Question::Complete {
            channel,
            application,
            command,
            options,
            focused,
        } => page.control.invoke(&Invoke {
            channel,
            user,
            command,
            options,
            application: Some(application),
            focused: Some(focused),
        }),
        Question::Menu {
            channel,
            application,
            command,
            user: target_user,
            message: target_message,
        } => page.control.menu(&Menu {
            channel,
            user,
            command,
            target_user,
            target_message,
            application: Some(application),
        }),
        Question::Press {
            channel,
            message,
            custom_id,
            values,
        } => {
            if custom_id.chars().count() > CUSTOM_ID_LENGTH_MAX {
                return Err(PageFault::invalid("No component has so long a name."));
            }
            page.control.press(&Press {
                channel,
                message,
                user,
                custom_id,
                values,
            })
        }
        Question::Submit { form, fields } => page.control.submit(&Submit {
            interaction: form,
            user,
            fields,
        }),
    };
    Ok(asked?)
}

/// The answer in the page's words.
fn told(page: &Page, asked: Snowflake, outcome: Option<Outcome>) -> Value {
    let Some(outcome) = outcome.filter(|outcome| !outcome.failed) else {
        return json!({"outcome": "failed"});
    };
    if let Some(choices) = outcome.choices {
        return json!({"outcome": "choices", "choices": choices});
    }
    if let Some(mut form) = outcome.form {
        let world = page.hub.world();
        let application = world
            .interaction(asked)
            .and_then(|known| world.application(known.application));
        form["id"] = json!(asked);
        form["application_name"] = application
            .map_or("", |application| &application.name)
            .into();
        return json!({"outcome": "form", "form": form});
    }
    json!({"outcome": "answered"})
}

fn step_of(page: &Page, question: &Question) -> Option<&'static str> {
    match question {
        Question::Command { command, .. } => steps::of_command(command),
        Question::Press {
            channel,
            message,
            custom_id,
            ..
        } => steps::of_press(&page.hub.world(), *channel, *message, custom_id),
        _ => None,
    }
}

/// Ticks the steps that a message fulfils, once it does.
pub(super) fn watch_message(page: &Arc<Page>, content: &str, channel: Snowflake, sent: Snowflake) {
    for step in steps::of_message(content) {
        if page.notes().steps_done().contains(step) {
            continue;
        }
        let page = Arc::clone(page);
        let tasks = page.tasks.clone();
        tasks.spawn(async move {
            let met = page
                .hub
                .wait_for(|world| steps::is_met(world, step, channel, sent).then_some(()));
            let met = tokio::time::timeout(MET_WITHIN, met);
            if let Some(Ok(())) = page.stopping.run_until_cancelled(met).await
                && page.notes().step_done(step)
            {
                page.signal(Signal::Steps);
            }
        });
    }
}

/// Ticks a step once the answer stands.
fn watch_step(page: &Arc<Page>, step: &'static str, asked: Snowflake) {
    if page.notes().steps_done().contains(step) {
        return;
    }
    let page = Arc::clone(page);
    let tasks = page.tasks.clone();
    tasks.spawn(async move {
        let fulfilled = page
            .hub
            .wait_for(|world| steps::is_fulfilled(world, step, asked));
        let fulfilled = tokio::time::timeout(SETTLED_WITHIN, fulfilled);
        let Some(Ok(true)) = page.stopping.run_until_cancelled(fulfilled).await else {
            return;
        };
        if page.notes().step_done(step) {
            page.signal(Signal::Steps);
        }
    });
}
