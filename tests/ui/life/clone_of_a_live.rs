use aobject::{AObject, Live};

#[derive(AObject)]
struct Db {
    url: String,
}

async fn serve(db: Live<Db>) {
    let for_a_task = db.clone();
    tokio::spawn(async move { for_a_task.url.len() });
}

fn main() {
    drop(serve);
}
