//! Headers whose fields do not hold, or mean two things.

use crate::hostile::{Row, row};
use crate::raw_tar::{Header, MANIFEST, file, tar};

pub(crate) fn rows() -> Vec<Row> {
    let with = |at: usize, bytes: &[u8]| tar(&[Header::new("x", b'0').set(at, bytes).with(b"")]);
    let base_256 = |bytes: [u8; 12]| with(124, &bytes);
    let signed = Header::new("\u{fc}", b'0').bytes_by(|byte| i64::from(byte as i8), b"");
    let mut unsummed = file("x", b"1");
    unsummed[0] = b'y';
    vec![
        row(
            "a name changed behind the checksum's back",
            tar(&[unsummed]),
            "its checksum is wrong (tar header of y)",
        ),
        row("a checksum of signed bytes", tar(&[signed]), "its checksum is wrong"),
        row("a size that is half a number", with(124, b"0000000001x\0"), "a number in it is not octal"),
        row("a size with a 9", with(124, b"00000000009\0"), "a number in it is not octal"),
        row("a size with a sign", with(124, b"-0000000001\0"), "a number in it is not octal"),
        row("a size in two parts", with(124, b"00001 00001\0"), "a number in it is not octal"),
        row("no size", with(124, &[0; 12]), "the entry x is refused: it says no size"),
        row("a size below zero", base_256([0xff; 12]), "a number in it is below zero"),
        row("a size of 2^63", base_256([0x80, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0]), "beyond 2^63"),
        row("a size of 2^94", base_256([0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]), "beyond 2^63"),
        row("a size of 2^72", base_256([0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]), "beyond 2^63"),
        row(
            "a size of 2^63 - 1",
            base_256([0x80, 0, 0, 0, 0x7f, 255, 255, 255, 255, 255, 255, 255]),
            "the tar archive ends within an entry",
        ),
        row("a size of all octal digits", with(124, b"777777777777"), "ends within an entry"),
        row("a mode that is no number", with(100, b"rw-r--r-"), "a number in it is not octal"),
        row("an owner that is no number", with(108, b"root\0\0\0\0"), "a number in it is not octal"),
        row("a time that is no number", with(136, b"yesterday\0\0\0"), "a number in it is not octal"),
        row("a mark of no tool", with(257, b"ustar\x0099"), "its mark is neither"),
        row("half a mark", with(257, b"ustar\0\0\0"), "its mark is neither"),
        row(
            "a second part of the name where GNU has none",
            tar(&[Header::new("x", b'0').set(257, b"ustar  \0").set(345, b"../..").with(b"")]),
            "it holds what only an incremental backup has",
        ),
        row(
            "a second part of the name without a mark",
            tar(&[Header::new("x", b'0').set(257, [0; 8]).set(345, b"../..").with(b"")]),
            "it holds bytes where there are none in its form",
        ),
        row("bytes behind the last field", with(500, b"tar"), "it holds bytes where there are none"),
        row("a name behind the name", with(2, b"segment.toml"), "a name in it has bytes behind its end"),
        row(
            "a name behind the second part of the name",
            tar(&[Header::new("x", b'0').set(345, b"a\0b").with(b"")]),
            "a name in it has bytes behind its end",
        ),
        row(
            "the same header without a mark at the start of the file",
            [Header::new("segment.toml", b'0').set(257, [0; 8]).size(0).with(b""), vec![7; 512]].concat(),
            "its checksum is wrong",
        ),
        row("a manifest without a mark is good", v7(), "taken: 1 entries, 38 bytes"),
    ]
}

fn v7() -> Vec<u8> {
    let manifest = Header::new("segment.toml", 0).set(257, [0; 8]).size(MANIFEST.len() as u64).with(MANIFEST);
    [manifest, vec![0; 1024]].concat()
}
