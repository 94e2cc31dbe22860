use aobject::AObject;

#[derive(AObject)]
#[aobject(new = "open", into)]
struct App {
    #[aobject(skip)]
    url: String,
    #[aobject(default, init = 1, init)]
    hits: u64,
    #[aobject(init = 1, after(nobody), into)]
    store: u64,
}

fn main() {
    drop(App::new(String::new()));
}
