//! A platform that breaks the contract in every answer it can.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use segdeck::domain::RemoteKind;
use segdeck::proto::deployment_server::{Deployment, DeploymentServer};
use segdeck::proto::download_segment_response::Part;
use segdeck::proto::segment_repository_server::{SegmentRepository, SegmentRepositoryServer};
use segdeck::proto::*;
use segdeck::remote::grpc::connect_one;
use segdeck::remote::{Meaning, Remotes};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status, Streaming};

use crate::rig::{collect, file, operation, segment, settings, sha256};

/// What the next answers are; calls that nothing is set for are not implemented.
#[derive(Clone, Default)]
struct Liar(Arc<Mutex<Lies>>, Arc<AtomicUsize>);

#[derive(Default)]
struct Lies {
    created: Option<Segment>,
    found: Option<Segment>,
    list: Option<ListSegmentsResponse>,
    download: Vec<DownloadSegmentResponse>,
    task_id: String,
    task: Option<GetTaskResponse>,
    /// Pages of devices get a new token each time.
    endless_devices: bool,
    status: Option<Status>,
    platform: Option<GetPlatformResponse>,
}

type Answer<T> = Result<Response<T>, Status>;

fn told<T>(lie: Option<T>) -> Answer<T> {
    lie.map(Response::new).ok_or_else(|| Status::unimplemented("no lie is set"))
}

#[tonic::async_trait]
impl SegmentRepository for Liar {
    async fn create_segment(
        &self,
        request: Request<Streaming<CreateSegmentRequest>>,
    ) -> Answer<CreateSegmentResponse> {
        let mut stream = request.into_inner();
        while stream.message().await?.is_some() {}
        Ok(Response::new(CreateSegmentResponse { segment: self.0.lock().unwrap().created.clone() }))
    }
    async fn get_platform(&self, _: Request<GetPlatformRequest>) -> Answer<GetPlatformResponse> {
        told(self.0.lock().unwrap().platform.clone())
    }
    async fn get_upload(&self, _: Request<GetUploadRequest>) -> Answer<GetUploadResponse> {
        Ok(Response::new(GetUploadResponse { kept: u64::MAX }))
    }
    async fn find_segment(&self, _: Request<FindSegmentRequest>) -> Answer<FindSegmentResponse> {
        if let Some(status) = &self.0.lock().unwrap().status {
            return Err(status.clone());
        }
        Ok(Response::new(FindSegmentResponse { segment: self.0.lock().unwrap().found.clone() }))
    }
    async fn list_segments(&self, _: Request<ListSegmentsRequest>) -> Answer<ListSegmentsResponse> {
        told(self.0.lock().unwrap().list.clone())
    }
    type DownloadSegmentStream =
        futures::stream::Iter<std::vec::IntoIter<Result<DownloadSegmentResponse, Status>>>;
    async fn download_segment(
        &self,
        _: Request<DownloadSegmentRequest>,
    ) -> Answer<Self::DownloadSegmentStream> {
        let parts: Vec<_> = self.0.lock().unwrap().download.iter().cloned().map(Ok).collect();
        Ok(Response::new(futures::stream::iter(parts)))
    }
    async fn delete_segment(&self, _: Request<DeleteSegmentRequest>) -> Answer<DeleteSegmentResponse> {
        told(None)
    }
    async fn find_operation(
        &self,
        _: Request<FindSegmentOperationRequest>,
    ) -> Answer<FindSegmentOperationResponse> {
        told(None)
    }
}

#[tonic::async_trait]
impl Deployment for Liar {
    async fn batch_install(&self, _: Request<BatchInstallRequest>) -> Answer<BatchInstallResponse> {
        Ok(Response::new(BatchInstallResponse { task_id: self.0.lock().unwrap().task_id.clone() }))
    }
    async fn batch_uninstall(&self, _: Request<BatchUninstallRequest>) -> Answer<BatchUninstallResponse> {
        told(None)
    }
    async fn get_task(&self, _: Request<GetTaskRequest>) -> Answer<GetTaskResponse> {
        self.1.fetch_add(1, Ordering::SeqCst);
        told(self.0.lock().unwrap().task.clone())
    }
    async fn cancel_task(&self, _: Request<CancelTaskRequest>) -> Answer<CancelTaskResponse> {
        told(None)
    }
    async fn list_devices(&self, _: Request<ListDevicesRequest>) -> Answer<ListDevicesResponse> {
        let page = self.1.fetch_add(1, Ordering::SeqCst);
        let endless = self.0.lock().unwrap().endless_devices;
        told(
            endless
                .then(|| ListDevicesResponse { next_page_token: format!("p{page}"), ..Default::default() }),
        )
    }
    async fn list_installed(&self, _: Request<ListInstalledRequest>) -> Answer<ListInstalledResponse> {
        told(None)
    }
    async fn find_operation(
        &self,
        _: Request<FindTaskOperationRequest>,
    ) -> Answer<FindTaskOperationResponse> {
        told(None)
    }
}

async fn lying(lies: Lies) -> (Liar, Remotes) {
    let liar = Liar(Arc::new(Mutex::new(lies)), Arc::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let unlimited = SegmentRepositoryServer::new(liar.clone()).max_encoding_message_size(usize::MAX);
    tokio::spawn(
        Server::builder()
            .add_service(unlimited)
            .add_service(DeploymentServer::new(liar.clone()))
            .serve_with_incoming(TcpListenerStream::new(listener)),
    );
    let remotes =
        connect_one(Remotes::default(), RemoteKind::Sdp, &settings(format!("http://{address}"))).unwrap();
    (liar, remotes)
}

fn honest() -> Segment {
    Segment {
        uid: "u1".to_owned(),
        prefix: "a".to_owned(),
        version: "1".to_owned(),
        sha256: sha256(b"x"),
        file_size: 1,
        ..Segment::default()
    }
}

#[tokio::test]
async fn names_that_are_none_are_reported_and_the_rest_is_taken() {
    let evil = Segment { uid: "u2".to_owned(), prefix: "../../etc".to_owned(), ..honest() };
    let list = ListSegmentsResponse { segments: vec![honest(), evil], next_page_token: "t".to_owned() };
    let (liar, remotes) = lying(Lies { list: Some(list), ..Lies::default() }).await;
    let repository = remotes.repository(RemoteKind::Sdp).unwrap();
    let page = repository.list("").await.unwrap();
    assert_eq!((page.segments.len(), page.unreadable.len()), (1, 1));
    assert_eq!(page.unreadable[0].0, "u2");
    let circle = repository.list("t").await.unwrap_err();
    assert_eq!(circle.meaning, Meaning::Unclear);
    assert!(circle.to_string().contains("same token"), "{circle}");
    let uid = "\u{1b}[2J".to_owned();
    let nameless =
        ListSegmentsResponse { segments: vec![Segment { uid, ..honest() }], next_page_token: String::new() };
    liar.0.lock().unwrap().list = Some(nameless);
    assert_eq!(repository.list("").await.unwrap_err().meaning, Meaning::Unclear);
}

#[tokio::test]
async fn huge_answers_are_refused_or_cut() {
    let huge = ListSegmentsResponse {
        segments: vec![Segment { name: "x".repeat(8 << 20), ..honest() }],
        next_page_token: String::new(),
    };
    let status = Status::internal("\u{1b}]0;evil\u{7}".repeat(300));
    let (_, remotes) = lying(Lies { list: Some(huge), status: Some(status), ..Lies::default() }).await;
    let repository = remotes.repository(RemoteKind::Sdp).unwrap();
    assert!(repository.list("").await.is_err());
    let error = repository.find(&"a".parse().unwrap(), &"1".parse().unwrap()).await.unwrap_err();
    assert!(error.message.raw().len() <= 512);
    assert!(!error.to_string().contains('\u{1b}'), "nothing that steers a terminal");
}

#[tokio::test]
async fn another_segment_than_asked_for_is_not_taken() {
    let other = Segment { version: "2".to_owned(), ..honest() };
    let lies = Lies { found: Some(other.clone()), created: Some(other), ..Lies::default() };
    let (liar, remotes) = lying(lies).await;
    let repository = remotes.repository(RemoteKind::Sdp).unwrap();
    let found = repository.find(&"a".parse().unwrap(), &"1".parse().unwrap()).await.unwrap_err();
    assert_eq!(found.meaning, Meaning::Unclear);
    let created = repository.create(&operation("c"), &segment("a@1", b"x"), file(b"x")).await.unwrap_err();
    assert_eq!(created.meaning, Meaning::Unclear);
    liar.0.lock().unwrap().created = None;
    let created = repository.create(&operation("c"), &segment("a@1", b"x"), file(b"x")).await.unwrap_err();
    assert_eq!(created.meaning, Meaning::Unclear);
}

#[tokio::test]
async fn a_download_is_exactly_what_its_header_says() {
    let header = |total_size, offset| DownloadSegmentResponse {
        part: Some(Part::Header(DownloadSegmentHeader { total_size, sha256: String::new(), offset })),
    };
    let chunk = |bytes: &'static [u8]| DownloadSegmentResponse { part: Some(Part::Chunk(bytes.into())) };
    let cases = [
        vec![],
        vec![chunk(b"abc")],
        vec![header(3, 1), chunk(b"bc")],
        vec![header(3, 0), chunk(b"ab")],
        vec![header(3, 0), chunk(b"abcd")],
        vec![header(3, 0), chunk(b"a"), header(3, 0), chunk(b"bc")],
        vec![header(3, 0), chunk(b""), chunk(b"abc")],
        vec![header(3, 0), DownloadSegmentResponse { part: None }],
    ];
    let (liar, remotes) = lying(Lies::default()).await;
    let repository = remotes.repository(RemoteKind::Sdp).unwrap();
    for (number, case) in cases.into_iter().enumerate() {
        liar.0.lock().unwrap().download = case;
        let read = match repository.download("u1", 0).await {
            Ok(stream) => collect(stream).await,
            Err(error) => Err(error),
        };
        assert_eq!(read.unwrap_err().meaning, Meaning::Unclear, "case {number}");
    }
    liar.0.lock().unwrap().download = vec![header(3, 0), chunk(b"ab"), chunk(b"c")];
    assert_eq!(collect(repository.download("u1", 0).await.unwrap()).await.unwrap(), b"abc");
}

#[tokio::test]
async fn tasks_that_make_no_sense_end_the_call() {
    let device =
        |device: &str| DeviceResult { device: device.to_owned(), state: 3, ..DeviceResult::default() };
    let task = |devices: Vec<DeviceResult>, token: &str| GetTaskResponse {
        devices,
        next_page_token: token.to_owned(),
        ..GetTaskResponse::default()
    };
    let (liar, remotes) = lying(Lies { endless_devices: true, ..Lies::default() }).await;
    let deployment = remotes.deployment(RemoteKind::Sdp).unwrap();
    let long = "t".repeat(2000);
    let cases = [
        task(vec![], "same"),
        task(vec![device("10.0.0.1"), device("10.0.0.1")], ""),
        task(vec![device("everywhere")], ""),
        task(vec![], &long),
    ];
    for case in cases {
        liar.0.lock().unwrap().task = Some(case);
        liar.1.store(0, Ordering::SeqCst);
        assert_eq!(deployment.get_task("t").await.unwrap_err().meaning, Meaning::Unclear);
        assert!(liar.1.load(Ordering::SeqCst) <= 2, "it does not go round in circles");
    }
    let error = deployment.list_devices().await.unwrap_err();
    assert!(error.to_string().contains("do not end"), "{error}");
    let devices = ["10.0.0.1".parse().unwrap()];
    let error = deployment.batch_install(&operation("i"), "u1", &devices).await.unwrap_err();
    assert_eq!(error.meaning, Meaning::Unclear, "an empty task id is no answer");
    let error = deployment.find_operation(&operation("i")).await.unwrap_err();
    assert_eq!(error.meaning, Meaning::Refused, "a platform without the call says so");
}
