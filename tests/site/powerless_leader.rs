//! A leader that can read or write no more while its lease is renewed: another one leads within a few lease times.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::common::etcd::{Etcd, Options};
use crate::host::Host;
use crate::platform::Platform;
use crate::running::Running;

const ROOT: [&str; 2] = ["--user", "root:root"];

/// Five of the lease times of `Host::configure`, and what a busy machine takes.
const SOON: Duration = Duration::from_secs(15);

/// An etcd with a user for each of two processes.
struct Users {
    server: Etcd,
}

impl Users {
    fn new() -> Self {
        let server = Etcd::start();
        for name in ["one", "two"] {
            server.ctl(&["role", "add", name]);
            server.ctl(&["role", "grant-permission", "--prefix=true", name, "readwrite", "/site/"]);
            server.ctl(&["user", "add", &format!("{name}:{name}-secret")]);
            server.ctl(&["user", "grant-role", name, name]);
        }
        server.ctl(&["user", "add", "root:root"]);
        server.ctl(&["user", "grant-role", "root", "root"]);
        Self { server }
    }

    fn asks_for_a_login(&self) {
        self.server.ctl(&["auth", "enable"]);
    }

    fn as_root(&self, arguments: &[&str]) {
        self.server.ctl(&[&ROOT, arguments].concat());
    }

    fn change_password(&self, user: &str, password: &str) {
        let mut command = Command::new("etcdctl");
        command.env("ETCDCTL_API", "3").args(["--endpoints", &self.server.endpoint()]).args(ROOT);
        command.args(["user", "passwd", user, "--interactive=false"]).stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::null()).spawn().unwrap();
        writeln!(child.stdin.take().unwrap(), "{password}").unwrap();
        assert!(child.wait().unwrap().success());
    }
}

/// Starts the controllers as a user.
fn controller(host: &Host, user: &str) -> Running {
    let file = host.file(&format!("password-{user}"), &format!("{user}-secret\n"));
    let (name, file) = (format!("store.username={user}"), format!("store.password_file={}", file.display()));
    host.start(user, &["--set", &name, "--set", &file, "controller"])
}

/// Waits until it says so, soon.
async fn says(running: &mut Running, part: &str) {
    let begun = Instant::now();
    timeout(SOON, running.hears(part))
        .await
        .unwrap_or_else(|_| panic!("no {part:?} within {:?}", begun.elapsed()));
}

/// One leads and two follows; the harm is done to one.
async fn two_takes_over(host: &Host, users: &Users, harm: impl FnOnce(&Users)) -> (Running, Running) {
    users.asks_for_a_login();
    let mut one = controller(host, "one");
    says(&mut one, "leading").await;
    let mut two = controller(host, "two");
    says(&mut two, "following").await;
    harm(users);
    says(&mut two, "leading").await;
    says(&mut one, "stood back").await;
    (one, two)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_password_was_changed() {
    let users = Users::new();
    Host::test_on(&users.server, async |host| {
        let platform = Platform::start(host, &["--seats", "1"]).await;
        host.configure("", &platform.sections());
        let (mut one, two) = two_takes_over(host, &users, |users| users.change_password("one", "new")).await;
        host.file("password-one", "new\n");
        // By itself.
        timeout(SOON * 2, one.hears("following")).await.expect("it reads its password anew");
        assert_eq!(two.terminate().await, 0);
        timeout(SOON, one.hears_again("leading", 2)).await.expect("it leads again");
        assert_eq!(one.terminate().await, 0);
        platform.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_user_was_deleted() {
    let users = Users::new();
    Host::test_on(&users.server, async |host| {
        let platform = Platform::start(host, &["--seats", "1"]).await;
        host.configure("", &platform.sections());
        let harm = |users: &Users| users.as_root(&["user", "delete", "one"]);
        let (_one, two) = two_takes_over(host, &users, harm).await;
        assert_eq!(two.terminate().await, 0);
        platform.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_right_to_write_was_taken() {
    let users = Users::new();
    Host::test_on(&users.server, async |host| {
        let platform = Platform::start(host, &["--seats", "1"]).await;
        host.configure("", &platform.sections());
        let (one, two) = two_takes_over(host, &users, |users| {
            users.as_root(&["role", "grant-permission", "--prefix=true", "one", "read", "/site/"]);
        })
        .await;
        // Another process of that user tells why it would not lead either.
        let file = format!("store.password_file={}", host.path().join("password-one").display());
        let status = ["--set", "store.username=one", "--set", &file, "controller", "status"];
        let status = host.json(&status).await;
        assert_eq!(status["mayLead"], false);
        let reason = status["reason"].as_str().unwrap();
        assert!(reason.contains("permission denied") && reason.contains("/site/"), "{reason}");
        assert_eq!(two.terminate().await, 0);
        assert_eq!(one.terminate().await, 0);
        platform.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_is_asked_for_that_it_has_not() {
    let users = Users::new();
    Host::test_on(&users.server, async |host| {
        let platform = Platform::start(host, &["--seats", "1"]).await;
        host.configure("", &platform.sections());
        let mut one = host.start("one", &["controller"]);
        says(&mut one, "leading").await;
        // Nobody wants its login yet.
        let mut two = controller(host, "two");
        says(&mut two, "stood back").await;
        users.asks_for_a_login();
        says(&mut two, "leading").await;
        says(&mut one, "stood back").await;
        assert_eq!(two.terminate().await, 0);
        platform.stop().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_is_no_room_for_a_change() {
    let args = ["--quota-backend-bytes", "1048576"].map(str::to_owned).to_vec();
    let server = Etcd::start_with(Options { args, ..Options::default() });
    Host::test_on(&server, async |host| {
        let platform = Platform::start(host, &["--seats", "1"]).await;
        host.configure("", &platform.sections());
        let mut one = host.start("one", &["controller"]);
        says(&mut one, "leading").await;
        server.fill();
        says(&mut one, "stood back").await;
        let status = host.run(&["controller", "status", "-o", "json"]).await.exits(5).json();
        assert!(status["reason"].as_str().unwrap().contains("etcdctl alarm disarm"), "{status}");
        server.make_room();
        timeout(SOON * 2, one.hears_again("leading", 2)).await.expect("it leads again");
        assert_eq!(one.terminate().await, 0);
        platform.stop().await;
    })
    .await;
}
