//! `--if-revision`: a change holds only as long as nobody was faster.

use clap::Args;

use crate::service::Seen;

/// The argument.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct SeenArgument {
    /// Only if nobody changed it since this revision, as `show` and lists print it; progress does not count
    #[arg(long = "if-revision", value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    pub(super) seen: Option<i64>,
}

impl SeenArgument {
    /// As the use cases take it.
    pub(super) fn seen(self) -> Seen {
        self.seen
    }
}
