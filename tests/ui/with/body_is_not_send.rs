use std::rc::Rc;

use aobject::{AObject, Error};

#[derive(AObject)]
struct Store;

async fn use_it(_store: &Store, _rc: Rc<u8>) {}

#[aobject::main]
async fn main() {
    let body = Store::new().with(async |store: &Store| -> Result<(), Error> {
        let rc = Rc::new(1);
        use_it(store, rc.clone()).await;
        drop(rc);
        Ok(())
    });
    drop(tokio::spawn(body).await);
}
