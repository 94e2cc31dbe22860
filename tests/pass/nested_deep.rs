//! Objects nest 20 deep without a `recursion_limit`.
#![deny(warnings)]

use aobject::{AObject, Live};

macro_rules! nest {
    ($last:ident) => {
        #[derive(AObject)]
        pub struct $last;
    };
    ($outer:ident $inner:ident $($rest:ident)*) => {
        nest!($inner $($rest)*);

        #[derive(AObject)]
        pub struct $outer {
            #[aobject(init = $inner::new().await?)]
            pub inner: Live<$inner>,
        }
    };
}

nest!(A B C D E F G H I J K L M N O P Q R S T);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    tokio::spawn(async { A::new().await?.close().await }).await.unwrap().unwrap();
}
