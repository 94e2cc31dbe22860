//! Futures of methods with async closures are `Send`, alone and nested, and work in `tokio::spawn`.
#![deny(warnings)]

use std::pin::Pin;

use aobject::{
    AObject, BoxError, CancellationToken, Close, Error, Live, Ready, Scope, Shared, Tasks, scope, try_join, try_join_all,
};
use tokio::task::yield_now;

#[derive(AObject)]
#[aobject(close = Self::flush)]
struct Store {
    url: String,
    #[aobject(init = { yield_now().await; url.len() }, close = yield_now().await)]
    len: usize,
}

impl Store {
    async fn flush(&mut self) {
        yield_now().await;
    }
}

fn store() -> aobject::BoxNew<Store> {
    Store::new("url".to_owned()).boxed()
}

/// Awaits the future in a task.
async fn spawned<T: Send + 'static>(future: impl Future<Output = Result<T, Error>> + Send + 'static) -> T {
    tokio::spawn(future).await.unwrap().unwrap()
}

async fn one_by_one() {
    let local = String::from("local");
    let name = local.clone();
    let len = spawned(Store::new(local.clone()).with(async move |store: &Store| -> Result<_, Error> {
        yield_now().await;
        Ok(store.len + name.len())
    }));
    assert_eq!(len.await, 10);

    let name = local.clone();
    spawned(scope(async move |scope: &mut Scope| -> Result<(), Error> {
        let store = scope.enter(Store::new(name.clone())).await?;
        let name = name.clone();
        scope.defer(async move || {
            yield_now().await;
            drop(name);
        });
        store.release().await
    }))
    .await;

    let (one, other) = spawned(try_join((Store::new(local.clone()), store()))).await;
    spawned(Close::close((one, other))).await;
    let stores = spawned(try_join_all((0..3).map(|_| Store::new("url".to_owned())))).await;
    spawned(stores.close()).await;

    let shared = spawned(store()).await.share();
    let other = shared.clone();
    spawned(async move { shared.release().await }).await;
    spawned(other.close()).await;
}

async fn tasks() {
    let (tasks, local) = (Tasks::new(), String::from("local"));
    let name = local.clone();
    tasks.spawn("task", async move |stop: CancellationToken| {
        stop.cancelled().await;
        drop(name);
    });
    tasks.try_spawn("task", async |_: CancellationToken| -> Result<(), BoxError> {
        let len = Store::new(String::new()).with(async |store: &Store| -> Result<_, Error> { Ok(store.len) });
        assert_eq!(len.await?, 0);
        Ok(())
    });
    let ready = tasks.spawn_ready("task", async move |stop: CancellationToken, ready: Ready<String>| -> Result<(), Error> {
        let store = Store::new(local).await?;
        ready.send(store.url.clone());
        stop.cancelled().await;
        store.close().await
    });
    assert_eq!(spawned(ready).await, "local");
    spawned(tasks.close()).await;
}

async fn streams() {
    let stream = spawned(store()).await.into_stream(async |store: &mut Store| -> Result<_, Error> {
        yield_now().await;
        Ok(store.url.pop())
    });
    let text = spawned(async move {
        let (mut stream, mut text) = (stream, String::new());
        while let Some(item) = next(&mut stream).await {
            text.push(item?);
        }
        Ok(text)
    });
    assert_eq!(text.await, "lru");
}

/// Like a method of an extension trait for streams.
async fn next<S: futures_util::Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    std::future::poll_fn(|cx| Pin::new(&mut *stream).poll_next(cx)).await
}

async fn inside_of_each_other() {
    let all = scope(async |outer: &mut Scope| -> Result<usize, Error> {
        let shared: Shared<Store> = outer.enter(Store::new("outer".to_owned())).await?;
        let mine = shared.clone();
        let len = Store::new("with".to_owned()).with(async move |store: &Store| -> Result<usize, Error> {
            scope(async move |inner: &mut Scope| {
                let (one, other) = try_join((Store::new("a".to_owned()), Store::new("b".to_owned()))).await?;
                let sum = one.len + other.len + store.len + mine.len;
                inner.defer(async move || one.close().await);
                inner.defer(async move || Close::close(vec![other]).await);
                let many = try_join_all((0..2).map(|_| Store::new("many".to_owned()))).await?;
                let sum = sum + many.iter().map(|store| store.len).sum::<usize>();
                many.close().await?;
                mine.release().await?;
                Ok(sum)
            })
            .await
        });
        let len = len.await?;
        shared.release().await?;
        Ok(len)
    });
    assert_eq!(spawned(all).await, 19);
}

/// Everything above, in the expressions of the derive.
#[derive(AObject)]
struct App {
    name: String,
    #[aobject(init = Store::new(name.clone()).await?.share())]
    shared: Shared<Store>,
    #[aobject(init = Store::new(name.clone()).with(async |store: &Store| -> Result<_, Error> {
        yield_now().await;
        Ok(store.len + shared.len)
    }).await?)]
    len: usize,
    #[aobject(init = scope(async |scope: &mut Scope| -> Result<_, Error> {
        Ok(scope.enter(Store::new(name.clone())).await?.len + *len)
    }).await?)]
    more: usize,
    #[aobject(init = try_join((Store::new(name.clone()), Store::new(name.clone()))).await?)]
    pair: (Live<Store>, Live<Store>),
    #[aobject(init = try_join_all((0..*len).map(|_| Store::new(name.clone()))).await?)]
    many: Vec<Live<Store>>,
    #[aobject(init = {
        let mut scope = Scope::new();
        let entered = scope.enter(Store::new(name.clone())).await?;
        scope.defer(async move || entered.release().await);
        scope
    })]
    steps: Scope,
    #[aobject(init = {
        let (tasks, own) = (Tasks::new(), name.clone());
        tasks.spawn("task", async |stop: CancellationToken| stop.cancelled().await);
        let store = shared.clone();
        tasks.try_spawn("task", async move |_: CancellationToken| Ok(store.release().await?));
        let ready = tasks.spawn_ready("task", async move |_: CancellationToken, ready: Ready<_>| ready.send(own.len()));
        assert_eq!(ready.await?, name.len());
        tasks
    })]
    tasks: Tasks,
    #[aobject(init = {
        let mut stream = Store::new(name.clone()).await?.into_stream(async |store: &mut Store| -> Result<_, Error> {
            Ok(store.url.pop())
        });
        let first = next(&mut stream).await.transpose()?;
        drop(stream);
        first
    })]
    last: Option<char>,
}

async fn in_the_derive() {
    let app = spawned(App::new("app".to_owned())).await;
    assert_eq!((app.len, app.more, app.many.len(), app.last), (6, 9, 6, Some('p')));
    assert!(app.shared.len == 3 && app.pair.0.len == app.pair.1.len);
    assert_eq!(format!("{:?} {:?}", app.steps, app.tasks).is_empty(), false);
    spawned(app.close()).await;
}

#[aobject::main]
async fn main() {
    one_by_one().await;
    tasks().await;
    streams().await;
    inside_of_each_other().await;
    in_the_derive().await;
}
