use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init_timeout = std::time::Duration::from_secs(1))]
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
