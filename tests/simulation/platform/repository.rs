//! The repository side: create, find, list, download, delete.

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;
use segdeck::domain::{OperationId, Prefix, SegmentId, Version};
use segdeck::remote::{
    FileStream, Meaning, NewSegment, Operation, RemoteError, RemotePage, RemoteSegment, SegmentRepository,
};
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use tokio::time::Instant;

use super::calls::Refusal;
use super::{Line, Mood, Object, State, WHO, What};

/// Segments of a page.
const PAGE: usize = 2;

/// How long what was deleted may still be listed.
const LAG: Duration = Duration::from_secs(8);

fn shown(uid: &str, object: &Object) -> RemoteSegment {
    RemoteSegment {
        uid: uid.to_owned(),
        id: object.id.clone(),
        file_name: object.file_name.as_str().into(),
        file_size: object.bytes.len() as u64,
        sha256: object.sha256.clone(),
    }
}

impl State {
    fn create(
        &mut self,
        line: &Line,
        operation: &str,
        new: &NewSegment,
        bytes: Bytes,
    ) -> Result<RemoteSegment, Refusal> {
        if let Some(Operation::Created(uid)) = self.operations.get(&(Some(line.kind), operation.to_owned())) {
            let uid = uid.clone();
            return Ok(shown(&uid, &self.objects[&(line.kind, uid.clone())]));
        }
        match self.moods.get(&new.id).copied().unwrap_or(Mood::Sound) {
            Mood::Sound => {}
            Mood::Unclear => return Err((Meaning::Unclear, "something broke")),
            Mood::Refuses => return Err((Meaning::Refused, "it is not wanted here")),
            Mood::Busy => return Err((Meaning::Later(Some(Duration::from_millis(300))), "no space")),
        }
        let sha256: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if sha256 != new.sha256 || bytes.len() as u64 != new.file_size {
            return Err((Meaning::Unclear, "the bytes are others than announced"));
        }
        if self.living(line.kind, &new.id).is_some() {
            return Err((Meaning::Exists, "another request made it"));
        }
        let uid = self.name("uid");
        let object = Object {
            id: new.id.clone(),
            file_name: new.file_name.raw().to_owned(),
            bytes,
            sha256,
            operation: Some(operation.to_owned()),
            gone: None,
        };
        let answer = shown(&uid, &object);
        self.objects.insert((line.kind, uid.clone()), object);
        self.operations.insert((Some(line.kind), operation.to_owned()), Operation::Created(uid.clone()));
        self.note(operation, What::Created { kind: line.kind, uid, id: new.id.clone() });
        Ok(answer)
    }

    fn delete(&mut self, line: &Line, operation: &str, uid: &str) -> Result<(), Refusal> {
        if self.operations.contains_key(&(Some(line.kind), operation.to_owned())) {
            return Ok(());
        }
        if !self.is_there(line.kind, uid) {
            return Err((Meaning::NotFound, "there is no such segment"));
        }
        if self.kept.contains(&self.objects[&(line.kind, uid.to_owned())].id) {
            return Err((Meaning::Refused, "it must stay"));
        }
        self.take_away(line.kind, uid);
        self.operations.insert((Some(line.kind), operation.to_owned()), Operation::Deleted);
        self.note(operation, What::Deleted { kind: line.kind, uid: uid.to_owned() });
        Ok(())
    }

    fn page(&mut self, line: &Line, token: &str) -> RemotePage {
        let now = Instant::now();
        let lag = if line.weather.is_calm() { Duration::ZERO } else { LAG };
        let listed = |object: &Object| object.gone.is_none_or(|gone| gone + lag > now);
        let mut there = self
            .objects
            .iter()
            .filter(|((kind, uid), object)| *kind == line.kind && uid.as_str() > token && listed(object));
        let segments: Vec<RemoteSegment> =
            there.by_ref().take(PAGE).map(|((_, uid), object)| shown(uid, object)).collect();
        let next = match segments.last() {
            Some(last) if there.next().is_some() => last.uid.clone(),
            _ => String::new(),
        };
        RemotePage { segments, unreadable: Vec::new(), next }
    }
}

#[async_trait]
impl SegmentRepository for Line {
    async fn create(
        &self,
        operation: &OperationId,
        segment: &NewSegment,
        mut file: FileStream,
    ) -> Result<RemoteSegment, RemoteError> {
        let mut bytes = BytesMut::new();
        while let Some(chunk) = file.next().await {
            bytes.extend_from_slice(&chunk?);
        }
        let (line, id, new) = (self.clone(), operation.as_str().to_owned(), segment.clone());
        let bytes = bytes.freeze();
        let answer = self.call("create", move |state| state.create(&line, &id, &new, bytes)).await;
        self.heard(operation.as_str(), answer)
    }

    async fn find(&self, prefix: &Prefix, version: &Version) -> Result<Option<RemoteSegment>, RemoteError> {
        let (kind, id) = (self.kind, SegmentId::new(prefix.clone(), version.clone()));
        let operation = format!("find:{id}");
        let find = move |state: &mut State| {
            let uid = state.living(kind, &id);
            Ok(uid.map(|uid| shown(&uid, &state.objects[&(kind, uid.clone())])))
        };
        self.heard(&operation, self.call("find", find).await)
    }

    async fn list(&self, page_token: &str) -> Result<RemotePage, RemoteError> {
        let (line, token) = (self.clone(), page_token.to_owned());
        // A whole list that is empty; the guard is there for it.
        if token.is_empty() && self.weather.happens(|climate| climate.watch_forgets) {
            self.platform.lock().lies.push(Instant::now());
            return Ok(RemotePage::default());
        }
        self.call("list", move |state| Ok(state.page(&line, &token))).await
    }

    async fn download(&self, uid: &str, offset: u64) -> Result<FileStream, RemoteError> {
        let (kind, uid) = (self.kind, uid.to_owned());
        let bytes = self
            .call("download", move |state| match state.objects.get(&(kind, uid)) {
                Some(object) if object.gone.is_none() => Ok(object.bytes.slice(offset as usize..)),
                _ => Err((Meaning::NotFound, "there is no such segment")),
            })
            .await?;
        let half = bytes.len() / 2;
        let mut chunks = vec![Ok(bytes.slice(..half)), Ok(bytes.slice(half..))];
        if self.weather.happens(|climate| climate.refused * 4) {
            chunks[1] = Err(self.error("download", Meaning::Unclear, "it broke off"));
        }
        Ok(futures::stream::iter(chunks).boxed())
    }

    async fn platform(&self) -> Result<Option<String>, RemoteError> {
        let answer = self.call("platform", |_| Ok(Some("simulated".to_owned()))).await;
        self.heard(WHO, answer)
    }

    async fn delete(&self, operation: &OperationId, uid: &str) -> Result<(), RemoteError> {
        let (line, id, uid) = (self.clone(), operation.as_str().to_owned(), uid.to_owned());
        self.call("delete", move |state| state.delete(&line, &id, &uid)).await
    }

    async fn find_operation(&self, operation: &OperationId) -> Result<Operation, RemoteError> {
        let key = (Some(self.kind), operation.as_str().to_owned());
        let find =
            move |state: &mut State| Ok(state.operations.get(&key).cloned().unwrap_or(Operation::Unknown));
        let answer = self.call("find operation", find).await;
        self.heard(operation.as_str(), answer)
    }
}
