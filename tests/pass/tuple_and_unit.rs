//! The fields of a tuple struct are `_0`, `_1`; a unit struct has none.
#![deny(warnings)]

use aobject::{AObject, Live};

#[derive(AObject)]
pub struct Tuple(
    pub String,
    #[aobject(init = _0.len(), after(_2))] pub usize,
    #[aobject(default = _0.len(), close = stop(_2))] pub usize,
    #[aobject(init = Unit::new().await?)] pub Live<Unit>,
);

#[derive(AObject)]
pub struct Unit;

#[derive(AObject)]
#[aobject(init = Self::open, close = Self::flush)]
pub struct Empty {}

impl Empty {
    async fn open(&mut self) {}

    async fn flush(&mut self) -> Result<(), std::fmt::Error> {
        Ok(())
    }
}

fn stop(_: usize) {}

fn main() {
    drop(Tuple::new(String::new()));
    drop((Unit::new(), Empty::new()));
}
