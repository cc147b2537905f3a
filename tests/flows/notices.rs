//! Others are told what happened: by a program, by an address, and without anybody waiting for them.

use std::path::Path;
use std::time::Duration;

use segdeck::domain::{InstallState, SeatId};
use segdeck::service::{InstallOptions, Rollout, Service, Wanted};
use segdeck::settings::NoticeSettings;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::common::site::{Driver, On, Site, ended, published, seat, seats, upload};
use crate::install::simulated;

crate::on_both!(who_is_told_hears_of_ends_stops_and_failures, who_hangs_holds_up_nothing);

/// A request as it came: its head, and its body.
type Request = (String, Value);

/// An HTTP server that answers with these, the last one for ever.
async fn receiver(answers: &'static [&'static str]) -> (String, mpsc::UnboundedReceiver<Request>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    let (sender, requests) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        for number in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut text = Vec::new();
            let (head, body) = loop {
                stream.read_buf(&mut text).await.unwrap();
                let read = String::from_utf8(text.clone()).unwrap();
                if let Some((head, body)) = read.split_once("\r\n\r\n")
                    && let Ok(body) = serde_json::from_str(body)
                {
                    break (head.to_lowercase(), body);
                }
            };
            let answer = answers.get(number).or(answers.last()).unwrap();
            let answer = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
            sender.send((head, body)).ok();
        }
    });
    (address, requests)
}

/// A program that keeps what it gets, a line each, and then does this.
fn program(folder: &Path, then: &str) -> Vec<String> {
    let script = format!("read -r line; echo \"$line\" >> {}/heard; {then}", folder.display());
    vec!["sh".to_owned(), "-c".to_owned(), script]
}

fn heard(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("heard")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn next(requests: &mut mpsc::UnboundedReceiver<Request>) -> Request {
    tokio::time::timeout(Duration::from_secs(30), requests.recv()).await.expect("it is told").unwrap()
}

async fn who_is_told_hears_of_ends_stops_and_failures(on: On) {
    let mut site = Site::with_platform(on, |options| options.executor = simulated(1.0, 0.02)).await;
    let (address, mut requests) = receiver(&["500 Oh no", "204 No Content"]).await;
    let token = site.dir.path().join("token");
    std::fs::write(&token, "s3cret\n").unwrap();
    let tell = NoticeSettings {
        command: program(site.dir.path(), "true"),
        webhook: address,
        webhook_token_file: token,
        ..site.settings.notices.clone()
    };
    site.settings.notices = tell;
    let service = site.service().await;
    service.import_seats(&seats(4), None).await.unwrap();
    let driver = Driver::start(&service);
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;
    let list = |text| segdeck::domain::strategy::list(text).unwrap();
    let rollout = Rollout { waves: Some(list("1,4")), max_failures: Some(list("0")), ..Rollout::default() };
    let wanted = Wanted::Seats((1..=4).map(seat).collect());
    let options = InstallOptions { rollout, ..InstallOptions::default() };
    let record = service.install(&nav, &wanted, &options).await.unwrap().unwrap().record.id;

    let (head, first) = next(&mut requests).await;
    assert!(head.starts_with("post /hook ") && head.contains("authorization: bearer s3cret"), "{head}");
    let (_, stopped) = next(&mut requests).await;
    assert_eq!(first, stopped, "the same once more: the first answer was no");
    assert_eq!((&stopped["event"], &stopped["record"]["state"]), (&"stopped".into(), &"paused".into()));
    assert_eq!(stopped["record"]["id"], record.to_string());
    let failures = &stopped["record"]["failures"];
    assert_eq!(
        (&failures[0]["count"], &failures[0]["seats"]),
        (&1.into(), &serde_json::json!(["seat-00001"]))
    );
    assert!(failures[0]["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{failures}");

    let cancel = segdeck::domain::install::Command::Cancel;
    service.control(record, cancel, "", None).await.unwrap();
    let (_, told) = next(&mut requests).await;
    assert_eq!((&told["event"], &told["record"]["state"]), (&"ended".into(), &"cancelled".into()));
    assert_eq!(told["record"]["counts"]["cancelled"], 3);
    assert_eq!(told["record"]["failures"], stopped["record"]["failures"], "a cancelled seat has not failed");
    let mut shown = service.show_install(record).await.unwrap().shown();
    shown.as_object_mut().unwrap().remove("seats");
    assert_eq!(told["record"], shown);

    // Its file is gone before anybody publishes it.
    driver.stop().await;
    let radar = upload(&service, &site.archive("radar", "1.0", "zip")).await;
    let key = service.segment(&radar).await.unwrap().storage_key;
    std::fs::write(site.dir.path().join("data/files").join(key), "else").unwrap();
    let driver = Driver::start(&service);
    let (_, failed) = next(&mut requests).await;
    assert_eq!((&failed["event"], &failed["record"]["id"]), (&"failed".into(), &"radar@1.0".into()));
    driver.stop().await;

    let by_program: Vec<Value> = heard(site.dir.path()).iter().map(|told| told["event"].clone()).collect();
    assert_eq!(by_program, ["stopped", "ended", "failed"]);
}

async fn install(service: &Service, seats: &[usize]) {
    let nav = "nav@1.0".parse().unwrap();
    let add = seats.iter().map(|n| seat(*n)).collect::<std::collections::BTreeSet<SeatId>>();
    let wanted = Wanted::Change { add, remove: [].into() };
    let asked = service.install(&nav, &wanted, &InstallOptions::default()).await.unwrap().unwrap();
    assert_eq!(ended(service, asked.record.id).await.log.state, InstallState::Succeeded);
}

async fn who_hangs_holds_up_nothing(on: On) {
    let mut site = Site::with_platform(on, |options| options.executor = simulated(0.0, 0.02)).await;
    site.settings.notices.command = program(site.dir.path(), "exec sleep 600");
    site.settings.notices.webhook = "http://127.0.0.1:1/nobody".to_owned();
    site.settings.notices.timeout = Duration::from_secs(60);
    let service = site.service().await;
    service.import_seats(&seats(3), None).await.unwrap();
    let driver = Driver::start(&service);
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    published(&service, &nav).await;
    install(&service, &[1]).await;
    install(&service, &[2]).await;
    // Stepping down waits a moment for the last ones and takes them along then.
    driver.stop().await;
    assert_eq!(heard(site.dir.path()).len(), 1, "one hung, the other was not begun");
    let next = Driver::start(&service);
    install(&service, &[3]).await;
    next.stop().await;
}
