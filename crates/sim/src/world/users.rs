//! Accounts and applications: making them, changing them.
//! What always holds: an application's bot user has its id; a token belongs to one application, and a reset one to
//! none ever again.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;

#[cfg(test)]
use super::intents;
use super::marks::Key;
use super::state::{Application, User};
use super::{Noun, Snowflake, World, WorldError};

/// A user to be made.
#[derive(Debug, Clone, Default)]
pub(crate) struct UserDraft {
    pub(crate) username: String,
    pub(crate) global_name: Option<String>,
    pub(crate) avatar: Option<String>,
    pub(crate) locale: Option<String>,
}

/// An application to be made.
#[derive(Debug, Clone)]
pub(crate) struct ApplicationDraft {
    pub(crate) name: String,
    /// Its owner; a user is made for one without.
    pub(crate) owner: Option<Snowflake>,
    /// Discord's application flags; by default all privileged intents are allowed.
    pub(crate) flags: u32,
    /// A token of the caller's choice.
    pub(crate) token: Option<String>,
    pub(crate) interactions_endpoint_url: Option<String>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) max_concurrency: u32,
}

#[cfg(test)]
impl ApplicationDraft {
    pub(crate) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            owner: None,
            flags: intents::FLAGS_ALL_PRIVILEGED,
            token: None,
            interactions_endpoint_url: None,
            redirect_uris: Vec::new(),
            max_concurrency: 1,
        }
    }
}

impl World {
    pub(crate) fn user_create(&mut self, draft: UserDraft) -> Snowflake {
        let id = self.mint();
        self.user_insert(User {
            id,
            username: draft.username,
            global_name: draft.global_name,
            avatar: draft.avatar,
            banner: None,
            bot: false,
            locale: draft.locale.unwrap_or_else(|| "en-US".to_owned()),
        });
        id
    }

    /// Changes a user's own face; every guild it is in is told.
    ///
    /// # Errors
    /// When there is no such user.
    pub(crate) fn user_edit(
        &mut self,
        id: Snowflake,
        change: impl FnOnce(&mut User),
    ) -> Result<(), WorldError> {
        self.marks.touch(Key::User(id));
        change(
            self.users
                .get_mut(&id)
                .ok_or(WorldError::Unknown(Noun::User))?,
        );
        let me = self.render_me(id);
        self.tell_user(id, "USER_UPDATE", &me);
        let guilds: Vec<_> = self.guilds_of(id).map(|guild| guild.id).collect();
        for guild in guilds {
            self.tell_member_update(guild, id);
        }
        Ok(())
    }

    /// Makes an application with its bot.
    ///
    /// # Errors
    /// When another application has the token.
    pub(crate) fn application_create(
        &mut self,
        draft: ApplicationDraft,
    ) -> Result<Snowflake, WorldError> {
        if draft
            .token
            .as_ref()
            .is_some_and(|token| self.tokens.contains_key(token))
        {
            return Err(WorldError::Refused("another application has this token"));
        }
        let id = self.mint();
        let owner = draft.owner.unwrap_or_else(|| {
            self.user_create(UserDraft {
                username: format!("owner_{id}"),
                ..UserDraft::default()
            })
        });
        let seed = self.secrets.bytes();
        let token = draft.token.unwrap_or_else(|| self.token_for(id));
        self.user_insert(User {
            id,
            username: draft.name.clone(),
            global_name: None,
            avatar: None,
            banner: None,
            bot: true,
            locale: "en-US".to_owned(),
        });
        let application = Application {
            id,
            name: draft.name,
            description: String::new(),
            icon: None,
            flags: draft.flags,
            owner,
            token: token.clone(),
            client_secret: self.secret(),
            signing_seed: hex(&seed),
            verify_key: hex(SigningKey::from_bytes(&seed).verifying_key().as_bytes()),
            interactions_endpoint_url: draft.interactions_endpoint_url,
            redirect_uris: draft.redirect_uris,
            bot_public: true,
            max_concurrency: draft.max_concurrency.max(1),
            identify_limit: 1_000,
        };
        self.marks.touch(Key::Application(id));
        self.tokens.insert(token, id);
        self.applications.insert(id, application);
        Ok(id)
    }

    /// Changes an application; its token can't be changed here.
    ///
    /// # Errors
    /// When there is no such application.
    pub(crate) fn application_edit(
        &mut self,
        id: Snowflake,
        change: impl FnOnce(&mut Application),
    ) -> Result<(), WorldError> {
        self.marks.touch(Key::Application(id));
        let application = self
            .applications
            .get_mut(&id)
            .ok_or(WorldError::Unknown(Noun::Application))?;
        let token = application.token.clone();
        change(application);
        application.token = token;
        Ok(())
    }

    /// Gives an application a new token; the old one is dead. Sessions go on until they are closed.
    ///
    /// # Errors
    /// When there is no such application.
    pub(crate) fn token_reset(&mut self, id: Snowflake) -> Result<String, WorldError> {
        let token = self.token_for(id);
        self.marks.touch(Key::Application(id));
        let application = self
            .applications
            .get_mut(&id)
            .ok_or(WorldError::Unknown(Noun::Application))?;
        self.tokens.remove(&application.token);
        application.token.clone_from(&token);
        self.tokens.insert(token.clone(), id);
        Ok(token)
    }

    /// A token of the shape that Discord's have: the id, then two parts of chance.
    fn token_for(&mut self, id: Snowflake) -> String {
        let secret = self.secret();
        format!(
            "{}.{}.{}",
            URL_SAFE_NO_PAD.encode(id.to_string()),
            &secret[..6],
            &secret[6..]
        )
    }

    fn user_insert(&mut self, user: User) {
        self.marks.touch(Key::User(user.id));
        self.users.insert(user.id, user);
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
