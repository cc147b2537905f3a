//! Real segment archives, made on the spot.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A sample and whether it is uploaded at the first start; the others wait for the operator.
pub(super) struct Sample {
    /// Its file, in the folder of samples.
    pub(super) file: &'static str,
    /// Uploaded at the first start?
    pub(super) first: bool,
    prefix: &'static str,
    version: &'static str,
    name: &'static str,
    rest: &'static str,
    megabytes: usize,
}

/// All of them.
pub(super) const SAMPLES: [Sample; 6] = [
    Sample {
        file: "geo-base-1.4.0.zip",
        first: true,
        prefix: "geo-base",
        version: "1.4.0",
        name: "Geodata",
        rest: "type = \"data\"\nvendor = \"Demo Cartography\"\ndescription = \"Coast lines and depths.\"\n",
        megabytes: 4,
    },
    Sample {
        file: "nav-core-2.0.0.zip",
        first: true,
        prefix: "nav-core",
        version: "2.0.0",
        name: "Navigation core",
        rest: "type = \"application\"\nvendor = \"Demo Systems\"\ndescription = \"Position, course and speed.\"\narchs = [\"x86_64\"]\n",
        megabytes: 2,
    },
    Sample {
        file: "nav-core-2.1.0.zip",
        first: false,
        prefix: "nav-core",
        version: "2.1.0",
        name: "Navigation core",
        rest: "type = \"application\"\nvendor = \"Demo Systems\"\ndescription = \"Position, course, speed and drift.\"\narchs = [\"x86_64\"]\nconflicts = [\"nav-legacy\"]\n",
        megabytes: 2,
    },
    Sample {
        file: "nav-display-4.2.0.0.zip",
        first: false,
        prefix: "nav-display",
        version: "4.2.0.0",
        name: "导航显示",
        rest: "type = \"application\"\nvendor = \"演示系统\"\ndescription = \"显示位置、航向与航速。\"\nrequires = [\"geo-base >=1.4\", \"nav-core >=2.0\"]\n",
        megabytes: 2,
    },
    Sample {
        file: "radar-track-1.0.0-rc.1.zip",
        first: false,
        prefix: "radar-track",
        version: "1.0.0-rc.1",
        name: "Radar tracking",
        rest: "type = \"application\"\nvendor = \"Demo Systems\"\ndescription = \"A version before its release.\"\n",
        megabytes: 1,
    },
    Sample {
        file: "crew-app-1.2.0.mpk",
        first: false,
        prefix: "crew-app",
        version: "1.2.0",
        name: "Crew app",
        rest: "type = \"application\"\nvendor = \"Demo Systems\"\ndescription = \"For the 15s store, which keeps it and cannot install.\"\n",
        megabytes: 1,
    },
];

/// Makes those that are not there; the folder's path and whether it was made now.
pub(super) fn make(folder: &Path) -> io::Result<bool> {
    let new = !folder.exists();
    std::fs::create_dir_all(folder)?;
    for sample in &SAMPLES {
        let path = folder.join(sample.file);
        if !path.exists() {
            // Under another name until it is whole: half an archive must not be found at the next start.
            let partial: PathBuf = folder.join(format!(".{}", sample.file));
            write(&partial, sample)?;
            std::fs::rename(&partial, &path)?;
        }
    }
    Ok(new)
}

fn write(path: &Path, sample: &Sample) -> io::Result<()> {
    let mut zip = ZipWriter::new(BufWriter::new(File::create(path)?));
    let plain = SimpleFileOptions::default();
    zip.start_file("segment.toml", plain).map_err(io::Error::other)?;
    let Sample { prefix, version, name, rest, .. } = sample;
    write!(zip, "prefix = \"{prefix}\"\nversion = \"{version}\"\nname = \"{name}\"\n{rest}")?;
    write!(zip, "\n[scripts]\ninstall = \"bin/install.sh\"\nuninstall = \"bin/uninstall.sh\"\n")?;
    for script in ["install", "uninstall"] {
        zip.start_file(format!("bin/{script}.sh"), plain.unix_permissions(0o755))
            .map_err(io::Error::other)?;
        writeln!(zip, "#!/bin/sh\necho \"{script} {prefix} {version}\"")?;
    }
    // Noise, so that the file has a size that an upload shows; packing it would only take time.
    let stored = plain.compression_method(CompressionMethod::Stored);
    zip.start_file(format!("data/{prefix}.bin"), stored).map_err(io::Error::other)?;
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ (prefix.len() as u64) << 32 ^ version.len() as u64;
    let mut block = [0_u8; 4096];
    for _ in 0..sample.megabytes * 256 {
        for chunk in block.chunks_exact_mut(8) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            chunk.copy_from_slice(&state.to_le_bytes());
        }
        zip.write_all(&block)?;
    }
    zip.finish().map_err(io::Error::other)?.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::ControlFlow;

    use crate::archive::{self, Limits, Overrides, Reading};
    use crate::domain::Format;

    #[test]
    fn every_sample_is_a_segment() {
        let folder = tempfile::tempdir().unwrap();
        let samples = folder.path().join("samples");
        assert!(make(&samples).unwrap());
        assert!(!make(&samples).unwrap());
        let limits = Limits::default();
        for sample in &SAMPLES {
            let file = File::open(samples.join(sample.file)).unwrap();
            let heard = &mut |_| ControlFlow::Continue(());
            let reading = Reading { file_name: sample.file, format: Format::Zip, limits: &limits, heard };
            let contents = archive::read(file, reading).unwrap();
            let resolved = contents.manifest.resolve(&Overrides::default()).unwrap();
            assert_eq!(resolved.prefix.as_str(), sample.prefix);
            assert_eq!(resolved.version.as_str(), sample.version);
            assert_eq!(resolved.name.raw(), sample.name);
        }
    }
}
