//! A `Live` has no clones, and the object in it may have.
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
