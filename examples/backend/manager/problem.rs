//! Error responses of the manager.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A response of type `application/problem+json`.
pub(super) struct Problem {
    status: StatusCode,
    kind: &'static str,
    title: &'static str,
    message: String,
}

impl Problem {
    pub(super) fn auth_failed(message: impl Into<String>) -> Self {
        let (status, title) = (StatusCode::UNAUTHORIZED, "Credential/signature mismatch.");
        Self {
            status,
            kind: "auth-failed",
            title,
            message: message.into(),
        }
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::unread(StatusCode::BAD_REQUEST, message)
    }

    /// The body of the request took too long.
    pub(super) fn late(message: impl Into<String>) -> Self {
        Self::unread(StatusCode::REQUEST_TIMEOUT, message)
    }

    pub(super) fn unread(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            kind: "invalid-api-params",
            title: "The request is malformed.",
            message: message.into(),
        }
    }

    /// The manager accepts no more requests.
    pub(super) fn stopping() -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            kind: "not-ready",
            title: "The manager is stopping.",
            message: String::new(),
        }
    }

    pub(super) fn not_found(message: impl Into<String>) -> Self {
        let (status, title) = (StatusCode::NOT_FOUND, "Not found.");
        Self {
            status,
            kind: "not-found",
            title,
            message: message.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let kind = format!("https://api.backend.ai/probs/{}", self.kind);
        let body = json!({ "type": kind, "title": self.title, "msg": self.message });
        (
            self.status,
            [(CONTENT_TYPE, "application/problem+json")],
            Json(body),
        )
            .into_response()
    }
}
