use aobject::AObject;

#[derive(AObject)]
struct App {
    #[aobject(init = 1 + c)]
    a: u64,
    #[aobject(init = f(a).await)]
    b: u64,
    #[aobject(init = 1, after(b))]
    c: u64,
}

async fn f(a: &u64) -> u64 {
    *a
}

fn main() {
    drop(App::new());
}
