//! Posts what happened to an address that an operator has set.

use std::error::Error as _;
use std::path::Path;

use crate::domain::plainly;
use crate::settings::NoticeSettings;

/// Longest token or certificate file, in bytes.
const MAX_FILE: u64 = 64 * 1024;

/// Posts a notice to the address. No redirect is followed: nobody else gets the token.
///
/// # Errors
/// A sentence; anything but an answer that it was taken.
pub async fn post(settings: &NoticeSettings, body: &str) -> Result<(), String> {
    // The first one in the process wins; whichever it is, it is the only one built in.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut client = reqwest::Client::builder()
        .timeout(settings.timeout)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent("segdeck");
    if !settings.webhook_ca_file.as_os_str().is_empty() {
        let pem = read(&settings.webhook_ca_file).await?;
        let authority = reqwest::Certificate::from_pem(pem.as_bytes()).map_err(plain)?;
        client = client.tls_certs_only([authority]);
    }
    let mut request = client
        .build()
        .map_err(plain)?
        .post(&settings.webhook)
        .header("content-type", "application/json")
        .body(body.to_owned());
    if !settings.webhook_token_file.as_os_str().is_empty() {
        request = request.bearer_auth(read(&settings.webhook_token_file).await?.trim());
    }
    let answer = request.send().await.map_err(plain)?;
    match answer.status() {
        status if status.is_success() => Ok(()),
        status => Err(format!("it answered {status}")),
    }
}

/// What went wrong, without the address, which may be a secret by itself.
fn plain(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        said += &format!(": {deeper}");
        cause = deeper.source();
    }
    said
}

async fn read(path: &Path) -> Result<String, String> {
    let named = |error| format!("{} cannot be read: {}", path.display(), plainly(error));
    if tokio::fs::metadata(path).await.map_err(named)?.len() > MAX_FILE {
        return Err(format!("{} is too long", path.display()));
    }
    tokio::fs::read_to_string(path).await.map_err(named)
}
