//! Generics, bounds, where clauses, const generics and defaults carry over; the derive adds no bounds.
#![deny(warnings)]

use std::fmt::Display;

use aobject::AObject;

#[derive(AObject)]
struct Pair<T: Display + Send + Sync + 'static, const N: usize = 2>
where
    [T; N]: Send,
{
    first: T,
    #[aobject(init = format!("{first}"))]
    text: String,
    #[aobject(default = [0; N])]
    zeros: [u8; N],
}

#[derive(AObject)]
struct Plain<T>(T)
where
    T: Send + 'static;

fn main() {
    drop(Pair::<u8, 2>::new(1));
    drop(Plain::new("x"));
}

#[expect(dead_code, reason = "never read")]
fn read(pair: &Pair<u8>) -> (&u8, &str, &[u8]) {
    (&pair.first, &pair.text, &pair.zeros)
}
