#[aobject::dynamic]
trait Cache: Sync {
    fn default_size() -> usize;
}

fn main() {}
