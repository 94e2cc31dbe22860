use aobject::{AObject, Lazy};

#[derive(AObject)]
struct Mailer;

fn main() {
    let _: Lazy<Mailer, _> = Lazy::new(|| 42);
}
