use aobject::AObject;

#[derive(AObject)]
#[aobject(first)]
struct App {
    #[aobject(init = 1)]
    telemetry: u64,
}

fn main() {
    drop(App::new());
}
