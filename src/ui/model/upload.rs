//! Files on their way to becoming segments: read, looked over, and uploaded one after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tui_input::Input;

use super::command_line::{flag, quoted_path};
use super::data::Data;
use super::overlay::Scroll;
use super::pace::Pace;
use crate::domain::words::Say;
use crate::domain::{FreeText, NameError, Prefix, SegmentId, Shown, Version};
use crate::service::{Expected, Findings, InspectProgress, Overrides, UploadProgress, UploadRequest};

/// Files are read at most so many at once.
pub const READ_AT_ONCE: usize = 2;

/// One upload of one or several files.
#[derive(Debug, Clone)]
pub struct Upload {
    /// In the order they were chosen.
    pub files: Vec<UploadFile>,
    /// Row of the cursor.
    pub cursor: usize,
    /// How far the facts of the file under the cursor are scrolled.
    pub scroll: Scroll,
    /// How far it is.
    pub stage: Stage,
    /// Is an id taken? As the store said.
    pub taken: BTreeMap<SegmentId, Result<bool, Say>>,
    /// These ids were last asked about.
    pub asked: BTreeSet<SegmentId>,
}

/// How far an upload is.
#[derive(Debug, Clone)]
pub enum Stage {
    /// It waits for the word.
    Review(Focus),
    /// A file is on its way.
    Running(Running),
    /// All that could be done is done.
    Done,
}

/// What gets the keys during the review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Focus {
    /// The rows, and the button.
    Files,
    /// A field of the file under the cursor.
    Field {
        /// Which one.
        field: Field,
        /// What it held when it got the keys.
        before: String,
    },
}

/// A field that can be edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The prefix.
    Prefix,
    /// The version.
    Version,
    /// The name.
    Name,
    /// The description.
    Description,
}

impl Field {
    /// From top to bottom.
    pub const ALL: [Self; 4] = [Self::Prefix, Self::Version, Self::Name, Self::Description];
}

/// A file on its way.
#[derive(Debug, Clone)]
pub struct Running {
    /// Which one.
    pub number: u32,
    /// How far it is.
    pub progress: UploadProgress,
    /// How fast it moves.
    pub pace: Pace,
    /// Its end was asked for.
    pub cancelling: bool,
}

/// One file.
#[derive(Debug, Clone)]
pub struct UploadFile {
    /// Answers name it.
    pub number: u32,
    /// As it was typed.
    pub path: PathBuf,
    /// How far it is read.
    pub reading: Reading,
    /// What was found out of it, also where it is refused.
    pub found: Option<Arc<Findings>>,
    /// The texts that can be edited, in the order of [`Field::ALL`].
    pub texts: [FieldText; 4],
    /// The operator does not want it.
    pub left_out: bool,
    /// It was ready when the word was said.
    pub queued: bool,
    /// What became of it.
    pub end: Option<End>,
}

/// How far a file is read.
#[derive(Debug, Clone)]
pub enum Reading {
    /// Others come first.
    Waiting,
    /// Under way.
    Under(Under),
    /// It would be taken.
    Done,
    /// It is not taken.
    Refused(Say),
}

/// The reading of a file: once for its sums, once for what it holds, side by side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Under {
    hashed: u64,
    read: u64,
    total: u64,
}

impl Under {
    /// It moved on.
    pub fn note(&mut self, progress: InspectProgress) {
        match progress {
            InspectProgress::Hashing { done, total } => (self.hashed, self.total) = (done, total),
            InspectProgress::Reading { done, total } => (self.read, self.total) = (done, total),
        }
    }

    /// How much of it is done.
    pub fn percent(self) -> u8 {
        share(self.hashed, self.total, 50) + share(self.read, self.total, 49)
    }
}

/// A text that can be edited.
#[derive(Debug, Clone, Default)]
pub struct FieldText {
    /// As it is now.
    pub input: Input,
    /// As the file says it.
    pub said: String,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It is a segment.
    Uploaded(SegmentId),
    /// It is not, and why.
    Failed(Say),
    /// Its end was asked for; nothing of it is left.
    Cancelled,
}

/// Where a file stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It is not read yet.
    Waiting,
    /// Read so many per cent.
    Reading(u8),
    /// It is not taken.
    Refused(Say),
    /// A field is not acceptable.
    Wrong(Field, NameError),
    /// Another file of this upload, at this row, becomes the same segment.
    Twice(usize),
    /// There is such a segment.
    Exists,
    /// The store is asked whether there is one.
    Asking,
    /// The store did not answer.
    Unanswered(Say),
    /// It can be uploaded.
    Ready,
    /// The operator does not want it.
    LeftOut,
    /// Others come first.
    Queued,
    /// Uploaded so many per cent.
    Uploading(u8),
    /// Its end.
    Ended(End),
}

impl Verdict {
    /// More will be known soon.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Waiting | Self::Reading(_) | Self::Asking)
    }
}

impl UploadFile {
    /// Not read yet.
    pub fn new(number: u32, path: PathBuf) -> Self {
        Self {
            number,
            path,
            reading: Reading::Waiting,
            found: None,
            texts: Default::default(),
            left_out: false,
            queued: false,
            end: None,
        }
    }

    /// Its own name, as the file system has it.
    pub fn name(&self) -> String {
        let name = self.path.file_name().unwrap_or(self.path.as_os_str());
        name.to_string_lossy().into_owned()
    }

    /// It was read and would be taken.
    pub fn is_read(&self) -> bool {
        matches!(self.reading, Reading::Done)
    }

    /// A field as it is now.
    pub fn text(&self, field: Field) -> &str {
        self.texts[field as usize].input.value()
    }

    /// It was read: the fields say what the file says.
    pub fn read(&mut self, found: Arc<Findings>) {
        let found = self.found.insert(found);
        let manifest = match &found.contents {
            Ok(contents) => &contents.manifest,
            Err(error) => {
                self.reading = Reading::Refused(error.message.clone());
                return;
            }
        };
        let name = manifest.name.as_ref().map(|name| name.raw()).unwrap_or_default();
        let said = [
            manifest.prefix.as_deref().unwrap_or_default(),
            manifest.version.as_deref().unwrap_or_default(),
            name,
            manifest.description.raw(),
        ];
        for (text, said) in self.texts.iter_mut().zip(said) {
            // A field is one line; what a manifest writes in several is kept whole unless it is edited.
            let said: String = Shown::from(said).as_str().chars().take(LONGEST).collect();
            // Read once more, what was edited stays.
            if text.input.value() == text.said {
                text.input = Input::new(said.clone());
            }
            text.said = said;
        }
        self.reading = Reading::Done;
    }

    /// Which segment it becomes, or which field stands in the way.
    ///
    /// # Errors
    /// The field and what is wrong with it.
    pub fn id(&self) -> Result<SegmentId, (Field, NameError)> {
        let prefix: Prefix = self.text(Field::Prefix).parse().map_err(|error| (Field::Prefix, error))?;
        let version: Version = self.text(Field::Version).parse().map_err(|error| (Field::Version, error))?;
        Ok(SegmentId::new(prefix, version))
    }

    /// What is wrong with a field as it is now.
    pub fn wrong(&self, field: Field) -> Option<NameError> {
        match field {
            Field::Prefix => self.text(field).parse::<Prefix>().err(),
            Field::Version => self.text(field).parse::<Version>().err(),
            Field::Name | Field::Description => None,
        }
    }

    /// What its manifest requires.
    pub fn requires(&self) -> &[FreeText] {
        let contents = self.found.as_ref().and_then(|found| found.contents.as_ref().ok());
        contents.map(|contents| contents.manifest.requires.as_slice()).unwrap_or_default()
    }

    /// A field where it says something else than the file.
    fn edited(&self, field: Field) -> Option<String> {
        let text = &self.texts[field as usize];
        (text.input.value() != text.said).then(|| text.input.value().to_owned())
    }

    /// The upload of this file with what was edited.
    pub fn request(&self) -> UploadRequest {
        // Without a name it is called what its prefix says, also where the file has another.
        let name = self
            .edited(Field::Name)
            .map(|name| if name.trim().is_empty() { self.text(Field::Prefix).to_owned() } else { name });
        UploadRequest {
            file: self.path.clone(),
            overrides: Overrides {
                prefix: self.edited(Field::Prefix),
                version: self.edited(Field::Version),
                name,
                description: self.edited(Field::Description),
            },
            // What was shown is what is uploaded, or nothing is.
            expected: self
                .found
                .as_ref()
                .and_then(|found| found.hashed.clone())
                .map(|hashed| Expected { sha256: hashed.sha256, md5: hashed.md5 }),
        }
    }
}

/// Most letters of a field.
pub const LONGEST: usize = 1024;

impl Upload {
    /// Files to look over.
    pub fn review(files: Vec<UploadFile>) -> Self {
        Self {
            files,
            cursor: 0,
            scroll: Scroll::default(),
            stage: Stage::Review(Focus::Files),
            taken: BTreeMap::new(),
            asked: BTreeSet::new(),
        }
    }

    /// The file under the cursor.
    pub fn current(&self) -> Option<&UploadFile> {
        self.files.get(self.cursor)
    }

    /// A file by its number.
    pub fn file_mut(&mut self, number: u32) -> Option<&mut UploadFile> {
        self.files.iter_mut().find(|file| file.number == number)
    }

    /// The file on its way.
    pub fn running(&self) -> Option<&Running> {
        match &self.stage {
            Stage::Running(running) => Some(running),
            Stage::Review(_) | Stage::Done => None,
        }
    }

    /// The field that is typed in, and its file.
    pub fn typed_field(&mut self) -> Option<&mut Input> {
        let Stage::Review(Focus::Field { field, .. }) = self.stage else { return None };
        self.files.get_mut(self.cursor).map(|file| &mut file.texts[field as usize].input)
    }

    /// Where every file stands.
    pub fn verdicts(&self, data: &Data) -> Vec<Verdict> {
        let mut seen: BTreeMap<SegmentId, usize> = BTreeMap::new();
        let mut verdicts = Vec::with_capacity(self.files.len());
        for (row, file) in self.files.iter().enumerate() {
            let verdict = self.verdict(file, data, &seen);
            let counts = !matches!(verdict, Verdict::LeftOut | Verdict::Twice(_) | Verdict::Exists);
            if counts
                && file.is_read()
                && let Ok(id) = file.id()
            {
                seen.entry(id).or_insert(row);
            }
            verdicts.push(verdict);
        }
        verdicts
    }

    fn verdict(&self, file: &UploadFile, data: &Data, seen: &BTreeMap<SegmentId, usize>) -> Verdict {
        if let Some(end) = &file.end {
            return Verdict::Ended(end.clone());
        }
        match self.running() {
            Some(running) if running.number == file.number => {
                return Verdict::Uploading(percent(running.progress));
            }
            Some(_) if file.queued => return Verdict::Queued,
            _ if file.left_out => return Verdict::LeftOut,
            _ => {}
        }
        match &file.reading {
            Reading::Waiting => return Verdict::Waiting,
            Reading::Under(under) => return Verdict::Reading(under.percent()),
            Reading::Refused(reason) => return Verdict::Refused(reason.clone()),
            Reading::Done => {}
        }
        let id = match file.id() {
            Ok(id) => id,
            Err((field, error)) => return Verdict::Wrong(field, error),
        };
        if let Some(row) = seen.get(&id) {
            return Verdict::Twice(*row);
        }
        match self.taken.get(&id) {
            _ if data.segment(&id).is_some_and(|row| row.removed_at.is_none()) => Verdict::Exists,
            Some(Ok(true)) => Verdict::Exists,
            Some(Ok(false)) => Verdict::Ready,
            Some(Err(error)) => Verdict::Unanswered(error.clone()),
            None => Verdict::Asking,
        }
    }

    /// The same on a command line: one for all files as they are, one for each that was edited.
    pub fn commands(&self, verdicts: &[Verdict]) -> Vec<String> {
        let mut plain = String::new();
        let mut commands = Vec::new();
        for (file, verdict) in self.files.iter().zip(verdicts) {
            if *verdict != Verdict::Ready {
                continue;
            }
            let request = file.request();
            let flags = [
                ("prefix", &request.overrides.prefix),
                ("version", &request.overrides.version),
                ("name", &request.overrides.name),
                ("description", &request.overrides.description),
            ];
            let flags: String =
                flags.iter().filter_map(|(name, value)| Some(flag(name, value.as_ref()?))).collect();
            let path = quoted_path(&file.path);
            if flags.is_empty() {
                plain = format!("{plain} {path}");
            } else {
                commands.push(format!("{UPLOAD} {path}{flags}"));
            }
        }
        if !plain.is_empty() {
            commands.insert(0, format!("{UPLOAD}{plain}"));
        }
        commands
    }
}

/// The command that uploads.
const UPLOAD: &str = "segdeck segment upload";

impl Running {
    /// Begins.
    pub fn new(number: u32) -> Self {
        let progress = UploadProgress::Copying { copied: 0, total: 0 };
        Self { number, progress, pace: Pace::of_bytes(), cancelling: false }
    }

    /// How long it will take; the check goes through all of the file once more.
    pub fn left(&self) -> Option<Duration> {
        match self.progress {
            UploadProgress::Copying { copied, total } => {
                self.pace.left(total.saturating_sub(copied).saturating_add(total))
            }
            UploadProgress::Checking { done, total } => self.pace.left(total.saturating_sub(done)),
            UploadProgress::Recording => None,
        }
    }
}

/// How much of an upload is done: copying is one half, checking the other.
pub fn percent(progress: UploadProgress) -> u8 {
    match progress {
        UploadProgress::Copying { copied, total } => share(copied, total, 50),
        UploadProgress::Checking { done, total } => 50 + share(done, total, 49),
        UploadProgress::Recording => 99,
    }
}

fn share(done: u64, total: u64, of: u8) -> u8 {
    if total == 0 {
        return 0;
    }
    u8::try_from(u128::from(done.min(total)) * u128::from(of) / u128::from(total)).unwrap_or(of)
}
