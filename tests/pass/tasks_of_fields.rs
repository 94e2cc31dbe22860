//! A task that keeps a copy of a field, in a struct with parameters and names of all kinds.
#![deny(warnings)]

use std::fmt::Debug;

use aobject::{AObject, Tasks};

#[derive(AObject)]
pub struct Worker<T: Debug + Clone + Send + Sync + 'static, const N: usize>(
    pub [T; N],
    #[aobject(init = Self::first(&_0[..]))] Option<T>,
    #[aobject(init = {
        let tasks = Tasks::new();
        let of = (_0.clone(), _1.clone());
        tasks.spawn("task", async move |_| drop(format!("{of:?}")));
        tasks
    })]
    Tasks,
);

impl<T: Debug + Clone + Send + Sync + 'static, const N: usize> Worker<T, N> {
    fn first(of: &[T]) -> Option<T> {
        of.first().cloned()
    }
}

#[derive(AObject)]
#[aobject(args(mut_text: String))]
struct Loud {
    r#type: String,
    #[aobject(default = {
        let r#type = r#type.clone();
        mut_text.push_str("text");
        tokio::spawn(async move { r#type + &mut_text })
    }, close = assert_eq!(task.await.unwrap(), "typetext"))]
    task: tokio::task::JoinHandle<String>,
    #[aobject(init = {
        let r#type = r#type.clone();
        tokio::spawn(async move { r#type.len() }).await? + "{type}".len()
    })]
    len: usize,
    #[aobject(init = { let double = move || len * 2; double() })]
    double: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let worker = Worker::new([1, 2]).await.unwrap();
    assert_eq!(worker.1, Some(1));
    worker.close().await.unwrap();
    let loud = Loud::new(String::new(), "type".to_owned()).await.unwrap();
    assert_eq!((loud.len, loud.double), (10, 20));
    loud.close().await.unwrap();
}
