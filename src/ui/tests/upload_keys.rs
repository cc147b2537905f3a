//! What keys do with the files of an upload.

use std::path::PathBuf;
use std::sync::Arc;

use super::super::change::Change;
use super::super::effect::{Action, Effect, NotUploaded, Outcome};
use super::super::model::data::{Delta, Freshness};
use super::super::model::overlay::Overlay;
use super::super::model::upload::{Stage, Verdict};
use super::fixture::{Console, findings, fleet, id, segment};
use super::upload_screens::ALL;
use crate::domain::words::Say;
use crate::domain::{CreateState, SegmentId};
use crate::service::{Expected, UploadRequest};

fn console() -> Console {
    Console::new(80, 24, fleet())
}

fn verdicts(console: &Console) -> Vec<Verdict> {
    console.model.upload.as_ref().unwrap().verdicts(&console.model.data)
}

fn inspected(console: &Console) -> Vec<(u32, PathBuf)> {
    let inspect = |effect: &Effect| match effect {
        Effect::Inspect { number, file } => Some((*number, file.clone())),
        _ => None,
    };
    console.effects.iter().filter_map(inspect).collect()
}

fn sent(console: &Console) -> Vec<(u32, UploadRequest)> {
    let sent = |effect: &Effect| match effect {
        Effect::Change(Change::Upload { number, request }) => Some((*number, request.clone())),
        _ => None,
    };
    console.effects.iter().filter_map(sent).collect()
}

/// The upload under way ends so.
fn end(console: &mut Console, result: Result<SegmentId, NotUploaded>) {
    let (number, _) = sent(console).pop().unwrap();
    console.act(Action::Done(Outcome::Uploaded(number, result)));
}

#[test]
fn a_typed_path_is_looked_over_and_sent() {
    let mut console = console();
    console.keys("u/tmp/nav-core-7.0.zip<enter>");
    assert_eq!(verdicts(&console), [Verdict::Ready]);
    assert!(sent(&console).is_empty(), "nothing is sent before the word");
    console.keys("<enter>");
    let file = PathBuf::from("/tmp/nav-core-7.0.zip");
    // What was found out of the file goes along: nothing is computed twice, and nothing else is taken.
    let expected = Some(Expected { sha256: "5e".repeat(32), md5: Some("a0".repeat(16)) });
    assert_eq!(sent(&console)[0].1, UploadRequest { file, expected, ..UploadRequest::default() });
    console.keys("<enter>q");
    assert!(!console.model.quit);
    assert!(console.text().contains("An upload is running"));
    console.keys("n");
    end(&mut console, Ok(id("radio@1.0")));
    assert_eq!(console.model.at, Some(id("radio@1.0")));
    assert!(console.text().contains("Uploaded radio@1.0"), "{}", console.text());
    console.keys("q");
    assert!(console.model.quit);
}

#[test]
fn tab_completes_and_then_goes_into_the_list_where_space_marks() {
    let mut console = console();
    console.keys("u/s/crew<tab>");
    let Some(Overlay::Files(files)) = console.model.overlays.last() else { panic!() };
    assert_eq!(files.path.value(), "/s/crew-app-1.2.0.mpk");
    console.keys("<esc>u/s/nav<tab>");
    let Some(Overlay::Files(files)) = console.model.overlays.last() else { panic!() };
    assert_eq!(files.cursor, Some(0));
    console.keys("<space><space>");
    let Some(Overlay::Files(files)) = console.model.overlays.last() else { panic!() };
    assert_eq!(files.marks, ["/s/nav-core-2.1.0.zip", "/s/nav-core-3.0.0.zip"].map(PathBuf::from));
    // A letter goes to the path again; the marks stay.
    console.keys("x<enter>");
    assert_eq!(console.model.upload.as_ref().unwrap().files.len(), 2);
}

#[test]
fn tab_before_the_list_is_here_completes_when_it_comes() {
    let mut console = console();
    console.answers = false;
    console.keys("u/s/crew<tab>");
    console.act(Action::Done(Outcome::Listed(Box::new(super::fixture::listing("/s/cre")))));
    console.act(Action::Done(Outcome::Listed(Box::new(super::fixture::listing("/s/crew")))));
    let Some(Overlay::Files(files)) = console.model.overlays.last() else { panic!() };
    assert_eq!(files.path.value(), "/s/crew-app-1.2.0.mpk");
}

#[test]
fn an_absolute_path_counts_alone_behind_a_folder() {
    let mut console = console();
    console.model.upload_folder = "/demo/samples/".to_owned();
    console.keys("u/tmp/a.zip");
    let path = |console: &Console| match console.model.overlays.last() {
        Some(Overlay::Files(files)) => files.path.value().to_owned(),
        _ => panic!(),
    };
    assert_eq!(path(&console), "/tmp/a.zip");
    console.act(Action::Paste("'/srv/my files/b.zip'\n".to_owned()));
    assert_eq!(path(&console), "/srv/my files/b.zip");
    console.act(Action::Paste("/srv/c.zip\n/srv/d.mpk\n".to_owned()));
    console.keys("<enter>");
    let files: Vec<_> = inspected(&console).into_iter().map(|(_, file)| file).collect();
    assert_eq!(files, ["/srv/c.zip", "/srv/d.mpk"].map(PathBuf::from), "{}", console.text());
}

#[test]
fn two_files_are_read_at_once_and_going_back_keeps_what_is_known() {
    let mut console = console();
    console.answers = false;
    console.keys("u");
    console.act(Action::Paste("/a-1.zip\n/b-1.zip\n/c-1.zip\n".to_owned()));
    console.keys("<enter>");
    let first = inspected(&console);
    assert_eq!(first.len(), 2);
    console.keys("<enter>");
    assert!(
        console.text().contains("3 files are still being looked at; wait, or leave them out"),
        "{}",
        console.text()
    );
    console.act(Action::Done(Outcome::Inspected(first[0].0, Ok(Arc::new(findings("/a-1.zip"))))));
    assert_eq!(inspected(&console).len(), 3);
    assert_eq!(verdicts(&console)[0], Verdict::Asking);
    console.keys("<tab><tab>0<enter><esc><enter>");
    assert_eq!(inspected(&console).len(), 3, "none is read again");
    assert_eq!(console.model.upload.as_ref().unwrap().files[0].id().unwrap(), id("a@10"));
    console.keys("<esc><esc>");
    assert!(console.model.upload.is_none());
    let stopped = console.effects.iter().filter(|effect| matches!(effect, Effect::StopInspect(_))).count();
    assert_eq!(stopped, 2, "what nobody waits for ends");
}

#[test]
fn edited_fields_are_checked_asked_about_and_sent() {
    let mut console = console();
    console.keys("u/s/nav-core-2.1.0.zip<enter>");
    assert_eq!(verdicts(&console), [Verdict::Exists]);
    console.keys("<enter>");
    assert!(console.text().contains("No file is ready"), "{}", console.text());
    console.keys("<tab><tab>/");
    assert!(console.text().contains("the version may hold letters"), "{}", console.text());
    console.keys("<backspace>-x");
    let asked = console.effects.iter().rev().find_map(|effect| match effect {
        Effect::AskTaken(ids) => Some(ids.clone()),
        _ => None,
    });
    assert_eq!(asked, Some(vec![id("nav-core@2.1.0-x")]));
    assert_eq!(verdicts(&console), [Verdict::Ready]);
    console.keys("<down> 二<enter>c");
    let command =
        "segdeck segment upload /s/nav-core-2.1.0.zip --version 2.1.0-x --name 'Navigation core 二'";
    assert_eq!(console.effects.last(), Some(&Effect::Copy(command.to_owned())));
    console.keys("<enter>");
    let request = sent(&console).pop().unwrap().1;
    assert_eq!((request.overrides.prefix, request.overrides.version.as_deref()), (None, Some("2.1.0-x")));
    assert_eq!(
        (request.overrides.name.as_deref(), request.overrides.description),
        (Some("Navigation core 二"), None)
    );
}

#[test]
fn esc_in_a_field_takes_back_what_was_typed() {
    let mut console = console();
    console.keys("u/s/nav-core-9.zip<enter><tab>x<esc>");
    assert_eq!(console.model.upload.as_ref().unwrap().files[0].id().unwrap(), id("nav-core@9"));
    console.keys("<tab>x<tab><backtab><enter>");
    assert_eq!(console.model.upload.as_ref().unwrap().files[0].id().unwrap(), id("nav-corex@9"));
}

#[test]
fn keys_typed_fast_ask_once_for_what_is_not_answered() {
    let mut console = console();
    console.keys("u/s/nav-core-9.zip<enter>");
    console.answers = false;
    let asked = |console: &Console| {
        console.effects.iter().filter(|effect| matches!(effect, Effect::AskTaken(_))).count()
    };
    let before = asked(&console);
    console.keys("<tab><tab>1");
    assert_eq!(asked(&console), before + 1);
    console.act(Action::Resize(90, 30));
    console.keys("<tab><tab>x");
    assert_eq!(asked(&console), before + 1, "nothing else changed");
    console
        .act(Action::Done(Outcome::Taken(vec![(id("nav-core@91"), Err(Say::plain("the store is away")))])));
    assert!(matches!(verdicts(&console)[0], Verdict::Unanswered(_)));
    assert!(console.text().contains("the store is away"), "{}", console.text());
}

#[test]
fn somebody_else_uploads_the_same_meanwhile() {
    let mut console = console();
    console.keys("u/s/nav-core-9.zip<enter>");
    assert_eq!(verdicts(&console), [Verdict::Ready]);
    let new = segment("nav-core@9", "theirs", CreateState::Pending);
    let segments = [(new.id.clone(), Some(Arc::new(new)))].into();
    console.act(Action::Data(Box::new(Delta { segments, ..Delta::default() })));
    assert_eq!(verdicts(&console), [Verdict::Exists]);
    let segments = [(id("nav-core@9"), None)].into();
    console.act(Action::Data(Box::new(Delta { segments, ..Delta::default() })));
    assert_eq!(verdicts(&console), [Verdict::Ready], "it was deleted, and asked about again");
}

#[test]
fn the_same_segment_twice_is_said_and_leaving_one_out_mends_it() {
    let mut console = console();
    console.keys("u");
    console.act(Action::Paste("/a/nav-9.zip\n/b/nav-9.zip\n".to_owned()));
    console.keys("<enter>");
    assert_eq!(verdicts(&console), [Verdict::Ready, Verdict::Twice(0)]);
    console.keys("<down>");
    assert!(console.text().contains("becomes nav@9 too"), "{}", console.text());
    console.keys("<up><space>");
    assert_eq!(verdicts(&console), [Verdict::LeftOut, Verdict::Ready]);
    console.keys("<enter>");
    assert_eq!(sent(&console).len(), 1);
    assert_eq!(sent(&console)[0].1.file, PathBuf::from("/b/nav-9.zip"));
}

#[test]
fn files_go_one_after_the_other_and_the_end_is_told() {
    let mut console = console();
    console.keys(ALL);
    console.keys("<enter>");
    assert_eq!(sent(&console).len(), 1, "{:?}", verdicts(&console));
    end(&mut console, Ok(id("nav-core@3.0.0")));
    end(&mut console, Err(NotUploaded::Failed(Say::plain("the disk is full"))));
    assert_eq!(sent(&console).len(), 3);
    end(&mut console, Ok(id("crew-app@1.2.0")));
    assert!(matches!(console.model.upload.as_ref().unwrap().stage, Stage::Done));
    let text = console.text();
    assert!(text.contains("uploaded 2") && text.contains("failed 1") && text.contains("exists 1"), "{text}");
    // What was not uploaded can be tried again as it was.
    console.keys("e");
    assert_eq!(verdicts(&console).iter().filter(|verdict| **verdict == Verdict::Ready).count(), 1);
    console.keys("<enter>");
    end(&mut console, Ok(id("导航-显示@4.3.0.0")));
    console.keys("<enter>");
    assert!(console.model.upload.is_none() && console.model.overlays.is_empty());
}

#[test]
fn cancelling_asks_ends_the_running_one_and_begins_no_other() {
    let mut console = console();
    console.keys(ALL);
    console.keys("<enter>");
    end(&mut console, Ok(id("nav-core@3.0.0")));
    console.keys("<esc><enter>");
    assert!(!console.effects.contains(&Effect::CancelUpload), "no is the default");
    console.keys("<esc>y");
    assert_eq!(console.effects.last(), Some(&Effect::CancelUpload));
    end(&mut console, Err(NotUploaded::Cancelled));
    assert_eq!(sent(&console).len(), 2, "the third does not begin");
    let text = console.text();
    assert!(text.contains("uploaded 1") && text.contains("cancelled 2"), "{text}");
}

#[test]
fn cancelling_one_file_says_that_nothing_is_left() {
    let mut console = console();
    console.keys("u/tmp/x-1.zip<enter><enter><esc>y");
    end(&mut console, Err(NotUploaded::Cancelled));
    assert!(console.text().contains("nothing is left of it"), "{}", console.text());
    assert!(console.model.upload.is_none() && console.model.overlays.is_empty());
}

#[test]
fn a_question_about_an_upload_that_ended_goes_away() {
    let mut console = console();
    console.keys("u/tmp/x-1.zip<enter><enter><esc>");
    end(&mut console, Ok(id("radio@1.0")));
    assert!(console.model.overlays.is_empty(), "{:?}", console.model.overlays);
}

#[test]
fn what_failed_behind_the_panes_is_told_and_u_shows_why() {
    let mut console = console();
    console.keys("u/tmp/x-1.zip<enter><enter><enter>");
    end(&mut console, Err(NotUploaded::Failed(Say::plain("the disk is full"))));
    assert!(console.text().contains("0 of 1 uploaded; u tells why"), "{}", console.text());
    console.keys("u");
    assert!(console.text().contains("the disk is full"), "{}", console.text());
    console.keys("<esc>");
    assert!(console.model.upload.is_none());
    console.keys("u");
    assert!(matches!(console.model.overlays.as_slice(), [Overlay::Files(_)]));
}

#[test]
fn what_is_missing_follows_the_records() {
    let mut console = console();
    let missing = |console: &Console| console.text().contains("geo-base >=1.4: missing");
    console.keys("u/s/nav-core-9.zip<enter>");
    assert!(missing(&console), "{}", console.text());
    let mut change = |state: Option<CreateState>| {
        let row = state.map(|state| Arc::new(segment("geo-base@1.5", "Geodata", state)));
        let segments = [(id("geo-base@1.5"), row)].into();
        console.act(Action::Data(Box::new(Delta { segments, ..Delta::default() })));
        (missing(&console), console.text())
    };
    let (before, text) = change(Some(CreateState::Processing));
    assert!(before && text.contains("not published yet: geo-base@1.5"), "{text}");
    let (after, text) = change(Some(CreateState::Succeeded));
    assert!(!after && !text.contains("1 missing"), "{text}");
    assert!(change(None).0, "it was deleted");
}

#[test]
fn what_is_missing_is_not_known_without_the_store() {
    let mut console = console();
    console.keys("u/s/nav-core-9.zip<enter>");
    console.act(Action::Freshness(Freshness::Stale(super::fixture::now(), Say::plain("etcd is away"))));
    let text = console.text();
    assert!(text.contains("is not known: etcd is away") && !text.contains("missing"), "{text}");
}

#[test]
fn an_error_while_cancelling_is_told_as_one() {
    let mut console = console();
    console.keys("u/tmp/x-1.zip<enter><enter><esc>y");
    end(&mut console, Err(NotUploaded::Failed(Say::plain("the storage is away"))));
    let text = console.text();
    assert!(text.contains("the storage is away") && !text.contains("nothing"), "{text}");
}

#[test]
fn nothing_is_offered_before_every_file_is_known() {
    let mut console = console();
    console.answers = false;
    console.keys("u");
    console.act(Action::Paste("/a-1.zip\n/b-1.zip\n".to_owned()));
    console.keys("<enter>");
    let files = inspected(&console);
    let read = |console: &mut Console, at: usize| {
        let (number, file) = files[at].clone();
        let found = Arc::new(findings(&file.to_string_lossy()));
        console.act(Action::Done(Outcome::Inspected(number, Ok(found))));
    };
    read(&mut console, 0);
    console.act(Action::Done(Outcome::Taken(vec![(id("a@1"), Ok(false))])));
    let text = console.text();
    assert!(text.contains("[ Wait: 1 file is being looked at ]  ready 1"), "{text}");
    console.keys("<enter>");
    assert!(sent(&console).is_empty());
    assert!(console.text().contains("1 file is still being looked at; wait, or leave it out"));
    read(&mut console, 1);
    console.act(Action::Done(Outcome::Taken(vec![(id("b@1"), Ok(false))])));
    let text = console.text();
    assert!(text.contains("[ Upload 2 files ]") && !text.contains("looked at"), "{text}");
}

#[test]
fn a_hint_to_wait_ends_with_the_reading() {
    let mut console = console();
    console.answers = false;
    console.keys("u/a-1.zip<enter><tab>");
    assert!(console.text().contains("still being read"), "{}", console.text());
    let (number, file) = inspected(&console).pop().unwrap();
    console.act(Action::Done(Outcome::Inspected(number, Ok(Arc::new(findings(&file.to_string_lossy()))))));
    assert!(!console.text().contains("still being read"), "{}", console.text());
}

#[test]
fn back_in_the_chooser_the_folder_is_listed_anew() {
    let mut console = console();
    console.keys("u/s/<down><down><space><enter>");
    console.answers = false;
    console.keys("<esc>");
    assert_eq!(console.effects.last(), Some(&Effect::ListFiles("/s/".to_owned())));
    let Some(Overlay::Files(files)) = console.model.overlays.last() else { panic!() };
    let under = files.current().unwrap().name.clone();
    let mut listing = super::fixture::listing("/s/");
    let new = super::super::model::files::Found { name: "a-0.zip".to_owned(), is_folder: false, size: 1 };
    listing.found.insert(1, new);
    console.act(Action::Done(Outcome::Listed(Box::new(listing))));
    assert!(console.text().contains("a-0.zip"), "{}", console.text());
    let Some(Overlay::Files(files)) = console.model.overlays.last() else { panic!() };
    assert_eq!(files.current().unwrap().name, under, "the cursor stays on its file");
}

#[test]
fn a_refused_file_is_read_anew_when_it_is_chosen_again() {
    let mut console = console();
    console.keys("u/s/broken-1.zip<enter>");
    assert!(matches!(verdicts(&console)[0], Verdict::Refused(_)));
    console.keys("<esc><enter>");
    assert_eq!(inspected(&console).len(), 2);
}

#[test]
fn a_file_that_failed_is_read_anew_and_keeps_what_was_edited() {
    let mut console = console();
    console.keys("u/s/nav-core-9.zip<enter><tab><tab>9<enter><enter>");
    end(&mut console, Err(NotUploaded::Failed(Say::plain("nav-core-9.zip has another content"))));
    console.keys("e");
    assert_eq!(inspected(&console).len(), 2);
    assert_eq!(console.model.upload.as_ref().unwrap().files[0].id().unwrap(), id("nav-core@99"));
    assert_eq!(verdicts(&console), [Verdict::Ready]);
}

#[test]
fn hints_name_what_a_key_does_here() {
    let mut console = Console::new(120, 24, fleet());
    let hints = |console: &mut Console, keys: &str| {
        let text = console.keys(keys).text();
        text.lines().rev().nth(1).unwrap().to_owned()
    };
    assert!(
        hints(&mut console, "u/s/").contains("Enter look over  Tab complete  Down to the list  Esc back")
    );
    assert!(hints(&mut console, "<down>").contains("Enter into the folder"));
    assert!(hints(&mut console, "<down><enter>").contains("Enter upload  Tab edit"));
    assert!(hints(&mut console, "<space>").contains("Space take in"));
    assert!(hints(&mut console, "<space><tab>").contains("Enter done"));
    assert!(
        hints(&mut console, "<esc><esc><down><enter><enter>").contains("Enter run on behind  Esc cancel")
    );
}
