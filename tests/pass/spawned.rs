//! Futures of derived code are `Send`, named or boxed, and work in `tokio::spawn`.
#![deny(warnings)]

use aobject::{AObject, Live};

#[derive(AObject)]
#[aobject(close = Self::flush)]
struct Store {
    url: String,
    #[aobject(init = { tokio::task::yield_now().await; url.len() }, close = { tokio::task::yield_now().await })]
    len: usize,
}

impl Store {
    async fn flush(&mut self) {
        tokio::task::yield_now().await;
    }
}

#[derive(AObject)]
struct App {
    #[aobject(init = Store::new(String::new()).await?)]
    store: Live<Store>,
    #[aobject(init = store.url.len() + store.len)]
    len: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let app = tokio::spawn(App::new()).await.unwrap().unwrap();
    assert_eq!(app.len, app.store.len);
    tokio::spawn(app.close()).await.unwrap().unwrap();
    tokio::spawn(App::new().boxed()).await.unwrap().unwrap().close().await.unwrap();
}
