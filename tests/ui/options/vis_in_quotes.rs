use aobject::AObject;

#[derive(AObject)]
#[aobject(vis = "pub(crate)")]
struct App;

fn main() {}
