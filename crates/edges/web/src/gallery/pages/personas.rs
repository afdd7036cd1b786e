//! Samples of the pages about personas.

use app::flows::audition::{Auditioned, Forecast};
use bots::{Settings, Version, VersionState, presets::PRESETS};

use super::{State, samples};
use crate::{
    components::diff::Change,
    pages::{persona, personas, settings},
    sent::Sent,
    settings::WIZARD,
};

fn persona(state: State) -> Settings {
    Settings {
        enabled: state != State::Empty,
        name: match state {
            State::Empty => String::new(),
            State::Full | State::Hostile => samples::wrote(state, "Marlowe"),
        },
        channels: vec![samples::channel(51)],
        ..Settings::default()
    }
}

fn forecast(state: State) -> Forecast {
    let is_empty = state == State::Empty;
    Forecast {
        answers: if is_empty { 0 } else { 1_240 },
        micros: if is_empty { 0 } else { 742_000 },
        answer_most_micros: 1_400,
        day_cap_micros: 1_000_000,
    }
}

fn sample_version(state: State, number: i64, minutes: u32, in_state: VersionState) -> Version {
    Version {
        number,
        persona: persona(state),
        author: "11".to_owned(),
        note: samples::wrote(state, "Merrier for the winter festival."),
        state: in_state,
        at: samples::ago(minutes),
        deployed_at: None,
    }
}

pub(super) fn personas(state: State) -> personas::View {
    let all = vec![
        sample_version(state, 4, 20, VersionState::Draft),
        sample_version(state, 3, 95, VersionState::Deployed),
        sample_version(state, 2, 1_500, VersionState::Retired),
    ];
    personas::View {
        persona: persona(state),
        forecast: forecast(state),
        versions: if state == State::Empty {
            Vec::new()
        } else {
            all
        },
        names: samples::names(state),
    }
}

pub(super) fn version(state: State) -> personas::VersionView {
    let change = Change {
        label: "Character".to_owned(),
        path: "/persona/prompt".to_owned(),
        old: Some(samples::wrote(
            state,
            "You are a calm keeper of a harbour light.",
        )),
        new: Some(samples::wrote(
            state,
            "You are a merry keeper of a harbour light.",
        )),
    };
    personas::VersionView {
        version: sample_version(state, 2, 1_500, VersionState::Retired),
        changes: if state == State::Empty {
            Vec::new()
        } else {
            vec![change]
        },
        names: samples::names(state),
    }
}

/// Before it was heard, heard, and refused.
pub(super) fn wizard(state: State) -> persona::View {
    let problem = app::Problem {
        pointer: "/persona/name".to_owned(),
        reason: samples::wrote(state, "write at most 32 characters"),
    };
    let refused = match state {
        State::Hostile => settings::Refused::Wrong(vec![problem]),
        State::Full | State::Empty => settings::Refused::Previewed(Vec::new()),
    };
    let sent = Sent(vec![
        ("/persona/name".to_owned(), samples::wrote(state, "Marlowe")),
        (
            "/persona/prompt".to_owned(),
            samples::wrote(state, "You keep the harbour light."),
        ),
        ("/persona/triggers".to_owned(), "mention".to_owned()),
    ]);
    let heard = Auditioned {
        words: Ok(samples::wrote(
            state,
            "The gallery is the place for those. Mind the wet paint.",
        )),
        micros: 420,
    };
    let asked = samples::wrote(state, "Where do I post screenshots?");
    persona::View {
        base: &PRESETS[0],
        form: settings::View {
            section: Some(WIZARD),
            document: serde_json::json!({ "persona": persona(state) }),
            revision: 0,
            refused: (state != State::Empty).then_some((Some(sent), refused)),
            key: None,
            channels: vec![("51".to_owned(), samples::wrote(state, "#harbour-talk"))],
            roles: Vec::new(),
        },
        forecast: forecast(state),
        heard: (state != State::Empty).then_some((asked, heard)),
    }
}
