//! Links and invitations in a text, also where they are masked, nested in another or written to be overlooked.
//!
//! Everything is read from the visible text. A host is what a browser would go to: behind the user's part, without
//! its port, in small letters. Not here: whether what a link leads to is harmful.

/// A link in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// Where it leads.
    pub(crate) host: String,
    /// Where it stands, in bytes of the visible text.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether it shows another host than the one it leads to.
    pub(crate) disguised: bool,
}

/// No more links of a text than this are looked at.
const LINKS_MAX: usize = 100;

/// All links of a text.
pub(crate) fn links(text: &str) -> Vec<Link> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((start, body)) = next_link(text, at) {
        let end = body + length(&text[body..]);
        add(text, start, body, end, &mut found);
        at = end.max(body);
        if found.len() >= LINKS_MAX || at >= text.len() {
            break;
        }
    }
    found
}

/// Where the next link begins, and where its host does.
fn next_link(text: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let place = at
            + bytes[at..]
                .iter()
                .position(|byte| matches!(byte, b':' | b'w' | b'W'))?;
        if bytes[place] == b':' {
            let slashes = bytes[place + 1..]
                .iter()
                .take_while(|byte| matches!(byte, b'/' | b'\\'))
                .count();
            let scheme = scheme_start(bytes, place);
            if let Some(start) = scheme.filter(|_| slashes >= 2) {
                return Some((start, place + 1 + slashes));
            }
        } else if starts_small(&bytes[place..], b"www.") && is_edge(bytes, place) {
            return Some((place, place));
        }
        at = place + 1;
    }
}

/// Where `http` or `https` (also with its letters exchanged for `x`) begins before a colon.
fn scheme_start(bytes: &[u8], colon: usize) -> Option<usize> {
    [&b"https"[..], b"http", b"hxxps", b"hxxp"]
        .into_iter()
        .find_map(|scheme| {
            let start = colon.checked_sub(scheme.len())?;
            bytes[start..colon]
                .eq_ignore_ascii_case(scheme)
                .then_some(start)
        })
}

fn starts_small(bytes: &[u8], start: &[u8]) -> bool {
    bytes
        .get(..start.len())
        .is_some_and(|begin| begin.eq_ignore_ascii_case(start))
}

fn is_edge(bytes: &[u8], place: usize) -> bool {
    place == 0
        || !(bytes[place - 1].is_ascii_alphanumeric()
            || matches!(bytes[place - 1], b'.' | b'-' | b'/' | b'@'))
}

/// How much of the text belongs to a link that begins here.
fn length(rest: &str) -> usize {
    let end = rest.find(|letter: char| {
        letter.is_whitespace()
            || letter.is_control()
            || matches!(letter, '<' | '>' | '"' | ')' | ']' | '|')
    });
    let body = &rest[..end.unwrap_or(rest.len())];
    body.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~'])
        .len()
}

fn add(text: &str, start: usize, body: usize, end: usize, found: &mut Vec<Link>) {
    let address = &text[body..end];
    let Some(host) = host(address) else { return };
    let disguised = shown_before(text, start).is_some_and(|shown| is_other(shown, &host))
        || address
            .split(['/', '?', '#'])
            .next()
            .is_some_and(|front| front.contains('@'));
    found.push(Link {
        host: host.clone(),
        start,
        end,
        disguised,
    });
    // A redirector carries where it leads in its address.
    let inner = unescaped(&address[front_length(address)..]);
    let mut at = 0;
    while let Some((_, body)) = next_link(&inner, at) {
        at = body + length(&inner[body..]).max(1);
        if let Some(inside) = self::host(&inner[body..]).filter(|inside| *inside != host) {
            found.push(Link {
                host: inside,
                start,
                end,
                disguised: true,
            });
        }
        if found.len() >= LINKS_MAX || at >= inner.len() || !inner.is_char_boundary(at) {
            break;
        }
    }
}

fn front_length(address: &str) -> usize {
    address.find(['/', '?', '#', '\\']).unwrap_or(address.len())
}

/// The host of an address without its scheme.
fn host(address: &str) -> Option<String> {
    let front = &address[..front_length(address)];
    let behind_user = front.rsplit('@').next().unwrap_or(front);
    let unescaped = unescaped(behind_user);
    let host = unescaped.split(':').next().unwrap_or("");
    let host = host.trim_matches('.').to_lowercase();
    let fits = (1..=253).contains(&host.len())
        && host
            .chars()
            .all(|letter| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_'));
    fits.then_some(host)
}

/// The text of a masked link, `[text](address)`, where one stands right before the address.
fn shown_before(text: &str, start: usize) -> Option<&str> {
    let before = text[..start].trim_end_matches('<').strip_suffix("](")?;
    let open = before.rfind('[')?;
    Some(&before[open + 1..])
}

/// Whether words look like a host, and like another than this.
fn is_other(shown: &str, host: &str) -> bool {
    let shown = shown.trim().trim_matches(['*', '_', '~', '`', '|']);
    let lower = shown.to_lowercase();
    let bare = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"))
        .unwrap_or(&lower);
    let Some(claimed) = self::host(bare) else {
        return false;
    };
    let labels = claimed.rsplit_once('.');
    let is_host = labels.is_some_and(|(name, end)| {
        !name.is_empty() && end.chars().count() >= 2 && end.chars().all(char::is_alphabetic)
    });
    is_host && without_www(&claimed) != without_www(host)
}

fn without_www(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// `%41` as the letter it stands for; once, as a browser does.
fn unescaped(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        match (byte, digit(ahead.next()), digit(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                bytes = ahead;
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Whether a host is one of these or lies under one.
pub(crate) fn is_under(host: &str, hosts: &[String]) -> bool {
    hosts.iter().any(|wanted| {
        host.strip_suffix(wanted.as_str())
            .is_some_and(|front| front.is_empty() || front.ends_with('.'))
    })
}

/// A host as it is compared.
pub(crate) fn host_of_rule(host: &str) -> String {
    let visible = crate::text::Visible::of(host.trim());
    visible.as_str().trim_matches('.').to_lowercase()
}

/// An invitation to a Discord server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invite {
    pub(crate) code: String,
    /// Where it stands, in bytes of the visible text.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// What comes before an invitation's code, in small letters without spaces.
const DOORS: [&str; 7] = [
    "discord.gg/",
    "discord.com/invite/",
    "discordapp.com/invite/",
    "discord.gg/invite/",
    "discord.com/invites/",
    "dsc.gg/",
    "invite.gg/",
];

/// All invitations of a text, with a scheme or without, also with spaces around the signs.
pub(crate) fn invites(text: &str) -> Vec<Invite> {
    let bytes = text.as_bytes();
    let mut found: Vec<Invite> = Vec::new();
    if !bytes.iter().any(|byte| matches!(byte, b'/' | b'\\')) {
        return found;
    }
    let mut at = 0;
    while let Some(next) = bytes[at..]
        .iter()
        .position(|byte| matches!(byte, b'd' | b'D' | b'i' | b'I'))
    {
        let start = at + next;
        at = start + 1;
        let edge = start == 0 || !bytes[start - 1].is_ascii_alphanumeric();
        let Some((code, end)) = edge.then(|| invite_at(text, start)).flatten() else {
            continue;
        };
        found.push(Invite { code, start, end });
        at = end;
        if found.len() >= LINKS_MAX {
            break;
        }
    }
    found
}

fn invite_at(text: &str, start: usize) -> Option<(String, usize)> {
    // The longest door that fits, so that its last word is not taken for the code.
    let behind = DOORS
        .iter()
        .filter_map(|door| behind_door(&text.as_bytes()[start..], door.as_bytes()))
        .max()?;
    let rest = &text[start + behind..];
    let skipped = rest.len() - rest.trim_start_matches([' ', '/', '\\']).len();
    let code: String = rest[skipped..]
        .chars()
        .take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '-')
        .collect();
    (2..=100)
        .contains(&code.len())
        .then(|| (code.clone(), start + behind + skipped + code.len()))
}

/// How many bytes a door takes here, spaces around `.` and `/` allowed.
fn behind_door(bytes: &[u8], door: &[u8]) -> Option<usize> {
    let mut at = 0;
    for (step, wanted) in door.iter().enumerate() {
        let beside_sign =
            matches!(wanted, b'.' | b'/') || step > 0 && matches!(door[step - 1], b'.' | b'/');
        let mut spaces = 0;
        while beside_sign && spaces < 3 && bytes.get(at) == Some(&b' ') {
            at += 1;
            spaces += 1;
        }
        let byte = bytes.get(at)?;
        let same = byte.eq_ignore_ascii_case(wanted) || *wanted == b'/' && *byte == b'\\';
        if !same {
            return None;
        }
        at += 1;
    }
    Some(at)
}

#[cfg(test)]
mod tests;
