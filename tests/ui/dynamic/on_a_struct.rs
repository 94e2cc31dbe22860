use aobject::AObject;

#[aobject::dynamic]
#[derive(AObject)]
struct Memory;

fn main() {
    drop(Memory::new());
}
