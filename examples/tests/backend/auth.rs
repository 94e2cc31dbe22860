//! The manager answers only signed requests.

use backend::wire::signing::{KeyPair, Signable};
use backend::wire::{ANNOUNCEMENT, OPERATIONS, TASK_EVENTS};
use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;

use crate::folder::Folder;
use crate::world::{keys, manager};

const TYPE: &str = "text/plain";
const VERSION: &str = "v9.20250722";

struct Signer {
    authority: String,
    keys: KeyPair,
    signed_at: DateTime<FixedOffset>,
    date: String,
    target: &'static str,
}

impl Signer {
    fn new(address: std::net::SocketAddr) -> Self {
        let now = Utc::now().fixed_offset();
        Self {
            authority: address.to_string(),
            keys: keys(),
            signed_at: now,
            date: now.to_rfc3339(),
            target: ANNOUNCEMENT,
        }
    }

    fn dated(self, distance: TimeDelta) -> Self {
        let signed_at = self.signed_at + distance;
        Self {
            signed_at,
            date: signed_at.to_rfc3339(),
            ..self
        }
    }

    fn authorization(&self) -> String {
        let Self {
            authority,
            date,
            target,
            ..
        } = self;
        let signable = Signable {
            method: "GET",
            target,
            date,
            authority,
            content_type: TYPE,
            version: VERSION,
        };
        signable.sign(&self.keys, self.signed_at).to_string()
    }

    /// Sends a request to `target`, independent of the signed target, without the header `missing`.
    async fn send(&self, target: &str, missing: &str) -> Response {
        let headers = [
            ("date", self.date.clone()),
            ("authorization", self.authorization()),
            ("content-type", TYPE.to_owned()),
            ("x-backendai-version", VERSION.to_owned()),
        ];
        let request = Client::new().get(format!("http://{}{target}", self.authority));
        let sent = headers.into_iter().filter(|(name, _)| *name != missing);
        sent.fold(request, |request: RequestBuilder, (name, value)| {
            request.header(name, value)
        })
        .send()
        .await
        .unwrap()
    }

    async fn refused(&self, target: &str, missing: &str) -> String {
        let response = self.send(target, missing).await;
        assert_eq!(response.status(), 401);
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
        let problem: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        assert_eq!(problem["type"], "https://api.backend.ai/probs/auth-failed");
        assert!(problem["title"].is_string());
        problem["msg"].as_str().unwrap().to_owned()
    }
}

#[aobject::test]
async fn a_signed_request_is_answered() {
    let folder = Folder::new("signed");
    let manager = manager(&folder, &[]).await;
    let signer = Signer::new(manager.address());
    let answer = signer.send(ANNOUNCEMENT, "").await;
    assert_eq!(answer.status(), 200);
    let minutes = TimeDelta::minutes;
    for distance in [minutes(-14), minutes(14)] {
        let signer = Signer::new(manager.address()).dated(distance);
        assert_eq!(signer.send(ANNOUNCEMENT, "").await.status(), 200);
    }
    let written = signer
        .signed_at
        .format("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    let signer = Signer {
        date: written,
        ..signer
    };
    assert_eq!(signer.send(ANNOUNCEMENT, "").await.status(), 200);
    manager.close().await.unwrap();
}

#[aobject::test]
async fn a_request_without_a_valid_signature_is_refused() {
    let folder = Folder::new("unsigned");
    let manager = manager(&folder, &[]).await;
    let signer = || Signer::new(manager.address());
    let does_not_match = "the signature does not match";

    let wrong_secret = Signer {
        keys: KeyPair {
            secret: "guessed".to_owned(),
            ..keys()
        },
        ..signer()
    };
    assert_eq!(wrong_secret.refused(ANNOUNCEMENT, "").await, does_not_match);
    let wrong_name = Signer {
        keys: KeyPair {
            access: "AKIAOTHER".to_owned(),
            ..keys()
        },
        ..signer()
    };
    assert_eq!(wrong_name.refused(ANNOUNCEMENT, "").await, does_not_match);
    assert_eq!(
        signer()
            .refused(&format!("{ANNOUNCEMENT}?more=1"), "")
            .await,
        does_not_match
    );
    let other_path = Signer {
        target: OPERATIONS,
        ..signer()
    };
    assert_eq!(other_path.refused(ANNOUNCEMENT, "").await, does_not_match);
    assert_eq!(
        signer().refused(ANNOUNCEMENT, "content-type").await,
        does_not_match
    );

    for distance in [TimeDelta::minutes(-16), TimeDelta::minutes(16)] {
        let old = signer().dated(distance);
        assert_eq!(
            old.refused(ANNOUNCEMENT, "").await,
            "the time in the Date header is too far from the current time"
        );
    }
    let undated = Signer {
        date: "yesterday".to_owned(),
        ..signer()
    };
    assert_eq!(
        undated.refused(ANNOUNCEMENT, "").await,
        "the Date header is not a date"
    );

    for missing in ["date", "authorization", "x-backendai-version"] {
        let message = signer().refused(ANNOUNCEMENT, missing).await;
        assert_eq!(message, format!("the {missing} header is missing"));
    }
    let events = format!("{TASK_EVENTS}?task_id={}", uuid::Uuid::nil());
    assert_eq!(signer().refused(&events, "").await, does_not_match);
    manager.close().await.unwrap();
}
