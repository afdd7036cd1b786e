//! Tricks to have an owner's address lead inside: none reaches a socket.

use std::{
    future::Future,
    io,
    net::IpAddr,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::Method;
use tokio::net::TcpListener;

use super::{AddressError, Lookup, checked, is_public};
use crate::{Call, CallError, Client, Settings};

/// A resolver that answers every name with the next of its answers, and the last one for ever.
#[derive(Debug)]
struct Scripted {
    answers: Mutex<Vec<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Scripted {
    fn of(answers: &[&[&str]]) -> Arc<Self> {
        let mut answers: Vec<Vec<IpAddr>> = answers
            .iter()
            .map(|answer| answer.iter().map(|text| text.parse().unwrap()).collect())
            .collect();
        answers.reverse();
        Arc::new(Self {
            answers: Mutex::new(answers),
            asked: AtomicUsize::new(0),
        })
    }
}

impl Lookup for Scripted {
    fn lookup<'a>(
        &'a self,
        _host: &'a str,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send + 'a>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 {
            answers.pop()
        } else {
            answers.first().cloned()
        };
        Box::pin(std::future::ready(Ok(answer.unwrap_or_default())))
    }
}

/// A socket inside that counts who came.
#[expect(
    clippy::disallowed_methods,
    reason = "the socket lives as long as the test's runtime"
)]
async fn inside() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let came = Arc::new(AtomicUsize::new(0));
    let counted = came.clone();
    tokio::spawn(async move {
        while listener.accept().await.is_ok() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (port, came)
}

/// Hosts that are inside, however they are written. `{}` is where a port may stand.
const TRICKS: [&str; 116] = [
    // Plain, short, decimal, octal, hexadecimal, mixed.
    "https://127.0.0.1{}/",
    "https://127.1{}/",
    "https://127.0.1{}/",
    "https://2130706433{}/",
    "https://0x7f000001{}/",
    "https://0x7f.0.0.1{}/",
    "https://0x7F.0x0.0x0.0x1{}/",
    "https://0177.0.0.1{}/",
    "https://017700000001{}/",
    "https://0177.0.0.01{}/",
    "https://00000177.1{}/",
    "https://127.0.0.1.{}/",
    "https://0x7f.1{}/",
    "https://127.0x1{}/",
    "https://127.255.255.254{}/",
    "https://127.0.0.1%2f{}/",
    "https://0{}/",
    "https://0.0.0.0{}/",
    "https://0x0{}/",
    "https://00{}/",
    "https://0.0{}/",
    "https://10.0.0.1{}/",
    "https://167772161{}/",
    "https://0xa000001{}/",
    "https://012.0.0.1{}/",
    "https://172.16.0.1{}/",
    "https://172.31.255.255{}/",
    "https://2886729729{}/",
    "https://192.168.0.1{}/",
    "https://3232235521{}/",
    "https://0xc0a80001{}/",
    "https://192.168.1{}/",
    "https://100.64.0.1{}/",
    "https://100.127.255.254{}/",
    "https://198.18.0.1{}/",
    "https://192.0.0.192{}/",
    "https://224.0.0.1{}/",
    "https://255.255.255.255{}/",
    "https://240.0.0.1{}/",
    // Metadata of clouds.
    "https://169.254.169.254{}/latest/meta-data/",
    "https://2852039166{}/",
    "https://0xa9fea9fe{}/",
    "https://0251.0376.0251.0376{}/",
    "https://169.254.43518{}/",
    "https://metadata.google.internal{}/",
    "https://metadata.google.internal.{}/",
    "https://instance-data.ec2.internal{}/",
    "https://168.63.129.16{}/",
    "https://100.100.100.200{}/",
    "https://[fd00:ec2::254]{}/",
    // IPv6: loopback, mapped, translated, tunnelled, local.
    "https://[::1]{}/",
    "https://[0:0:0:0:0:0:0:1]{}/",
    "https://[0000::1]{}/",
    "https://[::]{}/",
    "https://[::ffff:127.0.0.1]{}/",
    "https://[::ffff:7f00:1]{}/",
    "https://[0:0:0:0:0:ffff:127.0.0.1]{}/",
    "https://[::ffff:10.0.0.1]{}/",
    "https://[::ffff:169.254.169.254]{}/",
    "https://[::ffff:a9fe:a9fe]{}/",
    "https://[::127.0.0.1]{}/",
    "https://[::7f00:1]{}/",
    "https://[64:ff9b::127.0.0.1]{}/",
    "https://[64:ff9b::a9fe:a9fe]{}/",
    "https://[64:ff9b:1::7f00:1]{}/",
    "https://[2002:7f00:1::]{}/",
    "https://[2002:a00:1::1]{}/",
    "https://[2002:a9fe:a9fe::]{}/",
    "https://[2001:0:7f00:1::]{}/",
    "https://[2001:db8::1]{}/",
    "https://[fc00::1]{}/",
    "https://[fd12:3456:789a::1]{}/",
    "https://[fe80::1]{}/",
    "https://[febf::1]{}/",
    "https://[fec0::1]{}/",
    "https://[ff02::1]{}/",
    "https://[100::1]{}/",
    "https://[::ffff:0:127.0.0.1]{}/",
    "https://[3fff::1]{}/",
    "https://[5f00::1]{}/",
    "https://[fe80::1%25eth0]{}/",
    // Names that mean inside, in disguise.
    "https://localhost{}/",
    "https://LOCALHOST{}/",
    "https://localhost.{}/",
    "https://a.localhost{}/",
    "https://localhost.localdomain{}/",
    "https://printer.local{}/",
    "https://router.lan{}/",
    "https://vault.internal{}/",
    "https://db.corp{}/",
    "https://kubernetes.default.svc{}/",
    "https://kubernetes{}/",
    "https://redis{}/",
    "https://1.0.0.127.in-addr.arpa{}/",
    "https://nas.home.arpa{}/",
    "https://x.onion{}/",
    // International letters and escapes that fold to the same.
    "https://１２７.０.０.１{}/",
    "https://127。0。0。1{}/",
    "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ{}/",
    "https://loc\u{ad}alhost{}/",
    "https://①②⑦.0.0.1{}/",
    "https://%31%32%37.0.0.1{}/",
    "https://%6c%6f%63alhost{}/",
    "https://ｌｏｃａｌｈｏｓｔ{}/",
    // Users, schemes, separators.
    "https://models.example.com@127.0.0.1{}/",
    "https://user:password@models.example.com{}/",
    "https://127.0.0.1{}\\@models.example.com/",
    "http://models.example.com{}/",
    "http://127.0.0.1{}/",
    "ftp://models.example.com{}/",
    "file:///etc/passwd{}",
    "gopher://127.0.0.1{}/_x",
    "https:127.0.0.1{}/",
    "https:///127.0.0.1{}/",
    "https://models.example.com{}/#@127.0.0.1",
    "https://models.example.com:22/{}",
];

#[tokio::test]
async fn h5_no_trick_reaches_a_socket_inside() {
    let (port, came) = inside().await;
    let lookup = Scripted::of(&[&["127.0.0.1"]]);
    let client = Client::for_owners_with(&Settings::default(), lookup).unwrap();
    for trick in TRICKS {
        for port in [String::new(), format!(":{port}")] {
            let mut call = Call::new(Method::GET, trick.replace("{}", &port));
            call.deadline = Duration::from_secs(2);
            let outcome = client.send(call).await;
            assert!(
                matches!(outcome, Err(CallError::Unusable { .. })),
                "{trick}: {outcome:?}"
            );
        }
    }
    assert_eq!(came.load(Ordering::SeqCst), 0);
}

#[test]
fn h5_what_is_inside_by_its_spelling_is_refused_without_a_look_up() {
    let by_name: Vec<_> = TRICKS
        .iter()
        .filter(|trick| checked(&trick.replace("{}", "")).is_ok())
        .collect();
    assert_eq!(by_name, Vec::<&&str>::new());
}

#[tokio::test]
async fn h5_names_that_lead_inside_are_refused_whatever_else_they_lead_to() {
    let (port, came) = inside().await;
    for answers in [
        &["127.0.0.1"] as &[&str],
        &["10.1.2.3"],
        &["169.254.169.254"],
        &["::1"],
        &["::ffff:127.0.0.1"],
        &["fd00::1"],
        // A public one beside does not help.
        &["93.184.216.34", "127.0.0.1"],
        &["127.0.0.1", "93.184.216.34"],
    ] {
        let client = Client::for_owners_with(&Settings::default(), Scripted::of(&[answers]));
        let url = format!("https://models.example.com:{port}/v1");
        let outcome = client.unwrap().send(Call::new(Method::GET, url)).await;
        assert!(
            matches!(&outcome, Err(CallError::Unusable { reason, .. }) if reason.contains("public")),
            "{outcome:?}"
        );
        assert!(outcome.unwrap_err().is_unsent());
    }
    assert_eq!(came.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn h5_a_name_that_changes_its_mind_is_looked_up_once_for_each_connection() {
    let (port, came) = inside().await;
    // Public when it is checked, inside when it would be looked up a second time.
    let lookup = Scripted::of(&[&["192.0.9.1"], &["127.0.0.1"]]);
    let settings = Settings {
        connect_timeout: Duration::from_millis(50),
        ..Settings::default()
    };
    let client = Client::for_owners_with(&settings, lookup.clone()).unwrap();
    let url = format!("https://models.example.com:{port}/");
    let first = client.send(Call::new(Method::GET, url.clone())).await;
    assert!(matches!(first, Err(CallError::NotSent { .. })), "{first:?}");
    assert_eq!(lookup.asked.load(Ordering::SeqCst), 1);
    let second = client.send(Call::new(Method::GET, url)).await;
    assert!(matches!(second, Err(CallError::Unusable { .. })));
    assert_eq!(came.load(Ordering::SeqCst), 0);
}

#[test]
fn public_addresses_pass() {
    for url in [
        "https://api.openai.com/v1",
        "https://models.example.com:8443/v1?x=1",
        "https://93.184.216.34/",
        "https://[2606:2800:220:1::1]/",
        "https://bücher.example.com/",
        "https://models.example.com./",
    ] {
        assert!(checked(url).is_ok(), "{url}");
    }
    for address in [
        "8.8.8.8",
        "172.32.0.1",
        "100.128.0.1",
        "2606:4700::1",
        "2002:808:808::1",
    ] {
        assert!(is_public(address.parse().unwrap()), "{address}");
    }
    assert_eq!(checked("https://10.0.0.1/"), Err(AddressError::NotPublic));
}
