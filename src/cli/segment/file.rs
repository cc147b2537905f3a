//! What commands that read segment files share: the flags that say something else than the manifest, and why
//! one file of several was refused.

use clap::Args;
use serde::Serialize;

use crate::service::{Code, Overrides, ServiceError};

/// Flags that fill in or override the manifest.
#[derive(Debug, Args)]
pub(super) struct Instead {
    /// Instead of the manifest's prefix
    #[arg(long, value_name = "P")]
    prefix: Option<String>,
    /// Instead of the manifest's version
    #[arg(long, value_name = "V")]
    version: Option<String>,
    /// Instead of the manifest's name
    #[arg(long, value_name = "N")]
    name: Option<String>,
    /// Instead of the manifest's description
    #[arg(long, value_name = "D")]
    description: Option<String>,
}

impl Instead {
    pub(super) fn overrides(&self) -> Overrides {
        Overrides {
            prefix: self.prefix.clone(),
            version: self.version.clone(),
            name: self.name.clone(),
            description: self.description.clone(),
        }
    }
}

/// Why a file was refused, as `error` of its item.
#[derive(Debug, Serialize)]
pub(super) struct ItemError {
    pub(super) code: Code,
    pub(super) message: String,
}

impl From<&ServiceError> for ItemError {
    fn from(error: &ServiceError) -> Self {
        Self { code: error.code, message: error.to_string() }
    }
}
