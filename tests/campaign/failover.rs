//! How long a site is without a leader: after a kill, and after a clean end.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::chance::Chance;
use crate::common::site::On;
use crate::crew::next_leader;
use crate::host::Host;
use crate::platform::Platform;
use crate::rounds;
use crate::running::Running;

/// Pairs of controllers at once, at most, each pair on records of its own: nearly all of a fail-over is waiting.
const PAIRS: usize = 3;

/// How the leader ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    Killed,
    Clean,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn campaign() {
    let count = rounds(2);
    // The shortest lease there may be for most of them, and the one of the settings as they are for a few.
    measure(End::Killed, count, "2s", Duration::from_millis(3_500)).await;
    measure(End::Killed, count / 10, "10s", Duration::from_millis(11_500)).await;
    measure(End::Clean, count, "2s", Duration::from_millis(500)).await;
    measure(End::Clean, count / 10, "10s", Duration::from_millis(500)).await;
}

/// Prints the times of so many ends of a leader.
async fn measure(end: End, count: usize, ttl: &'static str, goal: Duration) {
    if count == 0 {
        return;
    }
    let pairs = PAIRS.min(count);
    let mut running = JoinSet::new();
    for number in 0..pairs {
        let share = count / pairs + usize::from(number < count % pairs);
        running.spawn(one_pair(end, share, ttl, Chance::new(number as u64)));
    }
    let mut times = running.join_all().await.concat();
    times.sort_unstable();
    assert_eq!(times.len(), count);
    let at = |percent: usize| times[(count * percent).div_ceil(100).max(1) - 1];
    println!(
        "{end:?}, lease {ttl}: next leader after {:?} (p50), {:?} (p99), {:?} (longest of {count}); goal {goal:?}",
        at(50),
        at(99),
        times[count - 1]
    );
}

async fn one_pair(end: End, count: usize, ttl: &'static str, mut chance: Chance) -> Vec<Duration> {
    let host = Host::new(On::Etcd);
    // Nobody stands for election who has nowhere to publish to.
    let platform = Platform::start(&host, &[]).await;
    host.configure("", &platform.sections());
    let onlooker = host.onlooker().await;
    let start = |number: usize| {
        let variables = [("SEGDECK_CONTROLLERS__LEASE_TTL", ttl)];
        host.start_with(&format!("controller {number}"), &["controller"], &variables)
    };
    let mut members: Vec<Running> = vec![start(0), start(1)];
    let mut leader = next_leader(&onlooker, 0).await;
    let mut times = Vec::new();
    for number in 0..count {
        // The other one follows; only then can it be quick.
        let other = members.iter_mut().find(|member| member.pid() != leader.pid).unwrap();
        other.hears("following").await;
        // Anywhere between two renewals.
        tokio::time::sleep(chance.millis(0, 900)).await;
        let at = members.iter().position(|member| member.pid() == leader.pid).unwrap();
        let member = members.remove(at);
        let begun = Instant::now();
        let next = next_leader(&onlooker, leader.epoch);
        let ending = async {
            match end {
                End::Killed => member.kill().await,
                End::Clean => assert_eq!(member.terminate().await, 0),
            }
        };
        let ((), (next, took)) = tokio::join!(ending, async { (next.await, begun.elapsed()) });
        times.push(took);
        leader = next;
        members.push(start(2 + number));
    }
    platform.stop().await;
    times
}
