use aobject::AObject;

#[derive(AObject)]
#[aobject(init_timeout = *seconds, close_timeout = *seconds)]
struct App {
    seconds: u64,
    #[aobject(init = 1, init_timeout = seconds, close_timeout = seconds)]
    store: u64,
}

fn main() {
    drop(App::new(1));
}
