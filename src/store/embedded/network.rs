//! Tells network file systems, on which SQLite's locks and shared memory do not hold.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// File systems by their magic number (statfs(2)), and what people call them.
const BY_MAGIC: &[(u64, &str)] = &[
    (0x6969, "NFS"),
    (0xFF53_4D42, "SMB (cifs)"),
    (0xFE53_4D42, "SMB (smb2)"),
    (0x517B, "SMB (smbfs)"),
    (0x0102_1997, "9p"),
    (0x00C3_6400, "Ceph"),
    (0x5346_414F, "AFS"),
    (0x6B41_4653, "AFS"),
    (0x7375_7245, "Coda"),
    (0x0BD0_0BD0, "Lustre"),
    (0x4750_4653, "GPFS"),
    (0x0116_1970, "GFS2"),
    (0x7461_636F, "OCFS2"),
    (0x1983_0326, "BeeGFS"),
    (0x2003_0528, "OrangeFS"),
    (0xAAD7_AAEA, "PanFS"),
    (0x786F_4256, "VirtualBox shared folder"),
    (0xBACB_ACBC, "VMware shared folder"),
];

/// All of FUSE has one magic number; only its type in the mount table tells more.
const FUSE: u64 = 0x6573_5546;

/// Kinds of FUSE that only pass files on to a local disk: refused is any other that is not a block device.
const LOCAL_FUSE: &[&str] = &[
    "fuseblk",
    "fuse.bindfs",
    "fuse.cryfs",
    "fuse.encfs",
    "fuse.fuse-overlayfs",
    "fuse.gocryptfs",
    "fuse.mergerfs",
    "fuse.ntfs-3g",
    "fuse.zfs",
];

/// The name of the network file system that holds `folder`, if it is one.
pub(super) fn network_file_system(folder: &Path) -> std::io::Result<Option<String>> {
    // The width and sign of the number differ between architectures; the numbers themselves have 32 bits.
    let magic = u64::from(rustix::fs::statfs(folder)?.f_type as u32);
    let kind = if magic == FUSE {
        let table = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        mounted_as(&table, std::fs::metadata(folder)?.dev())
    } else {
        None
    };
    Ok(classify(magic, kind.as_deref()))
}

/// The name of a network file system by its magic number and, for FUSE, its type in the mount table.
fn classify(magic: u64, kind: Option<&str>) -> Option<String> {
    if magic == FUSE {
        return match kind {
            Some(kind) if LOCAL_FUSE.contains(&kind) => None,
            Some(kind) => Some(kind.to_owned()),
            None => Some("an unknown kind of FUSE".to_owned()),
        };
    }
    BY_MAGIC.iter().find(|(known, _)| *known == magic).map(|(_, name)| (*name).to_owned())
}

/// The type of the mount with a device number, from the text of `/proc/self/mountinfo` (proc(5)).
fn mounted_as(table: &str, device: u64) -> Option<String> {
    let wanted = format!("{}:{}", rustix::fs::major(device), rustix::fs::minor(device));
    table.lines().find_map(|line| {
        let (fixed, rest) = line.split_once(" - ")?;
        (fixed.split(' ').nth(2)? == wanted).then(|| rest.split(' ').next().map(str::to_owned))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_file_systems_are_known_by_name() {
        let name = |magic, kind| classify(magic, kind);
        assert_eq!(name(0x6969, None).as_deref(), Some("NFS"));
        assert_eq!(name(0xFE53_4D42, None).as_deref(), Some("SMB (smb2)"));
        assert_eq!(name(0x0102_1997, None).as_deref(), Some("9p"));
        assert_eq!(name(0x00C3_6400, None).as_deref(), Some("Ceph"));
        assert_eq!(name(FUSE, Some("fuse.sshfs")).as_deref(), Some("fuse.sshfs"));
        assert_eq!(name(FUSE, Some("fuse.glusterfs")).as_deref(), Some("fuse.glusterfs"));
        assert_eq!(name(FUSE, None).as_deref(), Some("an unknown kind of FUSE"));
    }

    #[test]
    fn local_file_systems_are_taken() {
        for magic in [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x794C_7630, 0x2FC1_2FC1] {
            assert_eq!(classify(magic, None), None, "{magic:x}");
        }
        assert_eq!(classify(FUSE, Some("fuseblk")), None);
        assert_eq!(classify(FUSE, Some("fuse.gocryptfs")), None);
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(network_file_system(folder.path()).unwrap(), None);
    }

    #[test]
    fn a_mount_is_found_by_its_device() {
        let table = "22 1 254:0 / / rw,noatime shared:1 - ext4 /dev/vda rw\n\
                     98 22 0:51 / /home/a\\040b rw master:7 - fuse.sshfs host:/srv rw,user_id=0\n\
                     garbage\n";
        assert_eq!(mounted_as(table, rustix::fs::makedev(0, 51)).as_deref(), Some("fuse.sshfs"));
        assert_eq!(mounted_as(table, rustix::fs::makedev(254, 0)).as_deref(), Some("ext4"));
        assert_eq!(mounted_as(table, rustix::fs::makedev(9, 9)), None);
    }
}
