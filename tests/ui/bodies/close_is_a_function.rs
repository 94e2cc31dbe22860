use aobject::AObject;

async fn stop(_: u64) {}

#[derive(AObject)]
struct App {
    url: String,
    #[aobject(default, close = stop)]
    hits: u64,
}

fn main() {
    drop(App::new(String::new()));
}
