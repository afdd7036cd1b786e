//! What people allowed applications to know of them: codes on their way, and the tokens that come of them.
//! What always holds: a code is good once, soon, and only for the application, address and verifier that it was asked
//! with; the tokens of one person for one application end together; neither codes nor grants grow past their bound.
//! Not here: the page on which a person allows it, and the words of refusals (`oauth`).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::marks::Key;
use super::{Snowflake, World};

/// How long a code may be on its way.
const CODE_LIFE_US: i64 = 100 * 1_000_000;
/// How long an access token lives.
pub(crate) const ACCESS_LIFE_S: i64 = 604_800;
/// Codes on their way at once, and grants kept; the oldest make room.
const CODES_MAX: usize = 10_000;
const GRANTS_MAX: usize = 10_000;
/// Verifiers are as long as RFC 7636 says.
const VERIFIER_LENGTH: std::ops::RangeInclusive<usize> = 43..=128;

/// What may be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    Identify,
    Guilds,
    /// The application's bot joins a server.
    Bot,
    /// Its commands are used there; here it comes with the bot alone.
    Commands,
}

impl Scope {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Identify => "identify",
            Self::Guilds => "guilds",
            Self::Bot => "bot",
            Self::Commands => "applications.commands",
        }
    }

    /// The scopes of a list with spaces between them; nothing where one of them is unknown, or there is none.
    pub(crate) fn read(list: &str) -> Option<Vec<Self>> {
        let scope = |name| match name {
            "identify" => Some(Self::Identify),
            "guilds" => Some(Self::Guilds),
            "bot" => Some(Self::Bot),
            "applications.commands" => Some(Self::Commands),
            _ => None,
        };
        let scopes: Option<Vec<_>> = list.split_whitespace().map(scope).collect();
        scopes.filter(|scopes| !scopes.is_empty())
    }
}

/// A code to be made.
#[derive(Debug, Clone)]
pub(crate) struct CodeDraft {
    pub(crate) application: Snowflake,
    pub(crate) user: Snowflake,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) redirect_uri: String,
    /// The digest of the verifier, where the application sent one.
    pub(crate) challenge: Option<String>,
}

/// A code on its way.
#[derive(Debug)]
pub(super) struct Code {
    text: String,
    draft: CodeDraft,
    until_us: i64,
}

/// What a person allowed an application.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) id: Snowflake,
    pub(crate) application: Snowflake,
    pub(crate) user: Snowflake,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) access: String,
    pub(crate) refresh: String,
    /// When the access token ends.
    pub(crate) until_us: i64,
}

/// Why a code was not exchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeRefusal {
    /// There is no such code: never made, used, too old, or another application's.
    Unknown,
    /// It was asked for with another address.
    OtherRedirect,
    /// It was asked for with a challenge, and no verifier came.
    NoVerifier,
    /// The verifier isn't the one of the challenge.
    OtherVerifier,
}

impl World {
    /// Makes a code for what a person allowed.
    pub(crate) fn code_issue(&mut self, draft: CodeDraft) -> String {
        let now = self.now_us();
        self.codes.retain(|code| code.until_us > now);
        if self.codes.len() >= CODES_MAX {
            self.codes.pop_front();
        }
        let text = self.secret();
        self.codes.push_back(Code {
            text: text.clone(),
            draft,
            until_us: now + CODE_LIFE_US,
        });
        text
    }

    /// Turns a code into a grant with tokens.
    pub(crate) fn code_exchange(
        &mut self,
        application: Snowflake,
        code: &str,
        redirect_uri: &str,
        verifier: Option<&str>,
    ) -> Result<Grant, CodeRefusal> {
        let now = self.now_us();
        let fits = |known: &Code| {
            known.text == code && known.draft.application == application && known.until_us > now
        };
        let at = self
            .codes
            .iter()
            .position(fits)
            .ok_or(CodeRefusal::Unknown)?;
        let draft = &self.codes[at].draft;
        if draft.redirect_uri != redirect_uri {
            return Err(CodeRefusal::OtherRedirect);
        }
        match (&draft.challenge, verifier) {
            (Some(_), None) => return Err(CodeRefusal::NoVerifier),
            (Some(challenge), Some(verifier)) if !is_verifier_of(challenge, verifier) => {
                return Err(CodeRefusal::OtherVerifier);
            }
            _ => {}
        }
        let code = self.codes.remove(at).ok_or(CodeRefusal::Unknown)?;
        Ok(self.grant_open(code.draft))
    }

    fn grant_open(&mut self, draft: CodeDraft) -> Grant {
        if self.grants.len() >= GRANTS_MAX
            && let Some(oldest) = self.grants.keys().next().copied()
        {
            self.grant_end(oldest);
        }
        let grant = Grant {
            id: self.mint(),
            application: draft.application,
            user: draft.user,
            scopes: draft.scopes,
            access: self.secret(),
            refresh: self.secret(),
            until_us: self.now_us() + ACCESS_LIFE_S * 1_000_000,
        };
        self.grant_put(grant.clone());
        grant
    }

    /// Gives a grant new tokens for its refresh token; the old ones are dead.
    pub(crate) fn grant_refresh(&mut self, application: Snowflake, refresh: &str) -> Option<Grant> {
        let known = self.grants.values();
        let mut grant = known
            .filter(|grant| grant.application == application)
            .find(|grant| grant.refresh == refresh)?
            .clone();
        self.access_tokens.remove(&grant.access);
        grant.access = self.secret();
        grant.refresh = self.secret();
        grant.until_us = self.now_us() + ACCESS_LIFE_S * 1_000_000;
        self.grant_put(grant.clone());
        Some(grant)
    }

    /// Ends everything that the person behind a token allowed this application. A token that is nobody's is no fault.
    pub(crate) fn grants_revoke(&mut self, application: Snowflake, token: &str) {
        let of_application = |grant: &&Grant| grant.application == application;
        let named = self.grants.values().filter(of_application);
        let Some(user) = named
            .filter(|grant| grant.access == token || grant.refresh == token)
            .map(|grant| grant.user)
            .next()
        else {
            return;
        };
        let ended: Vec<_> = self
            .grants
            .values()
            .filter(of_application)
            .filter(|grant| grant.user == user)
            .map(|grant| grant.id)
            .collect();
        for id in ended {
            self.grant_end(id);
        }
    }

    /// What an access token stands for, while it lives.
    pub(crate) fn grant_of_access(&self, token: &str) -> Option<&Grant> {
        let grant = self.grants.get(self.access_tokens.get(token)?)?;
        (grant.until_us > self.now_us()).then_some(grant)
    }

    fn grant_put(&mut self, grant: Grant) {
        self.marks.touch(Key::Grant(grant.id));
        self.access_tokens.insert(grant.access.clone(), grant.id);
        self.grants.insert(grant.id, grant);
    }

    fn grant_end(&mut self, id: Snowflake) {
        self.marks.touch(Key::Grant(id));
        if let Some(grant) = self.grants.remove(&id) {
            self.access_tokens.remove(&grant.access);
        }
    }
}

/// Whether a challenge is the SHA-256 of this verifier, as `S256` has it.
fn is_verifier_of(challenge: &str, verifier: &str) -> bool {
    VERIFIER_LENGTH.contains(&verifier.len())
        && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge
}
