//! The cookies of a browser: one while it signs in, one while it is signed in. Both are tickets, and nothing else.

use axum::http::{HeaderMap, HeaderValue, header};
use platform::{SESSION_LIFE, SIGN_IN_LIFE, Ticket};

use crate::Site;

/// Which cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// Of a sign-in on its way.
    SignIn,
    /// Of a session.
    Session,
}

impl Cookie {
    /// With TLS a browser takes a name with `__Host-` from this host alone, for all its paths, and over TLS.
    pub(crate) const fn name(self, site: &Site) -> &'static str {
        match (self, site.is_secure()) {
            (Self::SignIn, true) => "__Host-guildhall-sign-in",
            (Self::Session, true) => "__Host-guildhall",
            (Self::SignIn, false) => "guildhall-sign-in",
            (Self::Session, false) => "guildhall",
        }
    }

    const fn life_s(self) -> i64 {
        let life = match self {
            Self::SignIn => SIGN_IN_LIFE,
            Self::Session => SESSION_LIFE,
        };
        life.as_micros() / 1_000_000
    }

    /// What a browser sent under this name; nothing where it sent several, for only one of them can be ours.
    pub(crate) fn text<'h>(self, site: &Site, headers: &'h HeaderMap) -> Option<&'h str> {
        let name = self.name(site);
        let sent = headers.get_all(header::COOKIE).iter();
        let pairs = sent
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        let mut ours = pairs.filter(|(known, _)| *known == name);
        let (_, text) = ours.next()?;
        ours.next().is_none().then_some(text)
    }

    /// The ticket that a browser sent.
    pub(crate) fn ticket(self, site: &Site, headers: &HeaderMap) -> Option<Ticket> {
        Ticket::read(self.text(site, headers)?)
    }

    /// Has the browser keep a ticket.
    pub(crate) fn keep(self, site: &Site, ticket: &Ticket) -> HeaderValue {
        self.header(site, &ticket.expose(), self.life_s())
    }

    /// Has the browser forget it.
    pub(crate) fn forget(self, site: &Site) -> HeaderValue {
        self.header(site, "", 0)
    }

    fn header(self, site: &Site, value: &str, life_s: i64) -> HeaderValue {
        let name = self.name(site);
        let (path, secure) = match (site.is_secure(), site.prefix()) {
            (true, _) => ("/", "; Secure"),
            (false, "") => ("/", ""),
            (false, prefix) => (prefix, ""),
        };
        // Lax, so that the way back from Discord brings it.
        let text = format!(
            "{name}={value}; Path={path}; Max-Age={life_s}; HttpOnly; SameSite=Lax{secure}"
        );
        HeaderValue::from_str(&text).expect("names, tickets and checked prefixes fit a header")
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};
    use expect_test::expect;
    use kernel::SeededChance;
    use platform::Ticket;

    use super::Cookie;
    use crate::Site;

    fn kept(url: &str, cookie: Cookie) -> String {
        let ticket = Ticket::draw(&SeededChance::new(1));
        let header = cookie.keep(&Site::at(url, Vec::new()), &ticket);
        let text = header.to_str().unwrap().to_owned();
        text.replace(&ticket.expose(), "TICKET")
    }

    #[test]
    fn attributes_follow_from_scheme_and_prefix() {
        let all: Vec<_> = [
            "https://x.org",
            "https://x.org/bots/guildhall",
            "http://127.0.0.1:8080",
            "http://127.0.0.1:8080/bots",
        ]
        .into_iter()
        .flat_map(|url| [kept(url, Cookie::Session), kept(url, Cookie::SignIn)])
        .collect();
        expect![[r#"
            __Host-guildhall=TICKET; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure
            __Host-guildhall-sign-in=TICKET; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure
            __Host-guildhall=TICKET; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure
            __Host-guildhall-sign-in=TICKET; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure
            guildhall=TICKET; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax
            guildhall-sign-in=TICKET; Path=/; Max-Age=600; HttpOnly; SameSite=Lax
            guildhall=TICKET; Path=/bots; Max-Age=604800; HttpOnly; SameSite=Lax
            guildhall-sign-in=TICKET; Path=/bots; Max-Age=600; HttpOnly; SameSite=Lax"#]]
        .assert_eq(&all.join("\n"));
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name_and_only_where_it_came_once() {
        let site = Site::at("http://h", Vec::new());
        let table = [
            ("guildhall=a", Some("a")),
            ("other=b; guildhall=a; guildhall-sign-in=c", Some("a")),
            ("xguildhall=b", None),
            ("guildhall=a; guildhall=b", None),
            ("__Host-guildhall=a", None),
            ("guildhall", None),
        ];
        for (sent, expected) in table {
            let value = HeaderValue::from_str(sent).unwrap();
            let headers = HeaderMap::from_iter([(header::COOKIE, value)]);
            assert_eq!(Cookie::Session.text(&site, &headers), expected, "{sent}");
        }
    }
}
