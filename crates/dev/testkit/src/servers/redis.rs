//! A private Redis that keeps nothing on disk.
//!
//! It listens on the loopback address alone and wants a password, which is in its address.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use anyhow::{Context, Result};

use super::account::{Account, unguessable};
use super::keeper::Keeper;
use super::postgres::free_port;
use super::{REDIS_VARIABLE, variable};

const PORTS_TRIED: u32 = 5;

/// `start PORT` answers once the server answers.
const SCRIPT: &str = r#"
server=
while read -r order port; do
    redis-server "$PWD/redis.conf" --port "$port" </dev/null >>"$PWD/log" 2>&1 &
    server=$!
    REDISCLI_AUTH=$(sed -n 's/^requirepass //p' redis.conf)
    export REDISCLI_AUTH
    until [ "$(redis-cli -p "$port" ping 2>/dev/null </dev/null)" = PONG ]; do
        kill -0 "$server" 2>/dev/null || { server=; break; }
        sleep 0.02
    done
    [ -n "$server" ] && echo ok || echo 'it did not start'
done
[ -z "$server" ] || kill -9 "$server"
cd / && rm -rf "$OLDPWD"
"#;

/// One Redis server; it ends when this value is dropped or the process ends.
#[derive(Debug)]
pub struct PrivateRedis {
    url: String,
    /// Held for its end: dropping it stops the server. None for the server of a whole test run.
    _keeper: Option<Keeper>,
}

impl PrivateRedis {
    /// The server of this test run where there is one, or one of the caller's own.
    ///
    /// # Errors
    /// When Redis is missing or does not start.
    pub fn shared() -> Result<Self> {
        match variable(REDIS_VARIABLE) {
            Some(url) => Ok(Self { url, _keeper: None }),
            None => Self::start(),
        }
    }

    /// A server of the caller's own.
    ///
    /// # Errors
    /// When Redis is missing or does not start.
    pub fn start() -> Result<Self> {
        let account = Account::ordinary()?;
        let folder = Keeper::folder(account)?;
        let password = unguessable()?;
        let settings = folder.join("redis.conf");
        fs::write(
            &settings,
            format!("bind 127.0.0.1\nsave \"\"\nappendonly no\nrequirepass {password}\n"),
        )
        .context("writing the settings of a private Redis")?;
        fs::set_permissions(&settings, fs::Permissions::from_mode(0o600))?;
        account.own(&settings)?;
        let mut keeper = Keeper::start(account, SCRIPT, &[], &folder)?;
        let mut last = None;
        for _ in 0..PORTS_TRIED {
            let port = free_port()?;
            match keeper.order(&format!("start {port}")) {
                Ok(()) => {
                    let url = format!("redis://default:{password}@127.0.0.1:{port}");
                    return Ok(Self {
                        url,
                        _keeper: Some(keeper),
                    });
                }
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| anyhow::anyhow!("no port was tried")))
            .context("starting a private Redis; on Debian and Ubuntu: apt-get install redis-server")
    }

    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}
