//! The identity of a folder, which several hosts may share over a network. It changes in steps of which each is one
//! rename or one new name:
//!
//! 1. the new text lies whole and durable under a name of its own;
//! 2. it gets the name `segdeck-storage.json.next`, which only one can have;
//! 3. whoever has that name reads the present identity again: it must still be the old one;
//! 4. the rename over the present one, and a last look.
//!
//! A crash leaves the name taken. A young one that holds exactly our text is ours to finish; another is taken away when
//! it is older than [`STALE`] by the clock of whoever keeps the files. Who has the name and comes to the rename later
//! than [`LIMIT`] gives up instead, so that the name was not given to another in between.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::{FILE, Identity, MAX_BYTES, broken};
use crate::domain::clock;
use crate::domain::words::{Word, word};
use crate::storage::beneath::{Place, Root};
use crate::storage::folder::blocking;
use crate::storage::{StorageError, folder};

/// The name of a change under way.
const NEXT: &str = "segdeck-storage.json.next";

/// What a text of ours is called until it gets one of the two names; with a ULID behind it.
const DRAFT: &str = "segdeck-storage.draft-";

/// A change under way for longer than this was left behind.
const STALE: Duration = Duration::from_secs(60);

/// A change that took this long from taking the name is given up.
const LIMIT: Duration = Duration::from_secs(20);

/// One with our own text that is older than this is begun anew: with [`LIMIT`] it stays well below [`STALE`].
const YOUNG: Duration = Duration::from_secs(20);

/// How often a change of somebody else is waited for, and how long each time.
const TRIES: u32 = 30;
const PAUSE: Duration = Duration::from_millis(100);

pub(super) async fn known(root: Arc<Root>, url: &str) -> Result<Option<Identity>, StorageError> {
    let bytes = work(url, word!("doing-reading"), move || match root.place(FILE) {
        Ok(place) => content(&place),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    });
    bytes.await?.map(|bytes| parse(&bytes, url)).transpose()
}

pub(super) async fn create(root: Arc<Root>, url: &str, text: Bytes) -> Result<bool, StorageError> {
    work(url, word!("doing-creating"), move || {
        let place = root.made_place(FILE)?;
        if content(&place)?.is_some() {
            return Ok(false);
        }
        let draft = Draft::write(&place, &text)?;
        match draft.become_new(&place) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            done => done.map(|()| true),
        }
    })
    .await
}

/// What a try at a change came to.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    Done(bool),
    /// Somebody else is at it.
    Busy,
}

pub(super) async fn replace(
    root: Arc<Root>,
    url: &str,
    old: &Identity,
    new: &Identity,
    text: Bytes,
) -> Result<bool, StorageError> {
    for _ in 0..TRIES {
        let (root, text) = (root.clone(), text.clone());
        let (old, new, of) = (old.clone(), new.clone(), url.to_owned());
        let came = work(url, word!("doing-writing"), move || {
            let place = match root.place(FILE) {
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Came::Done(false)),
                place => place?,
            };
            let is = |wanted: &Identity| {
                let there = content(&place)?.map(|bytes| parse(&bytes, &of)).transpose();
                Ok::<_, io::Error>(there.map_err(io::Error::other)?.as_ref() == Some(wanted))
            };
            change(&place, &text, &|| is(&old), &|| is(&new))
        });
        match came.await? {
            Came::Done(done) => return Ok(done),
            Came::Busy => tokio::time::sleep(PAUSE).await,
        }
    }
    Err(StorageError::Unavailable { url: url.to_owned(), reason: word!("storage-identity-busy").into() })
}

/// One try.
fn change(
    place: &Place<'_>,
    text: &[u8],
    is_old: &dyn Fn() -> io::Result<bool>,
    is_new: &dyn Fn() -> io::Result<bool>,
) -> io::Result<Came> {
    if !is_old()? {
        return Ok(Came::Done(false));
    }
    let next = place.beside(NEXT)?;
    let begun = Instant::now();
    let draft = Draft::write(place, text)?;
    match draft.become_new(&next) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            match content(&next)? {
                Some(there) if there == text => {
                    // Ours, from before a crash, or of another who does the same.
                    if !is_younger(&next, &draft, YOUNG)? {
                        return left_behind(&next, &draft, YOUNG);
                    }
                }
                Some(_) => return left_behind(&next, &draft, STALE),
                None => return Ok(Came::Busy),
            }
        }
        Err(error) => return Err(error),
    }
    if !is_old()? {
        if begun.elapsed() < LIMIT {
            gone(next.remove())?;
        }
        return Ok(Came::Done(is_new()?));
    }
    if begun.elapsed() > LIMIT {
        // Not taken away: it may be another's by now.
        return Ok(Came::Busy);
    }
    match next.rename_over(place) {
        // So soon after it was ours, nobody can have taken the name away; what follows may be changed again already.
        Ok(()) if begun.elapsed() < STALE - YOUNG => {
            place.sync()?;
            return Ok(Came::Done(true));
        }
        Ok(()) => place.sync()?,
        // Another finished the same change, or took it away.
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    Ok(if is_new()? { Came::Done(true) } else { Came::Busy })
}

/// Is the change under way younger than that? The draft was just written: so late is it where the files are kept. One
/// that is gone is as young as can be.
fn is_younger(next: &Place<'_>, draft: &Draft<'_>, than: Duration) -> io::Result<bool> {
    let now = draft.place()?.look()?.modified;
    match next.look() {
        Ok(found) => Ok(clock::between(found.modified, now) <= than),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

/// Takes away a change that somebody left behind; the next try may have the name. It is moved first and looked at
/// then: of two that do this, the later one would take the name from the earlier one.
fn left_behind(next: &Place<'_>, draft: &Draft<'_>, age: Duration) -> io::Result<Came> {
    if is_younger(next, draft, age)? {
        return Ok(Came::Busy);
    }
    let name = name();
    let aside = next.beside(&name)?;
    match next.rename_new(&aside) {
        // It was another's, begun this moment. If a third one has the name by now, that one goes first.
        Ok(()) if is_younger(&aside, draft, age)? => match aside.rename_new(next) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => aside.remove()?,
            back => back?,
        },
        Ok(()) => aside.remove()?,
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    Ok(Came::Busy)
}

/// A text under a name of its own; removed when it got no other.
struct Draft<'p> {
    beside: &'p Place<'p>,
    name: String,
}

impl<'p> Draft<'p> {
    fn write(beside: &'p Place<'p>, text: &[u8]) -> io::Result<Self> {
        let draft = Self { beside, name: name() };
        let mut file = draft.place()?.create()?;
        file.write_all(text)?;
        file.sync_all()?;
        Ok(draft)
    }

    fn place(&self) -> io::Result<Place<'_>> {
        self.beside.beside(&self.name)
    }

    fn become_new(&self, to: &Place<'_>) -> io::Result<()> {
        self.place()?.rename_new(to)?;
        to.sync()
    }
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        // Gone already where it got its name. One that cannot be removed is a few bytes that nobody reads.
        let _ = self.place().and_then(|place| place.remove());
    }
}

fn name() -> String {
    format!("{DRAFT}{}", ulid::Ulid::generate())
}

/// Gone already is as good.
fn gone(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// The bytes, one more than may be; nothing where there is no file.
fn content(place: &Place<'_>) -> io::Result<Option<Vec<u8>>> {
    let (file, _) = match place.open() {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn parse(bytes: &[u8], url: &str) -> Result<Identity, StorageError> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(broken(url, "it is too large"));
    }
    Identity::read(bytes, url)
}

async fn work<T: Send + 'static>(
    url: &str,
    doing: Word,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, StorageError> {
    blocking(work).await.map_err(|error| folder::failed(url, doing, FILE, error))
}
