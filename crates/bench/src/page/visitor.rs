//! A browser of somebody who is signed in, over a real socket.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::{
    asks::{Ask, Reader},
    cookies::Cookies,
};
use crate::http::{self, Fetched};

/// As browsers say it; the server chooses.
const ENCODINGS: &str = "gzip, deflate, br, zstd";
const PLAIN: &str = "identity";
/// What a browser loads only for letters that no page of the bench has.
const RARE_FONT: &str = "latin-ext";

/// The browser.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) address: String,
    pub(super) cookies: Cookies,
}

/// What a page costs.
#[derive(Debug, Clone)]
pub(super) struct Cost {
    pub(super) p50: Duration,
    pub(super) p95: Duration,
    pub(super) raw: usize,
    pub(super) compressed: usize,
}

impl Visitor {
    async fn fetch(&self, path: &str, encoding: &str) -> Result<Fetched> {
        let fetched = http::fetch(&self.address, path, self.cookies.at(path), encoding).await?;
        ensure!(fetched.status == 200, "{path} answers {}", fetched.status);
        Ok(fetched)
    }

    /// Asks for a page so many times.
    pub(super) async fn measure(&self, ask: &Ask, times: u32) -> Result<Cost> {
        let raw = self.fetch(&ask.path, PLAIN).await?.body.len();
        let (mut took, mut compressed) = (Vec::new(), 0);
        for _ in 0..times {
            let fetched = self.fetch(&ask.path, ENCODINGS).await?;
            took.push(fetched.took);
            compressed = fetched.body.len();
        }
        took.sort_unstable();
        let quantile = |share: usize| took.get(took.len() * share / 100).copied();
        Ok(Cost {
            p50: quantile(50).context("nothing was measured")?,
            p95: quantile(95).context("nothing was measured")?,
            raw,
            compressed,
        })
    }

    /// What a first visit loads, compressed: the page, and every file that it or one of its files names.
    pub(super) async fn first_visit(&self, path: &str) -> Result<usize> {
        let (_, page) = self.read(path).await?;
        let mut bytes = self.fetch(path, ENCODINGS).await?.body.len();
        let (root, mark) = assets(&page).context("a page names its style")?;
        let mut waiting = named(&page);
        let mut loaded: Vec<String> = Vec::new();
        while let Some(name) = waiting.pop() {
            if loaded.contains(&name) || name.contains(RARE_FONT) {
                continue;
            }
            let file = format!("{root}{mark}/{name}");
            bytes += self.fetch(&file, ENCODINGS).await?.body.len();
            if name.ends_with(".css") || name.ends_with(".js") {
                waiting.extend(named(&self.read(&file).await?.1));
            }
            loaded.push(name);
        }
        Ok(bytes)
    }
}

impl Reader for Visitor {
    async fn read(&self, path: &str) -> Result<(u16, String)> {
        let fetched = http::fetch(&self.address, path, self.cookies.at(path), PLAIN).await?;
        Ok((
            fetched.status,
            String::from_utf8_lossy(&fetched.body).into_owned(),
        ))
    }
}

/// Where a page's files lie, and their mark.
fn assets(page: &str) -> Option<(&str, &str)> {
    let place = page.find("/assets/")? + "/assets/".len();
    let start = page.get(..place)?.rfind('"')? + 1;
    let mark = page.get(place..)?.split('/').next()?;
    Some((page.get(start..place)?, mark))
}

/// The files that a text names: whatever stands behind a slash, a quotation mark or a bracket and ends as a file does.
fn named(text: &str) -> Vec<String> {
    let words = text.split(['"', '\'', '(', ')', '/', '?', ' ', '\n', '>']);
    let is_file = |word: &&str| {
        let (name, kind) = word.rsplit_once('.').unwrap_or_default();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        !name.is_empty()
            && name.bytes().all(is_plain)
            && ["css", "js", "woff2", "svg"].contains(&kind)
    };
    words.filter(is_file).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{assets, named};

    #[test]
    fn the_files_of_a_page_are_found() {
        let page = r#"<link rel="stylesheet" href="/x/dashboard/assets/0af1/dashboard.css"><script src="/x/dashboard/assets/0af1/main.js">"#;
        assert_eq!(assets(page), Some(("/x/dashboard/assets/", "0af1")));
        assert_eq!(named(page), ["dashboard.css", "main.js"]);
        let style = "@font-face { src: url(\"inter-latin-wght-normal.woff2\") format(\"woff2\"); }";
        assert_eq!(named(style), ["inter-latin-wght-normal.woff2"]);
        assert_eq!(
            named("import { a } from \"./dom.js\"; // what a.b.c says"),
            ["dom.js"]
        );
    }
}
