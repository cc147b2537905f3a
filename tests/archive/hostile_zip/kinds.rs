//! What is neither a file nor a folder, or not both of what it seems; and what cannot be read at all.

use crate::hostile::{Row, row};
use crate::raw_zip::{Entry, Zip, field};

fn of(entry: Entry) -> Vec<u8> {
    Zip::of([entry]).bytes()
}

/// With this mode, and said to come from Unix, or from a system that has no modes.
fn mode(name: &str, mode: u32) -> Vec<u8> {
    of(Entry::stored(name, b"").mode(mode))
}

/// With these attributes of DOS and Windows.
fn attributes(name: &str, attributes: u32) -> Vec<u8> {
    of(Entry::stored(name, b"").central(|header| (header.made_by, header.external) = (10 << 8, attributes)))
}

pub(crate) fn rows() -> Vec<Row> {
    let link = Entry::stored("lib", b"/etc").mode(0o120_777);
    let through = Zip::of([link.clone(), Entry::stored("lib/passwd", b"root::0:0")]);
    let reversed = Zip::of([Entry::stored("lib/passwd", b"root::0:0"), link.clone()]);
    let dos_link = link.clone().central(|header| header.made_by = 0);
    let method = |number: u16| of(Entry::stored("x", b"1").both(move |header| header.method = number));
    let flag = |bit: u16| of(Entry::stored("x", b"1").both(move |header| header.flags |= 1 << bit));
    let extra = |id: u16| of(Entry::stored("x", b"1").both(move |header| header.extra = field(id, &[0; 12])));
    vec![
        row(
            "a file and a folder as they should be",
            Zip::of([
                Entry::stored("bin/", b"").mode(0o040_755).central(|header| header.external |= 0x10),
                Entry::stored("bin/x", b"1").mode(0o100_755),
            ])
            .bytes(),
            "taken: 3",
        ),
        row("a link", of(link), "symbolic link"),
        row("a link, and a file written through it", through.bytes(), "symbolic link"),
        row("a file, and a link in the place of its folder", reversed.bytes(), "symbolic link"),
        row("a link that says it comes from DOS", of(dos_link), "symbolic link"),
        row("a pipe", mode("x", 0o010_644), "a pipe"),
        row("a socket", mode("x", 0o140_644), "a socket"),
        row("a character device", mode("x", 0o020_644), "a device"),
        row("a block device", mode("x", 0o060_644), "a device"),
        row("a kind that does not exist", mode("x", 0o170_644), "kind that no system knows"),
        row("setuid", mode("x", 0o104_755), "setuid"),
        row("setgid", mode("x", 0o102_755), "setgid"),
        row("setuid without a kind", mode("x", 0o4_755), "setuid"),
        row("setgid folder", mode("x/", 0o042_755), "setgid"),
        row(
            "a folder by its name, a file by its mode",
            mode("x/", 0o100_644),
            "folder by its name and a file by its mode",
        ),
        row(
            "a file by its name, a folder by its mode",
            mode("x", 0o040_755),
            "file by its name and a folder by its mode",
        ),
        row("a file by its name, a folder for DOS", attributes("x", 0x10), "folder by its attributes"),
        row("a reparse point of Windows", attributes("x", 0x400), "reparse point"),
        row("a reparse point of Windows on a folder", attributes("x/", 0x410), "reparse point"),
        row("the label of a volume", attributes("x", 0x08), "label of a volume"),
        row("a device of Windows", attributes("x", 0x40), "a device"),
        row("a folder with data", of(Entry::stored("x/", b"1")), "folder by its name, and has data"),
        row(
            "a file below a file",
            Zip::of([Entry::stored("a", b"1"), Entry::stored("a/b", b"2")]).bytes(),
            "a file and of a folder at once",
        ),
        row(
            "a file in the place of a folder",
            Zip::of([Entry::stored("a/b", b"1"), Entry::stored("a", b"2")]).bytes(),
            "a file and of a folder at once",
        ),
        row(
            "a folder in the place of a file",
            Zip::of([Entry::stored("a", b"1"), Entry::stored("a/", b"")]).bytes(),
            "is there twice",
        ),
        row("the link field of PKWARE", extra(0x000d), "link"),
        row("the link field of ASi", extra(0x756e), "link"),
        row("encrypted", flag(0), "x is encrypted"),
        row("strongly encrypted", flag(6), "x is encrypted"),
        row("the directory encrypted", flag(13), "x is encrypted"),
        row("AES by its method", method(99), "x is encrypted"),
        row("AES by its field", extra(0x9901), "x is encrypted"),
        row("strong encryption by its field", extra(0x0017), "x is encrypted"),
        row("a patch", flag(5), "flags that this version"),
        row("flags that nobody knows", flag(15), "flags that this version"),
        row("implode", method(6), "compressed with implode"),
        row("deflate64", method(9), "compressed with deflate64"),
        row("bzip2", method(12), "compressed with bzip2"),
        row("lzma", method(14), "compressed with lzma"),
        row("zstd", method(93), "compressed with zstd"),
        row("xz", method(95), "compressed with xz"),
        row("ppmd", method(98), "compressed with ppmd"),
        row("a method that nobody knows", method(4711), "compressed with method 4711"),
    ]
}
