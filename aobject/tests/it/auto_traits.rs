//! Which types are `Send`, `Sync` and `Unpin`, and how large they are.

use aobject::{
    AObject, Blueprint, BoxInit, BoxNew, Close, Closing, Drained, EnsureInit, Error, Global, Lazy,
    Live, Ready, Scope, Shared, Tasks, TryJoinAll, Weak,
};

#[derive(AObject)]
struct Small {
    number: u64,
}

/// `Send` but not `Sync`, which is fine for a field that no expression names.
#[derive(AObject)]
struct OnlySend {
    #[aobject(default)]
    cell: std::cell::Cell<u8>,
    #[aobject(init = std::cell::Cell::new(1))]
    made: std::cell::Cell<u8>,
}

fn send<T: Send + 'static>(value: T) -> T {
    value
}

const fn all<T: Send + Sync + Unpin + 'static>() {}

const _: () = {
    all::<Error>();
    all::<Drained>();
    all::<Blueprint>();
    all::<Live<Small>>();
    all::<Shared<Small>>();
    all::<Weak<Small>>();
    all::<Scope>();
    all::<Tasks>();
    all::<Ready<std::cell::Cell<u8>>>();
    all::<Lazy<Small>>();
    all::<Global<Small>>();
};

const fn unpin<T: Send + Unpin + 'static>() {}

const _: () = {
    unpin::<Closing>();
    unpin::<BoxNew<Small>>();
    unpin::<TryJoinAll<Small, BoxInit<Small>>>();
    unpin::<Live<OnlySend>>();
    unpin::<Lazy<OnlySend>>();
    unpin::<EnsureInit<'_, Small, fn() -> BoxNew<Small>>>();
};

#[test]
fn futures_are_send_when_the_object_is_send() {
    drop(send(Small::new(1)));
    drop(send(OnlySend::new()));
    drop(send(Small::new(1).boxed()));
    drop(send(
        Small::new(1).timeout(std::time::Duration::from_secs(1)),
    ));
}

/// Every future of the library can be spawned, where tokio requires `Send + 'static`.
#[tokio::test]
async fn everything_works_inside_a_spawned_task() {
    let _counting = crate::REAPER.read().await;
    let live = tokio::spawn(Small::new(1)).await.unwrap().unwrap();
    tokio::spawn(live.close()).await.unwrap().unwrap();
    let shared = tokio::spawn(Small::new(1)).await.unwrap().unwrap().share();
    tokio::spawn(shared.clone().release())
        .await
        .unwrap()
        .unwrap();
    tokio::spawn(shared.close()).await.unwrap().unwrap();
    let live = tokio::spawn(Small::new(1).boxed()).await.unwrap().unwrap();
    tokio::spawn(async move { vec![Some(live)].close().await })
        .await
        .unwrap()
        .unwrap();
    let in_block = tokio::spawn(async {
        let live = OnlySend::new().await?;
        assert_eq!(live.cell.get() + live.made.get(), 1);
        live.close().await
    });
    in_block.await.unwrap().unwrap();
    tokio::spawn(aobject::drain(std::time::Duration::ZERO))
        .await
        .unwrap();
}

/// Design 3.4.
#[test]
fn a_live_is_one_word_larger_than_its_object() {
    let word = size_of::<usize>();
    assert_eq!(size_of::<Live<Small>>(), size_of::<Small>() + word);
    assert_eq!(
        size_of::<Live<OnlySend>>(),
        size_of::<OnlySend>().next_multiple_of(word) + word
    );
}

/// The future of a parent holds pointers to the futures of its fields, not the futures themselves.
#[test]
fn the_future_of_a_start_does_not_grow_with_the_futures_of_its_fields() {
    #[derive(AObject)]
    struct Inner<const N: usize> {
        #[aobject(init = { let buffer = [1_u8; N]; tokio::task::yield_now().await; buffer.iter().map(|n| u64::from(*n)).sum() })]
        sum: u64,
    }
    #[derive(AObject)]
    struct Outer<const N: usize> {
        #[aobject(init = Inner::<N>::new().await?)]
        inner: Live<Inner<N>>,
    }
    let (small, large) = (Outer::<1>::new(), Outer::<10_000>::new());
    assert_eq!(size_of_val(&small), size_of_val(&large));
}
