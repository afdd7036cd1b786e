//! The shell: which server, which section, search, who is signed in, what is wrong at the moment, and the page inside.

use kernel::UserId;
use maud::{DOCTYPE, Markup, html};

use super::{
    avatar::{Named, avatar, server},
    icon::{Icon, icon},
    key::{key, keys},
    section::live as live_part,
    toast::{Toast, toasts},
    tour::{self, Tour},
};
use crate::{
    assets,
    moment::Now,
    query,
    range::{RANGE, Range},
    room::SINCE,
    sent::Proof,
};

/// A section of a server's pages, or of the operator's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Overview,
    Why,
    Economy,
    Moderation,
    Personas,
    Memory,
    Settings,
    Access,
    Installation,
    Servers,
    Bots,
    Jobs,
    Providers,
    Storage,
    Versions,
}

/// All sections of a server, in the order in which they stand.
pub(crate) const SECTIONS: [Section; 8] = [
    Section::Overview,
    Section::Why,
    Section::Economy,
    Section::Moderation,
    Section::Personas,
    Section::Memory,
    Section::Settings,
    Section::Access,
];

/// All sections of the operator, in the order in which they stand.
pub(crate) const OPERATOR_SECTIONS: [Section; 7] = [
    Section::Installation,
    Section::Servers,
    Section::Bots,
    Section::Jobs,
    Section::Providers,
    Section::Storage,
    Section::Versions,
];

impl Section {
    /// Its name, its place below the server's, its icon, and the letter that goes there.
    const fn parts(self) -> (&'static str, &'static str, Icon, &'static str) {
        match self {
            Self::Overview => ("Overview", "", Icon::Home, "o"),
            Self::Why => ("Why", "/why", Icon::Why, "w"),
            Self::Economy => ("Economy", "/economy", Icon::Coins, "e"),
            Self::Moderation => ("Moderation", "/moderation", Icon::Shield, "m"),
            Self::Personas => ("Personas", "/personas", Icon::Spark, "p"),
            Self::Memory => ("Memory", "/memory", Icon::Book, "r"),
            Self::Settings => ("Settings", "/settings", Icon::Settings, "s"),
            Self::Access => ("Access", "/access", Icon::Key, "a"),
            Self::Installation => ("Overview", "/operator", Icon::Home, "o"),
            Self::Servers => ("Servers", "/operator/servers", Icon::Grid, "s"),
            Self::Bots => ("Bots", "/operator/bots", Icon::Bolt, "b"),
            Self::Jobs => ("Jobs", "/operator/jobs", Icon::Clock, "j"),
            Self::Providers => ("Providers", "/operator/providers", Icon::Spark, "p"),
            Self::Storage => ("Storage", "/operator/storage", Icon::Disk, "t"),
            Self::Versions => ("Versions", "/operator/versions", Icon::Settings, "v"),
        }
    }

    /// Its place below the server's, or below the dashboard's where it is the operator's.
    pub(crate) const fn place(self) -> &'static str {
        self.parts().1
    }
}

/// What stands around every page.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// Where the dashboard is: `/dashboard`, after the prefix where there is one.
    pub(crate) root: String,
    pub(crate) now: Now,
    pub(crate) viewer: Option<Named>,
    /// What they are in the server, in a word.
    pub(crate) role: Option<&'static str>,
    /// The servers that the viewer may choose from.
    pub(crate) servers: Vec<Named>,
    pub(crate) server: Option<Named>,
    /// Whether the viewer operates this installation, and has pages of their own for that.
    pub(crate) operates: bool,
    /// What its forms carry.
    pub(crate) proof: Proof,
    /// Whether the viewer may change the server's settings.
    pub(crate) may_write: bool,
    /// Whether the viewer may take cases back.
    pub(crate) keeps_cases: bool,
    /// The sections that are open to the viewer.
    pub(crate) sections: Vec<Section>,
    /// Whether each member has a page that is open to the viewer.
    pub(crate) has_member_pages: bool,
    /// The time that the viewer chose to look over; it is kept from page to page.
    pub(crate) range: Option<Range>,
    /// What is degraded, and since when.
    pub(crate) troubles: Vec<String>,
    pub(crate) toast: Option<Toast>,
    pub(crate) tour: Tour,
    /// What the page's scripts carry, so that a browser runs no other.
    pub(crate) nonce: String,
    /// How far the server was when the page was made; nothing where there is nothing to follow, as in a sample.
    pub(crate) pulse: Option<String>,
}

/// What a page says of itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Head<'a> {
    pub(crate) title: &'a str,
    pub(crate) section: Option<Section>,
    /// Where the page lies: names and addresses, without itself.
    pub(crate) crumbs: Vec<(&'a str, String)>,
    /// Whether the page follows what happens.
    pub(crate) is_live: bool,
}

impl Frame {
    /// The address of something in the present server.
    pub(crate) fn at(&self, place: &str) -> String {
        match &self.server {
            Some(server) => format!("{}/guilds/{}{place}", self.root, server.id),
            None => format!("{}{place}", self.root),
        }
    }

    /// The address of a section, over the time that was chosen.
    pub(crate) fn section(&self, section: Section) -> String {
        let range = self.range.map_or("", Range::name);
        format!(
            "{}{}",
            self.at(section.place()),
            query::string(&[(RANGE, range)])
        )
    }

    /// Whether a section is open to the viewer.
    pub(crate) fn opens(&self, section: Section) -> bool {
        self.sections.contains(&section)
    }

    /// Where there is more about a member.
    pub(crate) fn member(&self, user: UserId) -> String {
        if self.has_member_pages {
            self.at(&format!("/members/{user}"))
        } else {
            self.at(&format!("/why?user={user}"))
        }
    }

    /// Whether this is a page of the operator's, which belongs to no server.
    fn is_console(&self) -> bool {
        self.operates && self.server.is_none()
    }

    fn asset(&self, name: &str) -> String {
        assets::address(&self.root, name)
    }
}

/// A whole page.
pub(crate) fn page(frame: &Frame, head: &Head<'_>, main: &Markup) -> Markup {
    let place = frame.server.as_ref().map(|server| server.name.as_str());
    let pulse = frame.pulse.as_ref().filter(|_| head.is_live);
    let live = pulse.map(|pulse| frame.at(&format!("/live{}", query::string(&[(SINCE, pulse)]))));
    html! {
        (DOCTYPE)
        html lang="en" dir="ltr" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="same-origin";
                title {
                    (head.title)
                    @if let Some(place) = place { " · " (place) }
                    " · Guildhall"
                }
                link rel="icon" href=(frame.asset("icon.svg")) type="image/svg+xml";
                link rel="preload" href=(frame.asset("inter-latin-wght-normal.woff2")) as="font" type="font/woff2" crossorigin;
                link rel="stylesheet" href=(frame.asset("dashboard.css"));
                script src=(frame.asset("theme_early.js")) nonce=(frame.nonce) {}
                script src=(frame.asset("main.js")) type="module" nonce=(frame.nonce) {}
            }
            body.framed data-live-address=[live] data-zone=(frame.now.zone_name()) {
                a.skip href="#main" { "Skip to the page" }
                (rail(frame, head))
                div.sheet {
                    (top(frame, head))
                    (live_part("troubles", &troubles(&frame.troubles)))
                    (tour::offer(frame))
                    main id="main" tabindex="-1" { (main) }
                }
                (toasts(frame.toast.as_ref(), &frame.proof))
                (key_list(frame))
                (tour::tour(frame))
            }
        }
    }
}

fn rail(frame: &Frame, head: &Head<'_>) -> Markup {
    html! {
        nav.rail id="rail" popover aria-label="Sections" {
            (switcher(frame))
            @if !frame.sections.is_empty() {
                div.sections {
                    @for section in &frame.sections {
                        @let (name, _, sign, letter) = section.parts();
                        a href=(frame.section(*section)) data-go=(letter) data-place=(name)
                            aria-current=[(head.section == Some(*section)).then_some("page")] {
                            (icon(sign)) (name) (key(letter))
                        }
                    }
                }
            }
            div.foot { (account(frame)) }
        }
    }
}

fn switcher(frame: &Frame) -> Markup {
    html! {
        details.switcher {
            summary {
                span.unseen { "Choose a server, now: " }
                @if let Some(present) = &frame.server {
                    (server(present)) span.clip { (present.name) }
                } @else {
                    span.avatar.server { (icon(if frame.is_console() { Icon::Settings } else { Icon::Grid })) }
                    span.clip { @if frame.is_console() { "Operator" } @else { "All servers" } }
                }
                (icon(Icon::Chevron))
            }
            div.menu {
                @for one in &frame.servers {
                    @let is_present = frame.server.as_ref().is_some_and(|present| present.id == one.id);
                    a href={ (frame.root) "/guilds/" (one.id) } aria-current=[is_present.then_some("true")] {
                        (server(one)) span.clip { (one.name) }
                    }
                }
                a href=(frame.root) { (icon(Icon::Grid)) "All servers" }
                @if frame.operates {
                    a href={ (frame.root) "/operator" } aria-current=[frame.is_console().then_some("true")] {
                        (icon(Icon::Settings)) "Operator's console"
                    }
                }
            }
        }
    }
}

fn account(frame: &Frame) -> Markup {
    html! {
        details.account {
            summary {
                span.unseen { "Theme and account: " }
                @if let Some(viewer) = &frame.viewer {
                    (avatar(viewer)) span.clip { (viewer.name) }
                } @else {
                    (icon(Icon::Person)) "Theme"
                }
                (icon(Icon::Chevron))
            }
            div.menu {
                @if let Some(role) = frame.role { p.soft { "You are " (role) " here." } }
                p.soft { "Theme" }
                @for (choice, words) in [("", "As the system"), ("light", "Light"), ("dark", "Dark")] {
                    button type="button" data-theme-choice=(choice) aria-pressed="false" hidden { (words) }
                }
                button type="button" data-opens="keys" hidden { "Keys" (key("?")) }
                (tour::again(frame))
                @if frame.viewer.is_some() {
                    a href={ (frame.root) "/sessions" } { "Where you are signed in" }
                    form method="post" action={ (frame.root.trim_end_matches("/dashboard")) "/auth/logout" } {
                        (frame.proof.fields())
                        button type="submit" { "Sign out" }
                    }
                }
            }
        }
    }
}

fn top(frame: &Frame, head: &Head<'_>) -> Markup {
    html! {
        header.top {
            button.icon-button.only-narrow type="button" popovertarget="rail" aria-label="Sections" { (icon(Icon::Menu)) }
            nav.crumbs aria-label="Where this is" {
                ol.plain {
                    @for (name, href) in &head.crumbs { li { a href=(href) { (name) } } }
                    li aria-current="page" { (head.title) }
                }
            }
            @if !frame.sections.is_empty() {
                @let (place, what) = sought(frame);
                form.search role="search" action=(frame.at(place)) method="get" data-seeks=(what) {
                    div.search-field {
                        (icon(Icon::Search))
                        input type="search" id="search" name="text" placeholder="Search" aria-label={ "Search pages and " (what) }
                            autocomplete="off" maxlength="100" role="combobox" aria-expanded="false"
                            aria-controls="search-list" aria-autocomplete="list"
                            data-people=[frame.has_member_pages.then(|| frame.at("/people"))];
                        (key("/"))
                    }
                    div.menu id="search-list" role="listbox" aria-label="Found" hidden {}
                }
            }
        }
    }
}

/// Where words are looked for that name no page, and what is found there.
fn sought(frame: &Frame) -> (&'static str, &'static str) {
    if frame.is_console() {
        (Section::Servers.place(), "servers")
    } else {
        (Section::Why.place(), "decisions")
    }
}

fn troubles(troubles: &[String]) -> Markup {
    html! {
        @if !troubles.is_empty() {
            div.status-strip role="status" {
                (icon(Icon::Warning))
                @for trouble in troubles { span { (trouble) } }
            }
        }
    }
}

fn key_list(frame: &Frame) -> Markup {
    html! {
        dialog.dialog id="keys" aria-labelledby="keys-title" {
            form.dialog-body method="dialog" {
                h2 id="keys-title" { "Keys" }
                div.keys {
                    span { "Search" } span { (key("/")) }
                    span { "Move down and up a list" } span { (key("j")) " " (key("k")) }
                    span { "Save a form" } span { (key("Ctrl")) " " (key("S")) }
                    @for section in &frame.sections {
                        @let (name, _, _, letter) = section.parts();
                        span { "Go to " (name) } (keys(&["g", letter]))
                    }
                    span { "This list" } span { (key("?")) }
                }
                label.choice {
                    input type="checkbox" id="keys-on" checked;
                    span { "Single letters are keys" }
                }
                div.row { button.button type="submit" { "Close" } }
            }
        }
    }
}
