use aobject::AObject;

#[derive(AObject)]
#[aobject(new = open, new = connect)]
struct App {
    url: String,
}

fn main() {
    drop(App::open(String::new()));
}
