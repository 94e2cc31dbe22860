use aobject::{AObject, Lazy};

#[derive(AObject)]
struct Mailer;

async fn use_it(mailer: Lazy<Mailer>) {
    let made = mailer.ensure_init().await;
    let _ = mailer.close().await;
    drop(made);
}

fn main() {
    let _ = use_it;
}
