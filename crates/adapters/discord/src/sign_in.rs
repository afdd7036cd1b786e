//! Signing people in: OAuth2's code for a pass, and the pass for who it belongs to.
//!
//! Each call has a deadline and a bound, and is made once: a code is good once, so a repeat could only hide what went
//! wrong. Not here: `state`, verifier and cookies (`app`, `web`), and what a person may do.

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chat::{BoxFuture, OwnGuild, Pass, Permissions, Person, SignIn, SignInFailure, clip};
use http_out::{Answer, Call, CallError, Client, HeaderValue, Method, StatusCode, header};
use kernel::{ApplicationId, GuildId, UserId};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{StartError, connect::client};

/// A person waits in front of an empty page.
const DEADLINE: Duration = Duration::from_secs(8);
/// Two hundred guilds with long names and many features fit.
const ANSWER_MAX: usize = 512 * 1024;
const WORDS_MAX: usize = 200;
const SCOPES: &str = "identify guilds";

/// What is configured about signing in.
#[derive(Debug, Clone)]
pub struct SignInSettings {
    /// Where the REST is, ending in `/api`; the version is appended.
    pub api_url: String,
    /// The application.
    pub client_id: ApplicationId,
    /// Its secret.
    pub client_secret: SecretString,
    /// Where people go and come back.
    pub redirect: Redirect,
}

/// The way of the browser.
#[derive(Debug, Clone)]
pub struct Redirect {
    /// Where people are asked, where that is not Discord's usual place: the API's address without its `/api`.
    pub there: Option<String>,
    /// Where they come back to, as it is registered with Discord.
    pub back: String,
}

/// The port, over Discord.
///
/// # Errors
/// When encryption can't be set up.
pub fn sign_in(settings: SignInSettings) -> Result<Arc<dyn SignIn>, StartError> {
    let secret = settings.client_secret.expose_secret();
    let pair = format!("{}:{}", settings.client_id, encoded(secret));
    let mut basic = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(pair)))
        .expect("base64 is made of letters that a header may hold");
    basic.set_sensitive(true);
    let api = settings.api_url.trim_end_matches('/');
    let usual = || format!("{}/oauth2/authorize", api.trim_end_matches("/api"));
    Ok(Arc::new(OAuth2 {
        client: client()?,
        base: format!("{api}/v10"),
        basic,
        client_id: settings.client_id,
        there: settings.redirect.there.unwrap_or_else(usual),
        back: settings.redirect.back,
    }))
}

#[derive(Debug)]
struct OAuth2 {
    client: Client,
    base: String,
    basic: HeaderValue,
    client_id: ApplicationId,
    there: String,
    back: String,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
}

#[derive(Deserialize)]
struct Account {
    id: UserId,
    username: String,
    #[serde(default)]
    global_name: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    id: GuildId,
    name: String,
    owner: bool,
    permissions: String,
}

/// A refusal, in OAuth2's shape or in that of the rest of the API.
#[derive(Default, Deserialize)]
struct Refused {
    #[serde(default)]
    error: String,
    #[serde(default)]
    error_description: String,
    #[serde(default)]
    message: String,
}

impl SignIn for OAuth2 {
    fn authorize_url(&self, state: &str, challenge: &str) -> String {
        let id = self.client_id.to_string();
        let query = query(&[
            ("response_type", "code"),
            ("client_id", &id),
            ("scope", SCOPES),
            ("redirect_uri", &self.back),
            ("state", state),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
            // Who allowed it before is not asked again.
            ("prompt", "none"),
        ]);
        format!("{}?{query}", self.there)
    }

    fn exchange<'a>(
        &'a self,
        code: &'a str,
        verifier: &'a str,
    ) -> BoxFuture<'a, Result<Pass, SignInFailure>> {
        Box::pin(async move {
            let form = query(&[
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", &self.back),
                ("code_verifier", verifier),
            ]);
            let tokens: Tokens = read(&self.post("oauth2/token", form).await?)?;
            Ok(Pass::new(tokens.access_token))
        })
    }

    fn person<'a>(&'a self, pass: &'a Pass) -> BoxFuture<'a, Result<Person, SignInFailure>> {
        Box::pin(async move {
            let account: Account = read(&self.get("users/@me", pass).await?)?;
            let shown = account.global_name.filter(|name| !name.is_empty());
            Ok(Person {
                user: account.id,
                name: shown.unwrap_or(account.username),
            })
        })
    }

    fn guilds<'a>(&'a self, pass: &'a Pass) -> BoxFuture<'a, Result<Vec<OwnGuild>, SignInFailure>> {
        Box::pin(async move {
            let listed: Vec<Listed> = read(&self.get("users/@me/guilds", pass).await?)?;
            Ok(listed.into_iter().map(own_guild).collect())
        })
    }

    fn give_back(&self, pass: Pass) -> BoxFuture<'_, Result<(), SignInFailure>> {
        Box::pin(async move {
            let form = query(&[("token", pass.reveal())]);
            self.post("oauth2/token/revoke", form).await.map(drop)
        })
    }
}

impl OAuth2 {
    async fn post(&self, path: &str, form: String) -> Result<Answer, SignInFailure> {
        let mut call = self.call(Method::POST, path, self.basic.clone());
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        call.headers.insert(header::CONTENT_TYPE, kind);
        call.body = form.into();
        let answer = self.client.send(call).await.map_err(away)?;
        succeeded(answer, &of_oauth2)
    }

    async fn get(&self, path: &str, pass: &Pass) -> Result<Answer, SignInFailure> {
        let bearer = HeaderValue::from_str(&format!("Bearer {}", pass.reveal()));
        let mut bearer = bearer.map_err(|_| unreadable("its pass holds letters that none has"))?;
        bearer.set_sensitive(true);
        let call = self.call(Method::GET, path, bearer);
        let answer = self.client.send(call).await.map_err(away)?;
        succeeded(answer, &|_, refused| SignInFailure::Refused {
            reason: words(&refused.message),
        })
    }

    fn call(&self, method: Method, path: &str, authorization: HeaderValue) -> Call {
        let mut call = Call::new(method, format!("{}/{path}", self.base));
        call.headers.insert(header::AUTHORIZATION, authorization);
        call.deadline = DEADLINE;
        call.answer_max = ANSWER_MAX;
        call
    }
}

/// Only of a code or token Discord says that it is not taken; everything else is wrong with how we ask.
fn of_oauth2(status: StatusCode, refused: &Refused) -> SignInFailure {
    let reason = words(&format!("{} {}", refused.error, refused.error_description));
    match refused.error.as_str() {
        "invalid_grant" if status == StatusCode::BAD_REQUEST => SignInFailure::Refused { reason },
        _ => SignInFailure::Misconfigured { reason },
    }
}

/// The answer, where it is a success; what its refusal means says `refused`.
fn succeeded(
    answer: Answer,
    refused: &dyn Fn(StatusCode, &Refused) -> SignInFailure,
) -> Result<Answer, SignInFailure> {
    let status = answer.status;
    if status.is_success() {
        return Ok(answer);
    }
    if status == StatusCode::TOO_MANY_REQUESTS || !status.is_client_error() {
        return Err(unreadable(&format!("it answered {status}")));
    }
    let said = serde_json::from_slice(&answer.body).unwrap_or_default();
    Err(refused(status, &said))
}

fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, SignInFailure> {
    serde_json::from_slice(&answer.body).map_err(|error| {
        // The error names a place and a kind, never what stood there.
        unreadable(&format!(
            "its answer can't be read: {:?} at {}",
            error.classify(),
            error.column()
        ))
    })
}

fn own_guild(listed: Listed) -> OwnGuild {
    let bits = listed.permissions.parse().unwrap_or_default();
    OwnGuild {
        id: listed.id,
        name: listed.name,
        is_owner: listed.owner,
        permissions: Permissions::from_bits(bits),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "maps an error")]
fn away(error: CallError) -> SignInFailure {
    SignInFailure::Away {
        reason: error.to_string(),
    }
}

fn unreadable(reason: &str) -> SignInFailure {
    SignInFailure::Away {
        reason: reason.to_owned(),
    }
}

/// Discord's words, short and on one line.
fn words(text: &str) -> String {
    let plain: String = text.chars().filter(|letter| !letter.is_control()).collect();
    clip(plain.trim(), WORDS_MAX)
}

fn query(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    pairs.join("&")
}

/// Percent encoding of everything but what stands for itself in a query and in a form.
fn encoded(text: &str) -> String {
    let letter = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    text.bytes().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use chat::SignInFailure;
    use http_out::StatusCode;

    use super::{Refused, encoded, of_oauth2, words};

    #[test]
    fn what_has_a_meaning_in_a_query_is_encoded() {
        assert_eq!(encoded("a b&c=d/é-._~"), "a%20b%26c%3Dd%2F%C3%A9-._~");
    }

    #[test]
    fn what_discord_says_is_cut_to_one_short_line() {
        assert_eq!(words(" a\nb\u{1b}[0m "), "ab[0m");
        assert!(words(&"x".repeat(900)).chars().count() <= 200);
    }

    #[test]
    fn a_refused_code_is_the_person_s_matter_and_the_rest_the_operator_s() {
        let refused = |error: &str| Refused {
            error: error.to_owned(),
            ..Refused::default()
        };
        let kind = |status, error| match of_oauth2(status, &refused(error)) {
            SignInFailure::Refused { .. } => "person",
            SignInFailure::Misconfigured { .. } => "operator",
            SignInFailure::Away { .. } => "nobody",
        };
        assert_eq!(kind(StatusCode::BAD_REQUEST, "invalid_grant"), "person");
        assert_eq!(kind(StatusCode::UNAUTHORIZED, "invalid_client"), "operator");
        assert_eq!(kind(StatusCode::BAD_REQUEST, "invalid_request"), "operator");
        assert_eq!(kind(StatusCode::FORBIDDEN, ""), "operator");
    }
}
