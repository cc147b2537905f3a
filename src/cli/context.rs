//! What a command works with: settings, output, and the service, opened when it is first asked for.

use std::sync::Arc;

use tokio::sync::OnceCell;

use super::exit::Failure;
use super::open;
use super::output::Output;
use crate::service::Service;
use crate::settings::Settings;

/// Made once for the process.
pub(super) struct Context {
    /// All settings.
    pub(super) settings: Arc<Settings>,
    /// Stdout.
    pub(super) output: Output,
    service: OnceCell<Arc<Service>>,
}

impl Context {
    /// Nothing is opened yet.
    pub(super) fn new(settings: Settings, output: Output) -> Self {
        Self { settings: Arc::new(settings), output, service: OnceCell::new() }
    }

    /// The service; commands that need no store never ask.
    pub(super) async fn service(&self) -> Result<Arc<Service>, Failure> {
        let open = async || Ok::<_, Failure>(Arc::new(open::service(self.settings.clone()).await?));
        self.service.get_or_try_init(open).await.cloned()
    }
}
