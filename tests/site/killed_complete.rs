//! `kill -9` of the leader while it computes the md5 that the upload of a large file left out.

use crate::common::archive;
use crate::common::incomplete::{completed, endless, resize};
use crate::common::site::{On, id, published};
use crate::host::Host;
use crate::platform::Platform;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_leader_computes_it() {
    Host::test(On::Embedded, async |host| {
        let platform = Platform::start(host, &[]).await;
        host.configure("", &platform.sections());
        let onlooker = host.onlooker().await;
        let (nav, file) = (id("nav@1.0"), archive::segment(host.path(), "nav", "1.0", "zip", 65 << 20));
        host.json(&["segment", "upload", file.to_str().unwrap()]).await;
        let shown = host.run(&["segment", "show", "nav@1.0"]).await.exits(0).out;
        assert!(shown.contains("not known yet"), "{shown}");

        let stored = host.stored_files().pop().unwrap();
        let first = host.start("first", &["controller"]);
        published(&onlooker, &nav).await;
        let size = endless(&onlooker, &nav, &stored, first.pid()).await;
        first.kill().await;
        assert_eq!(onlooker.segment(&nav).await.unwrap().md5, None);

        resize(&stored, size);
        let second = host.start("second", &["controller"]);
        let md5 = completed(&onlooker, &nav).await.md5.unwrap();
        let sum = std::process::Command::new("md5sum").arg(&stored).output().unwrap().stdout;
        assert_eq!(Some(md5.as_str()), String::from_utf8(sum).unwrap().split(' ').next());
        assert_eq!(second.terminate().await, 0);
    })
    .await;
}
