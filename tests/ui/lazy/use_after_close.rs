use aobject::{AObject, Lazy};

#[derive(AObject)]
struct Mailer;

async fn use_it(mailer: Lazy<Mailer>) {
    let _ = mailer.close().await;
    let _ = mailer.ensure_init().await;
}

fn main() {
    let _ = use_it;
}
