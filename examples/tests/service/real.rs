//! On real servers, if `.ci/servers` has started them. It sets their addresses in `SERVICE_POSTGRES` and
//! `SERVICE_REDIS`.

use aobject::{BoxError, CancellationToken, Tasks};
use service::core::Cache;

#[cfg(feature = "postgres")]
use crate::table::assert_as_recorded;
use crate::table::faults;

fn given(variable: &str) -> Option<String> {
    let url = std::env::var(variable).ok();
    if url.is_none() {
        eprintln!("{variable} is not set: not tested on a real server");
    }
    url
}

#[aobject::test(flavor = "multi_thread")]
async fn a_value_put_into_one_cache_is_forgotten_by_all_others() -> Result<(), BoxError> {
    let Some(url) = given("SERVICE_REDIS") else {
        return Ok(());
    };
    let (one, other) = (
        Cache::connect(Some(&url)).await?,
        Cache::connect(Some(&url)).await?,
    );
    let order = i64::from(std::process::id());
    one.put(order, "tea").await;
    assert_eq!(other.get(order).await.as_deref(), Some("tea"));
    let subscriber = other.subscribe().await?.unwrap();
    let tasks = Tasks::new();
    tasks.spawn("subscriber", async move |stop: CancellationToken| {
        subscriber.run(stop).await;
    });
    one.put(order, "coffee").await;
    // The message arrives by itself.
    while other.get(order).await.as_deref() != Some("coffee") {
        tokio::task::yield_now().await;
    }
    tasks.close().await?;
    Ok(())
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn an_outbox_on_postgresql_announces_the_remaining_orders() -> Result<(), BoxError> {
    use sqlx::{AnyConnection, Connection};

    let Some(url) = given("SERVICE_POSTGRES") else {
        return Ok(());
    };
    sqlx::any::install_default_drivers();
    let mut admin = AnyConnection::connect(&url).await?;
    sqlx::query("DROP DATABASE IF EXISTS service_outbox")
        .execute(&mut admin)
        .await?;
    sqlx::query("CREATE DATABASE service_outbox")
        .execute(&mut admin)
        .await?;
    let (server, _) = url.rsplit_once('/').unwrap();
    crate::parts::assert_announces_what_is_left(&format!("{server}/service_outbox")).await?;
    sqlx::query("DROP DATABASE service_outbox")
        .execute(&mut admin)
        .await?;
    admin.close().await?;
    Ok(())
}

#[cfg(feature = "postgres")]
#[test]
fn both_services_leave_behind_on_real_servers_what_the_recorded_run_shows() {
    let (Some(postgres), Some(redis)) = (given("SERVICE_POSTGRES"), given("SERVICE_REDIS")) else {
        return;
    };
    let mut faults = faults("real");
    faults
        .command
        .args(["--postgres", &*postgres, "--redis", &*redis]);
    assert_as_recorded(faults, "postgresql.json");
}

#[cfg(not(feature = "postgres"))]
#[test]
fn a_service_without_the_feature_says_how_to_enable_postgresql() {
    let output = faults("feature")
        .command
        .args(["--postgres", "postgres://a"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        said,
        "error: `--postgres` needs `cargo run --features postgres`\n"
    );
    assert_eq!(output.status.code(), Some(1));
}
