use aobject::AObject;

#[derive(AObject)]
#[aobject(init = |this| this.open())]
struct App {
    url: String,
}

fn main() {
    drop(App::new(String::new()));
}
