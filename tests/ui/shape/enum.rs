use aobject::AObject;

#[derive(AObject)]
enum App {
    On,
    Off,
}

fn main() {
    drop((App::On, App::Off));
}
