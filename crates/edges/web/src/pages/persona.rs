//! A persona is made: its character, where it answers, what it sounds like and costs, and then it is live.

use app::{
    Problem,
    flows::{
        audition::{self, Auditioned, Forecast},
        persona::{self, PersonaError},
    },
};
use axum::response::{IntoResponse, Redirect};
use bots::{
    Settings, VersionError,
    presets::{Preset, preset},
};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Trouble,
    personas::month,
    settings::{self, Refused},
};
use crate::{
    components::{
        figure::figure,
        form::{Control, Field, Form, field, form},
        receipt::{Said, said},
        section::{page_head, section},
        shell::{self, Frame, Head, Section},
        wizard::wizard,
    },
    did::Did,
    numbers::dollars,
    query::Wanted,
    room::{Answer, Room},
    sent::Sent,
    settings::{Filled, WIZARD},
};

/// The field that says what is to be done with the form, and its value where the persona is only heard.
const DO: &str = "do-form";
const ASK: &str = "ask";
/// The field of what it is asked, and of the character it starts from.
const TEXT: &str = "text";
const PRESET: &str = "preset";
/// The longest message that it is asked.
const TEXT_MAX: usize = 500;

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) base: &'static Preset,
    /// The fields, with what was sent and refused.
    pub(crate) form: settings::View,
    pub(crate) forecast: Forecast,
    /// What it was asked, and what it said.
    pub(crate) heard: Option<(String, Auditioned)>,
}

/// The character to start from.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct From {
    preset: String,
}

/// `GET /dashboard/guilds/{guild_id}/personas/new`
pub(crate) async fn begin(room: Room, Wanted(from): Wanted<From>) -> Answer {
    let draft = Draft::of(&room, &from.preset).await?;
    room.page(load(&room, draft), page).await
}

/// `POST /dashboard/guilds/{guild_id}/personas/new`
pub(crate) async fn take_on(room: Room, sent: Sent) -> Answer {
    let mut draft = Draft::of(&room, sent.one(PRESET).unwrap_or_default()).await?;
    let refused = match draft.filled(&sent) {
        Err(problems) => Refused::Wrong(problems),
        Ok(wanted) if sent.one(DO) == Some(ASK) => {
            draft.heard = heard(&room, &wanted, &sent).await?;
            draft.persona = wanted;
            Refused::Previewed(Vec::new())
        }
        Ok(wanted) => match deployed(&room, wanted.clone(), &sent).await? {
            Ok(number) => {
                let to = format!("/personas?{}", Did::Deployed(number).query());
                return Ok(Redirect::to(&room.at(&to)).into_response());
            }
            Err(refused) => {
                draft.persona = wanted;
                refused
            }
        },
    };
    draft.refused = Some((sent, refused));
    room.page(load(&room, draft), page).await
}

/// A persona that is being made.
struct Draft {
    base: &'static Preset,
    /// What it would be without a change.
    persona: Settings,
    refused: Option<(Sent, Refused)>,
    heard: Option<(String, Auditioned)>,
}

impl Draft {
    /// The persona in force with another character: name and words are the new one's, the rest stays.
    async fn of(room: &Room, id: &str) -> Result<Self, Trouble> {
        let config = room.core().config(room.guild).await;
        let config = config.map_err(|error| room.trouble(&error))?;
        let base = preset(id).ok_or(Trouble::NoPage)?;
        let mut persona = Settings {
            enabled: true,
            ..config.settings.persona.clone()
        };
        if persona.base().id != base.id {
            persona.preset = base.id.to_owned();
            persona.name.clear();
            persona.prompt.clear();
            persona.style.clear();
        }
        Ok(Self {
            base,
            persona,
            refused: None,
            heard: None,
        })
    }

    fn document(&self) -> Value {
        json!({ "persona": self.persona })
    }

    /// The persona that the form asks for.
    fn filled(&self, sent: &Sent) -> Result<Settings, Vec<Problem>> {
        let document = self.document();
        let filled = Filled {
            section: &WIZARD,
            sent,
            base: &document,
            head: &document,
        };
        let mut asked = filled.document()?;
        let wanted: Result<Settings, _> = serde_json::from_value(asked["persona"].take());
        let wanted = wanted.map_err(|error| {
            vec![Problem {
                pointer: "/persona".to_owned(),
                reason: error.to_string(),
            }]
        })?;
        let wrong = placed(wanted.check());
        if wrong.is_empty() {
            Ok(wanted)
        } else {
            Err(wrong)
        }
    }
}

fn placed(wrong: Vec<bots::SettingsError>) -> Vec<Problem> {
    let problem = |wrong: bots::SettingsError| Problem {
        pointer: format!("/persona{}", wrong.pointer),
        reason: wrong.reason,
    };
    wrong.into_iter().map(problem).collect()
}

/// Has the persona answer what it was asked, if anything.
async fn heard(
    room: &Room,
    wanted: &Settings,
    sent: &Sent,
) -> Result<Option<(String, Auditioned)>, Trouble> {
    let text: String = sent
        .one(TEXT)
        .unwrap_or_default()
        .chars()
        .take(TEXT_MAX)
        .collect();
    if text.trim().is_empty() {
        return Ok(None);
    }
    let op = room.op("personas/audition", sent)?;
    let session = &room.viewer().session;
    let asker = (session.user, session.name.clone());
    let said = audition::audition(room.core(), op, wanted.clone(), asker, text.clone()).await;
    let said = said.map_err(|error| room.trouble(&error))?;
    Ok(Some((text, said)))
}

/// Writes the persona down and puts it in force, in one deed; the number of its version.
async fn deployed(
    room: &Room,
    wanted: Settings,
    sent: &Sent,
) -> Result<Result<i64, Refused>, Trouble> {
    let op = room.op("personas/new", sent)?;
    let note = "made on the dashboard".to_owned();
    match persona::take_on(room.core(), op, wanted, note).await {
        // It is a version now at the latest.
        Ok(done) => Ok(Ok(done.version.unwrap_or_default())),
        Err(PersonaError::Version(VersionError::Invalid(wrong))) => {
            Ok(Err(Refused::Wrong(placed(wrong))))
        }
        Err(PersonaError::Configure(error)) => settings::refused(room, &error).map(Err),
        Err(error) => Err(room.trouble(&error)),
    }
}

async fn load(room: &Room, draft: Draft) -> Result<View, Trouble> {
    let forecast = audition::forecast(room.core(), room.guild, &draft.persona).await;
    Ok(View {
        base: draft.base,
        form: settings::View {
            section: Some(WIZARD),
            document: draft.document(),
            revision: 0,
            refused: draft.refused.map(|(sent, refused)| (Some(sent), refused)),
            key: None,
            channels: settings::channels(room),
            roles: Vec::new(),
        },
        forecast: forecast.map_err(|error| room.trouble(&error))?,
        heard: draft.heard,
    })
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let title = format!("{} {}", view.base.emoji, view.base.name);
    let head = Head {
        title: &title,
        section: Some(Section::Personas),
        crumbs: vec![("Personas", frame.at("/personas"))],
        is_live: false,
    };
    let steps = ["Character", "Where it answers", "Hear it", "Live"];
    let at = if view.heard.is_some() { 3 } else { 1 };
    let main = html! {
        (page_head(&title, view.base.pitch, &html! {}))
        (wizard("Steps to a live persona", &steps, at))
        (refusal(frame, view))
        div.aside-right {
            (section("make", "Make it yours", &html! {}, &fields(frame, view)))
            div.section {
                (section("hear", "How it sounds", &html! {}, &html! { div.card role="status" { (talk(frame, view)) } }))
                (section("cost", "What it costs", &html! {}, &cost(view)))
            }
        }
    };
    shell::page(frame, &head, &main)
}

/// What was refused; what was only asked was not.
fn refusal(frame: &Frame, view: &View) -> Markup {
    let was_asked = matches!(&view.form.refused, Some((_, Refused::Previewed(_))));
    html! { @if !was_asked { (settings::refusal(frame, &view.form)) } }
}

fn fields(frame: &Frame, view: &View) -> Markup {
    let text = view.heard.as_ref().map_or("", |(text, _)| text.as_str());
    let ask = Control::Line {
        value: text,
        length_max: TEXT_MAX,
        is_needed: false,
    };
    let body = html! {
        (settings::groups(&view.form, &WIZARD))
        fieldset.group {
            legend { "Hear it" }
            (field(&Field::of(TEXT, "Say something to it", ask).hint("Only you hear the answer, as the persona stands above.")))
        }
    };
    form(&Form {
        id: "persona",
        action: &frame.at("/personas/new"),
        proof: &frame.proof,
        hidden: vec![(PRESET, view.base.id.to_owned())],
        body,
        save: "Put it live",
        look: Some((DO, ASK, "Ask it")),
        is_begun: true,
        may_write: frame.may_write,
    })
}

/// What it said; before it was asked, the talk that shows the character.
fn talk(frame: &Frame, view: &View) -> Markup {
    let line = |who: &str, text: Result<String, &'static str>, is_asker| {
        said(&Said {
            who: html! { (who) },
            text,
            is_trigger: is_asker,
        })
    };
    let viewer = frame
        .viewer
        .as_ref()
        .map_or("You", |viewer| viewer.name.as_str());
    match &view.heard {
        Some((text, heard)) => html! {
            (line(viewer, Ok(text.clone()), true))
            @match &heard.words {
                Ok(words) => (line(view.base.name, Ok(words.clone()), false)),
                Err(why) => p.soft { (why) },
            }
            p.soft.small { "It cost " (dollars(heard.micros)) ". Nobody else heard it, and nothing was learnt from it." }
        },
        None => html! {
            p.soft.small { "An example. Say something to it yourself in the form, then “Ask it”." }
            @for (asked, answered) in view.base.example {
                (line("A member", Ok((*asked).to_owned()), true))
                (line(view.base.name, Ok((*answered).to_owned()), false))
            }
        },
    }
}

fn cost(view: &View) -> Markup {
    html! {
        (figure(&month(&view.forecast)))
        p.soft.small { "One answer costs " (dollars(view.forecast.answer_most_micros)) " at most, set aside before the model is asked." }
    }
}
