//! The address of a shared storage: a folder or a bucket.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, RetryConfig};
use url::Url;

use super::StorageError;

/// A parsed address.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// `file:///...`
    Folder(PathBuf),
    /// `s3://bucket/prefix`
    Bucket {
        /// Its name.
        bucket: String,
        /// Folders in it, without slashes around them; may be empty.
        prefix: String,
    },
}

impl Address {
    /// Understands an address; never repeats one that holds a password.
    pub(super) fn parse(text: &str) -> Result<Self, StorageError> {
        let wrong = |why: String| Err(StorageError::Misconfigured(format!("storage.url {why}")));
        let url = match Url::parse(text) {
            Ok(url) => url,
            Err(_) if Path::new(text).is_absolute() => {
                return wrong(format!("{text:?} is a path; write it as {:?}", folder_url(Path::new(text))));
            }
            Err(error) => {
                return wrong(format!("is no address ({error}); write file:///folder or s3://bucket/prefix"));
            }
        };
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return wrong(
                "may hold no user, password, ? or #; S3's credentials come from the AWS_ variables"
                    .to_owned(),
            );
        }
        match url.scheme() {
            "file" => match url.to_file_path() {
                Ok(path) if path.parent().is_some() => Ok(Self::Folder(path)),
                _ => wrong(format!("{text:?} names no folder of this host; write file:///folder")),
            },
            "s3" | "s3a" => match url.host_str() {
                Some(bucket) => Ok(Self::Bucket {
                    bucket: bucket.to_owned(),
                    prefix: url.path().trim_matches('/').to_owned(),
                }),
                None => wrong(format!("{text:?} names no bucket; write s3://bucket/prefix")),
            },
            other => wrong(format!("cannot be {other}://; write file:///folder or s3://bucket/prefix")),
        }
    }
}

/// The address of a folder of this host.
pub fn folder_url(path: &Path) -> String {
    Url::from_file_path(path).map_or_else(|()| format!("file://{}", path.display()), String::from)
}

/// A client of the bucket; no request is sent yet.
pub(super) fn bucket(bucket: &str, prefix: &str) -> Result<Arc<dyn ObjectStore>, StorageError> {
    // The HTTP client is built without a TLS provider of its own; an error means one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let wrong = |why: String| StorageError::Misconfigured(format!("storage.url s3://{bucket}: {why}"));
    let store = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        .with_retry(retries())
        .build()
        .map_err(|error| wrong(format!("{error}; set the AWS_ variables (region, keys, endpoint)")))?;
    if prefix.is_empty() {
        return Ok(Arc::new(store));
    }
    let prefix = Key::from_url_path(prefix).map_err(|error| wrong(error.to_string()))?;
    Ok(Arc::new(PrefixStore::new(store, prefix)))
}

/// A few quick tries: the library's own three minutes are too long for somebody who waits for an answer, and
/// the controllers try again by themselves.
fn retries() -> RetryConfig {
    RetryConfig { max_retries: 3, retry_timeout: Duration::from_secs(20), ..RetryConfig::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_buckets_are_understood() {
        assert_eq!(Address::parse("file:///srv/a%20b").unwrap(), Address::Folder("/srv/a b".into()));
        let bucket = |prefix: &str| Address::Bucket { bucket: "fleet".into(), prefix: prefix.into() };
        assert_eq!(Address::parse("s3://fleet").unwrap(), bucket(""));
        assert_eq!(Address::parse("s3://fleet/a/b/").unwrap(), bucket("a/b"));
        assert_eq!(
            Address::parse(&folder_url(Path::new("/数 据"))).unwrap(),
            Address::Folder("/数 据".into())
        );
    }

    #[test]
    fn what_cannot_work_is_said_without_secrets() {
        for bad in
            ["", "files", "/srv/files", "http://x", "file:///", "file://host/x", "s3:///x", "s3://a?x=1"]
        {
            assert!(Address::parse(bad).is_err(), "{bad:?}");
        }
        let error = Address::parse("s3://key:hunter2@bucket").unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
        assert!(Address::parse("/srv/files").unwrap_err().to_string().contains("file:///srv/files"));
    }
}
