#[aobject::dynamic]
trait Cache: Sync {
    const SIZE: usize;
}

fn main() {}
