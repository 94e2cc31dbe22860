//! Learn: if the third of six clients fails to open, the two that are open are closed, and no client remains.
//!
//! In Python, where the agent does not exist yet, so that nobody can close the first two:
//!
//! ```python
//! class Agent(aobject):
//!     async def __ainit__(self):
//!         self.clients = await asyncio.gather(*[Client.new(name) for name in SIX])
//! ```

use std::future::pending;

use aobject::{AObject, BoxError, Live, try_join_all};

#[derive(AObject)]
struct Client {
    name: &'static str,
    #[aobject(init = connect(name).await?, close = println!("{connection}"))]
    connection: String,
}

async fn connect(name: &str) -> Result<String, BoxError> {
    match name {
        "redis" | "etcd" => {
            println!("{name} is open");
            Ok(format!("{name} is closed"))
        }
        "docker" => Err("connection refused".into()),
        _ => pending().await, // still starting when the third client fails
    }
}

const SIX: [&str; 6] = ["redis", "etcd", "docker", "storage", "events", "metrics"];

#[derive(AObject)]
struct Agent {
    #[aobject(init = try_join_all(SIX.map(Client::new)).await?)]
    clients: Vec<Live<Client>>,
}

#[aobject::main(flavor = "current_thread")]
async fn main() {
    match Agent::new().await {
        Ok(agent) => println!("{} are open", agent.clients.len()),
        Err(error) => println!("{error:#}"),
    }
}
