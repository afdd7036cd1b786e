//! Discord's marks in a text: found, and put into words that do nothing.

use kernel::GuildId;

use super::Stage;

/// A zero-width space: it keeps an @ from being a mention, and reads as nothing.
const BREAK: char = '\u{200B}';

/// The text without characters that can't be seen or that turn the line around.
pub(super) fn visible(text: &str) -> String {
    let is_hidden = |letter: char| {
        matches!(letter,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}')
    };
    text.chars()
        .filter(|letter| {
            matches!(letter, '\n' | '\t') || (!letter.is_control() && !is_hidden(*letter))
        })
        .collect()
}

/// `[words](https://place/…)` shows the words and the place.
pub(super) fn unmasked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(middle) = rest.find("](") {
        let (before, after) = rest.split_at(middle);
        let target = after[2..].split([')', '\n']).next().unwrap_or("");
        let words = before.rfind('[').map(|open| &before[open + 1..]);
        let place = host(target.trim().trim_start_matches('<'));
        let (Some(words), Some(place)) = (words, place) else {
            out.push_str(before);
            out.push_str("](");
            rest = &after[2..];
            continue;
        };
        out.push_str(&before[..before.len() - words.len() - 1]);
        let address = target.trim().trim_start_matches('<');
        let address = address.split(['>', ' ', '"']).next().unwrap_or("");
        out.push_str(&format!("{words} ({place}: <{address}>)"));
        rest = after[2 + target.len()..]
            .strip_prefix(')')
            .unwrap_or(&after[2 + target.len()..]);
    }
    out.push_str(rest);
    out
}

/// The host that an address leads to, whatever stands before an @ in it; nothing where it leads nowhere.
fn host(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once(':')?;
    let is_scheme = !scheme.is_empty()
        && scheme
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter));
    if !is_scheme {
        return None;
    }
    let rest = rest.trim_start_matches(['/', '\\']);
    let authority = rest
        .split(['/', '\\', '?', '#', '>', ' ', '"'])
        .next()
        .unwrap_or("");
    let place = authority.rsplit('@').next().unwrap_or("");
    let place = if matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") {
        place.to_lowercase()
    } else {
        scheme.to_lowercase()
    };
    (!place.is_empty()).then_some(place)
}

/// Invites and links to messages of other servers in words.
pub(super) fn without_other_servers(text: &str, guild: GuildId) -> String {
    const INVITES: [&str; 4] = [
        "discord.gg/",
        "discord.com/invite/",
        "discordapp.com/invite/",
        "dsc.gg/",
    ];
    const MESSAGES: [&str; 2] = ["discord.com/channels/", "discordapp.com/channels/"];
    let own = format!("{guild}/");
    let words = text.split_inclusive([' ', '\n', '\t']).map(|word| {
        let small = word.to_ascii_lowercase();
        let is_invite = INVITES.iter().any(|invite| small.contains(invite));
        let is_elsewhere = MESSAGES.iter().any(|link| {
            let after = small.split(link).nth(1);
            after.is_some_and(|after| !after.starts_with(&own))
        });
        if !is_invite && !is_elsewhere {
            return word.to_owned();
        }
        let end = &word[word.trim_end_matches([' ', '\n', '\t']).len()..];
        let what = if is_invite {
            "(an invite, left out)"
        } else {
            "(a link to another server, left out)"
        };
        format!("{what}{end}")
    });
    words.collect()
}

/// Mentions in words: the asker by name, everybody else by what they are.
pub(super) fn without_mentions(text: &str, stage: &Stage<'_>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let inner = rest[open + 1..]
            .split(['>', '<', '\n'])
            .next()
            .unwrap_or("");
        let is_closed = rest[open + 1 + inner.len()..].starts_with('>');
        match is_closed.then(|| worded(inner, stage)).flatten() {
            Some(words) => {
                out.push_str(&words);
                rest = &rest[open + 2 + inner.len()..];
            }
            None => {
                out.push('<');
                rest = &rest[open + 1..];
            }
        }
    }
    out.push_str(rest);
    broken(&out)
}

/// What stands between the brackets of a mark, in words; nothing where it is no mark, or a harmless one.
fn worded(inner: &str, stage: &Stage<'_>) -> Option<String> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(role) = inner.strip_prefix("@&") {
        return is_number(role).then(|| "a role".to_owned());
    }
    if let Some(user) = inner.strip_prefix('@') {
        let user = user.trim_start_matches('!');
        if !is_number(user) {
            return None;
        }
        let is_asker = user == stage.asker.to_string();
        return Some(if is_asker {
            stage
                .asker_name
                .replace(['<', '>', '@', '[', ']', '`', '*', '_', '|', '~'], "")
        } else {
            "somebody".to_owned()
        });
    }
    if let Some(command) = inner.strip_prefix('/') {
        let (name, id) = command.rsplit_once(':')?;
        return is_number(id).then(|| format!("/{name}"));
    }
    if let Some(page) = inner.strip_prefix("id:") {
        return Some(page.to_owned());
    }
    let emoji = inner
        .strip_prefix("a:")
        .or_else(|| inner.strip_prefix(':'))?;
    let (name, id) = emoji.split_once(':')?;
    is_number(id).then(|| format!(":{name}:"))
}

/// An @ before a word that pings is followed by nothing visible, so that it is none.
fn broken(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, after) = rest.split_at(at + 1);
        out.push_str(before);
        let pings = ["everyone", "here", "&", "!"].iter().any(|word| {
            let start = after.get(..word.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(word))
        }) || after.starts_with(|letter: char| letter.is_ascii_digit());
        if pings {
            out.push(BREAK);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}
