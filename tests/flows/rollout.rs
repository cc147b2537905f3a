//! Wave by wave: gates, limits of failures, and the operator's hand on them.

use std::collections::BTreeSet;
use std::sync::Arc;

use segdeck::domain::install::Command;
use segdeck::domain::strategy::{Gate, Share};
use segdeck::domain::{InstallLog, InstallState, RecordId, SeatState, SegmentId};
use segdeck::platform::{Fleet, LedgerKind, Simulated, SimulatedOptions, ledger};
use segdeck::service::{Canary, Code, InstallOptions, InstallView, Rollout, Service, Wanted};
use segdeck::store::keys::{self, Named};
use segdeck::store::{self, WatchEvent};

use crate::common::site::{Driver, On, Site, ended, eventually, in_state, published, seat, seats, upload};
use crate::install::simulated;

crate::on_both!(
    waves_follow_each_other_and_no_seat_is_asked_before_its_turn,
    a_wave_with_too_many_failures_stops_and_no_later_seat_is_asked,
    what_failed_is_accepted_or_tried_again,
    a_gate_waits_for_its_time_or_for_a_word,
    a_gate_without_waves_stands_after_the_canary,
    a_canary_is_online_where_one_of_its_kind_is,
    a_cancel_at_a_gate_ends_the_seats_that_were_not_begun,
    seats_that_are_off_hold_up_no_wave,
    a_new_leader_goes_on_with_the_same_wave,
    its_summary_is_written_once_a_poll,
);

/// A site with so many seats and a published segment.
async fn site(on: On, count: usize, executor: Arc<Simulated>) -> (Site, Arc<Service>, SegmentId) {
    let site = Site::with_platform(on, |options| options.executor = executor).await;
    let service = site.service().await;
    service.import_seats(&seats(count), None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    (site, service, nav)
}

fn rollout(waves: &str, max_failures: &str, gates: &str) -> Rollout {
    let shares = |text: &str| {
        let list: Vec<Share> = segdeck::domain::strategy::list(text).unwrap();
        (!list.is_empty()).then_some(list)
    };
    let gates: Vec<Gate> = segdeck::domain::strategy::list(gates).unwrap();
    Rollout {
        waves: shares(waves),
        max_failures: shares(max_failures),
        gates: (!gates.is_empty()).then_some(gates),
        ..Rollout::default()
    }
}

async fn install(service: &Service, nav: &SegmentId, count: usize, rollout: Rollout) -> RecordId {
    published(service, nav).await;
    let wanted = Wanted::Seats((1..=count).map(seat).collect());
    let options = InstallOptions { rollout, ..InstallOptions::default() };
    service.install(nav, &wanted, &options).await.unwrap().unwrap().record.id
}

/// The install as soon as it is in this state.
async fn until(service: &Service, record: RecordId, state: InstallState) -> InstallView {
    eventually(service, state.as_str(), || async {
        let view = service.show_install(record).await.unwrap();
        (view.log.state == state).then_some(view)
    })
    .await
}

/// Devices that the platform began to install on, in order of time.
fn begun(site: &Site) -> Vec<String> {
    let ledger = ledger(&site.platform.data).unwrap();
    let begun = ledger.into_iter().filter(|entry| entry.kind == LedgerKind::InstallStarted);
    begun.map(|entry| entry.what).collect()
}

async fn waves_follow_each_other_and_no_seat_is_asked_before_its_turn(on: On) {
    let (site, service, nav) = site(on, 40, simulated(0.0, 0.05)).await;
    let mut other = seats(5).pop().unwrap();
    other.tags = vec!["arch=arm64".into()];
    service.import_seats(&[other], None).await.unwrap();
    let driver = Driver::start(&service);
    let asked =
        Rollout { at_once: Some(vec![1, 5]), canary: Some(Canary::Auto), ..rollout("25%,100%", "0", "") };
    published(&service, &nav).await;
    let wanted = Wanted::Seats((1..=40).map(seat).collect());
    let options = InstallOptions { rollout: asked.clone(), ..InstallOptions::default() };
    let plan = service.plan_install(&nav, &wanted, &options).await.unwrap();
    let record = install(&service, &nav, 40, asked).await;
    let view = ended(&service, record).await;
    // The plan told who comes with which wave.
    for (number, wave) in (1..).zip(&plan.waves) {
        let with_it =
            view.seats.iter().filter(|seat| seat.wave == Some(number)).map(|seat| seat.seat.clone());
        assert_eq!(with_it.collect::<BTreeSet<_>>(), wave.seat_list.iter().cloned().collect());
    }
    assert_eq!(plan.waves.len(), 3);
    assert_eq!(view.log.state, InstallState::Succeeded, "{:?}", view.log);
    assert_eq!((view.log.wave, view.log.waves), (3, 3));
    let waves: Vec<_> = view.seats.iter().map(|seat| seat.wave.unwrap()).collect();
    let of = |wave| waves.iter().filter(|of| **of == wave).count();
    assert_eq!([of(1), of(2), of(3)], [5, 5, 30]);
    assert!(waves.is_sorted(), "as they come: {waves:?}");
    // One of each of the four groups and of the other architecture, then up to ten, then all; never more than five at once.
    let canary: BTreeSet<_> = (1..=5).map(seat).collect();
    assert_eq!(view.record.strategy.canary, canary);
    let sizes: Vec<usize> = view.log.tasks.iter().map(|task| task.seats).collect();
    assert!(
        sizes.iter().take(5).all(|seats| *seats == 1) && sizes.iter().all(|seats| *seats <= 5),
        "{sizes:?}"
    );
    let order = begun(&site);
    assert_eq!(order.len(), 40);
    let until = |n: usize| (1..=n).map(|n| format!("10.0.0.{n}")).collect::<BTreeSet<_>>();
    assert_eq!(order[..5].iter().cloned().collect::<BTreeSet<_>>(), until(5), "the canary");
    assert_eq!(order[..10].iter().cloned().collect::<BTreeSet<_>>(), until(10), "the first quarter");
    driver.stop().await;
}

async fn a_wave_with_too_many_failures_stops_and_no_later_seat_is_asked(on: On) {
    let (mut site, service, nav) = site(on, 40, simulated(1.0, 0.05)).await;
    let driver = Driver::start(&service);
    let record = install(&service, &nav, 40, rollout("4,50%,100%", "1", "")).await;
    let view = until(&service, record, InstallState::Paused).await;
    let reason = view.log.reason.as_ref().unwrap().shown().into_string();
    assert!(reason.contains("wave 1 is stopped: more than 1 of its 4 seats failed"), "{reason}");
    // The others of the wave come to their end; a later one would stop the next attempt as well.
    let held = eventually(&service, "the first wave at its end", || async {
        let view = service.show_install(record).await.unwrap();
        (in_state(&view, SeatState::Failed).len() == 4).then_some(view)
    })
    .await;
    assert_eq!(in_state(&held, SeatState::Queued).len(), 36);
    assert_eq!(begun(&site).len(), 4, "no seat of a later wave was asked");
    assert_eq!(
        (held.log.state, &held.log.reason),
        (InstallState::Paused, &view.log.reason),
        "it says why still"
    );
    let refused = service.control(record, Command::Pause, "", None).await.unwrap_err();
    assert_eq!(refused.code, Code::Conflict, "it is held already");

    // Mended: the failed ones are tried again; the other waves follow once somebody says so.
    site.platform.restart(|options| options.executor = simulated(0.0, 0.05)).await;
    service.control(record, Command::Retry, "", None).await.unwrap();
    let tried = eventually(&service, "the first wave succeeds", || async {
        let view = service.show_install(record).await.unwrap();
        (in_state(&view, SeatState::Succeeded).len() == 4).then_some(view)
    })
    .await;
    assert_eq!((tried.log.state, tried.log.wave), (InstallState::Paused, 1));
    service.control(record, Command::Run, "", None).await.unwrap();
    let view = ended(&service, record).await;
    assert_eq!((view.log.state, view.log.attempt), (InstallState::Succeeded, 2), "{:?}", view.log);
    driver.stop().await;
}

async fn what_failed_is_accepted_or_tried_again(on: On) {
    let (site, service, nav) = site(on, 12, simulated(1.0, 0.05)).await;
    let driver = Driver::start(&service);
    let record = install(&service, &nav, 12, rollout("2,4,100%", "0,50%", "")).await;
    until(&service, record, InstallState::Paused).await;
    eventually(&service, "the first wave at its end", || async {
        let view = service.show_install(record).await.unwrap();
        (in_state(&view, SeatState::Failed).len() == 2).then_some(())
    })
    .await;
    // It goes on with the second wave, whose failures are counted for themselves.
    service.control(record, Command::Run, "known", None).await.unwrap();
    let held = eventually(&service, "the second wave stops", || async {
        let view = service.show_install(record).await.unwrap();
        (view.log.wave == 2 && view.log.state == InstallState::Paused).then_some(view)
    })
    .await;
    assert!(held.log.reason.as_ref().unwrap().shown().into_string().contains("wave 2"), "{:?}", held.log);
    assert!(begun(&site).len() <= 4);
    service.control(record, Command::Cancel, "", None).await.unwrap();
    let view = ended(&service, record).await;
    assert_eq!(view.log.state, InstallState::Cancelled);
    assert_eq!(in_state(&view, SeatState::Cancelled).len(), 8, "{:?}", view.log.counts);
    driver.stop().await;
}

async fn a_gate_waits_for_its_time_or_for_a_word(on: On) {
    let (site, service, nav) = site(on, 10, simulated(0.0, 0.05)).await;
    let driver = Driver::start(&service);
    let record = install(&service, &nav, 10, rollout("1,2,5,100%", "", "open,ask,300ms")).await;
    let waiting = until(&service, record, InstallState::WaitingGate).await;
    assert_eq!((waiting.log.wave, begun(&site).len()), (2, 2), "the open gate was passed, this one is not");

    // A pause at the gate and its end leave it where it is.
    service.control(record, Command::Pause, "lunch", None).await.unwrap();
    until(&service, record, InstallState::Paused).await;
    service.control(record, Command::Run, "", None).await.unwrap();
    until(&service, record, InstallState::WaitingGate).await;
    assert_eq!(begun(&site).len(), 2);

    service.control(record, Command::Next, "", None).await.unwrap();
    let view = ended(&service, record).await;
    assert_eq!(
        (view.log.state, view.log.wave),
        (InstallState::Succeeded, 4),
        "the time alone opened the last one"
    );
    let refused = service.control(record, Command::Next, "", None).await.unwrap_err();
    assert_eq!(refused.code, Code::Conflict);
    driver.stop().await;
}

async fn a_gate_without_waves_stands_after_the_canary(on: On) {
    let (site, service, nav) = site(on, 6, simulated(0.0, 0.05)).await;
    let driver = Driver::start(&service);
    published(&service, &nav).await;
    let wanted = Wanted::Seats((1..=6).map(seat).collect());
    let options = InstallOptions { rollout: rollout("", "", "ask"), ..InstallOptions::default() };
    for refused in [
        service.plan_install(&nav, &wanted, &options).await.unwrap_err(),
        service.install(&nav, &wanted, &options).await.unwrap_err(),
    ] {
        assert_eq!(refused.code, Code::Usage);
        assert!(refused.message.to_string().contains("say --waves or --canary"), "{refused}");
    }
    let asked = Rollout { canary: Some(Canary::Count(1)), ..rollout("", "", "ask") };
    let record = install(&service, &nav, 6, asked).await;
    let waiting = until(&service, record, InstallState::WaitingGate).await;
    assert_eq!((waiting.log.wave, waiting.log.waves, begun(&site).len()), (1, 2, 1));
    service.control(record, Command::Next, "", None).await.unwrap();
    assert_eq!(ended(&service, record).await.log.state, InstallState::Succeeded);

    // Gates of the settings wait for a canary as well, and are in nobody's way without one.
    let mut settings = site.settings.clone();
    settings.install.gates = "ask".into();
    let service = site.service_with(&settings).await;
    let options = InstallOptions {
        rollout: Rollout { canary: Some(Canary::Count(1)), ..Rollout::default() },
        ..InstallOptions::default()
    };
    let plan = service.plan_install(&nav, &Wanted::None, &options).await.unwrap();
    assert_eq!((plan.waves.len(), plan.waves[0].gate), (2, Gate::Ask));
    assert!(plan.warnings.is_empty(), "{:?}", plan.warnings);
    let all = InstallOptions {
        rollout: Rollout { canary: Some(Canary::Count(99)), ..Rollout::default() },
        ..InstallOptions::default()
    };
    let plan = service.plan_install(&nav, &Wanted::None, &all).await.unwrap();
    assert!(
        plan.waves.len() == 1 && plan.warnings[0].to_string().contains("no gate holds any of them"),
        "{:?}",
        plan.warnings
    );
    let plan = service.plan_install(&nav, &Wanted::None, &InstallOptions::default()).await.unwrap();
    assert!(plan.waves.len() <= 1, "{:?}", plan.waves);
    driver.stop().await;
}

async fn a_cancel_at_a_gate_ends_the_seats_that_were_not_begun(on: On) {
    let (site, service, nav) = site(on, 10, simulated(0.0, 0.05)).await;
    let driver = Driver::start(&service);
    let record = install(&service, &nav, 10, rollout("30%,100%", "", "ask")).await;
    until(&service, record, InstallState::WaitingGate).await;
    service.control(record, Command::Cancel, "wrong one", None).await.unwrap();
    let view = ended(&service, record).await;
    assert_eq!(view.log.state, InstallState::Cancelled);
    assert_eq!(in_state(&view, SeatState::Succeeded).len(), 3);
    assert_eq!(in_state(&view, SeatState::Cancelled).len(), 7);
    assert!(view.failures().is_empty(), "no cancelled seat has failed");
    assert_eq!(view.log.reason.as_ref().unwrap().raw(), "wrong one");
    assert_eq!(begun(&site).len(), 3);
    // A retry takes them up; the gate was passed by nobody.
    service.control(record, Command::Retry, "", None).await.unwrap();
    until(&service, record, InstallState::WaitingGate).await;
    service.control(record, Command::Next, "", None).await.unwrap();
    assert_eq!(ended(&service, record).await.log.state, InstallState::Succeeded);
    driver.stop().await;
}

async fn seats_that_are_off_hold_up_no_wave(on: On) {
    let off = [[10, 0, 0, 1].into()].into();
    let options = SimulatedOptions { seconds_per_seat: 0.05, offline: off, ..SimulatedOptions::default() };
    let (_site, service, nav) = site(on, 6, Arc::new(Simulated::new(options))).await;
    let driver = Driver::start(&service);
    let record = install(&service, &nav, 6, rollout("2,100%", "0", "")).await;
    let view = eventually(&service, "all others are done", || async {
        let view = service.show_install(record).await.unwrap();
        (in_state(&view, SeatState::Succeeded).len() == 5).then_some(view)
    })
    .await;
    assert_eq!(in_state(&view, SeatState::WaitingOnline), [seat(1)]);
    driver.stop().await;
}

async fn a_canary_is_online_where_one_of_its_kind_is(on: On) {
    // Of four groups 1 and 5 are the first of theirs, 2 and 6 are all of theirs.
    let off = [1, 2, 6].map(|n| [10, 0, 0, n].into()).into();
    let options = SimulatedOptions { offline: off, ..SimulatedOptions::default() };
    let fleet = Fleet::generated(8).unwrap();
    let site = Site::with_platform(on, |platform| {
        platform.fleet = fleet;
        platform.executor = Arc::new(Simulated::new(options));
    })
    .await;
    let service = site.service().await;
    service.import_seats(&seats(8), None).await.unwrap();
    let nav = upload(&service, &site.archive("nav", "1.0", "zip")).await;
    let driver = Driver::start(&service);
    published(&service, &nav).await;
    driver.stop().await;
    let canary = async |canary| {
        let rollout = Rollout { canary: Some(canary), ..Rollout::default() };
        let options = InstallOptions { rollout, ..InstallOptions::default() };
        let wanted = Wanted::Seats((1..=8).map(seat).collect());
        let plan = service.plan_install(&nav, &wanted, &options).await.unwrap();
        assert_eq!(plan.offline_seat_list.len(), 3, "{:?}", plan.warnings);
        plan.waves[0].seat_list.iter().cloned().collect::<BTreeSet<_>>()
    };
    assert_eq!(canary(Canary::Auto).await, [2, 3, 4, 5].map(seat).into(), "the second group has no other");
    assert_eq!(canary(Canary::Count(2)).await, [3, 4].map(seat).into());
    assert_eq!(canary(Canary::Count(6)).await, [1, 3, 4, 5, 7, 8].map(seat).into());
}

async fn a_new_leader_goes_on_with_the_same_wave(on: On) {
    let (site, service, nav) = site(on, 12, simulated(0.0, 0.05)).await;
    let driver = Driver::start(&service);
    let record = install(&service, &nav, 12, rollout("2,6,100%", "", "ask")).await;
    until(&service, record, InstallState::WaitingGate).await;
    driver.stop().await;
    let other = site.service().await;
    let mut next = Driver::start(&other);
    next.leads().await;
    assert_eq!(begun(&site).len(), 2);
    other.control(record, Command::Next, "", None).await.unwrap();
    let waiting = eventually(&other, "the second gate", || async {
        let view = other.show_install(record).await.unwrap();
        (view.log.wave == 2 && view.log.state == InstallState::WaitingGate).then_some(view)
    })
    .await;
    assert_eq!(in_state(&waiting, SeatState::Succeeded).len(), 6);
    assert_eq!(begun(&site).len(), 6, "each seat was asked once");
    other.control(record, Command::Next, "", None).await.unwrap();
    assert_eq!(ended(&other, record).await.log.state, InstallState::Succeeded);
    next.stop().await;
}

async fn its_summary_is_written_once_a_poll(on: On) {
    const SEATS: usize = 10;
    let (_site, service, nav) = site(on, SEATS, simulated(0.0, 0.02)).await;
    let driver = Driver::start(&service);
    published(&service, &nav).await;
    let mut watch = service.store.watch("install-logs/", 0).await.unwrap();
    let record =
        install(&service, &nav, SEATS, Rollout { at_once: Some(vec![1]), ..rollout("", "", "") }).await;
    let view = ended(&service, record).await;
    assert_eq!((view.log.state, view.log.tasks.len()), (InstallState::Succeeded, SEATS));
    let (mut written, mut over) = (0, false);
    while !over {
        for event in watch.recv().await.unwrap().unwrap().events {
            if let WatchEvent::Put(entry) = event
                && let Named::InstallLog(_, _, None) = keys::parse(&entry.key)
            {
                written += 1;
                over = store::decode::<InstallLog>(&entry).unwrap().state.is_terminal();
            }
        }
    }
    // Each seat by itself: what a poll says of one goes with the intent of the next, and the task with the next poll.
    // A seat that is slow may take another poll. Each by itself they were 30.
    assert!(written <= 2 * SEATS + 4, "{written} writes");
    driver.stop().await;
}
