//! Generated code needs nothing in scope, and is not affected by what is in scope.
#![deny(warnings)]
#![allow(non_camel_case_types, dead_code)]

struct Result;
struct Option;
struct Vec;
struct Box;
struct String;
struct Duration;
struct Future;
struct Send;
struct Default;
struct Ok;
struct Some;
struct None;
mod std {}
mod core {}
mod aobject {}
mod tokio {}

#[derive(::aobject::AObject)]
struct App {
    seed: u8,
    parts: u8,
    this: u8,
    index: u8,
    #[aobject(into)]
    __parts: u8,
    #[aobject(default)]
    __seed: u8,
    #[aobject(init = seed + parts + this + index + __parts + __seed, close = stop(__slot))]
    __slot: u8,
    #[aobject(init = *__slot, close_timeout = ::std::time::Duration::ZERO)]
    __object: u8,
}

fn stop(_: u8) {}

fn main() {
    drop(App::new(1, 2, 3, 4, 5));
}
