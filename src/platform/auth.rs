//! The bearer token that callers must show.

use std::path::Path;

use sha2::{Digest, Sha256};
use tonic::service::Interceptor;
use tonic::{Request, Status};

use super::failure::PlatformError;

/// A token, kept as its hash only: it cannot leak, and comparing takes the same time whatever is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

impl Token {
    /// This text.
    pub fn new(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// The text of a file, without white space around it.
    ///
    /// # Errors
    /// When the file cannot be read or is empty.
    pub fn from_file(path: &Path) -> Result<Self, PlatformError> {
        let text = std::fs::read_to_string(path).map_err(|source| PlatformError::File {
            what: "read",
            path: path.to_owned(),
            source,
        })?;
        match text.trim() {
            "" => Err(PlatformError::Options(format!("the token file {} is empty", path.display()))),
            token => Ok(Self::new(token)),
        }
    }
}

/// Refuses calls without the token.
#[derive(Clone)]
pub(super) struct Guard(pub(super) Option<Token>);

impl Interceptor for Guard {
    fn call(&mut self, request: Request<()>) -> Result<Request<()>, Status> {
        let Some(token) = &self.0 else { return Ok(request) };
        let shown = request
            .metadata()
            .get("authorization")
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        match shown {
            Some(shown) if Token::new(shown) == *token => Ok(request),
            Some(_) => Err(Status::unauthenticated("the bearer token is wrong")),
            None => Err(Status::unauthenticated("a bearer token is needed")),
        }
    }
}
