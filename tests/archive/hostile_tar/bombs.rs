//! Little that unpacks to much: content, headers, padding, zeros.

use crate::hostile::{Row, row};
use crate::raw_tar::{Header, file, gzip, open, pax, tar, xz, zstd};

const MUCH: usize = 72 << 20;

pub(crate) fn rows() -> Vec<Row> {
    let zeros = vec![0; MUCH];
    let content = tar(&[file("zeros", &zeros)]);
    let behind = open(&[zeros]);
    let comment = "c".repeat(60_000);
    let described: Vec<Vec<u8>> = (0..MUCH / 61_000)
        .flat_map(|at| [pax(&[("comment", &comment)]), file(at.to_string(), b"")])
        .collect();
    let global: Vec<Vec<u8>> = vec![Header::new("g", b'g').with(b"").repeat(MUCH / 512)];
    let entries: Vec<Vec<u8>> = (0..66_000).map(|at| file(at.to_string(), b"")).collect();
    let parts: Vec<u8> = gzip(&[0; 1 << 20]).repeat(MUCH >> 20);
    vec![
        row("zeros in gzip", gzip(&content), "upload.max_ratio"),
        row("zeros in xz", xz(&content), "upload.max_ratio"),
        row("zeros in zstd", zstd(&content), "upload.max_ratio"),
        row("zeros in many parts of gzip", [gzip(&open(&[])), parts].concat(), "upload.max_ratio"),
        row("zeros behind the end in zstd", zstd(&behind), "upload.max_ratio"),
        row("long descriptions", zstd(&tar(&described)), "upload.max_ratio"),
        row("headers for all", zstd(&tar(&global)), "upload.max_ratio"),
        row("more entries than are read", tar(&entries), "upload.max_entries"),
        row("one block of zstd again and again", blocks(), "upload.max_ratio"),
        row(
            "a claimed size of 2^62",
            tar(&[pax(&[("size", "4611686018427387904")]), file("x", b"")]),
            "ends within",
        ),
    ]
}

/// 128 KiB in 4 bytes, a thousand times.
fn blocks() -> Vec<u8> {
    let block = |last: u32| [&(last | 1 << 1 | (128 << 10) << 3).to_le_bytes()[..3], b"\0"].concat();
    let claimed = Header::new("x", b'0').size(8 << 30).with(b"");
    let start = zstd(&open(&[claimed]));
    [start, b"\x28\xb5\x2f\xfd\0\x58".to_vec(), block(0).repeat(999), block(1)].concat()
}
