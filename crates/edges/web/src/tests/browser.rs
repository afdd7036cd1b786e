//! A browser: keeps cookies as their attributes say, sends what a browser sends, and goes to Discord and back.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    sync::atomic::{AtomicU8, Ordering},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, header},
};
use tower::ServiceExt;

/// The addresses that browsers have had; each has its own.
static NEXT: AtomicU8 = AtomicU8::new(1);

/// What came back.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Page {
    /// Where it leads.
    pub(super) fn location(&self) -> &str {
        let location = self.headers.get(header::LOCATION);
        location.map_or("", |location| location.to_str().unwrap())
    }

    /// What every form of it carries, as a form of its own.
    pub(super) fn form(&self) -> String {
        let (_, rest) = self.body.split_once("name=\"once\" value=\"").unwrap();
        let once = rest.split('"').next().unwrap();
        let once: String = form_urlencoded::byte_serialize(once.as_bytes()).collect();
        format!("csrf={}&once={once}", self.token())
    }

    /// The token that its forms carry.
    pub(super) fn token(&self) -> String {
        let (_, rest) = self.body.split_once("name=\"csrf\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    /// Its words without the numbers that are drawn anew for each answer.
    pub(super) fn without_draws(&self) -> String {
        let drawn = [" nonce=\"", "name=\"once\" value=\""];
        drawn.iter().fold(self.body.clone(), |page, mark| {
            let mut parts = page.split(mark);
            let first = parts.next().unwrap_or_default().to_owned();
            let rest = parts.map(|part| part.split_once('"').unwrap().1);
            rest.fold(first, |page, part| page + mark + part)
        })
    }
}

/// A browser at an address of its own.
#[derive(Debug, Clone)]
pub(super) struct Browser {
    pages: Router,
    origin: String,
    prefix: String,
    pub(super) address: IpAddr,
    pub(super) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(super) fn new(pages: Router, origin: &str, prefix: &str) -> Self {
        let last = NEXT.fetch_add(1, Ordering::SeqCst);
        Self {
            pages,
            origin: origin.to_owned(),
            prefix: prefix.to_owned(),
            address: IpAddr::from([198, 51, 100, last]),
            cookies: BTreeMap::new(),
        }
    }

    pub(super) async fn get(&mut self, path: &str) -> Page {
        self.get_with(path, &[("sec-fetch-site", "none")]).await
    }

    pub(super) async fn get_with(&mut self, path: &str, headers: &[(&str, &str)]) -> Page {
        self.send("GET", path, headers, "").await
    }

    /// Opens a stream of events; gives it as it comes.
    pub(super) async fn follow(&mut self, path: &str) -> axum::body::BodyDataStream {
        let request = Request::get(path)
            .header(header::COOKIE, self.cookie_line())
            .header("sec-fetch-site", "same-origin");
        let request = request.body(Body::empty()).unwrap();
        let answer = self.pages.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.into_body().into_data_stream()
    }

    fn cookie_line(&self) -> String {
        let cookies = self.cookies.iter();
        let cookies: Vec<_> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        cookies.join("; ")
    }

    /// Submits a form of a page of this site.
    pub(super) async fn submit(&mut self, path: &str, form: &str) -> Page {
        let origin = self.origin.clone();
        let headers = [
            ("origin", origin.as_str()),
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        self.send("POST", path, &headers, form).await
    }

    pub(super) async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Page {
        let peer = SocketAddr::new(self.address, 40_000);
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::USER_AGENT, "A browser/1.0")
            .extension(ConnectInfo(peer));
        if !headers.iter().any(|(name, _)| *name == "host") {
            let host = self.origin.split_once("://").unwrap().1;
            request = request.header(header::HOST, host);
        }
        if !self.cookies.is_empty() {
            request = request.header(header::COOKIE, self.cookie_line());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let (parts, body) = self
            .pages
            .clone()
            .oneshot(request)
            .await
            .unwrap()
            .into_parts();
        self.remember(&parts.headers);
        let kind = parts.headers.get(header::CONTENT_TYPE);
        let is_endless = kind.is_some_and(|kind| kind == "text/event-stream");
        let body = match is_endless {
            true => axum::body::Bytes::new(),
            false => to_bytes(body, 1 << 20).await.unwrap(),
        };
        Page {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    fn remember(&mut self, headers: &HeaderMap) {
        for cookie in headers.get_all(header::SET_COOKIE) {
            let mut parts = cookie.to_str().unwrap().split("; ");
            let (name, value) = parts.next().unwrap().split_once('=').unwrap();
            match parts.any(|part| part == "Max-Age=0") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
    }

    /// Begins a sign-in; gives Discord's address.
    pub(super) async fn leave_for_discord(&mut self, query: &str) -> String {
        let page = self.get(&format!("/auth/login{query}")).await;
        assert_eq!(page.status, 303, "{}", page.body);
        page.location().to_owned()
    }

    /// The path within the pages of an address of this site.
    pub(super) fn path_of(&self, address: &str) -> String {
        let base = format!("{}{}", self.origin, self.prefix);
        let path = address.strip_prefix(&base).unwrap_or_else(|| {
            let path = address.strip_prefix(&self.prefix);
            path.unwrap_or_else(|| panic!("{address} is none of this site's"))
        });
        path.to_owned()
    }
}
