//! Filters by what the screen says, in any language.

use super::super::model::filter::{passes, read};
use super::super::rows::{InstallRow, SegmentRow};
use super::fixture::{fleet, install};
use crate::domain::InstallState;
use crate::domain::words::word;

#[test]
fn what_the_screen_says_of_a_row_finds_it() {
    let row = &fleet().segments[0];
    for filter in
        ["state:ready", "STATE:succeeded", "状态:就绪", "platform:sdp", "平台：SDP", "size:mib", "ready"]
    {
        assert!(passes(&read::<SegmentRow>(filter).unwrap(), &**row), "{filter}");
    }
    for filter in ["!state:ready", "state:failed", "平台:15s"] {
        assert!(!passes(&read::<SegmentRow>(filter).unwrap(), &**row), "{filter}");
    }
    let running = install(9, "nav@1", InstallState::Running, &[]);
    for filter in ["state:running", "状态:进行中", "操作人:ada", "by:ada"] {
        assert!(passes(&read::<InstallRow>(filter).unwrap(), &running), "{filter}");
    }
}

#[test]
fn what_is_counted_beside_the_rows_says_so() {
    let why = |filter: &str| read::<SegmentRow>(filter).unwrap_err().word;
    assert_eq!(why("installed:3"), word!("filter-column-beside"));
    assert_eq!(why("绑定:3"), word!("filter-column-beside"));
    assert_eq!(why("平:3"), word!("filter-column"));
}
