//! A member's mark: initials on a colour that follows from the account, or a figure where the name has no letters.

use chat::Shown;
use kernel::UserId;

use crate::{
    canvas::{Area, Canvas, Side, Type},
    letters::legible,
    tokens::{GROUND_SUNK, SERIES},
};

/// The name as it is set; the end of the account's number where nothing of it can be.
pub(crate) fn name(who: &Shown) -> String {
    let name = legible(who.name.as_deref().unwrap_or_default());
    if name.is_empty() {
        return format!("@…{:04}", who.user.get() % 10_000);
    }
    name
}

/// Draws the mark in the middle of a circle.
pub(crate) fn draw(canvas: &mut Canvas, who: &Shown, (x, y): (f64, f64), radius: f64) {
    canvas.circle((x, y), radius, colour(who.user));
    let initials = initials(who.name.as_deref().unwrap_or_default());
    if initials.is_empty() {
        canvas.circle((x, y - radius * 0.22), radius * 0.32, GROUND_SUNK);
        let shoulders = Area::new(
            x - radius * 0.52,
            y + radius * 0.2,
            radius * 1.04,
            radius * 0.5,
        );
        canvas.rect(shoulders, radius * 0.25, GROUND_SUNK);
        return;
    }
    let look = Type::semibold(radius * 0.84, GROUND_SUNK);
    canvas.text(
        (x, y + radius * 0.3),
        &initials,
        look,
        Side::Middle,
        radius * 2.0,
    );
}

fn colour(user: UserId) -> &'static str {
    let number = user.get();
    // The lower bits of an id often count up from zero, the upper ones are a time.
    let mixed = (number >> 22) ^ number;
    let at = usize::try_from(mixed % 6).unwrap_or(0);
    SERIES[at]
}

/// The first letters of the first and the last word.
fn initials(name: &str) -> String {
    let name = legible(name);
    let first = |word: &str| {
        let letter = word.chars().find(|letter| letter.is_alphanumeric())?;
        letter.to_uppercase().next()
    };
    let mut words = name.split(' ').filter_map(first);
    let begins = words.next();
    begins.into_iter().chain(words.next_back()).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_those_of_the_first_and_the_last_word() {
        for (name, letters) in [
            ("Ada King Lovelace", "AL"),
            ("bob", "B"),
            ("🎉 zoë ✨", "Z"),
            ("مريم", ""),
            ("--- 7up", "7"),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }
}
