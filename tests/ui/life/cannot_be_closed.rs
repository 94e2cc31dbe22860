use aobject::Close;

fn close_all<C: Close>(_: C) {}

fn main() {
    close_all(vec![String::new()]);
}
