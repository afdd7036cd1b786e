//! A decision's receipt: what it saw, which rules were in force, why, what it did, and the proof that it was not
//! changed since.

mod again;
mod load;

use audit::{Entry, Kind, Words};
use maud::{Markup, html};

use super::entry::{
    Names, actor, effect_name, effect_state, kept, kind_name, member, outcome, sign, title,
};
use crate::{
    components::{
        code::code,
        icon::{Icon, icon},
        receipt::{Said, Step, receipt, said},
        section::{live, page_head},
        shell::{self, Frame, Head, Section},
        tag::{Tone, tag},
    },
    moment,
    numbers::{counted, dollars},
};

pub(crate) use load::show;

/// How the case of a decision stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) number: i64,
    pub(crate) is_undone: bool,
}

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) entry: Entry,
    /// Its case, where it has one that is kept.
    pub(crate) case: Option<Case>,
    /// Others of the same message or case, newest first, without this one.
    pub(crate) others: Vec<Entry>,
    pub(crate) names: Names,
    /// The entry as scripts read it.
    pub(crate) json: String,
    /// Whether the viewer may have it made again.
    pub(crate) may_repeat: bool,
    /// What came of making it again.
    pub(crate) again: Option<again::Outcome>,
}

/// The page.
pub(crate) fn page(frame: &Frame, view: &View) -> Markup {
    let heading = title(&view.entry, &view.names);
    let head = Head {
        title: &heading,
        section: Some(Section::Why),
        crumbs: vec![("Why", frame.at("/why"))],
        is_live: true,
    };
    let main = html! {
        (page_head("Receipt", "", &live("ways-back", &html! { div.row { (ways_back(frame, view)) } })))
        div.aside-right {
            div.section {
                (live("slip", &slip(frame, view)))
                @if view.may_repeat { (again::again(frame, view)) }
            }
            aside.section aria-label="About this decision" { (live("facts", &facts(frame, view))) (others(frame, view)) }
        }
        details {
            summary.soft { "As JSON" }
            (code("The entry as JSON", &view.json))
        }
    };
    shell::page(frame, &head, &main)
}

/// How the decision can be taken back, by whom may do that.
fn ways_back(frame: &Frame, view: &View) -> Markup {
    let revision = view.entry.config_revision;
    let revision = revision.filter(|_| view.entry.kind == Kind::Config);
    html! {
        @if let Some(case) = view.case {
            @if case.is_undone {
                (tag(Tone::Info, "taken back"))
            } @else if frame.keeps_cases {
                a.button href=(frame.at(&format!("/cases/{}/undo", case.number))) data-stop { (icon(Icon::Undo)) "Undo" }
            }
        }
        @if let Some(revision) = revision.filter(|_| frame.opens(Section::Settings)) {
            a.button href=(frame.at(&format!("/settings/history/{revision}"))) data-stop { "See the change" }
            @if revision > 1 && frame.may_write {
                a.button href=(frame.at(&format!("/settings/history/{}", revision - 1))) data-stop { (icon(Icon::Undo)) "Undo" }
            }
        }
    }
}

fn slip(frame: &Frame, view: &View) -> Markup {
    let entry = &view.entry;
    let (tone, word) = outcome(entry.outcome);
    let (_, kind_tone) = sign(entry.kind);
    let kind_tone = if kind_tone == Tone::Accent {
        Tone::Accent
    } else {
        Tone::Plain
    };
    let beside = html! {
        (tag(tone, word)) (tag(kind_tone, kind_name(entry.kind)))
        span.soft { (moment::day_and_clock(&frame.now, entry.at)) }
    };
    let steps = [
        Some(Step {
            title: "What set it off",
            body: cause(frame, view),
        }),
        saw(frame, view).map(|body| Step {
            title: "What it saw",
            body,
        }),
        rules(view).map(|body| Step {
            title: "Rules in force",
            body,
        }),
        Some(Step {
            title: "Why",
            body: why(frame, view),
        }),
        answer(view).map(|body| Step {
            title: "What it said",
            body,
        }),
        Some(Step {
            title: "What it did",
            body: effects(entry),
        }),
    ];
    let steps: Vec<Step> = steps.into_iter().flatten().collect();
    receipt(&title(entry, &view.names), &beside, &steps)
}

fn cause(frame: &Frame, view: &View) -> Markup {
    let trigger = &view.entry.trigger;
    let what = match trigger.kind {
        audit::TriggerKind::Message => "A message",
        audit::TriggerKind::Edit => "An edited message",
        audit::TriggerKind::Reaction => "A reaction",
        audit::TriggerKind::Join => "Somebody joined",
        audit::TriggerKind::Command => "A command",
        audit::TriggerKind::Button => "A press or a form",
        audit::TriggerKind::Scheduled => "The schedule",
        audit::TriggerKind::Api => "A request from outside Discord",
    };
    html! {
        p.row {
            span { (what) }
            @if let Some(user) = trigger.user { span { "by" }  (member(user, &view.names, frame)) }
            @if let Some(channel) = trigger.channel { span { "in" }  strong { (view.names.channel(channel)) } }
        }
        @if trigger.message.is_some() || view.entry.subject.is_some() {
            p.row.small {
                @if let Some(message) = trigger.message {
                    a href=(frame.at(&format!("/why?message={message}"))) { "All about this message" }
                }
                @if let Some(subject) = view.entry.subject {
                    a href=(frame.at(&format!("/why?user={subject}"))) { "All about " (view.names.member(subject).name) }
                }
            }
        }
    }
}

fn saw(frame: &Frame, view: &View) -> Option<Markup> {
    let input = &view.entry.input;
    let is_nothing =
        input.content.is_none() && input.history.is_empty() && input.memories.is_empty();
    let quote = |words: &Words, is_trigger: bool| {
        said(&Said {
            who: match words.author {
                Some(author) => member(author, &view.names, frame),
                None => html! { "Guildhall" },
            },
            text: kept(words),
            is_trigger,
        })
    };
    (!is_nothing).then(|| {
        html! {
            @if !input.history.is_empty() {
                details {
                    summary.soft { (counted(length(&input.history), "earlier message", "earlier messages")) " read along" }
                    div.section { @for words in &input.history { (quote(words, false)) } }
                }
            }
            @if let Some(content) = &input.content { (quote(content, true)) }
            @if !input.memories.is_empty() {
                p.soft { (counted(length(&input.memories), "memory was used", "memories were used")) }
                @for words in &input.memories { (quote(words, false)) }
            }
        }
    })
}

fn length<T>(list: &[T]) -> i64 {
    i64::try_from(list.len()).unwrap_or(i64::MAX)
}

fn rules(view: &View) -> Option<Markup> {
    let entry = &view.entry;
    (!entry.active_rules.is_empty()).then(|| {
        html! {
            div.row {
                @for rule in &entry.active_rules {
                    @let decided = entry.rule.as_ref() == Some(&rule.id);
                    @let name = if rule.name.is_empty() { &rule.id } else { &rule.name };
                    @let words = if rule.mode == "shadow" { format!("{name} · shadow") } else { name.clone() };
                    (tag(if decided { Tone::Accent } else { Tone::Plain }, &words))
                }
            }
            @if entry.rule.is_some() && entry.active_rules.len() > 1 { p.small.soft { "The coloured one decided." } }
        }
    })
}

fn why(frame: &Frame, view: &View) -> Markup {
    let entry = &view.entry;
    let matched: Vec<&str> = entry.matched.iter().filter_map(Words::text).collect();
    html! {
        @match entry.reasoning.as_ref().map(kept) {
            Some(Ok(text)) => p dir="auto" { (text) },
            Some(Err(why)) => p.faint { (why) },
            None => p.soft { "No reason was given. Who did it: " (actor(entry, &view.names, frame)) "." },
        }
        @if !matched.is_empty() {
            p.row { span.soft { "Matched" } @for text in matched { code dir="auto" { (text) } } }
        }
        @if let Some(confidence) = entry.confidence {
            @let tenths = confidence.millionths() / 1_000;
            p.row {
                span.soft { "Sure to" }
                strong { (tenths / 10) @if tenths % 10 > 0 { "." (tenths % 10) } " %" }
                svg.meter viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
                    rect.track width="100" height="8" rx="4" {}
                    rect.fill width=(tenths / 10) height="8" rx="4" {}
                }
            }
        }
    }
}

fn answer(view: &View) -> Option<Markup> {
    let answer = view.entry.answer.as_ref()?;
    Some(said(&Said {
        who: html! { "Guildhall" },
        text: kept(answer),
        is_trigger: false,
    }))
}

fn effects(entry: &Entry) -> Markup {
    if entry.effects.is_empty() {
        return html! { p.soft { "Nothing in Discord." } };
    }
    html! {
        ul.plain.section {
            @for effect in &entry.effects {
                @let (tone, word) = effect_state(&effect.state);
                li.row {
                    (tag(tone, word)) (effect_name(&effect.kind))
                    @if let audit::EffectState::Failed { error } = &effect.state { span.soft.small { (error) } }
                }
            }
        }
    }
}

fn facts(frame: &Frame, view: &View) -> Markup {
    let entry = &view.entry;
    html! {
        div.card {
            h2 { "Facts" }
            dl.facts {
                dt { "Decided by" } dd { (actor(entry, &view.names, frame)) }
                dt { "At" } dd { (frame.now.exact(entry.at)) }
                @if let Some(at) = entry.concluded_at { dt { "Concluded" } dd { (frame.now.exact(at)) } }
                @if let Some(case) = entry.case {
                    dt { "Case" } dd { a href=(frame.at(&format!("/why?case={case}"))) { (case) } }
                }
                @if let Some(revision) = entry.config_revision {
                    dt { "Settings" } dd {
                        @if frame.opens(Section::Settings) {
                            a href=(frame.at(&format!("/settings/history/{revision}"))) { "revision " (revision) }
                        } @else { "revision " (revision) }
                    }
                }
                @if let Some(model) = &entry.model { dt { "Model" } dd { (model) } }
                @if let Some(version) = &entry.prompt_version { dt { "Prompt" } dd { (version) } }
                @if let Some(cost) = &entry.cost { dt { "Cost" } dd { (dollars(cost.micros)) } }
                @if let Some(link) = entry.link {
                    dt { "Place in the chain" } dd { (link.seq) }
                    dt { "Sealed as" } dd { code title=(link.hash.to_string()) { (link.hash.short()) } }
                } @else {
                    dt { "Sealed" } dd { "within a second" }
                }
            }
        }
    }
}

fn others(frame: &Frame, view: &View) -> Markup {
    html! {
        @if !view.others.is_empty() {
            div.card {
                h2 { "Belongs together" }
                ul.plain.section {
                    @for other in &view.others {
                        li.row.apart {
                            a href=(frame.at(&format!("/why/{}", other.id))) data-stop { (title(other, &view.names)) }
                            span.small.faint { (moment::when(&frame.now, other.at)) }
                        }
                    }
                }
            }
        }
    }
}
