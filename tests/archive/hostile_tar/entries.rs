//! Entries that are no files and folders, or whose names lead elsewhere.

use crate::hostile::{Row, row};
use crate::raw_tar::{Header, MANIFEST, file, kind, long_name, pax, tar};

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = kinds();
    rows.extend(names());
    rows
}

fn kinds() -> Vec<Row> {
    let link = |of: u8, to: &str| Header::new("d", of).set(157, to).with(b"");
    let of = |of: u8| tar(&[kind(of, "x", b"")]);
    let mode = |mode: &str| tar(&[Header::new("x", b'0').set(100, mode).with(b"")]);
    vec![
        row(
            "a symbolic link",
            tar(&[link(b'2', "/etc/passwd")]),
            "the entry d is refused: it is a symbolic link",
        ),
        row(
            "a symbolic link and a write through it",
            tar(&[link(b'2', "/etc"), file("d/passwd", b"root")]),
            "the entry d is refused: it is a symbolic link",
        ),
        row("a hard link out of the folder", tar(&[link(b'1', "../x")]), "it is a hard link"),
        row("a hard link with content", tar(&[kind(b'1', "x", b"1")]), "it is a hard link"),
        row(
            "a link with a long target",
            tar(&[kind(b'K', "././@LongLink", &[b'a'; 300]), link(b'2', "a")]),
            "it is a symbolic link",
        ),
        row(
            "a link by its long header",
            tar(&[pax(&[("linkpath", "/etc")]), link(b'2', "")]),
            "is a symbolic link",
        ),
        row(
            "the target of a link before a file",
            tar(&[kind(b'K', "K", b"/etc\0"), file("x", b"")]),
            "and is none",
        ),
        row("a character device", of(b'3'), "the entry x is refused: it is a device"),
        row("a block device", of(b'4'), "it is a device"),
        row("a fifo", of(b'6'), "it is a pipe"),
        row("a file in one piece is good", of(b'7'), "taken: 2 entries"),
        row("a sparse file of GNU", of(b'S'), "it is a sparse file"),
        row("the rest of a file of another volume", of(b'M'), "a part of a split archive"),
        row("the label of a volume", of(b'V'), "it is the label of a volume"),
        row("the folder of a backup", of(b'D'), "belongs to an incremental backup"),
        row("old long names", of(b'N'), "belongs to an incremental backup"),
        row("a header of Solaris", of(b'X'), "of a kind that no two programs agree about"),
        row("a kind that nobody knows", of(b'Z'), "of a kind that no two programs agree about"),
        row("a kind that cannot be printed", of(0x1b), "of a kind that no two programs agree about"),
        row("setuid", mode("0004755"), "the entry x is refused: it is setuid"),
        row("setgid", mode("0002755"), "the entry x is refused: it is setgid"),
        row("an empty mode is good", mode("\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}"), "taken: 2 entries"),
        row(
            "setuid in base 256",
            tar(&[Header::new("x", b'0').set(100, [0x80, 0, 0, 0, 0, 0, 9, 0xed]).with(b"")]),
            "it is setuid",
        ),
        row("a folder with content", tar(&[kind(b'5', "x", b"1")]), "it is a folder and has a size"),
        row("an old folder with content", tar(&[kind(0, "x/", b"1")]), "it is a folder and has a size"),
        row("an old folder is good", tar(&[kind(0, "x/", b"")]), "taken: 2 entries"),
        row(
            "a file named like a folder",
            tar(&[file("x/", b"1")]),
            "a file by its kind and a folder by its name",
        ),
        row(
            "the same in one piece",
            tar(&[kind(b'7', "x/", b"")]),
            "a file by its kind and a folder by its name",
        ),
        row("a file that is the folder itself", tar(&[file(".", b"1")]), "it is a file without a name"),
    ]
}

fn names() -> Vec<Row> {
    let named = |name: &str| tar(&[file(name, b"1")]);
    let prefixed = |prefix: &str, name: &str| tar(&[Header::new(name, b'0').set(345, prefix).with(b"")]);
    vec![
        row("no name", named(""), "its name is empty"),
        row("a name that leads out", named("../x"), "leads out of its folder"),
        row("a name that leads out later", named("a/../../x"), "leads out of its folder"),
        row("a name in two parts that leads out", prefixed("a/..", "x"), "leads out of its folder"),
        row("an absolute name", named("/etc/passwd"), "is an absolute path"),
        row("an absolute name in two parts", prefixed("/etc", "passwd"), "is an absolute path"),
        row("an empty part", prefixed("a/", "x"), "has an empty part"),
        row(
            "a long name that leads out",
            tar(&[long_name(b"../x"), file("y", b"")]),
            "leads out of its folder",
        ),
        row("a described name that leads out", tar(&[pax(&[("path", "../x")]), file("y", b"")]), "leads out"),
        row("a drive", named("C:x"), "begins with a drive"),
        row("a backslash", named("a\\b"), "holds a backslash"),
        row("a terminal's command", named("\x1b[2J"), "holds a control character"),
        row("text that turns around", named("a\u{202e}b"), "turns text around"),
        row("a device of Windows", named("a/NUL.txt"), "reserved for a device"),
        row("a dot at the end", named("a."), "ends in a dot or a space"),
        row("a NUL in a described name", tar(&[pax(&[("path", "a\0b")]), file("y", b"")]), "holds a NUL"),
        row("a NUL in a long name", tar(&[long_name(b"a\0b"), file("y", b"")]), "holds a NUL"),
        row(
            "a name beyond the limit",
            tar(&[long_name(&[b'a'; 1100]), file("y", b"")]),
            "upload.max_name_length",
        ),
        row(
            "folders beyond the limit",
            tar(&[long_name(&b"d/".repeat(40)), kind(b'5', "y", b"")]),
            "upload.max_depth",
        ),
        row("the manifest twice", tar(&[file("segment.toml", MANIFEST)]), "is there twice"),
        row("the manifest twice, once with ./", tar(&[file("./segment.toml", MANIFEST)]), "is there twice"),
        row(
            "the manifest twice, once described",
            tar(&[pax(&[("path", "segment.toml")]), file("y", MANIFEST)]),
            "is there twice",
        ),
        row("the manifest twice, once in capitals", tar(&[file("SEGMENT.TOML", b"")]), "only in case"),
        row(
            "a file below a file",
            tar(&[file("a", b""), file("a/b", b"")]),
            "of a file and of a folder at once",
        ),
        row("a folder over a file", tar(&[file("a", b""), kind(b'5', "a", b"")]), "is there twice"),
    ]
}
