//! A `Live` cannot be cloned, but the object in it may be.
#![deny(warnings)]

use aobject::AObject;

#[derive(Clone, AObject)]
struct Settings {
    url: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let live = Settings::new("url".to_owned()).await.unwrap();
    let copy: Settings = live.clone();
    live.close().await.unwrap();
    assert_eq!(copy.url, "url");
}
