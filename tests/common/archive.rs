//! Segment files, made on the spot.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

/// A well-formed segment file with `payload` bytes that do not compress.
pub fn segment(dir: &Path, prefix: &str, version: &str, suffix: &str, payload: u64) -> PathBuf {
    let manifest = format!("prefix = \"{prefix}\"\nversion = \"{version}\"\nname = \"{prefix} for tests\"\n");
    with_manifest(dir, &format!("{prefix}-{version}.{suffix}"), Some(&manifest), payload)
}

/// A zip with this manifest, or none.
pub fn with_manifest(dir: &Path, file: &str, manifest: Option<&str>, payload: u64) -> PathBuf {
    let path = dir.join(file);
    let mut zip = ZipWriter::new(std::fs::File::create(&path).unwrap());
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    if let Some(manifest) = manifest {
        zip.start_file("segment.toml", stored).unwrap();
        zip.write_all(manifest.as_bytes()).unwrap();
    }
    zip.start_file("bin/payload", stored.large_file(payload > 1 << 31)).unwrap();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ payload;
    let mut left = payload;
    let mut chunk = vec![0_u8; 1 << 20];
    while left > 0 {
        for word in chunk.chunks_exact_mut(8) {
            // xorshift: fast, and nothing that deflate could shrink.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            word.copy_from_slice(&state.to_le_bytes());
        }
        let part = usize::try_from(left.min(chunk.len() as u64)).unwrap();
        zip.write_all(&chunk[..part]).unwrap();
        left -= part as u64;
    }
    zip.finish().unwrap();
    path
}
