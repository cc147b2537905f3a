//! What rules and the service answer is said in the console's language, and anew when that changes.

use std::collections::BTreeSet;

use super::super::actions::ActionId;
use super::super::effect::{Action, Effect, NotUploaded, Outcome};
use super::super::model::chooser::SeatSets;
use super::super::model::data::{Delta, Freshness};
use super::fixture::{Console, fleet, id, now, record, seat_id};
use crate::controllers::Lead;
use crate::domain::install::Command;
use crate::domain::plan::{Blocked, BlockedBy, Plan};
use crate::domain::words::{Say, say, word};
use crate::service::{Code, LeaveOut, ServiceError};
use crate::store::StoreError;

/// The text of the screen in English, then in Chinese.
fn both(console: &mut Console) -> (String, String) {
    let english = console.text();
    console.act(Action::Do(ActionId::Language));
    (english, console.text())
}

fn console() -> Console {
    let mut console = Console::new(200, 50, fleet());
    console.answers = false;
    console
}

/// A plan is open, and this is the answer to it.
fn planned(console: &mut Console, answer: Result<Plan, Say>) {
    console.keys("i");
    console.act(Action::Done(Outcome::Seats(id("nav-core@2.1.0"), Ok(SeatSets::default()))));
    console.keys("<space><down><space><enter>");
    let asked = console.effects.iter().rev().find_map(|effect| match effect {
        Effect::Plan(request) => Some(request.clone()),
        _ => None,
    });
    let request = Box::new(asked.expect("a plan was asked for"));
    console.act(Action::Done(Outcome::Planned(request, answer.map(Box::new))));
}

fn plan() -> Plan {
    Plan::between(id("nav-core@2.1.0"), &BTreeSet::new(), &[seat_id(1), seat_id(2)].into(), 4711)
}

/// The text has all of these.
fn has(text: &str, parts: &[&str]) {
    parts.iter().for_each(|part| assert!(text.contains(part), "{part} is not in {text}"));
}

#[test]
fn a_blocked_plan_and_its_warnings() {
    let mut console = console();
    let mut plan = plan();
    let busy = say!("block-install", record = record(1));
    let reason = say!("fits-needs", required = "geo >=2").and(busy);
    plan.blocked = vec![Blocked { seat: seat_id(1), reason, by: BlockedBy::Checks }];
    plan.offline_seat_list = [seat_id(2)].into();
    plan.leave_out(LeaveOut { offline: true, blocked: false }.of(&plan));
    plan.warnings = vec![say!("warn-one-wave", n = 2_usize)];
    planned(&mut console, Ok(plan));
    let (english, chinese) = both(&mut console);
    has(&english, &["seat-001: it needs geo >=2, which is not installed; install 01K", "works on it"]);
    has(&english, &["seat-002: it is offline", "all 2 seat(s) are of one wave"]);
    has(&chinese, &["seat-001：依赖 geo >=2，尚未安装；安装 01K", "正在处理它"]);
    has(&chinese, &["seat-002：它离线", "全部 2 个席位在同一批"]);
}

#[test]
fn a_plan_that_cannot_be_made() {
    let mut console = console();
    planned(&mut console, Err(word!("gate-between-waves").into()));
    let (english, chinese) = both(&mut console);
    has(&english, &["a gate stands between waves"]);
    has(&chinese, &["放行只在两批之间"]);
}

#[test]
fn a_rule_that_cannot_be_understood() {
    let mut console = console();
    planned(&mut console, Ok(plan()));
    console.keys("w1,x");
    has(&console.text(), &["neither a number nor a percentage"]);
    console.keys("<enter>");
    has(&both(&mut console).1, &["\"x\" 既不是数目，也不是 10% 这样的比例"]);
}

#[test]
fn a_request_that_is_refused() {
    let refusal = |say: Say| ServiceError::new(Code::Conflict, say).message;
    for (outcome, english, chinese) in [
        (
            Outcome::Installed(id("nav-core@2.1.0"), Err(refusal(say!("no-segment", id = "nav-core@2.1.0")))),
            "there is no segment nav-core@2.1.0",
            "没有软件段 nav-core@2.1.0",
        ),
        (
            Outcome::Deleted(
                id("a@1"),
                Err(refusal(say!("delete-installed", id = "a@1", n = 2_usize, seats = "x, y"))),
            ),
            "a@1 is installed on 2 seat(s): x, y",
            "a@1 已安装在 2 个席位上：x, y",
        ),
        (
            Outcome::Bound(
                id("a@1"),
                Err(refusal(say!("changed-meanwhile", what = say!("what-bound", prefix = "a")))),
            ),
            "the list of bound seats of a was changed by somebody else",
            "a 的绑定席位已被他人更改",
        ),
        (
            Outcome::Controlled(
                record(1),
                Command::Pause,
                Err(refusal(say!(
                    "control-refused-pause",
                    record = record(1),
                    state = word!("install-state-paused"),
                    may = word!("control-resume-it")
                ))),
            ),
            "is paused and cannot be paused; it can be resumed or cancelled",
            "处于“已暂停”，不能暂停；可以继续或取消",
        ),
        (
            Outcome::Exported(Err(say!("path-unwritable", path = "/x.csv", reason = "Permission denied"))),
            "/x.csv cannot be written: Permission denied",
            "无法写入 /x.csv：Permission denied",
        ),
    ] {
        let mut console = console();
        console.act(Action::Done(outcome.clone()));
        has(&console.text(), &[english]);
        // A line of news is gone with the next key: there the language was chosen before.
        let mut console = self::console();
        console.act(Action::Do(ActionId::Language));
        console.act(Action::Done(outcome));
        has(&console.text(), &[chinese]);
    }
}

#[test]
fn a_file_that_is_refused() {
    let mut console = console();
    console.keys("u/tmp/x.zip<enter>");
    let number = console.effects.iter().rev().find_map(|effect| match effect {
        Effect::Inspect { number, .. } => Some(*number),
        _ => None,
    });
    let why = say!("archive-entry", name = "bin/x", why = word!("entry-link-zip"));
    let refused = Outcome::Inspected(number.unwrap(), Err(why));
    console.act(Action::Done(refused));
    let (english, chinese) = both(&mut console);
    has(&english, &["the entry bin/x is refused: it is a symbolic link"]);
    has(&chinese, &["条目 bin/x 被拒绝：它是符号链接"]);
}

#[test]
fn an_upload_that_failed() {
    let mut console = Console::new(120, 40, fleet());
    console.keys("u/tmp/x-1.zip<enter><enter>");
    let failed = NotUploaded::Failed(say!("storage-no-file", url = "file:///x", key = "k"));
    let number = console.model.upload.as_ref().and_then(|upload| upload.running()).unwrap().number;
    console.act(Action::Done(Outcome::Uploaded(number, Err(failed))));
    let (english, chinese) = both(&mut console);
    has(&english, &["shared storage file:///x has no file k"]);
    has(&chinese, &["共享存储 file:///x 中没有文件 k"]);
}

#[test]
fn a_store_that_is_away_and_a_console_that_may_not_lead() {
    let mut console = console();
    let away = StoreError::Unavailable { store: "etcd 10.1.1.1".to_owned(), reason: Say::plain("refused") };
    console.act(Action::Freshness(Freshness::Stale(now(), away.say())));
    let (english, chinese) = both(&mut console);
    has(&english, &["etcd 10.1.1.1 is not available: refused"]);
    has(&chinese, &["etcd 10.1.1.1 不可用：refused"]);
    let mut console = self::console();
    console.act(Action::Data(Box::new(Delta { leader: Some(None), ..Delta::default() })));
    console.act(Action::Lead(Lead::NotStanding(word!("no-remote-configured").into())));
    let (english, chinese) = both(&mut console);
    has(&english, &["no remote is configured"]);
    has(&chinese, &["未配置任何平台"]);
}
