//! The operations of `POST /admin/gql`, in GraphQL.

use async_graphql::{
    ComplexObject, EmptySubscription, Error, Object, Request, Response, Schema, Variables,
};

use crate::causes::causes;
use crate::manager::sources::Sources;
use crate::wire::image::Image;
use crate::wire::operation::{self, RescanImages, Started};

/// The GraphQL schema: the operations, their fields and their arguments.
#[derive(Clone)]
pub(super) struct Operations(Schema<Query, Mutation, EmptySubscription>);

impl Operations {
    pub(super) fn of(sources: Sources) -> Self {
        let schema = Schema::build(Query(sources.clone()), Mutation(sources), EmptySubscription);
        Self(schema.finish())
    }

    /// The response has the requested fields in the requested order, because clients show a table by position.
    pub(super) async fn execute(&self, request: operation::Request<Variables>) -> Response {
        let operation::Request {
            query,
            variables,
            operation_name,
        } = request;
        let request = Request::new(query).variables(variables);
        let request = match operation_name {
            Some(name) => request.operation_name(name),
            None => request,
        };
        self.0.execute(request).await
    }
}

struct Query(Sources);

#[Object(rename_fields = "snake_case", rename_args = "snake_case")]
impl Query {
    /// The images of the manager. With `is_operation`, only images that serve the manager itself.
    async fn images(&self, is_operation: Option<bool>) -> Result<Vec<Image>, Error> {
        // No image in a registry serves the manager.
        if is_operation == Some(true) {
            return Ok(Vec::new());
        }
        let images = self.0.images.list().await;
        images
            .map_err(|error| Error::new(format!("the images cannot be read: {}", causes(&*error))))
    }
}

struct Mutation(Sources);

#[Object(rename_fields = "snake_case", rename_args = "snake_case")]
impl Mutation {
    /// Looks for images in one registry or in all of them, and in one project or in all of them.
    async fn rescan_images(&self, registry: Option<String>, project: Option<String>) -> Started {
        self.0.rescan(RescanImages { registry, project })
    }
}

#[ComplexObject(rename_fields = "snake_case")]
impl Image {
    /// Other names of the image. Layouts have none.
    async fn aliases(&self) -> Vec<String> {
        Vec::new()
    }
}
