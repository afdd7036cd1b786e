//! Forms: each field with its label, its hint, and what is wrong with it beside it; a bar that says what is not saved.

use maud::{Markup, html};

use super::icon::{Icon, icon};
use crate::sent::Proof;

/// A field.
#[derive(Debug, Clone)]
pub(crate) struct Field<'a> {
    /// The name under which it is sent.
    pub(crate) name: &'a str,
    pub(crate) label: &'a str,
    pub(crate) hint: &'a str,
    /// What is wrong with the value, and what would be right.
    pub(crate) wrong: Option<&'a str>,
    pub(crate) control: Control<'a>,
}

impl<'a> Field<'a> {
    /// A field without a hint, with nothing wrong.
    pub(crate) const fn of(name: &'a str, label: &'a str, control: Control<'a>) -> Self {
        Self {
            name,
            label,
            hint: "",
            wrong: None,
            control,
        }
    }

    /// The same with words below it.
    pub(crate) const fn hint(mut self, hint: &'a str) -> Self {
        self.hint = hint;
        self
    }

    /// The same with what is wrong with its value.
    pub(crate) const fn wrong(mut self, wrong: Option<&'a str>) -> Self {
        self.wrong = wrong;
        self
    }
}

/// How a value is given.
#[derive(Debug, Clone)]
pub(crate) enum Control<'a> {
    Line {
        value: &'a str,
        length_max: usize,
        is_needed: bool,
    },
    Lines {
        value: &'a str,
        length_max: usize,
    },
    Number {
        value: &'a str,
        min: i64,
        max: i64,
        unit: &'a str,
    },
    Decimal {
        value: &'a str,
        min: &'a str,
        max: &'a str,
        step: &'a str,
        unit: &'a str,
    },
    Choice {
        value: &'a str,
        /// Values and their words.
        options: Vec<(&'a str, &'a str)>,
    },
    Many {
        values: Vec<&'a str>,
        options: Vec<(&'a str, &'a str)>,
    },
    Switch {
        on: bool,
    },
}

/// A form as a whole.
#[derive(Debug)]
pub(crate) struct Form<'a> {
    pub(crate) id: &'a str,
    pub(crate) action: &'a str,
    pub(crate) proof: &'a Proof,
    pub(crate) hidden: Vec<(&'a str, String)>,
    pub(crate) body: Markup,
    pub(crate) save: &'a str,
    /// A button that has the form looked at and not saved: name, value and words.
    pub(crate) look: Option<(&'a str, &'a str, &'a str)>,
    /// Whether the values differ from what is stored already, as after a refusal.
    pub(crate) is_begun: bool,
    /// Whether the viewer may change anything.
    pub(crate) may_write: bool,
}

/// A form that guards what was written, with its bar.
pub(crate) fn form(form: &Form<'_>) -> Markup {
    html! {
        form.form id=(form.id) method="post" action=(form.action) data-guard data-begun[form.is_begun] autocomplete="off" {
            (form.proof.fields())
            @for (name, value) in &form.hidden { input type="hidden" name=(name) value=(value); }
            @if form.may_write {
                (form.body)
                div.save-bar {
                    span.changes data-changes role="status" { "Change a value, then save." }
                    div.row {
                        button.button.quiet type="reset" data-discard { "Discard" }
                        @if let Some((name, value, words)) = form.look {
                            button.button type="submit" name=(name) value=(value) { (words) }
                        }
                        button.button.main type="submit" data-save { (form.save) }
                    }
                }
            } @else {
                fieldset disabled { (form.body) }
                p.soft { "You may look at this. Changing it needs the permission to manage the server." }
            }
        }
    }
}

/// Fields that belong together.
pub(crate) fn group(title: &str, lead: &str, fields: &[Field<'_>]) -> Markup {
    html! {
        fieldset.group {
            legend { (title) }
            @if !lead.is_empty() { p.lead { (lead) } }
            @for one in fields { (field(one)) }
        }
    }
}

/// One field.
pub(crate) fn field(field: &Field<'_>) -> Markup {
    let id = id_of(field.name);
    match &field.control {
        Control::Switch { on } => switch(field, &id, *on),
        Control::Many { values, options } => many(field, &id, values, options),
        _ => html! {
            div.field {
                label for=(id) { (field.label) }
                (control(field, &id))
                (notes(field, &id))
            }
        },
    }
}

/// A name as an element's id.
fn id_of(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    format!(
        "field-{}",
        name.chars()
            .map(plain)
            .collect::<String>()
            .trim_matches('-')
    )
}

fn notes(field: &Field<'_>, id: &str) -> Markup {
    html! {
        @if !field.hint.is_empty() { span.hint id={ (id) "-hint" } { (field.hint) } }
        @if let Some(wrong) = field.wrong {
            p.wrong id={ (id) "-wrong" } { (icon(Icon::Wrong)) (wrong) }
        }
    }
}

/// The ids of what describes a field.
fn described(field: &Field<'_>, id: &str) -> Option<String> {
    let hint = (!field.hint.is_empty()).then(|| format!("{id}-hint"));
    let wrong = field.wrong.map(|_| format!("{id}-wrong"));
    let all: Vec<String> = hint.into_iter().chain(wrong).collect();
    (!all.is_empty()).then(|| all.join(" "))
}

fn control(field: &Field<'_>, id: &str) -> Markup {
    let (about, invalid) = (described(field, id), field.wrong.map(|_| "true"));
    match &field.control {
        Control::Line {
            value,
            length_max,
            is_needed,
        } => html! {
            input.input.middle type="text" id=(id) name=(field.name) value=(value) maxlength=(length_max)
                required[*is_needed] aria-describedby=[about] aria-invalid=[invalid];
        },
        Control::Lines { value, length_max } => html! {
            textarea.input id=(id) name=(field.name) maxlength=(length_max) rows="3" aria-describedby=[about]
                aria-invalid=[invalid] dir="auto" { "\n" (value) }
        },
        Control::Number {
            value,
            min,
            max,
            unit,
        } => html! {
            span.with-unit {
                input.input.short type="number" id=(id) name=(field.name) value=(value) min=(min) max=(max) step="1"
                    required inputmode="numeric" aria-describedby=[about] aria-invalid=[invalid];
                (unit)
            }
        },
        Control::Decimal {
            value,
            min,
            max,
            step,
            unit,
        } => html! {
            span.with-unit {
                input.input.short type="number" id=(id) name=(field.name) value=(value) min=(min) max=(max) step=(step)
                    required inputmode="decimal" aria-describedby=[about] aria-invalid=[invalid];
                (unit)
            }
        },
        Control::Choice { value, options } => html! {
            select.input.middle id=(id) name=(field.name) aria-describedby=[about] aria-invalid=[invalid] {
                @for (option, words) in options {
                    option value=(option) selected[option == value] { (words) }
                }
            }
        },
        Control::Many { .. } | Control::Switch { .. } => html! {},
    }
}

fn switch(field: &Field<'_>, id: &str, on: bool) -> Markup {
    html! {
        div.field {
            label.switch {
                span.label { (field.label) }
                @if !field.hint.is_empty() { span.hint id={ (id) "-hint" } { (field.hint) } }
                input type="checkbox" role="switch" id=(id) name=(field.name) value="true" checked[on]
                    data-label=(field.label) aria-label=(field.label) aria-describedby=[described(field, id)];
            }
            @if let Some(wrong) = field.wrong { p.wrong id={ (id) "-wrong" } { (icon(Icon::Wrong)) (wrong) } }
        }
    }
}

fn many(field: &Field<'_>, id: &str, values: &[&str], options: &[(&str, &str)]) -> Markup {
    html! {
        div.field role="group" aria-labelledby={ (id) "-label" } aria-describedby=[described(field, id)] {
            span.label id={ (id) "-label" } { (field.label) }
            @for (place, (option, words)) in options.iter().enumerate() {
                label.choice for={ (id) "-" (place) } {
                    input type="checkbox" id={ (id) "-" (place) } name=(field.name) value=(option)
                        checked[values.contains(option)] data-label=(field.label);
                    span { (words) }
                }
            }
            (notes(field, id))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Control, Field, Form, field, form};
    use crate::sent::Proof;

    fn line<'a>(value: &'a str, wrong: Option<&'a str>) -> Field<'a> {
        Field {
            name: "/economy/currency/name",
            label: "Name",
            hint: "What members see.",
            wrong,
            control: Control::Line {
                value,
                length_max: 32,
                is_needed: true,
            },
        }
    }

    #[test]
    fn what_is_wrong_stands_beside_its_field() {
        let page = field(&line("\"><script>", Some("write 1 to 32 characters"))).into_string();
        assert!(page.contains(r#"aria-describedby="field-economy-currency-name-hint field-economy-currency-name-wrong""#), "{page}");
        assert!(page.contains(r#"aria-invalid="true""#) && !page.contains("<script>"));
        assert!(
            !field(&line("coins", None))
                .into_string()
                .contains("aria-invalid")
        );
    }

    #[test]
    fn who_may_only_look_gets_no_button() {
        let proof = Proof {
            csrf: "token".to_owned(),
            once: "k".to_owned(),
        };
        let shown = |may_write| {
            form(&Form {
                id: "f",
                action: "/x",
                proof: &proof,
                hidden: vec![("base", "3".to_owned())],
                body: field(&line("coins", None)),
                save: "Save",
                look: None,
                is_begun: false,
                may_write,
            })
            .into_string()
        };
        assert!(
            shown(true).contains("data-save")
                && shown(true).contains(r#"name="csrf" value="token""#)
        );
        assert!(
            !shown(false).contains("data-save") && shown(false).contains("<fieldset disabled>")
        );
    }
}
