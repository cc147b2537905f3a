//! What the attributes of an entry make of it where it is unpacked: a file or a folder, nothing else.

/// Why an entry with these external attributes is refused. All of them are looked at, whichever system
/// the entry says it comes from: not every program that unpacks asks for that.
pub(super) fn refused(external: u32, folder: bool) -> Option<&'static str> {
    let (mode, dos) = (external >> 16, external & 0xffff);
    match mode & 0o170_000 {
        0 => {}
        0o100_000 if folder => return Some("is a folder by its name and a file by its mode"),
        0o100_000 => {}
        0o040_000 if !folder => return Some("is a file by its name and a folder by its mode"),
        0o040_000 => {}
        0o120_000 => return Some("is a symbolic link; pack the file that it leads to (zip without -y)"),
        0o010_000 => return Some("is a pipe; leave it out"),
        0o140_000 => return Some("is a socket; leave it out"),
        0o020_000 | 0o060_000 => return Some("is a device; leave it out"),
        _ => return Some("is of a kind that no system knows"),
    }
    match () {
        () if mode & 0o4000 != 0 => Some("is setuid; take that bit away (chmod u-s)"),
        () if mode & 0o2000 != 0 => Some("is setgid; take that bit away (chmod g-s)"),
        () if dos & 0x10 != 0 && !folder => Some("is a file by its name and a folder by its attributes"),
        () if dos & 0x08 != 0 => Some("is the label of a volume; leave it out"),
        () if dos & 0x40 != 0 => Some("is a device; leave it out"),
        () if dos & 0x400 != 0 => {
            Some("is a link of Windows (a reparse point); pack the file that it leads to")
        }
        () => None,
    }
}
