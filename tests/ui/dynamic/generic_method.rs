#[aobject::dynamic]
trait Cache: Sync {
    fn get<K>(&self, key: K) -> Option<String>;
    fn each(&self, visit: impl Fn(&str));
}

fn main() {}
