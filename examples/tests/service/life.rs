//! The service with aobject, in the process of the test.

use std::error::Error as _;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;

use aobject::{BoxError, Error, ErrorKind, Phase, Runner, ready, stopped};
use service::aobject::Service;
use service::core::{BlobConfig, Blobs, Database, Fault};

use crate::folder::Folder;

async fn text(url: String) -> Result<String, BoxError> {
    Ok(reqwest::get(url).await?.text().await?)
}

async fn order(api: SocketAddr, id: i64) -> Result<(), BoxError> {
    let request = reqwest::Client::new()
        .post(format!("http://{api}/orders"))
        .header("content-type", "application/json")
        .body(format!(r#"{{"id": {id}, "item": "tea"}}"#));
    request.send().await?.error_for_status()?;
    Ok(())
}

#[aobject::test(flavor = "multi_thread")]
async fn an_acknowledged_order_is_announced_before_the_end() -> Result<(), BoxError> {
    let folder = Folder::new("announced");
    let config = folder.config();
    let database = config.database.clone();
    let service = Service::new(config, "unread", None).await?;
    let (api, admin) = (service.api(), service.admin());
    order(api, 7).await?;
    assert_eq!(
        text(format!("http://{api}/orders/7")).await?,
        r#"{"id":7,"item":"tea"}"#
    );
    assert_eq!(
        text(format!("http://{api}/receipts/7")).await?,
        "tea for order 7\n"
    );
    assert_eq!(text(format!("http://{admin}/livez")).await?, "alive");
    let readiness = format!("http://{admin}/readyz");
    assert_eq!(text(readiness.clone()).await?, "not ready");
    ready();
    assert_eq!(text(readiness).await?, "ready");
    let metrics = text(format!("http://{admin}/metrics")).await?;
    assert!(metrics.contains("service_orders_taken 1\n"), "{metrics}");
    let state = text(format!("http://{admin}/debug/state")).await?;
    assert!(state.contains(r#""shards":8"#), "{state}");
    service.close().await?;
    assert_eq!(folder.left(), [""; 0]);
    let orders = Database::open(&database).await?;
    assert_eq!(
        (orders.count().await?, orders.unannounced().await?),
        (1, vec![])
    );
    orders.close().await;
    Ok(())
}

#[aobject::test(flavor = "multi_thread")]
async fn blobs_in_memory_need_no_folder() -> Result<(), BoxError> {
    let folder = Folder::new("memory");
    let mut config = folder.config();
    config.blobs = BlobConfig::Memory;
    let service = Service::new(config, "unread", None).await?;
    order(service.api(), 1).await?;
    assert!(!folder.file("blobs").exists());
    service.close().await?;
    assert_eq!(folder.left(), [""; 0]);
    Ok(())
}

/// The configuration names a folder. The service closes the storage that the test gave it.
#[aobject::test(flavor = "multi_thread")]
async fn a_test_gives_the_service_its_own_storage() -> Result<(), BoxError> {
    let folder = Folder::new("given");
    let blobs = Arc::new(Blobs::open(&BlobConfig::Memory, None).await?);
    let service = Service::new(folder.config(), "unread", Some(Arc::clone(&blobs))).await?;
    order(service.api(), 1).await?;
    assert!(!folder.file("blobs").exists());
    assert!(blobs.get("receipt-1").await?.is_some());
    service.close().await?;
    assert_eq!(Arc::strong_count(&blobs), 1);
    assert_eq!(folder.left(), [""; 0]);
    Ok(())
}

#[aobject::test(flavor = "multi_thread")]
async fn a_failed_start_has_closed_what_it_had_opened() -> Result<(), BoxError> {
    let folder = Folder::new("fails");
    let mut config = folder.config();
    config.fault = Some(Fault::ShardInitFails);
    let error = Service::new(config, "unread", None).await.err().unwrap();
    assert_eq!(
        (error.phase(), error.path()),
        (Phase::Init, "Service.shards[5].shard")
    );
    assert_eq!(folder.left(), [""; 0]);
    Ok(())
}

#[aobject::test(flavor = "multi_thread")]
async fn a_panicked_start_has_closed_what_it_had_opened() -> Result<(), BoxError> {
    let folder = Folder::new("panics");
    let mut config = folder.config();
    config.fault = Some(Fault::BlobsInitPanics);
    let error = Service::new(config, "unread", None).await.err().unwrap();
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::Panicked, "Service.blobs")
    );
    assert_eq!(folder.left(), [""; 0]);
    Ok(())
}

/// Dropped at its first pending poll, when half of it is open. The drain waits until that is closed.
#[aobject::test(flavor = "multi_thread")]
async fn a_cancelled_start_is_closed() -> Result<(), BoxError> {
    let folder = Folder::new("given_up");
    let mut start = Box::pin(Service::new(folder.config(), "unread", None));
    let first = std::future::poll_fn(|cx| Poll::Ready(start.as_mut().poll(cx).is_pending())).await;
    assert!(first);
    drop(start);
    let drained = aobject::drain(std::time::Duration::from_secs(10)).await;
    assert_eq!((drained.pending, drained.errors.len()), (0, 0));
    // Its port is free again, and so is everything else.
    Service::new(folder.config(), "unread", None)
        .await?
        .close()
        .await?;
    assert_eq!(folder.left(), [""; 0]);
    Ok(())
}

#[test]
fn a_worker_that_ends_stops_the_program_and_is_named() {
    let folder = Folder::new("worker");
    let mut config = folder.config();
    config.fault = Some(Fault::OutboxReturns);
    let ended = Runner::new().signals(false).run(async {
        let service = Service::new(config, "unread", None).await?;
        order(service.api(), 1).await?;
        stopped().await;
        Ok::<_, BoxError>(service.close().await?)
    });
    let failed = ended.unwrap_err();
    let error: &Error = failed.source().unwrap().downcast_ref().unwrap();
    assert_eq!(error.kind(), ErrorKind::Ended);
    assert!(error.path().ends_with("outbox"), "{error}");
    assert_eq!(folder.left(), [""; 0]);
}

#[aobject::test(flavor = "multi_thread")]
async fn an_unfinished_close_is_named_and_everything_else_is_closed() -> Result<(), BoxError> {
    let folder = Folder::new("close_fails");
    let mut config = folder.config();
    config.fault = Some(Fault::BlobsCloseFails);
    let service = Service::new(config, "unread", None).await?;
    let error = service.close().await.unwrap_err();
    assert_eq!(
        (error.phase(), error.path()),
        (Phase::Close, "Service.blobs")
    );
    assert_eq!(folder.left(), ["blobs.lock"]);
    Ok(())
}
