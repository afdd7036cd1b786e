//! `guildhall setup`: from a bot's token to a configured server. It checks the token with Discord, says what is missing
//! and where to switch it on, gives the link that invites the bot, and writes `.env`.
//!
//! A secret comes from a terminal that does not show it, from a file or from the environment; it is in no flag, no
//! message and no log. Run again, it says what is as it was and what has changed.

mod env_file;
mod terminal;
mod words;

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use chat::SignInFailure;
use discord::{Probe, ProbeError, Probed, Settings};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::{
    config::{self, Config},
    failure::{Exit, Failure},
    invite::Portal,
    logs::Logs,
    printer::{self, Printer},
    verbs::doctor::{
        bot::{self, TOKEN, TOKEN_FIX},
        sign_in::{self, CLIENT_ID, CLIENT_SECRET},
    },
};
use env_file::{Change, EnvFile, Setting};
use terminal::Terminal;
use words::Words;

const PUBLIC_URL: &str = "GUILDHALL_PUBLIC_URL";
const API_URL: &str = "GUILDHALL_DISCORD_API_URL";
/// So often a person may mistype a secret.
const TRIES: u32 = 3;

/// How it is asked for.
#[derive(Debug, Clone, Default)]
pub struct SetupOptions {
    /// The file with the bot's token.
    pub token_file: Option<PathBuf>,
    /// The file with the application's secret.
    pub client_secret_file: Option<PathBuf>,
    /// Whether the settings are printed and nothing is written.
    pub print: bool,
    /// Whether other values that stand there are replaced.
    pub force: bool,
}

/// What it works with.
pub(crate) struct Given<'g> {
    /// What is configured already.
    pub(crate) config: &'g Config,
    /// The environment.
    pub(crate) environment: &'g BTreeMap<String, String>,
    /// Reads the file of a secret.
    pub(crate) read: fn(&Path) -> io::Result<String>,
    /// What the log must not say.
    pub(crate) logs: &'g Logs,
}

/// Sets the server up.
///
/// # Errors
/// When there is no token and nobody to ask, Discord refuses it or does not answer, or other values stand in the way.
pub(crate) async fn run(
    given: Given<'_>,
    options: SetupOptions,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let mut setup = Setup {
        terminal: Terminal::at_hand(printer.format())?,
        file: EnvFile::here()?,
        portal: Portal::of(given.config),
        words: Words::new(printer, options.print),
        given,
        options,
    };
    let (token, bot) = setup.bot().await?;
    setup.words.found(bot::about(&bot, &setup.portal)).await;
    setup.words.invitation(&bot, &setup.portal).await;
    let site = setup.site().await?;
    let secret = setup.secret(&token, &bot, site.as_deref()).await?;
    let settings = setup.settings(&token, &bot, site.as_deref(), secret);
    setup.allow(&settings, &bot).await?;
    let text = setup.file.with(&settings);
    if setup.options.print {
        setup.print(&settings, printer).await;
    } else {
        setup.file.write(&text)?;
    }
    let words = &setup.words;
    words.written(&setup.file, &settings, site.as_deref()).await;
    let rest = setup.rest(&settings, site.as_deref());
    words.document(&bot, &setup.portal, rest).await;
    Ok(Exit::Done)
}

struct Setup<'g> {
    given: Given<'g>,
    options: SetupOptions,
    terminal: Option<Terminal>,
    file: EnvFile,
    portal: Portal,
    words: Words<'g>,
}

impl Setup<'_> {
    /// The token, and the bot that it belongs to.
    async fn bot(&mut self) -> Result<(SecretString, Probed), Failure> {
        if let Some(path) = &self.options.token_file {
            let token = self.of_file(path, config::discord_token)?;
            return self.checked(token).await;
        }
        let stored = self.given.config.discord.token.clone();
        let is_in_environment = self.is_in_environment(TOKEN);
        if self.terminal.is_none() || is_in_environment {
            let token = stored.ok_or_else(nobody_to_ask)?;
            return self.checked(token).await;
        }
        self.asked(stored).await
    }

    fn is_in_environment(&self, name: &str) -> bool {
        let environment = self.given.environment;
        [name.to_owned(), format!("{name}_FILE")]
            .iter()
            .any(|name| environment.get(name).is_some_and(|text| !text.is_empty()))
    }

    async fn asked(
        &mut self,
        stored: Option<SecretString>,
    ) -> Result<(SecretString, Probed), Failure> {
        let page = "https://discord.com/developers/applications";
        self.words
            .line(&format!(
                "The bot's token: open {page}, your application, Bot, Reset Token."
            ))
            .await;
        let question = match stored {
            Some(_) => "Bot token (not shown; Enter keeps the one that is set): ",
            None => "Bot token (not shown): ",
        };
        let mut tries = 0;
        loop {
            tries += 1;
            let answer = self.ask_hidden(question).await?;
            let token = match answer.or_else(|| stored.clone()) {
                Some(token) => config::discord_token(token.expose_secret()),
                None => Err("nothing was typed".to_owned()),
            };
            let refused = match token {
                Ok(token) => match self.checked(token).await {
                    Err(Failure::Config(error)) if tries < TRIES => error.to_string(),
                    done => return done,
                },
                Err(words) if tries < TRIES => words,
                Err(words) => return Err(Failure::setting(TOKEN, words, TOKEN_FIX)),
            };
            printer::complain(&refused);
        }
    }

    async fn ask_hidden(&mut self, question: &str) -> Result<Option<SecretString>, Failure> {
        match &mut self.terminal {
            Some(terminal) => terminal.ask_hidden(question).await,
            None => Ok(None),
        }
    }

    async fn checked(&self, token: SecretString) -> Result<(SecretString, Probed), Failure> {
        self.given.logs.hide([&token]);
        let bot = self.whose(&token).await.map_err(|error| refused(&error))?;
        Ok((token, bot))
    }

    async fn whose(&self, token: &SecretString) -> Result<Probed, ProbeError> {
        let settings = Settings {
            tokens: vec![token.clone()],
            api_url: self.portal.api_url().to_owned(),
            dashboard: None,
        };
        Probe::new(&settings)?.bot().await
    }

    /// The address that people will use, where it is known.
    async fn site(&mut self) -> Result<Option<String>, Failure> {
        let known = sign_in::site(self.given.config);
        let is_in_environment = self.is_in_environment(PUBLIC_URL);
        let Some(terminal) = self.terminal.as_mut().filter(|_| !is_in_environment) else {
            return Ok(known);
        };
        let now = known.as_deref().unwrap_or("https://guildhall.example.org");
        let question = format!("\nAddress under which people open the dashboard [{now}]: ");
        loop {
            let answer = terminal.ask(&question).await?;
            if answer.is_empty() {
                return Ok(known);
            }
            match config::public_url(&answer) {
                Ok(url) => return Ok(Some(url.as_str().to_owned())),
                Err(words) => printer::complain(&words),
            }
        }
    }

    /// The application's secret, where people are to sign in.
    async fn secret(
        &mut self,
        token: &SecretString,
        bot: &Probed,
        site: Option<&str>,
    ) -> Result<Option<SecretString>, Failure> {
        if let Some(site) = site {
            let page = self.portal.page(bot.application, "oauth2");
            self.words.redirect(&sign_in::back(site), &page).await;
        }
        let secret = self.secret_given(bot).await?;
        if let (Some(secret), Some(site)) = (&secret, site) {
            self.given.logs.hide([secret]);
            // While the secret was looked up, the redirect may have been entered.
            let now = self.whose(token).await.ok();
            let known = now.as_ref().map(|bot| bot.redirects.as_slice());
            let back = sign_in::back(site);
            let found = sign_in::redirect(&back, known, &self.portal, bot.application);
            self.words.found(vec![found]).await;
        }
        Ok(secret)
    }

    async fn secret_given(&mut self, bot: &Probed) -> Result<Option<SecretString>, Failure> {
        if let Some(path) = &self.options.client_secret_file {
            let secret = self.of_file(path, config::secret)?;
            return self.taken(bot, secret).await.map(Some);
        }
        let stored = self.given.config.discord.client_secret.clone();
        if self.terminal.is_none() || self.is_in_environment(CLIENT_SECRET) {
            return match stored {
                Some(secret) => self.taken(bot, secret).await.map(Some),
                None => Ok(None),
            };
        }
        let question = match stored {
            Some(_) => "Client secret (not shown; Enter keeps the one that is set): ",
            None => "Client secret (not shown; Enter leaves sign-in out): ",
        };
        let mut tries = 0;
        loop {
            tries += 1;
            let answer = self.ask_hidden(question).await?;
            let Some(secret) = answer.or_else(|| stored.clone()) else {
                return Ok(None);
            };
            match self.taken(bot, secret).await {
                Err(Failure::Config(error)) if tries < TRIES => {
                    printer::complain(&error.to_string());
                }
                done => return done.map(Some),
            }
        }
    }

    /// The secret, where Discord does not say that it is none of the application's.
    async fn taken(&self, bot: &Probed, secret: SecretString) -> Result<SecretString, Failure> {
        let taken = sign_in::secret_taken(&self.portal, bot.application, &secret).await;
        match taken {
            Ok(()) => Ok(secret),
            Err(SignInFailure::Away { reason }) => Err(Failure::broken(
                format!("whether the client secret is right is not known: {reason}"),
                "Try again in a moment",
            )),
            Err(_) => {
                let page = self.portal.page(bot.application, "oauth2");
                let fix = format!("Copy it again from {page}: Reset Secret.");
                let why = "Discord refuses it for this application";
                Err(Failure::setting(CLIENT_SECRET, why, fix))
            }
        }
    }

    fn of_file(
        &self,
        path: &Path,
        read: impl Fn(&str) -> Result<SecretString, String>,
    ) -> Result<SecretString, Failure> {
        let shown = path.display();
        let text = (self.given.read)(path)
            .map_err(|error| Failure::Usage(format!("`{shown}` cannot be read: {error}")))?;
        read(text.trim()).map_err(|words| Failure::Usage(format!("`{shown}`: {words}")))
    }

    /// All that is to stand in the file.
    fn settings(
        &self,
        token: &SecretString,
        bot: &Probed,
        site: Option<&str>,
        secret: Option<SecretString>,
    ) -> Vec<Setting> {
        let plain = |text: &str| SecretString::from(text.to_owned());
        let mut wanted = vec![
            (TOKEN, token.clone()),
            (CLIENT_ID, plain(&bot.application.to_string())),
        ];
        wanted.extend(secret.map(|secret| (CLIENT_SECRET, secret)));
        // What follows from another setting is not written down.
        let follows = self.given.config.site_at(self.given.config.http_addr);
        let is_chosen = |site: &&str| self.given.config.public_url.is_some() || **site != follows;
        wanted.extend(site.filter(is_chosen).map(|site| (PUBLIC_URL, plain(site))));
        if self.given.config.discord.api_url.is_some() {
            wanted.push((API_URL, plain(self.portal.api_url())));
        }
        let beside = |(name, value)| self.file.setting(self.given.environment, name, value);
        wanted.into_iter().map(beside).collect()
    }

    /// Has a person, or a flag, allow that other values go.
    async fn allow(&mut self, settings: &[Setting], bot: &Probed) -> Result<(), Failure> {
        let replaced = |setting: &&Setting| setting.change == Change::Replaced;
        if self.options.print || self.options.force {
            return Ok(());
        }
        for setting in settings.iter().filter(replaced) {
            let path = self.file.path().display().to_string();
            let now = self.now(setting, bot).await;
            let says = format!("{} in {path} is {now}", setting.name);
            let Some(terminal) = &mut self.terminal else {
                return Err(Failure::Usage(format!(
                    "{says}; nothing was written. Give --force to have it replaced"
                )));
            };
            if !terminal.confirm(&format!("{says}. Replace it?")).await? {
                return Err(Failure::broken("nothing was written", "All is as it was"));
            }
        }
        Ok(())
    }

    /// What stands there now, in a few words.
    async fn now(&self, setting: &Setting, bot: &Probed) -> String {
        let stored = self.file.value(setting.name).unwrap_or_default();
        if setting.name != TOKEN {
            return "another one".to_owned();
        }
        match self.whose(&SecretString::from(stored)).await {
            Ok(other) if other.application == bot.application => {
                "an earlier token of the same bot".to_owned()
            }
            Ok(other) => format!("the token of another bot, `{}`", other.name),
            Err(ProbeError::TokenRefused) => "a token that Discord does not take".to_owned(),
            Err(_) => "another token".to_owned(),
        }
    }

    async fn print(&self, settings: &[Setting], printer: &Printer) {
        if printer.format() == printer::Format::Text {
            let lines = settings.iter().fold(String::new(), |text, setting| {
                config::dotenv_with(&text, setting.name, setting.value.expose_secret())
            });
            printer.line(lines.trim_end()).await;
        }
    }

    /// What a program wants to know besides.
    fn rest(&self, settings: &[Setting], site: Option<&str>) -> Value {
        let told = settings.iter().map(|setting| {
            let mut told = json!({"name": setting.name, "change": setting.change});
            if self.options.print {
                told["value"] = setting.value.expose_secret().into();
            }
            told
        });
        let file = (!self.options.print).then(|| self.file.path().display().to_string());
        json!({
            "redirect": site.map(sign_in::back),
            "settings": told.collect::<Vec<_>>(),
            "file": file,
            "next": "guildhall run",
        })
    }
}

fn nobody_to_ask() -> Failure {
    Failure::Usage(format!(
        "there is no bot token, and no terminal to ask at. Set {TOKEN}, or name a file that holds it by --token-file"
    ))
}

fn refused(error: &ProbeError) -> Failure {
    match error {
        ProbeError::TokenRefused | ProbeError::TokenShape | ProbeError::NoToken => {
            Failure::setting(TOKEN, error.to_string(), TOKEN_FIX)
        }
        ProbeError::Limited { .. } => Failure::broken(error.to_string(), "Nothing was written"),
        ProbeError::Unreachable { .. } => Failure::broken(
            error.to_string(),
            "Nothing was written: check the network and GUILDHALL_DISCORD_API_URL, then run it again",
        ),
    }
}
