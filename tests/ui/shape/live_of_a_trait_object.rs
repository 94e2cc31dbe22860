use aobject::{AObject, Live};

trait Cache: Send + Sync {}

#[derive(AObject)]
struct App {
    url: String,
    cache: Live<dyn Cache>,
}

async fn start(url: String, cache: u8) {
    let app = App::new(url, cache).await.unwrap();
    app.close().await.unwrap();
}

fn main() {
    drop(start);
}
