//! Where things lie on a screen of any size. Pure, so that `update` can scroll by it and `view` draw by it.
//!
//! ```text
//! wide (120x20 and more)               high (80x30 and more)      else, one pane at a time
//! banner                               banner                     banner
//! +- segments -----------------------+ 1 Segments  2 Versions ... 1 Segments  2 Versions ...
//! |                                  | +- segments -------------+ header of the table
//! |                                  | |                        | rows
//! +- versions -+- seats -+- installs-+ +- the one with the keys-+
//! |            |         |           | |  (or the installs)     |
//! +------------+---------+-----------+ +------------------------+
//! hints or news                        hints or news              hints or news
//! status                               status                     status
//! ```

use ratatui::layout::Rect;

use super::model::Pane;

/// Where things lie.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// A line above everything.
    pub banner: Option<Rect>,
    /// The names of the panes, where not all are shown.
    pub tabs: Option<Rect>,
    /// The panes that are shown.
    pub panes: Vec<(Pane, Rect)>,
    /// Panes stand in boxes.
    pub boxed: bool,
    /// Keys to press, or what just happened.
    pub hints: Option<Rect>,
    /// The status line.
    pub status: Option<Rect>,
}

/// From this size on panes stand side by side.
pub const WIDE: (u16, u16) = (120, 20);

/// From this size on two panes stand one above the other.
pub const HIGH: (u16, u16) = (80, 30);

impl Layout {
    /// The layout of an area while `pane` has the keys.
    pub fn of(area: Rect, pane: Pane, banner: bool) -> Self {
        let mut rest = area;
        let status = (rest.height >= 3).then(|| take_last(&mut rest));
        let hints = (rest.height >= 5).then(|| take_last(&mut rest));
        let banner = (banner && rest.height >= 10).then(|| take_first(&mut rest));
        if area.width >= WIDE.0 && area.height >= WIDE.1 {
            return Self { banner, tabs: None, panes: side_by_side(rest), boxed: true, hints, status };
        }
        let tabs = (rest.height >= 3).then(|| take_first(&mut rest));
        if area.width >= HIGH.0 && area.height >= HIGH.1 {
            return Self { banner, tabs, panes: one_above_the_other(rest, pane), boxed: true, hints, status };
        }
        Self { banner, tabs, panes: vec![(pane, rest)], boxed: false, hints, status }
    }

    /// Where a pane lies, if it is shown.
    pub fn pane(&self, pane: Pane) -> Option<Rect> {
        self.panes.iter().find(|(shown, _)| *shown == pane).map(|(_, rect)| *rect)
    }

    /// Where the rows of a pane's table lie.
    pub fn place(&self, pane: Pane) -> Option<Rect> {
        self.pane(pane).map(|rect| below_header(if self.boxed { inner(rect) } else { rect }))
    }

    /// How many rows of a pane's table are shown.
    pub fn rows(&self, pane: Pane) -> usize {
        self.place(pane).map_or(0, |place| usize::from(place.height))
    }
}

/// How many lines the names of the columns take.
pub fn header(area: Rect) -> u16 {
    u16::from(area.height >= 3)
}

/// A table without the names of its columns.
fn below_header(mut area: Rect) -> Rect {
    if header(area) > 0 {
        take_first(&mut area);
    }
    area
}

/// A box of at most this size in the middle of an area; where the area is too small, all of it.
pub fn centred(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height }
}

/// All but the lines of hints and status, which stay in sight.
pub fn above(area: Rect) -> Rect {
    Rect { height: if area.height >= 6 { area.height - 2 } else { area.height }, ..area }
}

/// Where something large lies over the panes: all but the last two lines, with a margin where there is room.
pub fn large(area: Rect) -> Rect {
    let above = above(area);
    let margin = |cells: u16, room: u16| if cells >= room { (cells - room).min(room / 4) } else { 0 };
    let (wide, high) = (margin(above.width, 90), margin(above.height, 26));
    centred(above, above.width - wide, above.height - high)
}

/// Where the seats of the chooser lie.
pub fn chooser(area: Rect) -> Rect {
    let mut inside = inner(large(area));
    take_first(&mut inside);
    below_header(inside)
}

/// Cells that the names of seats take in the matrix, with a space behind.
pub const MATRIX_SEAT: u16 = 18;
/// Cells that a segment's versions take in the matrix, with a space behind.
pub const MATRIX_CELL: u16 = 13;

/// How many rows and columns of the matrix are shown.
pub fn matrix(area: Rect) -> (usize, usize) {
    let inside = inner(large(area));
    (usize::from(inside.height.saturating_sub(3)), matrix_columns(inside.width))
}

/// How many columns of the matrix have room.
pub fn matrix_columns(width: u16) -> usize {
    usize::from((width.saturating_sub(MATRIX_SEAT) / MATRIX_CELL).max(1))
}

/// How many files the chooser of files shows.
pub fn file_rows(area: Rect) -> usize {
    let (_, rows, _) = files(area);
    usize::from(rows.height - header(rows))
}

/// Where the chooser of files has its path, its list and the lines below it.
pub fn files(area: Rect) -> (Rect, Rect, Rect) {
    let mut rest = inner(large(area));
    let path = take_first(&mut rest);
    let height = if rest.height >= 8 { 2 } else { 0 };
    let below = Rect { y: rest.bottom() - height, height, ..rest };
    rest.height -= height;
    (path, rest, below)
}

/// Where the trash has its first line, its entries and what is told of one: as much as the chooser of files.
pub fn trash(area: Rect) -> (Rect, Rect, Rect) {
    files(area)
}

/// How many entries of the trash are shown.
pub fn trash_rows(area: Rect) -> usize {
    file_rows(area)
}

/// Where the files of an upload are looked over: more room than other boxes, there is much to see.
pub fn wide(area: Rect) -> Rect {
    let above = above(area);
    let margin = |cells: u16, room: u16| if cells >= room { (cells - room).min(room / 10) } else { 0 };
    centred(above, above.width - margin(above.width, 100), above.height - margin(above.height, 30))
}

/// The box of one install: so many lines above its seats, and the place for those. Few lines go first where it is
/// low.
pub fn detail(area: Rect, head: usize) -> (Rect, Rect) {
    let mut seats = inner(large(area));
    let room = if seats.height < 12 { 2 } else { usize::from(seats.height / 2) };
    let head = u16::try_from(head.min(room)).unwrap_or(0).min(seats.height);
    let above = Rect { height: head, ..seats };
    seats.y += head;
    seats.height -= head;
    (above, seats)
}

/// How many seats the view of one install shows below so many lines.
pub fn detail_rows(area: Rect, head: usize) -> usize {
    let (_, seats) = detail(area, head);
    usize::from(seats.height - header(seats))
}

/// What is inside a box.
pub fn inner(rect: Rect) -> Rect {
    Rect {
        x: rect.x.saturating_add(1).min(rect.right()),
        y: rect.y.saturating_add(1).min(rect.bottom()),
        width: rect.width.saturating_sub(2),
        height: rect.height.saturating_sub(2),
    }
}

/// Splits a line off the top.
pub fn take_first(rect: &mut Rect) -> Rect {
    let line = Rect { height: rect.height.min(1), ..*rect };
    rect.y += line.height;
    rect.height -= line.height;
    line
}

/// Splits a line off the bottom.
pub fn take_last(rect: &mut Rect) -> Rect {
    rect.height = rect.height.saturating_sub(1);
    Rect { y: rect.bottom(), height: 1, ..*rect }
}

fn side_by_side(area: Rect) -> Vec<(Pane, Rect)> {
    let top = Rect { height: (area.height * 11 / 20).max(8), ..area };
    let below = Rect { y: top.bottom(), height: area.height - top.height, ..area };
    let versions = Rect { width: area.width * 24 / 100, ..below };
    let seats = Rect { x: versions.right(), width: area.width * 30 / 100, ..below };
    let installs = Rect { x: seats.right(), width: area.width - versions.width - seats.width, ..below };
    vec![(Pane::Segments, top), (Pane::Versions, versions), (Pane::Seats, seats), (Pane::Installs, installs)]
}

/// The segments, and below them the pane with the keys; beside the segments' own keys, what goes on.
fn one_above_the_other(area: Rect, pane: Pane) -> Vec<(Pane, Rect)> {
    let top = Rect { height: area.height * 11 / 20, ..area };
    let below = Rect { y: top.bottom(), height: area.height - top.height, ..area };
    let other = if pane == Pane::Segments { Pane::Installs } else { pane };
    vec![(Pane::Segments, top), (other, below)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn everything_lies_inside_and_nothing_over_another(width in 0..300_u16, height in 0..120_u16, banner: bool) {
            let area = Rect::new(0, 0, width, height);
            let layout = Layout::of(area, Pane::Seats, banner);
            let mut all: Vec<Rect> = layout.panes.iter().map(|(_, rect)| *rect).collect();
            all.extend([layout.banner, layout.tabs, layout.hints, layout.status].into_iter().flatten());
            for (index, one) in all.iter().enumerate() {
                prop_assert_eq!(one.intersection(area), *one);
                for other in all.iter().skip(index + 1) {
                    prop_assert!(one.intersection(*other).is_empty(), "{:?} {:?}", one, other);
                }
            }
        }
    }
}
