//! Where the server is and how it is spoken to, read once from its address.
//!
//! `sslmode` is `disable` (as without it), `require` or `verify-full`; both of these check the server's certificate, against
//! `sslrootcert` or the system's roots. Not here: connecting.

use std::{fmt, str::FromStr, sync::Arc, time::Duration};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};
use tokio_postgres::{
    Config,
    config::{Host, SslMode},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::store::{ConnectError, Options};

/// A server's address, with how to encrypt.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) config: Config,
    pub(crate) tls: Option<MakeRustlsConnect>,
    shown: String,
}

impl fmt::Debug for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.shown)
    }
}

impl fmt::Display for Target {
    /// Without the password.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.shown)
    }
}

impl Target {
    pub(crate) fn parse(url: &str, options: &Options) -> Result<Self, ConnectError> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(ConnectError::Address);
        }
        let (address, encryption) = split(url)?;
        // The parser's own words may quote the password; ours do not.
        let mut config = Config::from_str(&address).map_err(|_| ConnectError::Address)?;
        if config.get_hosts().is_empty() {
            return Err(ConnectError::Address);
        }
        let tls = encryption.connector()?;
        let mode = if tls.is_some() {
            SslMode::Require
        } else {
            SslMode::Disable
        };
        config
            .ssl_mode(mode)
            .application_name("guildhall")
            .connect_timeout(options.connect_time_max.to_std())
            .tcp_user_timeout(Duration::from_secs(10))
            .keepalives_idle(Duration::from_secs(30));
        let shown = shown(&config);
        if tls.is_none() && !is_local(&config) {
            tracing::warn!(server = %shown, "the database is spoken to without encryption: add sslmode=verify-full");
        }
        Ok(Self { config, tls, shown })
    }
}

fn shown(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        Some(Host::Unix(path)) => path.display().to_string(),
        None => String::new(),
    };
    let port = config.get_ports().first().copied().unwrap_or(5432);
    let user = config.get_user().unwrap_or_default();
    let database = config.get_dbname().unwrap_or_default();
    format!("postgres://{user}@{host}:{port}/{database}")
}

fn is_local(config: &Config) -> bool {
    config.get_hosts().iter().all(|host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost"
                || name
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|address| address.is_loopback())
        }
    })
}

/// What an address says of encryption.
#[derive(Debug, Default, PartialEq, Eq)]
struct Encryption {
    wanted: bool,
    roots: Option<String>,
}

/// The address without what it says of encryption, and that.
fn split(url: &str) -> Result<(String, Encryption), ConnectError> {
    let Some((address, query)) = url.split_once('?') else {
        return Ok((url.to_owned(), Encryption::default()));
    };
    let mut encryption = Encryption::default();
    let mut kept = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslmode", "disable")) => encryption.wanted = false,
            Some(("sslmode", "require" | "verify-full")) => encryption.wanted = true,
            Some(("sslmode", _)) => return Err(ConnectError::Mode),
            Some(("sslrootcert", path)) => encryption.roots = Some(decoded(path)?),
            _ => kept.push(pair),
        }
    }
    let query = kept.join("&");
    let separator = if query.is_empty() { "" } else { "?" };
    Ok((format!("{address}{separator}{query}"), encryption))
}

fn decoded(text: &str) -> Result<String, ConnectError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        let digits = part.get(..2).ok_or(ConnectError::Address)?;
        let byte = u8::from_str_radix(digits, 16).map_err(|_| ConnectError::Address)?;
        bytes.push(byte);
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).map_err(|_| ConnectError::Address)
}

impl Encryption {
    fn connector(&self) -> Result<Option<MakeRustlsConnect>, ConnectError> {
        if !self.wanted {
            return Ok(None);
        }
        let mut roots = RootCertStore::empty();
        for certificate in self.certificates()? {
            roots
                .add(certificate)
                .map_err(|error| ConnectError::Roots(error.to_string()))?;
        }
        if roots.is_empty() {
            let reason = "there is none: install ca-certificates, or add sslrootcert=FILE";
            return Err(ConnectError::Roots(reason.to_owned()));
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| ConnectError::Roots(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Some(MakeRustlsConnect::new(config)))
    }

    fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, ConnectError> {
        let Some(path) = &self.roots else {
            return Ok(rustls_native_certs::load_native_certs().certs);
        };
        CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect)
            .map_err(|error| ConnectError::Roots(format!("{path}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::{Encryption, Target, decoded, split};
    use crate::store::Options;

    #[test]
    fn p5_no_error_and_no_debug_shows_the_password() {
        let target = Target::parse(
            "postgres://ann:s3cret@127.0.0.1:5433/hall",
            &Options::default(),
        )
        .unwrap();
        assert_eq!(target.to_string(), "postgres://ann@127.0.0.1:5433/hall");
        assert_eq!(format!("{target:?}"), target.to_string());
        for wrong in [
            "postgres://ann:s3cret@127.0.0.1:port/hall",
            "postgres://ann:s3cret@127.0.0.1/hall?s3cret=1",
            "postgres://ann:s3cret@/hall",
            "mysql://ann:s3cret@h/hall",
            "postgres://ann:s3cret@127.0.0.1/hall?sslmode=s3cret",
            "host=h password=s3cret",
        ] {
            let said = Target::parse(wrong, &Options::default()).unwrap_err();
            assert!(!said.to_string().contains("s3cret"), "{said}");
            assert!(!format!("{said:?}").contains("s3cret"), "{said:?}");
        }
    }

    #[test]
    fn the_address_says_how_to_encrypt() {
        let (address, encryption) =
            split("postgres://h/d?sslmode=verify-full&options=-c&sslrootcert=/a%20b").unwrap();
        assert_eq!(address, "postgres://h/d?options=-c");
        let roots = Some("/a b".to_owned());
        assert_eq!(
            encryption,
            Encryption {
                wanted: true,
                roots
            }
        );
        assert!(split("postgres://h/d?sslmode=prefer").is_err());
        assert!(!split("postgres://h/d").unwrap().1.wanted);
        assert!(decoded("%zz").is_err());
    }
}
