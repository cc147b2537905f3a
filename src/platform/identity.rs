//! The platform's identity: made once with its data, and shown to whoever means another platform.

use rusqlite::Connection;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::{Request, Status};

/// The metadata that names the platform a call is meant for.
const METADATA: &str = "segdeck-platform";

/// The identity of the data in a database, made if there is none: also for data that was there before identities.
pub(super) fn of(database: &mut Connection) -> Result<String, rusqlite::Error> {
    let transaction = database.transaction()?;
    // A program that knows no identities leaves the table alone, so the layout keeps its number.
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS identity (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL)",
    )?;
    transaction.execute(
        "INSERT OR IGNORE INTO identity (one, id) VALUES (1, ?1)",
        [ulid::Ulid::generate().to_string()],
    )?;
    let id = transaction.query_row("SELECT id FROM identity", [], |row| row.get(0))?;
    transaction.commit()?;
    Ok(id)
}

/// Refuses calls that are meant for another platform. `None`: the platform has no identity, as those of before.
#[derive(Clone)]
pub(super) struct Meant(pub(super) Option<String>);

impl Interceptor for Meant {
    fn call(&mut self, request: Request<()>) -> Result<Request<()>, Status> {
        let (Some(own), Some(meant)) = (&self.0, request.metadata().get(METADATA)) else {
            return Ok(request);
        };
        if meant.as_encoded_bytes() == own.as_bytes() {
            return Ok(request);
        }
        let mut refused =
            Status::failed_precondition(format!("the call is meant for another platform; this one is {own}"));
        if let Ok(own) = MetadataValue::<Ascii>::try_from(own) {
            refused.metadata_mut().insert(METADATA, own);
        }
        Err(refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(meant: Option<&str>) -> Result<(), Status> {
        let mut request = Request::new(());
        if let Some(meant) = meant {
            request.metadata_mut().insert(METADATA, meant.parse().unwrap());
        }
        Meant(Some("ours".to_owned())).call(request).map(drop)
    }

    #[test]
    fn who_means_another_platform_is_told_which_one_this_is() {
        assert!(told(None).is_ok());
        assert!(told(Some("ours")).is_ok());
        for other in ["theirs", "", "ours2", "OURS"] {
            let refused = told(Some(other)).unwrap_err();
            assert_eq!(refused.code(), tonic::Code::FailedPrecondition);
            assert_eq!(refused.metadata().get(METADATA).unwrap(), "ours");
        }
    }

    #[test]
    fn it_is_made_once() {
        let mut database = Connection::open_in_memory().unwrap();
        let first = of(&mut database).unwrap();
        assert_eq!(of(&mut database).unwrap(), first);
        assert_ne!(of(&mut Connection::open_in_memory().unwrap()).unwrap(), first);
    }
}
