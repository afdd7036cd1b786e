//! Links and invitations, plain and disguised, and hostile addresses.

use proptest::prelude::{ProptestConfig, any, prop_assert, proptest};

use super::{host, invites, is_under, links, unescaped};

fn hosts(text: &str) -> Vec<String> {
    links(text).into_iter().map(|link| link.host).collect()
}

#[test]
fn the_host_is_what_a_browser_would_go_to() {
    for (address, wanted) in [
        ("Example.COM/x", Some("example.com")),
        ("a@b.test", Some("b.test")),
        ("good.test:x@evil.test:443/p", Some("evil.test")),
        ("evil.test\\@good.test/", Some("evil.test")),
        ("e%76il.test", Some("evil.test")),
        ("evil.test.", Some("evil.test")),
        ("", None),
        ("a b", None),
        ("/x", None),
    ] {
        assert_eq!(host(address).as_deref(), wanted, "{address}");
    }
}

#[test]
fn links_end_where_people_see_them_end() {
    assert_eq!(
        hosts("(https://a.test/x) <http://b.test>, www.c.test."),
        ["a.test", "b.test", "www.c.test"]
    );
    assert_eq!(
        hosts("hxxps://a.test hTTp:\\\\b.test"),
        ["a.test", "b.test"]
    );
    assert_eq!(
        hosts("ftp://a.test, http:/, https://, wwww.x"),
        Vec::<String>::new()
    );
}

#[test]
fn a_host_lies_under_itself_and_its_parents() {
    let list = ["a.test".to_owned()];
    assert!(is_under("a.test", &list) && is_under("x.a.test", &list));
    assert!(!is_under("xa.test", &list) && !is_under("test", &list));
}

#[test]
fn escapes_are_read_once() {
    assert_eq!(unescaped("%41%zz%2541%"), "A%zz%41%");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_makes_the_search_fail(text in any::<String>(), link in "(https?://|www\\.|discord\\.gg/)[ -~é。]{0,30}") {
        for text in [format!("{text}{link}"), format!("[{text}]({link}"), format!("{link}?u=http://{link}")] {
            for link in links(&text) {
                prop_assert!(text.get(link.start..link.end).is_some());
            }
            for invite in invites(&text) {
                prop_assert!(text.get(invite.start..invite.end).is_some());
            }
        }
    }
}
