//! The folder `SegDescrip` of a DII COE segment, and the name of its payload: who the segment is, as far as
//! public sources state where that is written. Its own files count before names of folders and files.

use serde_json::{Map, Value, json};

use super::super::ArchiveError;
use super::super::error::shown;
use super::super::intake::Kept;
use super::bounds::Lists;
use super::payload_name::PayloadName;
use super::remarks::Remarks;
use super::seg_info::{self, SegInfo};
use super::seg_name::{self, SegName, VersionFile};
use super::{MAX_FILE, Manifest, Said, Source, Wanted, bounds, encoding};
use crate::domain::FreeText;
use crate::domain::words::{Say, Word, say, word};

/// What is kept of release notes and of a licence, in bytes: both fit into the manifest's record, even if
/// every byte is escaped there.
const MAX_NOTES: usize = 16 << 10;
const MAX_LICENSE: usize = 4 << 10;

/// A file of the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    SegInfo,
    SegName,
    Version,
    ReleaseNotes,
    License,
    PreInstall,
    PostInstall,
    Deinstall,
}

impl Part {
    const ALL: [(Self, &'static str); 8] = [
        (Self::SegInfo, "SegInfo"),
        (Self::SegName, "SegName"),
        (Self::Version, "VERSION"),
        (Self::ReleaseNotes, "ReleaseNotes"),
        (Self::License, "LICENSE"),
        (Self::PreInstall, "PreInstall"),
        (Self::PostInstall, "PostInstall"),
        (Self::Deinstall, "DEINSTALL"),
    ];

    /// By its path from the folder that holds `SegDescrip`, in any case.
    pub(super) fn of_path(path: &str) -> Option<Self> {
        let (folder, name) = path.split_once('/')?;
        let known = |(_, known): &&(Self, &str)| known.eq_ignore_ascii_case(name);
        let (part, _) = Self::ALL.iter().find(known)?;
        folder.eq_ignore_ascii_case("SegDescrip").then_some(*part)
    }

    /// How much of it is kept; of a script only that it is there.
    pub(super) fn wanted(self) -> Wanted {
        match self {
            Self::SegInfo | Self::SegName | Self::Version => Wanted { max: MAX_FILE, whole: true },
            Self::ReleaseNotes => Wanted { max: MAX_NOTES, whole: false },
            Self::License => Wanted { max: MAX_LICENSE, whole: false },
            Self::PreInstall | Self::PostInstall | Self::Deinstall => Wanted { max: 0, whole: false },
        }
    }
}

/// The files that were found of it.
struct Folder<'a>(Vec<&'a Kept>);

impl<'a> Folder<'a> {
    /// A folder at the root counts before one in the top folder, which may have the same name.
    fn new(found: &[&'a Kept]) -> Self {
        let at_root: Vec<&Kept> = found.iter().copied().filter(|kept| kept.path == kept.name).collect();
        Self(if at_root.is_empty() { found.to_vec() } else { at_root })
    }

    fn file(&self, part: Part) -> Option<&'a Kept> {
        self.0.iter().copied().find(|kept| Part::of_path(&kept.name) == Some(part))
    }

    /// The head of a text that is for people; one that cannot be read is named and left.
    fn text(&self, part: Part, remarks: &mut Remarks) -> Option<String> {
        let file = self.file(part)?;
        let text = encoding::head(file);
        if text.is_none() {
            remarks.say(|| say!("remark-encoding", path = shown(&file.path)));
        }
        text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn names(&self, wanted: impl Fn(Part) -> bool) -> impl Iterator<Item = (&'static str, &'a Kept)> {
        let parts = Part::ALL.into_iter().filter(move |(part, _)| wanted(*part));
        parts.filter_map(|(part, name)| Some((name, self.file(part)?)))
    }
}

/// Reads the folder. `top` is the folder everything lies in, `file_name` the name of the segment file.
pub(super) fn read(found: &[&Kept], top: Option<&str>, file_name: &str) -> Result<Said, ArchiveError> {
    let folder = Folder::new(found);
    let (mut remarks, mut lists) = (Remarks::default(), Lists::new());
    let name = match folder.file(Part::SegName) {
        Some(file) => seg_name::read(file, &mut remarks)?,
        None => SegName::default(),
    };
    let version = match folder.file(Part::Version) {
        Some(file) => seg_name::read_version(file, &mut remarks)?,
        None => VersionFile::default(),
    };
    let info = match folder.file(Part::SegInfo) {
        Some(file) => seg_info::read(file, &mut lists, &mut remarks)?,
        None => SegInfo::default(),
    };
    let notes = folder.text(Part::ReleaseNotes, &mut remarks);
    let license = folder.text(Part::License, &mut remarks);
    let payload = top
        .and_then(|top| Some((PayloadName::of_folder(top)?, word!("remark-from-folder"), top)))
        .or_else(|| Some((PayloadName::of_file(file_name)?, word!("remark-from-file"), file_name)));
    let named = |part: for<'n> fn(&PayloadName<'n>) -> &'n str| {
        payload.as_ref().map(|(name, from, _)| (part(name).to_owned(), Say::from(*from)))
    };
    let in_name = |value: &Option<String>| value.clone().map(|value| (value, Say::plain("SegName")));
    let in_version = version.version.clone().map(|version| (version, Say::plain("VERSION")));

    let mut manifest = Manifest {
        source: Source::SegDescrip,
        prefix_at: name.prefix_at,
        // What `VERSION` says counts before it, and can be one.
        version_at: name.version_at.filter(|_| version.version.is_none()),
        prefix: first(
            word!("manifest-field-prefix"),
            [in_name(&name.prefix), named(|name| name.prefix)],
            &mut remarks,
        ),
        version: first(
            word!("manifest-field-version"),
            [in_version, in_name(&name.version), named(|name| name.version)],
            &mut remarks,
        ),
        name: name.name.clone().map(FreeText::from),
        kind: first(word!("remark-field-type"), [in_name(&name.kind), named(|name| name.kind)], &mut remarks)
            .unwrap_or_default()
            .into(),
        description: notes.clone().unwrap_or_default().into(),
        requires: info.requires,
        conflicts: info.conflicts,
        ..Manifest::default()
    };
    if let Some((payload, from, name)) = &payload {
        match payload.arch() {
            Some(arch) => manifest.archs.push(arch.into()),
            None if payload.is_for_all() => {}
            None => remarks.say(|| {
                let platform = payload.platform;
                say!("remark-platform", from = *from, name = shown(name), platform = platform)
            }),
        }
    }

    let is_script = |part| matches!(part, Part::PreInstall | Part::PostInstall | Part::Deinstall);
    let scripts: Vec<Value> = folder.names(is_script).map(|(name, _)| name.into()).collect();
    let whole = Value::Object(Map::from_iter(
        [
            ("prefix", json!(manifest.prefix)),
            ("version", json!(manifest.version)),
            ("name", json!(manifest.name)),
            ("type", json!(manifest.kind)),
            ("platform", json!(payload.as_ref().map(|(name, ..)| name.platform))),
            ("payloadName", json!(payload.as_ref().map(|(.., name)| *name))),
            ("archs", json!(manifest.archs)),
            ("requires", json!(manifest.requires)),
            ("conflicts", json!(manifest.conflicts)),
            ("segName", name.lines.into()),
            ("versionFile", version.lines.into()),
            ("sections", info.sections.into()),
            ("releaseNotes", json!(notes)),
            ("license", json!(license)),
            ("scripts", scripts.into()),
        ]
        .into_iter()
        .filter(|(_, value)| says_something(value))
        .map(|(key, value)| (key.to_owned(), value)),
    ));
    let largest = folder.0.iter().max_by_key(|kept| kept.bytes.len());
    bounds::whole(largest.map_or("SegDescrip", |kept| &kept.path), &whole)?;
    let files = folder.names(|part| !is_script(part)).map(|(_, kept)| shown(&kept.path)).collect();
    Ok(Said { manifest, whole, files, not_understood: remarks.finish() })
}

/// The first that is there counts; one that says something else is named.
fn first<const N: usize>(
    field: Word,
    said: [Option<(String, Say)>; N],
    remarks: &mut Remarks,
) -> Option<String> {
    let mut said = said.into_iter().flatten();
    let (value, from) = said.next()?;
    for (other, other_from) in said.filter(|(other, _)| *other != value) {
        remarks.say(|| {
            let (value, other) = (shown(&value), shown(&other));
            say!(
                "remark-counts",
                from = &from,
                field = field,
                value = value,
                other_from = other_from,
                other = other
            )
        });
    }
    Some(value)
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
