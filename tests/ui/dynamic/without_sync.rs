#[aobject::dynamic]
trait Cache {
    fn get(&self, key: &str) -> Option<String>;
}

fn main() {}
