use aobject::AObject;

struct Plain;

#[derive(AObject)]
struct App {
    #[aobject(default)]
    plain: Plain,
}

fn main() {
    drop(App::new());
}
