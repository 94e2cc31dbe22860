use aobject::{AObject, Live, Shared};

#[derive(AObject)]
struct Store;

#[derive(AObject)]
struct App {
    #[aobject(init = Store::new().await?)]
    shared: Shared<Store>,
    #[aobject(init = Store::new().await?.into_inner())]
    owned: Live<Store>,
    #[aobject(init = Some(Store::new().await?))]
    maybe: Live<Store>,
}

fn main() {
    drop(App::new());
}
