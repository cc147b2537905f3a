//! The shell's job control: this process is a job that the shell stops and lets go on.

use rustix::process::{
    Pid, Signal, getpgid, getpgrp, getpid, getppid, getsid, kill_current_process_group, kill_process,
};

/// Is there a shell that could let this process go on if it stopped?
///
/// The console of `ssh -t host segdeck` has none: stopped, it would hang for ever. POSIX calls its process group
/// orphaned and ignores Ctrl-Z there; who handles that signal has to look.
pub(crate) fn has_shell() -> bool {
    let (group, Ok(session)) = (getpgrp(), getsid(None)) else { return false };
    let mut ancestor = getppid();
    while let Some(pid) = ancestor {
        match getpgid(Some(pid)) {
            Ok(its) if its == group => ancestor = parent(pid),
            Ok(_) => return getsid(Some(pid)).is_ok_and(|its| its == session),
            Err(_) => return false,
        }
    }
    false
}

/// The parent of another process; known on Linux.
fn parent(pid: Pid) -> Option<Pid> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).ok()?;
    // The name before may hold anything, also parentheses.
    let (_, behind_name) = stat.rsplit_once(')')?;
    Pid::from_raw(behind_name.split_whitespace().nth(1)?.parse().ok()?)
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
