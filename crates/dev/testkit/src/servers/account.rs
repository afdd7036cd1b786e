//! Who runs a private server: PostgreSQL refuses root, so root lends it to an ordinary user.

use std::fs;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

/// A user and its main group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    user: u32,
    group: u32,
    /// Whether this process must step down to become that user.
    lent: bool,
}

impl Account {
    /// The present user, or, for root, one that servers may run as.
    pub(crate) fn ordinary() -> Result<Self> {
        let own =
            fs::metadata("/proc/self").context("reading who runs this process from /proc/self")?;
        if own.uid() != 0 {
            return Ok(Self {
                user: own.uid(),
                group: own.gid(),
                lent: false,
            });
        }
        let users = fs::read_to_string("/etc/passwd").context("reading /etc/passwd")?;
        ["postgres", "nobody"]
            .iter()
            .find_map(|name| find(&users, name))
            .context("no user `postgres` or `nobody` to run a private server as; add one, or do not run as root")
    }

    pub(crate) fn number(self) -> u32 {
        self.user
    }

    /// A command that runs as this user.
    pub(crate) fn command(self, program: &Path) -> Command {
        if !self.lent {
            return Command::new(program);
        }
        let mut command = Command::new("setpriv");
        command
            .arg(format!("--reuid={}", self.user))
            .arg(format!("--regid={}", self.group))
            .args(["--clear-groups", "--inh-caps=-all", "--"])
            .arg(program);
        command
    }

    /// Makes a file or folder this user's.
    pub(crate) fn own(self, path: &Path) -> Result<()> {
        if self.lent {
            chown(path, Some(self.user), Some(self.group))
                .with_context(|| format!("handing over {}", path.display()))?;
        }
        Ok(())
    }
}

/// Letters that nobody can guess, for passwords and names.
pub(crate) fn unguessable() -> Result<String> {
    let mut bytes = [0_u8; 12];
    fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context("reading /dev/urandom")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn find(users: &str, name: &str) -> Option<Account> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next() != Some(name) {
            return None;
        }
        let user = fields.nth(1)?.parse().ok()?;
        let group = fields.next()?.parse().ok()?;
        Some(Account {
            user,
            group,
            lent: true,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{Account, find, unguessable};

    #[test]
    fn a_user_is_found_by_its_whole_name() {
        let users =
            "postgresql:x:1:2:::\npostgres:x:101:104:PostgreSQL,,,:/var/lib/postgresql:/bin/bash\n";
        assert_eq!(
            find(users, "postgres"),
            Some(Account {
                user: 101,
                group: 104,
                lent: true
            })
        );
        assert_eq!(find(users, "nobody"), None);
    }

    #[test]
    fn letters_differ_each_time() {
        assert_ne!(unguessable().unwrap(), unguessable().unwrap());
    }
}
