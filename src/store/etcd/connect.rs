//! From settings to what a connection needs. Everything that can be found wrong without a network is found here.

use std::fmt::Display;
use std::path::Path;
use std::time::Duration;

use etcd_client::{Certificate, ConnectOptions, Identity, TlsOptions};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tonic::transport::Endpoint;

use super::DEADLINE;
use super::root::Root;
use crate::settings::StoreSettings;
use crate::store::StoreError;

/// Where etcd listens for clients unless the address says otherwise.
const PORT: u16 = 2379;

/// A host that swallows packets must not eat the whole deadline.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// A stopped server is noticed after interval and timeout. The server ends connections that ping more often
/// than every 5 s.
const KEEPALIVE: (Duration, Duration) = (Duration::from_secs(10), Duration::from_secs(5));

/// What connections are made from.
pub(super) struct Connection {
    /// At least one, each with scheme and port.
    pub(super) urls: Vec<String>,
    /// `host:port` of each.
    pub(super) hosts: Vec<String>,
    /// The root of all keys.
    pub(super) root: Root,
    /// The user, for error texts.
    pub(super) user: Option<String>,
    /// Encrypted, but without a certificate of our own.
    pub(super) anonymous: bool,
    /// For reads and transactions: gives up by itself.
    pub(super) short: ConnectOptions,
    /// For watches and lease renewals: waits as long as the server is alive and has a leader.
    pub(super) long: ConnectOptions,
}

/// Reads settings and the files they name.
pub(super) fn read(settings: &StoreSettings) -> Result<Connection, StoreError> {
    let tls = tls(settings)?;
    let mut connection = Connection {
        urls: Vec::new(),
        hosts: Vec::new(),
        root: Root::new(&settings.prefix)?,
        user: None,
        anonymous: tls.is_some() && settings.cert_file.as_os_str().is_empty(),
        short: ConnectOptions::new(),
        long: ConnectOptions::new(),
    };
    for text in &settings.endpoints {
        let (url, host) = endpoint(text, tls.as_ref())?;
        if !connection.urls.contains(&url) {
            connection.urls.push(url);
            connection.hosts.push(host);
        }
    }
    if connection.urls.is_empty() {
        return Err(wrong("store.endpoints is empty; set it, e.g. to 127.0.0.1:2379"));
    }
    let mut options = ConnectOptions::new()
        .with_connect_timeout(CONNECT_TIMEOUT)
        .with_keep_alive(KEEPALIVE.0, KEEPALIVE.1)
        .with_keep_alive_while_idle(false)
        .with_require_leader(true)
        .with_auto_token_refresh(true);
    if let Some(tls) = tls {
        options = options.with_tls(tls);
    }
    if let Some(password) = password(settings)? {
        connection.user = Some(settings.username.clone());
        options = options.with_user(settings.username.clone(), password);
    }
    connection.short = options.clone().with_timeout(DEADLINE);
    connection.long = options;
    Ok(connection)
}

/// An address as `scheme://host:port` and `host:port`.
fn endpoint(text: &str, tls: Option<&TlsOptions>) -> Result<(String, String), StoreError> {
    let bad =
        |what: &dyn Display| wrong(format!("store.endpoints: {text:?} is no address of an etcd: {what}"));
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme @ ("http" | "https"), rest)) => (scheme, rest),
        Some((other, _)) => return Err(bad(&format!("{other} is neither http nor https"))),
        None if tls.is_some() => ("https", text),
        None => ("http", text),
    };
    // A password in an address would end up in names and logs.
    if rest.contains('@') {
        return Err(wrong(
            "store.endpoints holds a user; set store.username and store.password_file instead",
        ));
    }
    let rest = rest.trim_end_matches('/');
    let parsed = Endpoint::from_shared(format!("{scheme}://{rest}")).map_err(|error| bad(&error))?;
    let uri = parsed.uri();
    let authority = uri.authority().ok_or_else(|| bad(&"it names no host"))?;
    if authority.host().is_empty() || uri.path() != "/" || uri.query().is_some() {
        return Err(bad(&"write it like https://etcd-1.example:2379"));
    }
    let host = format!("{}:{}", authority.host(), authority.port_u16().unwrap_or(PORT));
    match (scheme, tls) {
        ("https", None) => {
            Err(wrong(format!("{text} needs store.ca_file, the authority that signed its certificate")))
        }
        ("https", Some(tls)) => {
            parsed.tls_config(tls.clone()).map_err(|error| {
                wrong(format!(
                    "store.ca_file, store.cert_file and store.key_file do not fit together: {error:?}"
                ))
            })?;
            Ok((format!("https://{host}"), host))
        }
        (_, Some(_)) => {
            Err(wrong(format!("{text} is not encrypted, but certificates are set; write https://")))
        }
        (_, None) => Ok((format!("http://{host}"), host)),
    }
}

/// The certificates, checked to be certificates.
fn tls(settings: &StoreSettings) -> Result<Option<TlsOptions>, StoreError> {
    let (ca, cert, key) = (&settings.ca_file, &settings.cert_file, &settings.key_file);
    let set = |path: &Path| !path.as_os_str().is_empty();
    if !set(ca) && !set(cert) && !set(key) {
        return Ok(None);
    }
    if !set(ca) {
        return Err(wrong("store.cert_file is set without store.ca_file; both sides must be checked"));
    }
    let mut tls = TlsOptions::new().ca_certificate(Certificate::from_pem(certificates("store.ca_file", ca)?));
    if set(cert) != set(key) {
        return Err(wrong("store.cert_file and store.key_file go together; one of them is missing"));
    }
    if set(cert) {
        let pem = file("store.key_file", key)?;
        PrivateKeyDer::from_pem_slice(&pem)
            .map_err(|error| wrong(format!("store.key_file: {} holds no key: {error}", key.display())))?;
        tls = tls.identity(Identity::from_pem(certificates("store.cert_file", cert)?, pem));
    }
    Ok(Some(tls))
}

fn certificates(setting: &str, path: &Path) -> Result<Vec<u8>, StoreError> {
    let pem = file(setting, path)?;
    match CertificateDer::pem_slice_iter(&pem).next() {
        Some(Ok(_)) => Ok(pem),
        _ => Err(wrong(format!("{setting}: {} holds no certificate (PEM)", path.display()))),
    }
}

fn password(settings: &StoreSettings) -> Result<Option<String>, StoreError> {
    match (settings.username.is_empty(), settings.password_file.as_os_str().is_empty()) {
        (true, true) => Ok(None),
        (true, false) => Err(wrong("store.password_file is set without store.username")),
        (false, true) => Err(wrong("store.username is set without store.password_file")),
        (false, false) => {
            let path = &settings.password_file;
            let text = String::from_utf8(file("store.password_file", path)?)
                .map_err(|_| wrong(format!("store.password_file: {} is not UTF-8", path.display())))?;
            Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
        }
    }
}

fn file(setting: &str, path: &Path) -> Result<Vec<u8>, StoreError> {
    std::fs::read(path)
        .map_err(|error| wrong(format!("{setting}: {} cannot be read: {error}", path.display())))
}

fn wrong(text: impl Into<String>) -> StoreError {
    StoreError::Misconfigured(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_get_a_scheme_and_a_port() {
        for (text, url) in [
            ("127.0.0.1", "http://127.0.0.1:2379"),
            ("http://etcd-1:4001/", "http://etcd-1:4001"),
            ("[::1]:2379", "http://[::1]:2379"),
        ] {
            assert_eq!(endpoint(text, None).unwrap().0, url);
        }
    }

    #[test]
    fn bad_addresses_are_refused_without_their_password() {
        for text in ["", "ftp://x", "http://", "a b", "http://host/path", "https://host:2379"] {
            assert!(matches!(endpoint(text, None), Err(StoreError::Misconfigured(_))), "{text:?}");
        }
        let error = endpoint("http://root:secret@host:2379", None).unwrap_err();
        assert!(!error.to_string().contains("secret"));
    }
}
