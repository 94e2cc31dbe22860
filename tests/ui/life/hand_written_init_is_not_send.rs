use std::rc::Rc;

use aobject::{AObject, BoxError};

struct Store;

impl AObject for Store {
    type Seed = ();

    async fn init((): ()) -> Result<Self, BoxError> {
        let rc = Rc::new(1);
        std::future::ready(()).await;
        drop(rc);
        Ok(Store)
    }
}

fn main() {}
