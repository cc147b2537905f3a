//! Time since this machine started: what leases count in.

use rustix::time::{ClockId, clock_gettime};

/// This start of the machine. A wall clock may be set back or forth, and a plain monotonic one stands still
/// while the machine sleeps; boot time does neither, and the boot id tells its starts apart.
#[derive(Debug, Clone)]
pub(super) struct Boot {
    id: String,
}

impl Boot {
    /// The present start.
    pub(super) fn read() -> std::io::Result<Self> {
        let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id")?;
        Ok(Self { id: id.trim().to_owned() })
    }

    /// Its name.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Milliseconds since it.
    pub(super) fn now_ms(&self) -> i64 {
        let now = clock_gettime(ClockId::Boottime);
        now.tv_sec * 1_000 + now.tv_nsec / 1_000_000
    }
}
