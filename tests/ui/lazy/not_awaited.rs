#![deny(unused_must_use)]

use aobject::{AObject, Lazy};

#[derive(AObject)]
struct Mailer;

async fn use_it(mailer: &Lazy<Mailer>) {
    mailer.ensure_init();
}

fn main() {
    let _ = use_it;
}
