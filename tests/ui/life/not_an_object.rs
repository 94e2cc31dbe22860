use aobject::Live;

struct Plain;

fn close(_: Live<Plain>) {}

fn main() {}
