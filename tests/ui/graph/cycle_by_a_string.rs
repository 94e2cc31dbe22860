use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = format!("{b}"))]
    a: String,
    #[aobject(init = format!("{:.a$}", 1.0))]
    b: String,
}

fn main() {
    drop(App::new());
}
