use aobject::{AObject, Lazy};

#[derive(AObject)]
struct Mailer;

#[derive(AObject)]
struct App {
    #[aobject(default = Lazy::new(Mailer::new))]
    mailer: Lazy<Mailer>,
}

fn main() {}
