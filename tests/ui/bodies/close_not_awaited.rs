use aobject::AObject;

async fn stop(_: String) {}

#[derive(AObject)]
struct App {
    #[aobject(close = stop(url))]
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
