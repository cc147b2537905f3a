//! Streams of gzip, xz and zstd that do not hold, or would take more memory than there is.

use crate::hostile::{Row, row};
use crate::raw_tar::{Header, file, gzip, open, patched, tar, xz, zstd};

const BEHIND: &str = "the file holds more than the archive: there is data behind its";

pub(crate) fn rows() -> Vec<Row> {
    let noise: Vec<u8> =
        (0..40_000_u64).map(|at| (at.pow(3).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect();
    let tar = tar(&[file("noise", &noise)]);
    let mut rows = in_gzip(&tar);
    rows.extend(in_xz(&tar));
    rows.extend(in_zstd(&tar));
    for (stream, bytes) in [("gzip", gzip(&tar)), ("xz", xz(&tar)), ("zstd", zstd(&tar))] {
        let all = bytes.len();
        let cuts = [all - 1, all - 6, all - 13, all / 2, all / 3, 40];
        rows.extend(
            cuts.map(|at| row(format!("{stream} cut at {at} of {all}"), bytes[..at].into(), "is cut off")),
        );
        let behind = [bytes.clone(), b"more than a header".to_vec()].concat();
        rows.push(row(format!("bytes behind {stream}"), behind, BEHIND));
        for few in [&b"x"[..], b"\0x", b"\n\n\n\n", b"short"] {
            rows.push(row(format!("a few bytes behind {stream}"), [&bytes, few].concat(), BEHIND));
        }
        let twice = [bytes.clone(), bytes.clone()].concat();
        rows.push(row(format!("{stream} with two archives"), twice, "behind the end of the tar archive"));
        let (start, end) = tar.split_at(10_000);
        let pack = |part: &[u8]| match stream {
            "gzip" => gzip(part),
            "xz" => xz(part),
            _ => zstd(part),
        };
        rows.push(row(
            format!("{stream} in two parts is good"),
            [pack(start), pack(end)].concat(),
            "taken: 2",
        ));
        let then_cut = [pack(start), pack(end)[..9].to_vec()].concat();
        rows.push(row(format!("{stream} with half a second part"), then_cut, "is cut off"));
        let after_many = [pack(b"").repeat(5000), bytes.clone()].concat();
        rows.push(row(format!("{stream} behind many empty parts is good"), after_many, "taken: 2"));
        rows.push(row(format!("nothing in {stream}"), pack(b""), "whose content is no tar archive"));
        rows.push(row(format!("a text in {stream}"), pack(b"prefix = 1"), "whose content is no tar archive"));
        rows.push(row(format!("a zip in {stream}"), pack(b"PK\x03\x04"), "whose content is a zip archive"));
        rows.push(row(format!("gzip in {stream}"), pack(&gzip(&tar)), "whose content is a gzip file"));
        rows.push(row(format!("a tar without an end in {stream}"), pack(&open(&[])), "ends without"));
    }
    rows
}

fn in_gzip(tar: &[u8]) -> Vec<Row> {
    let good = gzip(tar);
    let with = |at, bytes: &[u8]| patched(&good, at, bytes);
    // The flags are at 3, the header is 10 bytes long.
    let header_checksum = [&with(3, &[1 << 1])[..10], &[1, 2], &good[10..]].concat();
    vec![
        row("a checksum of gzip", with(-8, &[1, 2, 3, 4]), "its gzip stream is damaged"),
        row("a length of gzip", with(-4, &[1, 2, 3, 4]), "its gzip stream is damaged"),
        row("a method of gzip", with(2, &[7]), "its gzip stream is damaged"),
        row("flags that gzip does not have", with(3, &[1 << 6]), "its gzip stream is damaged"),
        row("a checksum of the header of gzip", header_checksum, "its gzip stream is damaged"),
        row("a flipped bit in gzip", with(2000, &[good[2000] ^ 1]), "its gzip stream is damaged"),
        row("zeros behind gzip", [good.clone(), vec![0; 512]].concat(), BEHIND),
        row("a second part of gzip that is none", [&good[..], &[0x1f, 0x8c]].concat(), "its gzip stream is"),
    ]
}

/// A stream header of 12 bytes, and a block header: its size, flags, the filter LZMA2 and its window at 16.
fn in_xz(tar: &[u8]) -> Vec<Row> {
    let good = xz(tar);
    let with = |at, bytes: &[u8]| patched(&good, at, bytes);
    let window = |code: u8| {
        let header = usize::from(good[12] + 1) * 4;
        let mut block = good[12..12 + header - 4].to_vec();
        block[4] = code;
        [&good[..12], &block, &crc32(&block).to_le_bytes(), &good[12 + header..]].concat()
    };
    let check = |code: u8| {
        let flags = [0, code];
        [&good[..6], &flags, &crc32(&flags).to_le_bytes(), &good[12..]].concat()
    };
    let index = good.len() - 12 - 8;
    vec![
        row("a window of 32 MiB of xz is good", window(26), "taken: 2 entries"),
        row("a window of 48 MiB of xz", window(27), "the xz stream needs a window of more than 32 MiB"),
        row("a window of 4 GiB of xz", window(40), "the xz stream needs a window of more than 32 MiB"),
        row("a window that xz does not have", window(41), "its xz stream is damaged"),
        row(
            "a window of 4 GiB of xz in a second stream",
            [xz(&tar[..512]), window(40)].concat(),
            "the xz stream needs a window of more than 32 MiB",
        ),
        row("a check that xz does not have yet", check(5), "its xz stream is damaged"),
        row("a flipped bit in xz", with(2000, &[good[2000] ^ 1]), "its xz stream is damaged"),
        row("a checksum of xz", with(index as isize - 8, &[1, 2, 3]), "its xz stream is damaged"),
        row("an index of xz", with(index as isize + 2, &[9]), "its xz stream is damaged"),
        row("a footer of xz", with(-3, &[1]), "its xz stream is damaged"),
        row("padding of xz is good", [good.clone(), vec![0; 8]].concat(), "taken: 2 entries"),
        row("padding that xz does not have", [good.clone(), vec![0; 3]].concat(), BEHIND),
    ]
}

/// A mark of 4 bytes, the descriptor, and in these frames a byte for the window.
fn in_zstd(tar: &[u8]) -> Vec<Row> {
    let good = zstd(tar);
    let with = |at, bytes: &[u8]| patched(&good, at, bytes);
    let skipped =
        |bytes: &[u8]| [b"\x5a\x2a\x4d\x18", &(bytes.len() as u32).to_le_bytes()[..], bytes].concat();
    let frame = |rest: &[u8]| [b"\x28\xb5\x2f\xfd", rest].concat();
    // All content in one piece, which is its window: the size has 8 bytes.
    let whole = |size: u64| frame(&[&[0b1110_0000][..], &size.to_le_bytes(), &[1, 0, 0]].concat());
    let more = "the zstd stream needs a window of more than 32 MiB";
    vec![
        row("a window of 32 MiB of zstd is good", with(5, &[15 << 3]), "taken: 2 entries"),
        row("a window of 36 MiB of zstd", with(5, &[15 << 3 | 1]), more),
        row("a window of 2 GiB of zstd", with(5, &[21 << 3]), more),
        row("a window of 3.75 TiB of zstd", with(5, &[0xff]), more),
        row("a window of 2 GiB in a second frame", [zstd(&tar[..512]), with(5, &[21 << 3])].concat(), more),
        row("a frame of 100 MiB in one piece", whole(100 << 20), more),
        row("a frame of 2^63 bytes in one piece", whole(1 << 63), more),
        row("a frame that says another size", whole(1), "its zstd stream is damaged"),
        row("a dictionary of zstd", frame(&[0b0010_0001, 7, 0, 1, 0, 0]), "its zstd stream is damaged"),
        row("a mark that zstd does not have", with(4, &[good[4] | 1 << 3]), "its zstd stream is damaged"),
        row("a checksum of zstd", with(-4, &[1, 2, 3]), "its zstd stream is damaged"),
        row("a flipped bit in zstd", with(2000, &[good[2000] ^ 1]), "its zstd stream is damaged"),
        row("a block of zstd of no kind", frame(&[0, 8 << 3, 0b111, 0, 0]), "its zstd stream is damaged"),
        row("literals beyond a block of zstd", literals(), "its zstd stream is damaged"),
        row("skipped bytes in zstd are good", [skipped(b"four"), good.clone()].concat(), "taken: 2 entries"),
        row("nothing but skipped bytes", skipped(&[7; 5000]), "whose content is no tar archive"),
        row("skipped bytes that are not there", skipped(b"four")[..10].to_vec(), "is cut off"),
    ]
}

/// A window of 32 MiB filled with blocks of one byte each, then blocks that say they are a MiB.
fn literals() -> Vec<u8> {
    let block =
        |kind: u32, size: u32, body: &[u8]| [&(kind << 1 | size << 3).to_le_bytes()[..3], body].concat();
    let mut frame = b"\x28\xb5\x2f\xfd\0\x78".to_vec();
    for _ in 0..256 {
        frame.extend(block(1, 128 << 10, b"A"));
    }
    let size: u32 = 1 | 3 << 2 | ((1 << 20) - 1) << 4;
    let body = [&size.to_le_bytes()[..3], b"B\0"].concat();
    frame.extend(block(2, body.len() as u32, &body));
    let claimed = Header::new("x", b'0').size(8 << 30).with(b"");
    [zstd(&open(&[claimed])), frame].concat()
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}
