//! The parts that both wirings share.

use std::sync::Arc;

use aobject::{BoxError, CancellationToken};
use service::core::{BlobConfig, Blobs, Cache, Config, Database, Metrics, Order, Shard, outbox};

use crate::folder::Folder;

/// On SQLite here, and on a server in `real.rs`.
pub(crate) async fn assert_announces_what_is_left(url: &str) -> Result<(), BoxError> {
    let database = Database::open(url).await?;
    let order = |id| Order {
        id,
        item: "tea".to_owned(),
    };
    database.add(&order(1)).await?;
    assert_eq!(database.unannounced().await?, [1]);
    let second = database.add(&order(1)).await;
    assert!(second.is_err(), "an order is stored once");
    let (queue, worker) = outbox(database.clone(), Arc::new(Metrics::default()), None);
    database.add(&order(2)).await?;
    queue.put(2);
    let stop = CancellationToken::new();
    stop.cancel();
    worker.run(stop).await?;
    assert_eq!(
        (database.count().await?, database.unannounced().await?),
        (2, vec![])
    );
    database.close().await;
    Ok(())
}

#[tokio::test]
async fn a_cancelled_outbox_announces_the_remaining_orders() -> Result<(), BoxError> {
    let folder = Folder::new("outbox");
    assert_announces_what_is_left(&folder.config().database).await?;
    assert_eq!(folder.left(), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn a_shard_remembers_its_count_and_is_locked_while_open() -> Result<(), BoxError> {
    let folder = Folder::new("shard");
    let shard = Shard::open(&folder.file("shards"), 3, None).await?;
    shard.add();
    let second = Shard::open(&folder.file("shards"), 3, None).await;
    let error = second.err().unwrap().to_string();
    assert!(error.contains("shard-3.lock: File exists"), "{error}");
    shard.close().await?;
    assert_eq!(std::fs::read_to_string(folder.file("shards/shard-3"))?, "1");
    assert_eq!(folder.left(), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn both_kinds_of_blobs_return_what_was_put() -> Result<(), BoxError> {
    let folder = Folder::new("blobs");
    for config in [BlobConfig::Memory, BlobConfig::Local(folder.file("blobs"))] {
        let blobs = Blobs::open(&config, None).await?;
        blobs.put("a", b"1".to_vec()).await?;
        assert_eq!(blobs.get("a").await?.as_deref(), Some(&b"1"[..]));
        assert_eq!(blobs.get("b").await?, None);
        blobs.close().await?;
    }
    assert_eq!(folder.left(), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn a_cache_without_a_server_is_local_to_the_process() -> Result<(), BoxError> {
    let cache = Cache::connect(None).await?;
    cache.put(1, "tea").await;
    assert_eq!(
        (cache.get(1).await.as_deref(), cache.get(2).await),
        (Some("tea"), None)
    );
    assert!(cache.subscribe().await?.is_none());
    Ok(())
}

#[tokio::test]
async fn an_invalid_configuration_is_named() {
    let folder = Folder::new("config");
    let file = folder.file("config.json");
    let missing = Config::read(&file).await.err().unwrap().to_string();
    assert!(
        missing.ends_with("config.json: No such file or directory (os error 2)"),
        "{missing}"
    );
    std::fs::write(&file, "{}").unwrap();
    let empty = Config::read_first(&file).err().unwrap().to_string();
    assert!(
        empty.contains("config.json: missing field `listen`"),
        "{empty}"
    );
}
