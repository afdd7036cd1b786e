//! Who somebody is: initials on a hue, and a name. No picture is fetched, for that would tell another host who looks.

use maud::{Markup, html};

/// How many hues there are.
const HUES: u64 = 5;

/// Somebody, or a server, as they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// The id; the hue comes from it.
    pub(crate) id: u64,
    /// What they are called here.
    pub(crate) name: String,
}

/// A person's initials.
pub(crate) fn avatar(who: &Named) -> Markup {
    html! { span class={ "avatar hue-" (who.id % HUES) } aria-hidden="true" { (initials(&who.name)) } }
}

/// A server's initials.
pub(crate) fn server(who: &Named) -> Markup {
    html! { span class={ "avatar server hue-" (who.id % HUES) } aria-hidden="true" { (initials(&who.name)) } }
}

/// A person with their name, and where there is more about them.
pub(crate) fn person(who: &Named, href: Option<&str>) -> Markup {
    html! {
        @if let Some(href) = href {
            a.person href=(href) { (avatar(who)) span.clip { (who.name) } }
        } @else {
            span.person { (avatar(who)) span.clip { (who.name) } }
        }
    }
}

/// The first letters of the first two words.
fn initials(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric());
    let firsts = words.filter_map(|word| word.chars().next());
    let initials: String = firsts.take(2).flat_map(char::to_uppercase).collect();
    if initials.is_empty() {
        "·".to_owned()
    } else {
        initials
    }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_letters_of_the_name() {
        assert_eq!(initials("ada lovelace"), "AL");
        assert_eq!(initials("<script>alert"), "SA");
        assert_eq!(initials("✨"), "·");
        assert_eq!(initials("ß"), "SS");
    }
}
