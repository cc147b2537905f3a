//! Tables of many rows: the short ways to an order or a filter's result lead where the long ones do.

use std::sync::Arc;

use proptest::prelude::*;

use super::fixture::*;
use crate::domain::CreateState;
use crate::ui::model::columns::{Column as _, SegmentColumn};
use crate::ui::model::data::Data;
use crate::ui::model::sort;

/// Segments whose columns differ in some rows and agree in others.
fn many(count: usize) -> Data {
    let row = |n: usize| {
        let state = if n.is_multiple_of(7) { CreateState::Failed } else { CreateState::Succeeded };
        let mut row =
            segment(&format!("app-{:05}@1.{}", n / 3, n % 3 * 9), &format!("Tool {}", n % 11), state);
        row.file_size = (n * 7919 % 13) as u64;
        Arc::new(row)
    };
    let mut data = Data { segments: (0..count).map(row).collect(), ..fleet() };
    data.segments.sort_by(|a, b| a.id.cmp(&b.id));
    for row in data.segments.iter().step_by(5) {
        data.installed.insert(row.id.clone(), row.id.version.as_str().len());
        data.bound.insert(row.id.prefix.clone(), 3);
    }
    data
}

#[test]
fn a_hundred_thousand_segments_are_sorted_and_filtered_at_once() {
    let mut console = Console::new(120, 40, many(100_000));
    console.keys("/app-0004");
    assert_eq!(console.model.segments.shown.len(), 30);
    console.keys("<esc>oooG");
    assert_eq!(console.model.segments.cursor, 99_999);
}

#[test]
fn the_counter_of_many_seats_stays_whole_where_there_is_little_room() {
    for (width, height, counted) in [(60, 15, " 20016 +20000 −0 20015 hidden"), (20, 5, " 20016 +20000 −0 ")]
    {
        let seats = (0..20_000).map(|n| {
            let id = format!("seat-{n:05}").parse().unwrap();
            Arc::new(crate::domain::Seat { id, ..seat(1) })
        });
        let data = Data { seats: seats.collect(), ..fleet() };
        let mut console = Console::new(width, height, data);
        console.keys("b*/seat-19999<enter>");
        assert!(console.text().contains(counted), "{}", console.text());
    }
}

#[test]
fn many_rows_are_sorted_as_one_is_moved() {
    let data = many(2_000);
    for column in SegmentColumn::ALL {
        for descending in [false, true] {
            let mut rows = data.segments.clone();
            sort::sort_segments(&mut rows, *column, descending, &data);
            let in_order = rows.is_sorted_by(|a, b| sort::segments(a, b, *column, descending, &data).is_lt());
            assert!(in_order, "{column:?} {descending}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_typed_shows_what_a_filter_read_at_once_shows(keys in "[ap0-3T !~:.]{0,8}", sorts in 0..4_usize) {
        let mut typed = Console::new(120, 40, many(200));
        typed.keys(&"o".repeat(sorts)).keys("/");
        for key in keys.chars() {
            typed.keys(&if key == ' ' { "<space>".to_owned() } else { key.to_string() });
        }
        let mut anew = typed.model.clone();
        let shown: Vec<_> = typed.model.segments.shown.iter().map(|row| row.id.clone()).collect();
        crate::ui::update::refresh_segments(&mut anew);
        let all: Vec<_> = anew.segments.shown.iter().map(|row| row.id.clone()).collect();
        prop_assert_eq!(shown, all);
    }
}
