use aobject::AObject;
use aobject::dynamic::Choice;
use expect_test::expect_file;

use super::{Messages, refused};

#[aobject::dynamic]
trait Cache: Sync {}

#[derive(AObject)]
struct Redis {
    #[aobject(init = Err::<(), _>(refused())?)]
    _pool: (),
}

impl Cache for Redis {}

#[tokio::test]
async fn of_choices() {
    let mut messages = Messages::default();
    let mut add = async |cause, choice: &Choice<dyn Cache, ()>, name| {
        let start = choice.start(name, ()).await.map(drop);
        messages.error(cause, &start.unwrap_err());
    };
    let choice = Choice::new();
    add("there is no name", &choice, "redis").await;
    let choice = choice.with("redis", |()| Redis::new());
    add("there is another name", &choice, "postgres").await;
    let choice = choice.with("memory", |()| Redis::new());
    add("there is a similar name", &choice, "reddis").await;
    add("the chosen object fails", &choice, "redis").await;
    expect_file!["choice.txt"].assert_eq(&messages.0);
}
