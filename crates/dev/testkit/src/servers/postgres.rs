//! A private PostgreSQL: started in well under a second from a prepared copy, killed at will.
//!
//! It listens on the loopback address alone and wants a password, which is in its address.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};

use anyhow::{Context, Result, bail, ensure};

use super::account::{Account, unguessable};
use super::keeper::Keeper;
use super::{POSTGRES_VARIABLE, variable};

const USER: &str = "guildhall";

/// A port may be taken between finding it free and using it; another is tried this often.
const PORTS_TRIED: u32 = 5;

/// `start PORT` starts, `again PORT` starts after a crash as soon as the dead server's memory is
/// free, `crash` kills the postmaster as a lost machine would.
const SCRIPT: &str = r#"
bin=$1
start() { "$bin/pg_ctl" -D "$PWD/data" -l "$PWD/log" -w -t 60 -o "-p $1" start </dev/null >/dev/null 2>&1; }
while read -r order port; do
    case $order in
    start) start "$port" && echo ok || echo 'it did not start' ;;
    again)
        tries=0
        until start "$port"; do
            tries=$((tries + 1))
            [ "$tries" -lt 100 ] || break
            sleep 0.1
        done
        "$bin/pg_ctl" -D "$PWD/data" status >/dev/null 2>&1 && echo ok || echo 'it did not start again' ;;
    crash) kill -9 "$(head -n 1 data/postmaster.pid)" && echo ok || echo 'there was nothing to kill' ;;
    esac
done
"$bin/pg_ctl" -D "$PWD/data" -m immediate stop >/dev/null 2>&1
cd / && rm -rf "$OLDPWD"
"#;

/// What a commit means to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// On the disk, as in production.
    Synced,
    /// In the operating system's memory: faster, and lost with the machine.
    Fast,
}

/// One PostgreSQL server; it ends when this value is dropped or the process ends.
#[derive(Debug)]
pub struct PrivatePostgres {
    /// With user, password and port, without a database.
    address: String,
    bin: PathBuf,
    port: u16,
    /// None for the server of the whole test run, which others hold.
    keeper: Option<Mutex<Keeper>>,
}

impl PrivatePostgres {
    /// The server of this test run, or, where a test runs alone, of this process.
    ///
    /// # Errors
    /// When PostgreSQL is missing or does not start.
    pub fn shared() -> Result<&'static Self> {
        static SHARED: OnceLock<Result<PrivatePostgres, String>> = OnceLock::new();
        let shared = SHARED.get_or_init(|| {
            variable(POSTGRES_VARIABLE)
                .map_or_else(
                    || Self::start(Durability::Fast),
                    |address| Self::elsewhere(&address),
                )
                .map_err(|error| format!("{error:#}"))
        });
        shared
            .as_ref()
            .map_err(|error| anyhow::anyhow!(error.clone()))
    }

    /// A server of the caller's own.
    ///
    /// # Errors
    /// When PostgreSQL is missing or does not start.
    pub fn start(durability: Durability) -> Result<Self> {
        let bin = binaries()?;
        let account = Account::ordinary()?;
        let folder = Keeper::folder(account)?;
        let prepared = Prepared::copy(&bin, account, &folder);
        let password = prepared
            .and_then(|password| configure(&folder.join("data"), durability).map(|()| password));
        let password = match password {
            Ok(password) => password,
            Err(error) => {
                fs::remove_dir_all(&folder)?;
                return Err(error);
            }
        };
        let mut keeper = Keeper::start(account, SCRIPT, &[&bin.to_string_lossy()], &folder)?;
        let port = first_port(&mut keeper)?;
        let address = format!("postgres://{USER}:{password}@127.0.0.1:{port}");
        Ok(Self {
            address,
            bin,
            port,
            keeper: Some(Mutex::new(keeper)),
        })
    }

    fn elsewhere(address: &str) -> Result<Self> {
        let address = address
            .trim_end_matches("/postgres")
            .trim_end_matches('/')
            .to_owned();
        let port = address
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok());
        let port = port.with_context(|| format!("{POSTGRES_VARIABLE} has no port"))?;
        Ok(Self {
            address,
            bin: binaries()?,
            port,
            keeper: None,
        })
    }

    /// The address of the server's own database, in which nothing is kept.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/postgres", self.address)
    }

    /// Makes an empty database and gives its address.
    ///
    /// # Errors
    /// When the server is down.
    #[expect(
        clippy::unused_async,
        reason = "callers wait for it; how it is made may come to wait too"
    )]
    pub async fn fresh_database(&self) -> Result<String> {
        let name = format!("test_{}", unguessable()?);
        self.tell(&format!("CREATE DATABASE {name}"))?;
        Ok(format!("{}/{name}", self.address))
    }

    /// Throws away a database that [`Self::fresh_database`] made, also while somebody is connected to it.
    ///
    /// # Errors
    /// When the server is down, or the address is not one of its.
    pub fn drop_database(&self, url: &str) -> Result<()> {
        let name = url
            .strip_prefix(&self.address)
            .and_then(|rest| rest.strip_prefix("/test_"));
        let name = name.context("this database was not made here")?;
        self.tell(&format!("DROP DATABASE IF EXISTS test_{name} WITH (FORCE)"))
    }

    fn tell(&self, statement: &str) -> Result<()> {
        let told = Command::new(self.bin.join("psql"))
            .args([
                "-X",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-c",
                statement,
                &self.url(),
            ])
            .output()
            .context("running psql")?;
        ensure!(
            told.status.success(),
            "{statement}: {}",
            String::from_utf8_lossy(&told.stderr).trim()
        );
        Ok(())
    }

    /// Kills the postmaster as SIGKILL does, and with it every connection.
    ///
    /// # Errors
    /// When it is not this process's server, or is down already.
    pub fn kill_postmaster(&self) -> Result<()> {
        self.order("crash")
    }

    /// Starts the server again after [`Self::kill_postmaster`], on the same port and files.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn restart(&self) -> Result<()> {
        self.order(&format!("again {}", self.port))
    }

    fn order(&self, order: &str) -> Result<()> {
        let keeper = self
            .keeper
            .as_ref()
            .context("this server is shared: start one of your own to kill it")?;
        let mut keeper = keeper
            .lock()
            .map_err(|_poisoned| anyhow::anyhow!("an earlier order panicked"))?;
        keeper.order(order)
    }
}

/// Starts on free ports until one is still free when the server comes to use it.
fn first_port(keeper: &mut Keeper) -> Result<u16> {
    let mut last = None;
    for _ in 0..PORTS_TRIED {
        let port = free_port()?;
        match keeper.order(&format!("start {port}")) {
            Ok(()) => return Ok(port),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| anyhow::anyhow!("no port was tried")))
        .context("starting a private PostgreSQL")
}

pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("looking for a free port")?;
    Ok(listener.local_addr()?.port())
}

/// The newest PostgreSQL of the distribution, or the one on the path.
fn binaries() -> Result<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for entry in fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
    {
        let version = entry.file_name().to_string_lossy().parse().unwrap_or(0);
        found.push((version, entry.path().join("bin")));
    }
    found.sort();
    let path = variable("PATH").unwrap_or_default();
    let on_path = path.split(':').map(PathBuf::from);
    let mut all = found.into_iter().rev().map(|(_, bin)| bin).chain(on_path);
    all.find(|bin| {
        ["initdb", "pg_ctl", "psql"]
            .iter()
            .all(|name| bin.join(name).is_file())
    })
    .context("PostgreSQL's server is missing; on Debian and Ubuntu: apt-get install postgresql")
}

/// Settings that every private server has, after those of the prepared copy.
fn configure(data: &Path, durability: Durability) -> Result<()> {
    let sync = match durability {
        Durability::Synced => "on",
        Durability::Fast => "off",
    };
    let settings = format!(
        "\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 300\n\
         shared_buffers = 64MB\nmax_wal_size = 512MB\nautovacuum = on\n\
         fsync = {sync}\nsynchronous_commit = {sync}\nfull_page_writes = {sync}\n"
    );
    let file = data.join("postgresql.conf");
    OpenOptions::new()
        .append(true)
        .open(&file)
        .and_then(|mut file| file.write_all(settings.as_bytes()))
        .with_context(|| format!("writing {}", file.display()))
}

/// A server's files as `initdb` makes them, made once per machine and copied for each server.
struct Prepared;

impl Prepared {
    /// Puts the files into `folder/data` and gives the password.
    fn copy(bin: &Path, account: Account, folder: &Path) -> Result<String> {
        let kept = Self::place(bin, account)?;
        if !kept.join("password").is_file() {
            Self::make(bin, account, &kept)?;
        }
        copy_tree(&kept.join("data"), &folder.join("data"))?;
        Ok(fs::read_to_string(kept.join("password"))
            .context("reading the prepared password")?
            .trim()
            .to_owned())
    }

    /// In the person's cache, apart for each version and user.
    fn place(bin: &Path, account: Account) -> Result<PathBuf> {
        let version = Command::new(bin.join("initdb"))
            .arg("--version")
            .output()
            .context("asking initdb for its version")?;
        // As in `initdb (PostgreSQL) 15.18 (Debian 15.18-0)`.
        let said = String::from_utf8_lossy(&version.stdout);
        let version = said.split_whitespace().nth(2).unwrap_or("unknown");
        let home = || variable("HOME").map(|home| format!("{home}/.cache"));
        let cache = variable("XDG_CACHE_HOME")
            .or_else(home)
            .context("neither XDG_CACHE_HOME nor HOME is set")?;
        Ok(Path::new(&cache)
            .join("guildhall")
            .join(format!("postgres-{version}-{}", account.number())))
    }

    /// Makes the files aside and moves them into place; of two that do so at once, one wins.
    fn make(bin: &Path, account: Account, kept: &Path) -> Result<()> {
        let work = Keeper::folder(account)?;
        let made = Self::initdb(bin, account, &work).and_then(|()| {
            let parent = kept.parent().context("a cache has a parent")?;
            fs::create_dir_all(parent).with_context(|| format!("making {}", parent.display()))?;
            let aside = tempfile::Builder::new()
                .prefix("postgres-")
                .tempdir_in(parent)?
                .keep();
            fs::set_permissions(&aside, fs::Permissions::from_mode(0o700))?;
            copy_tree(&work.join("data"), &aside.join("data"))?;
            fs::copy(work.join("password"), aside.join("password"))?;
            if fs::rename(&aside, kept).is_err() {
                fs::remove_dir_all(&aside)?;
            }
            Ok(())
        });
        fs::remove_dir_all(&work)?;
        made
    }

    fn initdb(bin: &Path, account: Account, work: &Path) -> Result<()> {
        let password = work.join("password");
        fs::write(&password, unguessable()?).context("writing a password")?;
        fs::set_permissions(&password, fs::Permissions::from_mode(0o600))?;
        account.own(&password)?;
        let done = account
            .command(&bin.join("initdb"))
            .args([
                "--no-sync",
                "--auth=password",
                "--encoding=UTF8",
                "--locale=C",
                "--no-instructions",
            ])
            .args(["-U", USER, "--pwfile", "password", "-D", "data"])
            .current_dir(work)
            .output()
            .context("running initdb")?;
        if !done.status.success() {
            bail!("initdb: {}", String::from_utf8_lossy(&done.stderr).trim());
        }
        Ok(())
    }
}

/// Copies with owners and modes, which PostgreSQL checks.
fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    let done = Command::new("cp")
        .arg("-a")
        .arg(from)
        .arg(to)
        .output()
        .context("running cp")?;
    ensure!(
        done.status.success(),
        "copying {}: {}",
        from.display(),
        String::from_utf8_lossy(&done.stderr).trim()
    );
    Ok(())
}
