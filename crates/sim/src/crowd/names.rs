//! Names of virtual members. The first thirty stand by hand; more are put together from parts, each of its own.

const BY_HAND: [&str; 30] = [
    "Robin Hale",
    "Mika Sol",
    "Tess",
    "Juno Park",
    "Oskar",
    "Lin Wei",
    "Adaeze",
    "Ben Oyelaran",
    "Caro",
    "Dmitri V",
    "Elif",
    "Farah",
    "Goran",
    "Hana",
    "Ines Duarte",
    "Jakob",
    "Kwame",
    "Lotte",
    "Mateo",
    "Noor",
    "Oona",
    "Priya",
    "Quentin",
    "Rosa Lind",
    "Sami",
    "Tomasz",
    "Una",
    "Viktor",
    "Wanjiru",
    "Yuki",
];
const FIRST: [&str; 20] = [
    "Alva", "Bruno", "Cleo", "Dario", "Esme", "Felix", "Greta", "Hugo", "Ivy", "Jonas", "Kira",
    "Leo", "Maren", "Nico", "Olive", "Pavel", "Runa", "Silas", "Thea", "Umar",
];
const LAST: [&str; 20] = [
    "Ash", "Birk", "Castell", "Dahl", "Eker", "Fenn", "Grove", "Holt", "Isley", "Juric", "Kestrel",
    "Lund", "Marsh", "Nyman", "Orr", "Pell", "Quill", "Reed", "Sorrel", "Thorn",
];

/// The name of the one with this number.
pub(super) fn name(number: usize) -> String {
    if let Some(name) = BY_HAND.get(number) {
        return (*name).to_owned();
    }
    let rest = number - BY_HAND.len();
    // The last name moves on with each round of first names, so that neighbours share none.
    let (first, round) = (rest % FIRST.len(), rest / FIRST.len());
    let last = LAST[(first + round) % LAST.len()];
    match round / LAST.len() {
        0 => format!("{} {last}", FIRST[first]),
        more => format!("{} {last} {}", FIRST[first], more + 1),
    }
}

/// The same as an account's name.
pub(super) fn username(name: &str) -> String {
    name.to_lowercase().replace(' ', ".")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{name, username};

    #[test]
    fn two_thousand_names_are_all_different() {
        let names: HashSet<_> = (0..2_000).map(|number| username(&name(number))).collect();
        assert_eq!(names.len(), 2_000);
    }
}
