//! Screens of an upload: files chosen, looked over, sent, and what became of them.

use super::super::effect::{Action, Effect, NotUploaded, Outcome};
use super::super::model::data::Data;
use super::fixture::{Console, at, fleet, id};
use super::screens::{at_sizes, at_sizes_of, shot};
use crate::domain::words::Say;
use crate::service::{InspectProgress, UploadProgress};

/// Marks every file of the samples and looks them over.
pub(super) const ALL: &str = "u<down><down><space><space><space><space><space><enter>";

fn review(width: u16, height: u16) -> Console {
    let mut console = Console::new(width, height, fleet());
    console.keys(ALL);
    console
}

#[test]
fn files_are_chosen() {
    at_sizes("upload-files", &fleet(), "u~/samples/<down><down><space><down>");
    let mut console = Console::new(80, 24, Data::default());
    console.answers = false;
    console.keys("u/nosuch/");
    let listing = super::super::model::files::Listing {
        typed: "/nosuch/".to_owned(),
        error: Some(Say::plain("/nosuch/ cannot be read: No such file or directory")),
        ..Default::default()
    };
    console.act(Action::Done(Outcome::Listed(Box::new(listing))));
    shot("upload-files-no-folder", &console);
}

#[test]
fn files_are_looked_over() {
    at_sizes("upload-review", &fleet(), ALL);
    at_sizes("upload-review-missing", &fleet(), &format!("{ALL}<down><down>"));
    at_sizes("upload-review-refused", &fleet(), &format!("{ALL}<down><down><down><down>"));
}

#[test]
fn fields_are_edited_and_say_what_is_wrong() {
    at_sizes("upload-edit", &fleet(), &format!("{ALL}<tab><tab> 导<backspace>/"));
    at_sizes(
        "upload-edit-exists",
        &fleet(),
        &format!("{ALL}<down><tab><tab><backspace><backspace><backspace><backspace><backspace>2.9.1"),
    );
}

#[test]
fn files_are_being_read_two_at_once() {
    let mut console = Console::new(80, 24, fleet());
    console.keys("u<down><down><space><space><space>");
    console.answers = false;
    console.keys("<enter>");
    let numbers: Vec<u32> = console
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Inspect { number, .. } => Some(*number),
            _ => None,
        })
        .collect();
    let step = InspectProgress::Hashing { done: 400, total: 1000 };
    console.act(Action::Done(Outcome::Inspecting(numbers[0], step)));
    let step = InspectProgress::Reading { done: 500, total: 1000 };
    console.act(Action::Done(Outcome::Inspecting(numbers[0], step)));
    shot("upload-reading", &console);
}

/// Sends what is ready and lets the first file move on for three seconds.
fn under_way(width: u16, height: u16) -> Console {
    let mut console = review(width, height);
    console.keys("<enter>");
    let number = console.model.upload.as_ref().and_then(|upload| upload.running()).unwrap().number;
    for second in 0..=3 {
        console.model.now = at(&format!("2026-11-22T19:05:0{second}Z"));
        let copied = 40 * second * (1 << 20);
        let progress = UploadProgress::Copying { copied, total: 700 << 20 };
        console.act(Action::Done(Outcome::Uploading(number, progress)));
    }
    console
}

#[test]
fn an_upload_under_way_tells_speed_and_time_left() {
    at_sizes_of("upload-running", under_way);
    let mut console = under_way(80, 24);
    console.keys("<esc>");
    shot("upload-cancel-asks", &console);
    console.keys("n<enter>");
    shot("upload-behind", &console);
}

#[test]
fn the_end_says_what_became_of_each() {
    at_sizes_of("upload-end", |width, height| {
        let mut console = under_way(width, height);
        let ends = [
            Ok(id("nav-core@3.0.0")),
            Err(NotUploaded::Failed(Say::plain("the disk is full: 12 KiB are free in /srv/segments"))),
        ];
        for end in ends.into_iter().chain([Ok(id("crew-app@1.2.0"))]) {
            let Some(running) = console.model.upload.as_ref().and_then(|upload| upload.running()) else {
                break;
            };
            let number = running.number;
            console.act(Action::Done(Outcome::Uploaded(number, end)));
        }
        console.keys("g<down><down>");
        console
    });
}

#[test]
fn a_long_error_scrolls() {
    at_sizes_of("long-error", |width, height| {
        let mut console = Console::new(width, height, fleet());
        let error = (1..=40).map(|n| format!("line {n} of what went wrong")).collect::<Vec<_>>().join("\n");
        console.act(Action::Done(Outcome::Exported(Err(Say::plain(&error)))));
        console.keys("<pagedown>j");
        console
    });
}
