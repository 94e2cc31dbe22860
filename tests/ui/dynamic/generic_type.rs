#[aobject::dynamic]
trait Cache: Sync {
    type Entry<'a>;
}

fn main() {}
