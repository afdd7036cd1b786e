//! What there is to say about signing in to the dashboard: who may, whether Discord takes the secret, and whether it
//! knows the address that people come back to.

use chat::SignInFailure;
use discord::{Probed, Redirect, SignInSettings};
use kernel::ApplicationId;
use secrecy::SecretString;

use super::Finding;
use crate::{
    config::Config,
    invite::{BACK, Portal},
    run_file,
};

const CHECK: &str = "sign_in";
pub(crate) const CLIENT_ID: &str = "GUILDHALL_DISCORD_CLIENT_ID";
pub(crate) const CLIENT_SECRET: &str = "GUILDHALL_DISCORD_CLIENT_SECRET";

/// No code of Discord's is this one: whether the secret is right shows in how it is refused.
const ANYWHERE: &str = "http://localhost/auth/callback";
const NO_CODE: &str = "guildhall-asks-whether-the-secret-is-right";

/// The address of people that is known without a running server, or that of the running one.
pub(crate) fn site(config: &Config) -> Option<String> {
    let running = || {
        let document = run_file::read(&config.data_dir)?;
        document.get("url")?.as_str().map(str::to_owned)
    };
    match &config.public_url {
        Some(url) => Some(url.as_str().to_owned()),
        None if config.http_addr.port() == 0 => running(),
        None => Some(config.site_at(config.http_addr)),
    }
}

/// The address that must be entered at Discord, letter by letter.
pub(crate) fn back(site: &str) -> String {
    format!("{site}{BACK}")
}

pub(super) async fn look(config: &Config, bot: Option<&Probed>) -> Vec<Finding> {
    let mut findings = vec![address(config)];
    findings.extend(one_for_all(config));
    let (id, secret) = (config.discord.client_id, &config.discord.client_secret);
    let (Some(id), Some(secret)) = (id, secret) else {
        findings.push(Finding::warning(
            CHECK,
            "nobody can sign in to the dashboard",
            format!("Run `guildhall setup`, or set {CLIENT_ID} and {CLIENT_SECRET}."),
        ));
        return findings;
    };
    if let Some(bot) = bot.filter(|bot| bot.application != id) {
        findings.push(Finding::problem(
            CHECK,
            format!(
                "{CLIENT_ID} is {id}, and the bot's application is {}",
                bot.application
            ),
            "Set it to the bot's application, with that one's secret.",
        ));
        return findings;
    }
    let portal = Portal::of(config);
    findings.push(match secret_taken(&portal, id, secret).await {
        Ok(()) => Finding::ok(CHECK, "Discord takes the client secret"),
        Err(failure) => refusal(&failure, &portal, id),
    });
    let known = bot.map(|bot| bot.redirects.as_slice());
    findings.extend(site(config).map(|site| redirect(&back(&site), known, &portal, id)));
    findings
}

/// Whether Discord takes the secret for the application's.
pub(crate) async fn secret_taken(
    portal: &Portal,
    application: ApplicationId,
    secret: &SecretString,
) -> Result<(), SignInFailure> {
    let settings = SignInSettings {
        api_url: portal.api_url().to_owned(),
        client_id: application,
        client_secret: secret.clone(),
        redirect: Redirect {
            there: None,
            back: ANYWHERE.to_owned(),
        },
    };
    let sign_in = discord::sign_in(settings).map_err(|error| SignInFailure::Away {
        reason: error.to_string(),
    })?;
    match sign_in.exchange(NO_CODE, NO_CODE).await {
        // Whose secret is wrong is refused before any code is looked at.
        Ok(_) | Err(SignInFailure::Refused { .. }) => Ok(()),
        Err(SignInFailure::Misconfigured { reason }) if !reason.contains("invalid_client") => {
            Ok(())
        }
        Err(failure) => Err(failure),
    }
}

fn refusal(failure: &SignInFailure, portal: &Portal, application: ApplicationId) -> Finding {
    match failure {
        SignInFailure::Away { reason } => Finding::warning(
            CHECK,
            format!("whether the client secret is right is not known: {reason}"),
            "Ask again later.",
        ),
        SignInFailure::Misconfigured { .. } | SignInFailure::Refused { .. } => Finding::problem(
            CHECK,
            format!("Discord refuses {CLIENT_SECRET}"),
            format!(
                "Open {}, Reset Secret, and set the new one.",
                portal.page(application, "oauth2")
            ),
        ),
    }
}

/// Whether Discord knows the address that people come back to.
pub(crate) fn redirect(
    back: &str,
    known: Option<&[String]>,
    portal: &Portal,
    application: ApplicationId,
) -> Finding {
    let is_known = known.is_some_and(|known| known.iter().any(|address| address == back));
    if is_known {
        return Finding::ok(CHECK, format!("Discord knows the redirect {back}"));
    }
    Finding::warning(
        CHECK,
        format!("Discord does not know the redirect {back}"),
        format!(
            "Open {}, add it under Redirects, letter by letter, and save.",
            portal.page(application, "oauth2")
        ),
    )
}

/// Whether everybody who signs in has one address here: that of a proxy that must be there, and that is not trusted.
fn one_for_all(config: &Config) -> Option<Finding> {
    let url = config
        .public_url
        .as_ref()
        .filter(|url| !url.is_loopback())?;
    let is_reached_by_proxy_alone = url.is_secure() || config.http_addr.ip().is_loopback();
    if !is_reached_by_proxy_alone || !config.trusted_proxies.is_empty() {
        return None;
    }
    Some(Finding::warning(
        "proxies",
        format!(
            "{url} is reached through a proxy, which is not trusted: everybody who signs in counts as the same address, \
             and one who tries too often keeps all others waiting"
        ),
        "Set GUILDHALL_TRUSTED_PROXIES to the proxy's address, 127.0.0.1 where it is on this machine, and let it send \
         X-Forwarded-For.",
    ))
}

fn address(config: &Config) -> Finding {
    const CHECK: &str = "public_url";
    if let Some(url) = &config.public_url {
        if !url.is_secure() && !url.is_loopback() {
            return Finding::warning(
                CHECK,
                format!("people use {url}, so sign-ins cross the network in the clear"),
                "Put a proxy with TLS in front, and set GUILDHALL_PUBLIC_URL to its https address.",
            );
        }
        return Finding::ok(CHECK, format!("people use {url}"));
    }
    match site(config) {
        Some(site) if config.http_addr.port() != 0 => Finding::ok(
            CHECK,
            format!("people use {site}; for others than this machine set GUILDHALL_PUBLIC_URL"),
        ),
        _ => Finding::warning(
            CHECK,
            "the address of the pages is another one at each start, so Discord can't know it",
            "Give GUILDHALL_HTTP_ADDR a port, or set GUILDHALL_PUBLIC_URL.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::one_for_all;
    use crate::{
        config::{Config, Sources},
        verbs::doctor::Grade,
    };

    #[test]
    fn a_proxy_that_must_be_there_and_is_not_trusted_is_warned_of() {
        let found = |listener: &str, site: Option<&str>, proxies: Option<&str>| {
            let given = [
                ("GUILDHALL_HTTP_ADDR", Some(listener)),
                ("GUILDHALL_PUBLIC_URL", site),
                ("GUILDHALL_TRUSTED_PROXIES", proxies),
            ];
            let mut sources = Sources::default();
            for (name, value) in given {
                let value = value.map(str::to_owned);
                let given = value.map(|value| (name.to_owned(), value));
                sources.environment.extend(given);
            }
            let none = |_: &std::path::Path| Err(std::io::ErrorKind::NotFound.into());
            one_for_all(&Config::parse(&sources, &none).unwrap())
        };
        let (own, wide) = ("127.0.0.1:8080", "0.0.0.0:8080");
        let https = Some("https://example.org/hall");
        let warning = found(own, https, None).unwrap();
        assert_eq!(warning.grade, Grade::Warning);
        let fix = warning.fix.unwrap();
        assert!(fix.contains("GUILDHALL_TRUSTED_PROXIES"), "{fix}");
        assert!(found(own, Some("http://example.org"), None).is_some());
        assert!(found(wide, https, None).is_some());
        for (listener, site, proxies) in [
            (own, https, Some("127.0.0.1")),
            (own, None, None),
            (own, Some("http://localhost:8080"), None),
            (wide, Some("http://example.org:8080"), None),
        ] {
            let found = found(listener, site, proxies);
            assert_eq!(found, None, "{listener} {site:?} {proxies:?}");
        }
    }
}
