#[aobject::dynamic]
trait Cache: Sync + Clone {}

#[aobject::dynamic]
trait Index: Sync
where
    Self: Sized,
{
}

fn main() {}
