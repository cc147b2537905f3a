//! `--if-revision`: a change holds only as long as nobody was faster.

use clap::Args;

use crate::domain::SeenAt;
use crate::service::Seen;

/// The argument.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct SeenArgument {
    /// Only if nobody changed it since this revision, as `show` and lists print it; progress does not count. With the
    /// incarnation printed beside it also only if the store was not restored since
    #[arg(long = "if-revision", value_name = "N|INCARNATION:N")]
    pub(super) seen: Option<SeenAt>,
}

impl SeenArgument {
    /// As the use cases take it.
    pub(super) fn seen(self) -> Seen {
        self.seen
    }
}
