use aobject::AObject;

#[derive(AObject)]
struct App(#[aobject(init = *_1)] u64, #[aobject(init = *_0)] u64);

fn main() {
    drop(App::new());
}
