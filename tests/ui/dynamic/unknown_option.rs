#[aobject::dynamic(krate = ::aobject)]
trait Cache: Sync {}

fn main() {}
