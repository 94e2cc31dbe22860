//! What the manager answers.

use aobject::Weak;
use axum::body::Bytes;
use axum::extract::State;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;

use super::images::Images;
use super::problem::Problem;
use super::registries::Registries;
use super::rescan::Rescan;
use super::runner::Runner;
use super::{Settings, auth, events};
use crate::wire::event::Event;
use crate::wire::operation::{Request, RescanImages, Started, answer, parse, refusal};
use crate::wire::version::ApiVersion;
use crate::wire::{ANNOUNCEMENT, OPERATIONS, TASK_EVENTS};

/// The release of the manager that this one stands in for.
const MANAGER: &str = "26.9.6";

/// What the answers are made from.
#[derive(Clone)]
pub(super) struct Sources {
    images: Images,
    /// Not an owner: the manager closes it when the server, and so this, has gone.
    runner: Weak<Runner>,
    registries: Registries,
    announcement: Option<String>,
}

pub(super) fn routes(settings: &Settings, images: Images, runner: Weak<Runner>) -> Router {
    let Settings {
        registries,
        announcement,
        keys,
        ..
    } = settings.clone();
    let sources = Sources {
        images,
        runner,
        registries,
        announcement,
    };
    let signed = Router::new()
        .route(ANNOUNCEMENT, get(tell_announcement))
        .route(OPERATIONS, post(operate))
        .route(TASK_EVENTS, get(events::follow))
        .route_layer(from_fn_with_state(keys, auth::require));
    let nothing = async || Problem::not_found("nothing is there");
    Router::new()
        .route("/", get(tell_version))
        .merge(signed)
        .fallback(nothing)
        .with_state(sources)
}

async fn tell_version() -> Json<Value> {
    Json(json!({ "version": ApiVersion::OURS.to_string(), "manager": MANAGER }))
}

async fn tell_announcement(State(Sources { announcement, .. }): State<Sources>) -> Json<Value> {
    Json(json!({ "enabled": announcement.is_some(), "message": announcement.unwrap_or_default() }))
}

async fn operate(State(sources): State<Sources>, body: Bytes) -> Result<Json<Value>, Problem> {
    let request: Request<IgnoredAny> = read(&body)?;
    Ok(Json(match parse(&request.query) {
        Some(("mutation", field @ "rescan_images")) => answer(field, &sources.rescan(read(&body)?)),
        Some(("query", field @ "images")) => {
            let images = sources
                .images
                .list()
                .await
                .map_err(|error| Problem::internal(&error))?;
            answer(field, &images)
        }
        Some((kind, field)) => refusal(&format!("there is no {kind} `{field}`")),
        None => refusal("there is no operation in the query"),
    }))
}

fn read<'a, D: serde::Deserialize<'a>>(body: &'a [u8]) -> Result<D, Problem> {
    serde_json::from_slice(body).map_err(|error| Problem::invalid(error.to_string()))
}

impl Sources {
    fn rescan(self, request: Request<RescanImages>) -> Started {
        let RescanImages { registry, project } = request.variables;
        let refused = |msg: String| Started {
            ok: false,
            msg,
            task_id: None,
        };
        let Some(registries) = self.registries.select(registry.as_deref()) else {
            return refused(format!(
                "there is no registry `{}`",
                registry.unwrap_or_default()
            ));
        };
        let rescan = Rescan {
            images: self.images,
            registries,
            project,
        };
        let runner = self.runner.upgrade();
        match runner.and_then(|runner| runner.start(|reporter| rescan.run(reporter))) {
            task_id @ Some(_) => Started {
                ok: true,
                msg: String::new(),
                task_id,
            },
            None => refused("the manager is stopping".to_owned()),
        }
    }

    pub(super) fn follow(&self, task_id: Uuid) -> Option<watch::Receiver<Event>> {
        self.runner.upgrade()?.follow(task_id)
    }
}
