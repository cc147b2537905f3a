//! The shell's job control: this process is a job that the shell stops and lets go on.

use rustix::process::{Signal, getpid, kill_current_process_group, kill_process};

/// Is there a shell that could let this process go on if it stopped?
///
/// The console of `ssh -t host segdeck` has none: stopped, it would hang for ever. POSIX calls its process group
/// orphaned and ignores Ctrl-Z there; who handles that signal has to look. Known on Linux; elsewhere there is none.
pub(crate) fn has_shell() -> bool {
    let Some(own) = Relations::of("self") else { return false };
    let mut ancestor = own.parent;
    // Processes that began the job with us, such as `env segdeck`, are stopped with us.
    while ancestor != 0 {
        match Relations::of(&ancestor.to_string()) {
            Some(its) if its.group == own.group => ancestor = its.parent,
            Some(its) => return its.session == own.session,
            None => return false,
        }
    }
    false
}

/// How the kernel has filed a process. A number is 0 for what lies outside of the container we are in, where the
/// calls of `rustix` for the same have no answer.
#[derive(Debug, PartialEq, Eq)]
struct Relations {
    parent: u32,
    group: u32,
    session: u32,
}

impl Relations {
    /// Of a process by its id, or `self`.
    fn of(process: &str) -> Option<Self> {
        Self::read(&std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
    }

    /// From the text of proc_pid_stat(5).
    fn read(stat: &str) -> Option<Self> {
        // The name before may hold anything, also parentheses.
        let (_, behind_name) = stat.rsplit_once(')')?;
        let mut numbers = behind_name.split_whitespace().skip(1).map(|number| number.parse().ok());
        Some(Self { parent: numbers.next()??, group: numbers.next()??, session: numbers.next()?? })
    }
}

/// Stops this process, as the signal of Ctrl-Z does where nobody handles it. Other threads may run for a moment
/// longer: SIGCONT tells that it went on.
pub(crate) fn stop() {
    // A process may send signals to itself.
    _ = kill_process(getpid(), Signal::STOP);
}

/// As [`stop`], with all processes of the job: what is needed where Ctrl-Z came as a key.
pub(crate) fn stop_group() {
    _ = kill_current_process_group(Signal::STOP);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_are_read_whatever_the_name_is() {
        let ours = Relations { parent: 12, group: 14, session: 9 };
        assert_eq!(Relations::read("14 (segdeck) R 12 14 9 34816 14 4194304 98"), Some(ours));
        let odd = Relations { parent: 1, group: 7, session: 7 };
        assert_eq!(Relations::read("7 (a) S (3 4) b) S 1 7 7 0 -1"), Some(odd));
        // In a container whose runner stayed outside.
        let inside = Relations { parent: 0, group: 0, session: 0 };
        assert_eq!(Relations::read("1 (sh) S 0 0 0 34816 0"), Some(inside));
        assert_eq!(Relations::read("7 (cut off) S 1"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn our_own_relations_are_known() {
        let own = Relations::of("self").unwrap();
        assert_eq!(own.parent, std::os::unix::process::parent_id());
        assert_eq!(Relations::of(&std::process::id().to_string()), Some(own));
    }
}
