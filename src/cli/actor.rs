//! Who runs this process, as the audit trail names them.

use crate::domain::audit::Actor;

/// Taken from the process's surroundings once, at start.
pub(super) fn of_process() -> Actor {
    let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let uid = rustix::process::getuid().as_raw();
    // The account comes before what the environment claims; directory services are not in the file.
    let user = std::fs::read_to_string("/etc/passwd")
        .ok()
        .and_then(|accounts| name_of(&accounts, uid))
        .or_else(|| variable("USER"))
        .or_else(|| variable("LOGNAME"))
        .unwrap_or_else(|| format!("uid {uid}"));
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let ssh = variable("SSH_CLIENT").or_else(|| variable("SSH_CONNECTION"));
    let ssh_client = ssh.and_then(|ssh| ssh.split_whitespace().next().map(Into::into));
    Actor { user: user.into(), host: host.into(), ssh_client }
}

/// The login name of a uid in a text like `/etc/passwd`.
fn name_of(accounts: &str, uid: u32) -> Option<String> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next().filter(|name| !name.is_empty())?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_has_a_name() {
        let accounts = "root:x:0:0:root:/root:/bin/bash\nbroken\nops:x:1000:1000::/home/ops:/bin/sh\n";
        assert_eq!(name_of(accounts, 1000).as_deref(), Some("ops"));
        assert_eq!(name_of(accounts, 1001), None);
    }
}
