use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = 1, given(Some(2)))]
    port: u64,
}

fn main() {
    drop(App::new(None));
}
