//! Zip archives put together field by field, so that each field can lie.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// What a manifest must say at least.
pub(crate) const TOML: &[u8] = b"prefix = \"nav-core\"\nversion = \"2.1.0\"\n";

/// One of the two headers of an entry; what only the directory has is left out of the other.
#[derive(Clone, Default)]
pub(crate) struct Header {
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) crc: u32,
    pub(crate) compressed: u32,
    pub(crate) size: u32,
    pub(crate) name: Vec<u8>,
    pub(crate) extra: Vec<u8>,
    pub(crate) made_by: u16,
    pub(crate) comment: Vec<u8>,
    pub(crate) disk: u16,
    pub(crate) external: u32,
    /// Where the entry begins, if it lies about that.
    pub(crate) offset: Option<u32>,
}

/// An entry: what stands before its data, the data as it is packed, and what stands behind it.
#[derive(Clone, Default)]
pub(crate) struct Entry {
    /// Bytes that belong to nothing.
    pub(crate) before: Vec<u8>,
    pub(crate) local: Header,
    pub(crate) packed: Vec<u8>,
    pub(crate) behind: Vec<u8>,
    /// None: the directory does not know it.
    pub(crate) central: Option<Header>,
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An extra field.
pub(crate) fn field(id: u16, bytes: &[u8]) -> Vec<u8> {
    [&id.to_le_bytes()[..], &(bytes.len() as u16).to_le_bytes(), bytes].concat()
}

/// The zip64 field with these numbers.
pub(crate) fn zip64(numbers: &[u64]) -> Vec<u8> {
    field(1, &numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>())
}

/// Info-ZIP's field with another way to write this name.
pub(crate) fn unicode(raw: &[u8], name: &str) -> Vec<u8> {
    field(0x7075, &[&[1], &crc32fast::hash(raw).to_le_bytes()[..], name.as_bytes()].concat())
}

impl Entry {
    fn new(name: impl AsRef<[u8]>, method: u16, plain: &[u8], packed: Vec<u8>) -> Self {
        let header = Header {
            method,
            crc: crc32fast::hash(plain),
            compressed: packed.len() as u32,
            size: plain.len() as u32,
            name: name.as_ref().to_vec(),
            made_by: 3 << 8,
            ..Header::default()
        };
        Self { local: header.clone(), central: Some(header), packed, ..Self::default() }
    }

    pub(crate) fn stored(name: impl AsRef<[u8]>, plain: &[u8]) -> Self {
        Self::new(name, 0, plain, plain.to_vec())
    }

    pub(crate) fn deflated(name: impl AsRef<[u8]>, plain: &[u8]) -> Self {
        Self::new(name, 8, plain, deflate(plain))
    }

    /// The same change in both headers.
    pub(crate) fn both(mut self, change: impl Fn(&mut Header)) -> Self {
        change(&mut self.local);
        self.central.iter_mut().for_each(change);
        self
    }

    pub(crate) fn local(mut self, change: impl FnOnce(&mut Header)) -> Self {
        change(&mut self.local);
        self
    }

    pub(crate) fn central(mut self, change: impl FnOnce(&mut Header)) -> Self {
        self.central.as_mut().map(change);
        self
    }

    /// Any other change.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Unix mode.
    pub(crate) fn mode(self, mode: u32) -> Self {
        self.central(|header| header.external = mode << 16)
    }

    /// Its checksum and sizes stand behind its data, as a program writes them that cannot go back.
    pub(crate) fn streamed(mut self, marked: bool, long: bool) -> Self {
        let (crc, compressed, size) = (self.local.crc, self.local.compressed, self.local.size);
        self.behind = if marked { b"PK\x07\x08".to_vec() } else { Vec::new() };
        self.behind.extend(crc.to_le_bytes());
        for size in [compressed, size] {
            let bytes = u64::from(size).to_le_bytes();
            self.behind.extend(if long { &bytes[..] } else { &bytes[..4] });
        }
        (self.local.crc, self.local.compressed, self.local.size) = (0, 0, 0);
        self.both(|header| header.flags |= 8)
    }

    /// What stands before its data.
    pub(crate) fn header(&self) -> Vec<u8> {
        let header = &self.local;
        let mut out = b"PK\x03\x04\x14\0".to_vec();
        for number in [header.flags, header.method, 0, 0x21] {
            out.extend(number.to_le_bytes());
        }
        for number in [header.crc, header.compressed, header.size] {
            out.extend(number.to_le_bytes());
        }
        for text in [&header.name, &header.extra] {
            out.extend((text.len() as u16).to_le_bytes());
        }
        [out, header.name.clone(), header.extra.clone()].concat()
    }
}

/// Changes the 56 bytes of the zip64 end record and the 20 of its locator.
pub(crate) type Change64 = fn(&mut [u8], &mut [u8]);

/// An archive whose parts can be changed before they are put together.
#[derive(Default)]
pub(crate) struct Zip {
    pub(crate) entries: Vec<Entry>,
    /// Bytes before the directory.
    pub(crate) gap: Vec<u8>,
    /// Bytes behind its last entry, counted as a part of it.
    pub(crate) more_directory: Vec<u8>,
    /// Writes a zip64 end record.
    pub(crate) end64: Option<Change64>,
    /// Changes the 22 bytes of the end record.
    pub(crate) end: Option<fn(&mut [u8])>,
    pub(crate) comment: Vec<u8>,
    /// Bytes behind everything.
    pub(crate) behind: Vec<u8>,
}

/// Where the parts of an archive begin.
pub(crate) struct Laid {
    pub(crate) bytes: Vec<u8>,
    pub(crate) directory: usize,
    pub(crate) end: usize,
}

impl Zip {
    /// A good one with these entries, a manifest before them.
    pub(crate) fn of(entries: impl IntoIterator<Item = Entry>) -> Self {
        let manifest = Entry::deflated("segment.toml", TOML);
        Self { entries: [manifest].into_iter().chain(entries).collect(), ..Self::default() }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.lay().bytes
    }

    pub(crate) fn lay(&self) -> Laid {
        let (mut bytes, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u64);
        for entry in &self.entries {
            bytes.extend(&entry.before);
            if let Some(header) = &entry.central {
                directory.extend(record(header, bytes.len()));
                count += 1;
            }
            bytes.extend(entry.header());
            bytes.extend(&entry.packed);
            bytes.extend(&entry.behind);
        }
        bytes.extend(&self.gap);
        directory.extend(&self.more_directory);
        let (start, size) = (bytes.len(), directory.len());
        bytes.extend(directory);
        let end64 = bytes.len();
        if let Some(change) = self.end64 {
            let mut record = b"PK\x06\x06\x2c\0\0\0\0\0\0\0\x2d\0\x2d\0\0\0\0\0\0\0\0\0".to_vec();
            for number in [count, count, size as u64, start as u64] {
                record.extend(number.to_le_bytes());
            }
            let mut locator = b"PK\x06\x07\0\0\0\0".to_vec();
            locator.extend((end64 as u64).to_le_bytes());
            locator.extend(1_u32.to_le_bytes());
            change(&mut record, &mut locator);
            bytes.extend(record);
            bytes.extend(locator);
        }
        let end = bytes.len();
        bytes.extend(b"PK\x05\x06\0\0\0\0");
        let short = (count.min(0xffff) as u16).to_le_bytes();
        bytes.extend([short, short].concat());
        bytes.extend((size as u32).to_le_bytes());
        bytes.extend((start as u32).to_le_bytes());
        bytes.extend((self.comment.len() as u16).to_le_bytes());
        if let Some(change) = self.end {
            change(&mut bytes[end..]);
        }
        bytes.extend(&self.comment);
        bytes.extend(&self.behind);
        Laid { bytes, directory: start, end }
    }
}

/// A record of the directory.
pub(crate) fn record(header: &Header, offset: usize) -> Vec<u8> {
    let mut out = b"PK\x01\x02\x14".to_vec();
    out.push(0);
    out[4..6].copy_from_slice(&(header.made_by | 20).to_le_bytes());
    out.extend(20_u16.to_le_bytes());
    for number in [header.flags, header.method, 0, 0x21] {
        out.extend(number.to_le_bytes());
    }
    for number in [header.crc, header.compressed, header.size] {
        out.extend(number.to_le_bytes());
    }
    for text in [&header.name, &header.extra, &header.comment] {
        out.extend((text.len() as u16).to_le_bytes());
    }
    for number in [header.disk, 0] {
        out.extend(number.to_le_bytes());
    }
    out.extend(header.external.to_le_bytes());
    out.extend(header.offset.unwrap_or(offset as u32).to_le_bytes());
    [out, header.name.clone(), header.extra.clone(), header.comment.clone()].concat()
}
