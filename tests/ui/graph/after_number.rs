use aobject::AObject;

#[derive(AObject)]
struct App(String, #[aobject(init = 1, after(0))] u64);

fn main() {
    drop(App::new(String::new()));
}
