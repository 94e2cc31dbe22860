//! Types that share their names with types that are not `Send`, and objects that hold objects of their own type.
#![deny(warnings)]
#![allow(dead_code)]

use std::marker::PhantomData;

use aobject::{AObject, Live};

#[derive(Default)]
struct Rc<T>(T);

#[derive(AObject)]
pub struct Local {
    count: Rc<u8>,
    of: PhantomData<fn(*const u8) -> *mut u8>,
    text: Box<dyn AsRef<str> + Send>,
}

#[derive(AObject)]
struct Node {
    #[aobject(default)]
    next: Option<Box<Live<Node>>>,
    #[aobject(default)]
    leaves: Vec<Live<Leaf>>,
}

#[derive(AObject)]
struct Leaf {
    #[aobject(default)]
    nodes: Vec<Live<Node>>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let local = Local::new(Rc(1), PhantomData, Box::new("text"))
        .await
        .unwrap();
    let mut node = Node::new().await.unwrap();
    node.leaves.push(Leaf::new().await.unwrap());
    node.close().await.unwrap();
    local.close().await.unwrap();
}
