use aobject::AObject;

#[derive(AObject)]
#[aobject(vis = private)]
struct App {
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
