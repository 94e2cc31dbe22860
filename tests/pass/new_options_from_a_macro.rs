//! Arguments that are not fields, given fields, and limits from fields, from a macro's own tokens and its
//! caller's.
#![deny(warnings)]

use std::time::Duration;

use aobject::AObject;

macro_rules! object {
    ($name:ident { $argument:ident: $ty:ty, $limit:ident }, $init:expr, $close_timeout:expr) => {
        #[derive(AObject)]
        #[aobject(args($argument: $ty, label: String), init_timeout = *$limit, close_timeout = $close_timeout)]
        struct $name {
            $limit: Duration,
            #[aobject(default = label.len() + 1)]
            length: usize,
            #[aobject(init = $init, first, close_timeout = *$limit, init_timeout = $close_timeout)]
            made: usize,
            #[aobject(init = format!("{length}{}", made), given)]
            text: String,
        }
    };
}

object!(App { bytes: Box<[u8]>, limit }, bytes.into_vec().len(), *limit);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let limit = Duration::from_secs(1);
    let app = App::new(Box::from([1, 2]), "text".to_owned(), limit, None).await;
    let app = app.unwrap();
    assert_eq!((app.length, app.made, app.text.as_str()), (5, 2, "52"));
    app.close().await.unwrap();
}
