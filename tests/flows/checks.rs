//! What stands in the way of a plan, before anything is sent: what else is on a seat, its architecture, the platform.

use std::collections::BTreeMap;

use segdeck::domain::plan::{Plan, VersionChange};
use segdeck::domain::seat::SeatInput;
use segdeck::domain::{InstallState, RecordId, SeatId, SegmentId};
use segdeck::platform::{Fleet, Simulated, SimulatedOptions};
use segdeck::service::{Code, InstallOptions, LeaveOut, Service, Wanted};

use crate::common::archive;
use crate::common::site::{Driver, On, Site, ended, published, seat, seats, upload};
use crate::install::simulated;

crate::on_both!(
    what_is_on_a_seat_decides_what_may_come_and_go,
    what_cannot_be_read_of_a_segment_is_told_with_the_plan,
    an_unfinished_install_counts_against_others,
    the_platform_is_asked_for_its_devices,
    two_at_once_cannot_both_pass,
);

/// Uploads and publishes `prefix@version`, whose manifest says `more`.
pub(crate) async fn segment(site: &Site, service: &Service, named: &str, more: &str) -> SegmentId {
    let (prefix, version) = named.split_once('@').unwrap();
    let manifest = format!("prefix = \"{prefix}\"\nversion = \"{version}\"\n{more}\n");
    let file = archive::with_manifest(site.dir.path(), &format!("{named}.zip"), Some(&manifest), 100);
    let id = upload(service, &file).await;
    published(service, &id).await;
    id
}

pub(crate) fn on(numbers: &[usize]) -> Wanted {
    Wanted::Change { add: numbers.iter().map(|n| seat(*n)).collect(), remove: [].into() }
}

pub(crate) fn off(numbers: &[usize]) -> Wanted {
    Wanted::Change { add: [].into(), remove: numbers.iter().map(|n| seat(*n)).collect() }
}

pub(crate) async fn ask(service: &Service, id: &SegmentId, wanted: &Wanted) -> RecordId {
    service.install(id, wanted, &InstallOptions::default()).await.unwrap().unwrap().record.id
}

pub(crate) async fn done(service: &Service, id: &SegmentId, wanted: &Wanted) {
    let record = ask(service, id, wanted).await;
    assert_eq!(ended(service, record).await.log.state, InstallState::Succeeded, "{id}");
}

fn reasons(plan: &Plan) -> BTreeMap<SeatId, String> {
    plan.blocked.iter().map(|it| (it.seat.clone(), it.reason.to_string())).collect()
}

fn because<const N: usize>(reasons: [(SeatId, &str); N]) -> BTreeMap<SeatId, String> {
    reasons.map(|(seat, reason)| (seat, reason.to_owned())).into()
}

async fn what_is_on_a_seat_decides_what_may_come_and_go(backend: On) {
    let site = Site::with_platform(backend, |options| options.executor = simulated(0.0, 0.02)).await;
    let service = site.service().await;
    let mut inputs = seats(12);
    inputs[6].tags = vec!["arch=arm64".into()];
    inputs[7].tags = vec!["arch=x86_64".into()];
    service.import_seats(&inputs, None).await.unwrap();
    let driver = Driver::start(&service);
    let geo1 = segment(&site, &service, "geo@1.0", "").await;
    let geo2 = segment(&site, &service, "geo@2.0", "").await;
    let old = segment(&site, &service, "nav-old@1.0", "conflicts = [\"nav\"]").await;
    let map = segment(&site, &service, "map@1.0", "requires = [\"nav <3\"]").await;
    let nav2 = segment(&site, &service, "nav@2.0", "").await;
    let says = "requires = [\"geo >=2\"]\nconflicts = [\"radar ==1\"]\narchs = [\"x86_64\"]";
    let nav3 = segment(&site, &service, "nav@3.0", says).await;
    let radar = segment(&site, &service, "radar@1.0", "").await;

    // 1 has all it needs; 2 none of it; 3 an older one; 4 and 5 what it is not to be beside; 6 an older version that
    // another one needs; 7 and 8 say their architectures; 9 has an older version alone.
    done(&service, &geo2, &on(&[1, 4, 5, 6, 7, 8, 9])).await;
    done(&service, &geo1, &on(&[3])).await;
    done(&service, &radar, &on(&[4])).await;
    done(&service, &old, &on(&[5])).await;
    done(&service, &nav2, &on(&[6, 9])).await;
    done(&service, &map, &on(&[6])).await;

    let plan = service.plan(&nav3, &on(&[1, 2, 3, 4, 5, 6, 7, 8, 9])).await.unwrap();
    let expected = because([
        (seat(2), "it needs geo >=2, which is not installed"),
        (seat(3), "it needs geo >=2, but there is geo@1.0 (installed)"),
        (seat(4), "it conflicts with radar@1.0 (installed)"),
        (seat(5), "nav-old@1.0 (installed) conflicts with it"),
        (seat(6), "it replaces nav@2.0, but map@1.0 (installed) needs nav <3"),
        (seat(7), "it is for x86_64, the seat is arm64"),
    ]);
    assert_eq!(reasons(&plan), expected);
    let [replaced] = plan.replaced.as_slice() else { panic!("{:?}", plan.replaced) };
    assert_eq!((&replaced.segment_id, replaced.change), (&nav2, VersionChange::Upgrade));
    assert_eq!(replaced.seats, [seat(6), seat(9)].into());

    let wanted = on(&[1, 2, 8, 9]);
    let refused = service.install(&nav3, &wanted, &InstallOptions::default()).await.unwrap_err();
    assert_eq!(refused.code, Code::Conflict);
    assert!(
        refused.message.to_string().contains("1 of 4 seats are blocked, seat-00002: it needs geo >=2"),
        "{refused}"
    );
    let leave_out = LeaveOut { blocked: true, offline: false };
    let options = InstallOptions { leave_out, ..InstallOptions::default() };
    let asked = service.install(&nav3, &wanted, &options).await.unwrap().unwrap();
    assert_eq!(asked.install_seat_list, [seat(1), seat(8), seat(9)].into());
    let skipped: Vec<_> = asked.skipped.iter().map(|it| (it.seat.clone(), it.reason.to_string())).collect();
    assert_eq!(skipped, [(seat(2), "it needs geo >=2, which is not installed".to_owned())]);
    assert_eq!(asked.requested()["skipped"][0]["seat"], "seat-00002");
    assert_eq!(ended(&service, asked.record.id).await.log.state, InstallState::Succeeded);
    assert!(
        service.plan(&nav2, &Wanted::None).await.unwrap().uninstall_seat_list == [seat(6)].into(),
        "moved"
    );

    // The other way: what somebody needs stays, what nobody needs goes; and back to an older version.
    let plan = service.plan(&geo2, &Wanted::None).await.unwrap();
    let told = "nav@3.0 (installed) needs geo >=2";
    assert_eq!(reasons(&plan), because([(seat(1), told), (seat(8), told), (seat(9), told)]));
    let plan = service.plan(&geo1, &on(&[1, 4])).await.unwrap();
    let told = "it replaces geo@2.0, but nav@3.0 (installed) needs geo >=2";
    assert_eq!(reasons(&plan), because([(seat(1), told)]));
    assert_eq!(plan.replaced[0].change, VersionChange::Downgrade);
    let plan = service.plan(&nav2, &off(&[6])).await.unwrap();
    assert_eq!(reasons(&plan)[&seat(6)], "map@1.0 (installed) needs nav <3");
    let refused = service.install(&nav2, &off(&[6]), &options).await.unwrap_err();
    assert_eq!(refused.code, Code::Conflict, "all of it is left out");
    let told = "1 seat(s) are left out, seat-00006: map@1.0 (installed) needs nav <3";
    assert!(refused.message.to_string().contains(told), "{refused}");
    let nothing = service.install(&nav2, &on(&[6]), &options).await.unwrap();
    assert!(nothing.is_none(), "it is there already");
    driver.stop().await;
}

async fn what_cannot_be_read_of_a_segment_is_told_with_the_plan(backend: On) {
    let site = Site::with_platform(backend, |options| options.executor = simulated(0.0, 0.02)).await;
    let service = site.service().await;
    service.import_seats(&seats(2), None).await.unwrap();
    let driver = Driver::start(&service);
    let odd = segment(&site, &service, "odd@1.0", "conflicts = [\"nav !! 2\"]").await;
    let nav = segment(&site, &service, "nav@2.0", "requires = [\"geo ~= x\", \"a b\", \"c d\"]").await;
    done(&service, &odd, &on(&[1])).await;
    driver.stop().await;
    let own = "nav@2.0 says it requires \"geo ~= x\", which cannot be read and is not checked";
    let plan = service.plan(&nav, &on(&[2])).await.unwrap();
    assert_eq!((plan.warnings.len(), plan.warnings[0].to_string()), (3, own.to_owned()));
    let plan = service.plan(&nav, &on(&[1, 2])).await.unwrap();
    assert_eq!(plan.warnings[3].to_string(), "1 more of what segments say cannot be read and is not checked");
    let plan = service.plan(&odd, &off(&[1])).await.unwrap();
    assert_eq!(plan.warnings.len(), 1, "{:?}", plan.warnings);
}

/// With nobody who drives them, installs stay unfinished.
async fn an_unfinished_install_counts_against_others(backend: On) {
    let site = Site::with_platform(backend, |options| options.executor = simulated(0.0, 0.02)).await;
    let service = site.service().await;
    service.import_seats(&seats(3), None).await.unwrap();
    let driver = Driver::start(&service);
    let geo = segment(&site, &service, "geo@2.0", "").await;
    let nav = segment(&site, &service, "nav@3.0", "requires = [\"geo\"]").await;
    let radar = segment(&site, &service, "radar@1.0", "conflicts = [\"nav\"]").await;
    done(&service, &geo, &on(&[1, 2])).await;
    driver.stop().await;

    ask(&service, &geo, &off(&[1])).await;
    let plan = service.plan(&nav, &on(&[1, 2])).await.unwrap();
    assert_eq!(reasons(&plan), because([(seat(1), "it needs geo, but there is geo@2.0 (being taken off)")]));
    ask(&service, &nav, &on(&[2])).await;
    let plan = service.plan(&radar, &on(&[1, 2])).await.unwrap();
    assert_eq!(reasons(&plan), because([(seat(2), "it conflicts with nav@3.0 (being installed)")]));
    let plan = service.plan(&geo, &off(&[2])).await.unwrap();
    let reason = reasons(&plan)[&seat(2)].clone();
    assert!(
        reason.ends_with("; nav@3.0 (being installed) needs geo")
            || reason.starts_with("nav@3.0 (being installed) needs geo"),
        "{reason}"
    );
}

async fn the_platform_is_asked_for_its_devices(backend: On) {
    let mut site = Site::with_platform(backend, |options| {
        options.fleet = Fleet::generated(3).unwrap();
        let offline = ["10.0.0.2".parse().unwrap()].into();
        options.executor =
            std::sync::Arc::new(Simulated::new(SimulatedOptions { offline, ..Default::default() }));
    })
    .await;
    let service = site.service().await;
    let mut inputs: Vec<SeatInput> = seats(3);
    inputs.push(SeatInput {
        id: "elsewhere".parse().unwrap(),
        ip: "10.9.9.9".parse().unwrap(),
        ..inputs[0].clone()
    });
    service.import_seats(&inputs, None).await.unwrap();
    let driver = Driver::start(&service);
    let nav = segment(&site, &service, "nav@3.0", "").await;
    let elsewhere: SeatId = "elsewhere".parse().unwrap();
    let wanted = Wanted::Seats([seat(1), seat(2), elsewhere.clone()].into());
    let plan = service.plan(&nav, &wanted).await.unwrap();
    assert_eq!(plan.offline_seat_list, [seat(2)].into());
    let told = reasons(&plan);
    assert_eq!(told.keys().collect::<Vec<_>>(), [&elsewhere]);
    assert!(told[&elsewhere].contains("knows no device 10.9.9.9"), "{told:?}");

    let leave_out = LeaveOut { blocked: true, offline: true };
    let options = InstallOptions { leave_out, ..InstallOptions::default() };
    let asked = service.install(&nav, &wanted, &options).await.unwrap().unwrap();
    assert_eq!(asked.install_seat_list, [seat(1)].into());
    let skipped: Vec<_> = asked.skipped.iter().map(|it| &it.seat).collect();
    assert_eq!(skipped, [&elsewhere, &seat(2)]);
    assert_eq!(ended(&service, asked.record.id).await.log.state, InstallState::Succeeded);
    driver.stop().await;

    // A platform that is away makes no plan impossible: it says what it could not look at.
    site.platform.stop().await;
    let plan =
        service.plan(&nav, &Wanted::Change { add: [seat(3)].into(), remove: [].into() }).await.unwrap();
    assert!(plan.blocked.is_empty() && plan.offline_seat_list.is_empty());
    assert!(
        plan.warnings.len() == 1 && plan.warnings[0].to_string().contains("online"),
        "{:?}",
        plan.warnings
    );
}

/// Each alone is fine; together they are not: of what is asked for at the same moment, one passes.
async fn two_at_once_cannot_both_pass(backend: On) {
    let site = Site::with_platform(backend, |options| options.executor = simulated(0.0, 0.02)).await;
    let service = site.service().await;
    service.import_seats(&seats(1), None).await.unwrap();
    let driver = Driver::start(&service);
    let nav = segment(&site, &service, "nav@3.0", "").await;
    let radar = segment(&site, &service, "radar@1.0", "conflicts = [\"nav\"]").await;
    driver.stop().await;
    let other = site.service().await;
    let (wanted, options) = (on(&[1]), InstallOptions::default());
    let (first, second) =
        tokio::join!(service.install(&nav, &wanted, &options), other.install(&radar, &wanted, &options));
    let refused: Vec<Code> = [first.err(), second.err()].into_iter().flatten().map(|it| it.code).collect();
    assert_eq!(refused, [Code::Conflict]);
}
