#[aobject::dynamic]
trait Cache: Sync {
    fn twin(&self) -> Box<Self>;
}

fn main() {}
