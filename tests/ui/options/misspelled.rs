use aobject::AObject;

#[derive(AObject)]
struct App {
    url: String,
    #[aobject(defualt)]
    hits: u64,
}

fn main() {
    drop(App::new(String::new()));
}
