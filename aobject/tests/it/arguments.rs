//! `args(…)`: arguments of `new` that are not fields.

use std::sync::Arc;
use std::time::Duration;

use aobject::{AObject, Live};
use tokio::sync::oneshot;
use tokio_test::task;

use crate::quiet;
use crate::world::{Fault, Part, Step, World};

/// Arguments are owned: the receiver is consumed, and the string is changed.
#[derive(AObject)]
#[aobject(args(number: oneshot::Receiver<u32>, text: String))]
struct App {
    offset: u32,
    #[aobject(default = { text.push('!'); text })]
    text_of_default: String,
    #[aobject(init = number.await? + offset)]
    number_of_init: u32,
}

#[tokio::test]
async fn an_argument_moves_into_the_field_that_names_it() {
    let (send, receive) = oneshot::channel();
    send.send(40).unwrap();
    let live = App::new(receive, "text".to_owned(), 2).await.unwrap();
    assert_eq!(
        (live.number_of_init, live.text_of_default.as_str()),
        (42, "text!")
    );
    live.close().await.unwrap();
}

#[tokio::test]
async fn an_argument_is_dropped_with_a_start_that_never_reaches_its_field() {
    #[derive(AObject)]
    #[aobject(args(held: Arc<()>))]
    struct Late {
        #[aobject(init = std::future::pending().await)]
        never: (),
        #[aobject(init = Arc::strong_count(&held), after(never))]
        count: usize,
    }
    let held = Arc::new(());
    drop(Late::new(held.clone()));
    assert_eq!(Arc::strong_count(&held), 1);
    let mut start = task::spawn(Late::new(held.clone()));
    assert!(start.poll().is_pending());
    assert_eq!(Arc::strong_count(&held), 2);
    drop(start);
    assert_eq!(Arc::strong_count(&held), 1);
}

#[derive(AObject)]
#[aobject(args(spare: Live<Part>))]
struct Owner {
    world: World,
    #[aobject(init = world.part("before", &[]).make().await?)]
    before: Live<Part>,
    #[aobject(init = spare, after(before))]
    part: Live<Part>,
}

/// P2, for every poll after which the start is dropped.
#[tokio::test]
async fn an_object_passed_as_an_argument_is_closed_once_wherever_the_start_is_dropped() {
    let _counting = crate::REAPER.read().await;
    quiet();
    for polls in 0.. {
        let world = World::new();
        let part = world.part("part", &[]).make().await.unwrap();
        let mut start = task::spawn(Owner::new(part, world.clone()));
        let made = (0..polls).any(|_| start.poll().is_ready());
        drop(start);
        assert_eq!(aobject::drain(Duration::from_secs(5)).await.pending, 0);
        assert!(world.broken().is_empty(), "{polls}: {:?}", world.broken());
        if made {
            break;
        }
    }
}

#[tokio::test]
async fn an_object_passed_as_an_argument_is_closed_when_the_start_fails() {
    quiet();
    let world = World::new().with_fault("before", Step::Init, Fault::Error);
    let part = world.part("part", &[]).make().await.unwrap();
    let error = Owner::new(part, world.clone()).await.err().unwrap();
    assert_eq!(error.path(), "Owner.before");
    assert!(world.live().is_empty());
}

#[tokio::test]
async fn an_argument_moves_into_a_task_without_a_clone() {
    #[derive(AObject)]
    #[aobject(args(r#type: Box<[T]>))]
    struct Generic<T: Send + 'static, const N: usize>(
        [T; N],
        #[aobject(init = {
            let count = _0.len();
            tokio::spawn(async move { r#type.len() + count }).await?
        })]
        usize,
    )
    where
        [T; N]: Sync;
    let live = Generic::new(Box::from([1, 2, 3]), [4, 5]).await.unwrap();
    assert_eq!(live.1, 5);
    live.close().await.unwrap();
}

#[tokio::test]
async fn an_argument_is_dropped_if_a_given_field_does_not_need_it() {
    #[derive(AObject)]
    #[aobject(args(text: Arc<str>))]
    struct Maybe {
        #[aobject(init = text.len(), given)]
        length: usize,
    }
    let text: Arc<str> = Arc::from("text");
    for (given, length) in [(None, 4), (Some(1), 1)] {
        let live = Maybe::new(text.clone(), given).await.unwrap();
        assert_eq!((live.length, Arc::strong_count(&text)), (length, 1));
        live.close().await.unwrap();
    }
}
