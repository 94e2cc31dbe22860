use aobject::{AObject, Global};

#[derive(AObject)]
struct Mailer {
    host: String,
}

fn main() {
    let host = String::new();
    let _ = Global::new(move || Mailer::new(host.clone()).boxed());
}
