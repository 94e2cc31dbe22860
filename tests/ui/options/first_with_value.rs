use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = 1, first = true)]
    telemetry: u64,
}

fn main() {
    drop(App::new());
}
