use axum::body::Body;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use futures_util::{StreamExt, stream};
use tokio::time::Instant;

use super::*;

async fn refused(body: Body) -> StatusCode {
    let refused = read(Posted::new(body)).await.map(drop);
    refused.unwrap_err().into_response().status()
}

#[tokio::test(start_paused = true)]
async fn a_late_body_is_refused_after_10_seconds() {
    let drop = Ok::<_, std::convert::Infallible>("x");
    let silent = stream::pending();
    let dripping = stream::repeat(drop).then(async |drop| {
        tokio::time::sleep(Duration::from_secs(1)).await;
        drop
    });
    for late in [silent.left_stream(), dripping.right_stream()] {
        let begun = Instant::now();
        let status = refused(Body::from_stream(late)).await;
        assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
        assert_eq!(begun.elapsed().as_secs(), 10);
    }
}

#[tokio::test]
async fn a_body_is_limited_to_2_megabytes() {
    let long = refused(Body::from(vec![b'x'; (2 << 20) + 1])).await;
    assert_eq!(long, StatusCode::PAYLOAD_TOO_LARGE);
    let whole = read(Posted::new(Body::from(vec![b'x'; 2 << 20]))).await;
    assert_eq!(whole.map(|body| body.len()).ok(), Some(2 << 20));
}
