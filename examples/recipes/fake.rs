//! Learn: a test that replaces one part of an object with a fake. All other parts are real.
//!
//! `given` turns the field into an argument of type `Option`. In production it is `None`, and the `init` runs. In
//! a test it is `Some`, and the `init` does not run. Users of the field see no difference, and the object closes
//! the fake like the real part.

use aobject::dynamic::Dyn;
use aobject::{AObject, Error, async_trait};

#[aobject::dynamic]
#[async_trait]
trait Mailer: Sync {
    async fn send(&self, to: &str);
}

#[derive(AObject)]
struct Smtp {
    #[aobject(init = println!("connected to the mail server"), close = println!("disconnected"))]
    connection: (),
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, to: &str) {
        println!("a mail to {to} is sent");
    }
}

#[derive(AObject)]
struct Service {
    #[aobject(given, init = Smtp::new().await?.into_dyn())]
    mailer: Dyn<dyn Mailer>,
}

impl Service {
    async fn register(&self, name: &str) {
        self.mailer.send(name).await;
    }
}

#[aobject::main]
async fn main() -> Result<(), Error> {
    let service = Service::new(None).await?;
    service.register("ada").await;
    service.close().await
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Records what it is asked to send.
    #[derive(AObject)]
    struct Fake {
        sent: Arc<Mutex<Vec<String>>>,
    }

    #[async_trait]
    impl Mailer for Fake {
        async fn send(&self, to: &str) {
            self.sent.lock().unwrap().push(to.to_owned());
        }
    }

    #[aobject::test]
    async fn each_who_registers_gets_a_mail() -> Result<(), Error> {
        let sent = Arc::default();
        let fake = Fake::new(Arc::clone(&sent)).await?.into_dyn();
        let service = Service::new(Some(fake)).await?;
        service.register("ada").await;
        assert_eq!(*sent.lock().unwrap(), ["ada"]);
        service.close().await
    }
}
