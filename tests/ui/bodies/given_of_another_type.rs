use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = 1, given)]
    port: u64,
}

fn main() {
    drop(App::new("8080"));
}
