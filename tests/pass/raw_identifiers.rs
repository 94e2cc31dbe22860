//! `r#type` is a name like any other.
#![deny(warnings)]

use aobject::AObject;

#[derive(AObject)]
#[aobject(new = r#try)]
pub struct r#Raw {
    pub r#type: String,
    #[aobject(init = format!("{type}{}", r#type.len()), close = drop(r#match))]
    pub r#match: String,
    #[aobject(init = match () { () => r#plain.len() }, after(r#match))]
    pub len: usize,
    #[aobject(default)]
    pub plain: String,
}

fn main() {
    drop(Raw::r#try(String::new()));
}
