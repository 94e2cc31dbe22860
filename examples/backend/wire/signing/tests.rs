use super::*;

const DATE: &str = "2026-11-22T08:43:43.138000+00:00";

fn keys() -> KeyPair {
    KeyPair {
        access: "AKIATESTKEY000000001".to_owned(),
        secret: "s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3t-s3cr3".to_owned(),
    }
}

fn date() -> DateTime<FixedOffset> {
    parse_date(DATE).unwrap()
}

fn signable<'a>(method: &'a str, target: &'a str, content_type: &'a str) -> Signable<'a> {
    let (authority, version) = ("127.0.0.1:8090", "v9.20250722");
    Signable {
        method,
        target,
        date: DATE,
        authority,
        content_type,
        version,
    }
}

const ANNOUNCEMENT: (&str, &str, &str) = ("GET", "/manager/announcement", "text/plain");
const TASK: &str = "/events/background-task?task_id=4ca8b2bb-b717-417d-91df-a205c12f9b1f";

#[test]
fn the_test_vectors_of_the_protocol_hold() {
    for ((method, target, content_type), signature) in [
        (
            ANNOUNCEMENT,
            "c8d65617d1f56ebdebc22a1ff3badb9b750dd58d2a1381f70c0d2f8df96f2564",
        ),
        (
            ("POST", "/admin/gql", "application/json"),
            "5771f7655b13d312b25b1678ec3e8062fde227ba743592521ce12f9502043883",
        ),
        (
            ("GET", TASK, "application/octet-stream"),
            "b561cdb2f21f7fda1740bf5733ee71017044600497af8f8455d9050c77de9e6a",
        ),
    ] {
        let signable = signable(method, target, content_type);
        let credential = signable.sign(&keys(), date());
        let header = format!(
            "BackendAI signMethod=HMAC-SHA256, credential=AKIATESTKEY000000001:{signature}"
        );
        assert_eq!(credential.to_string(), header);
        assert_eq!(Credential::parse(&header), Some(credential.clone()));
        assert!(signable.is_signed_by(&keys(), date(), &credential));
    }
}

#[test]
fn parameters_and_case_of_the_content_type_are_not_signed() {
    let plain = signable("POST", "/admin/gql", "application/json").sign(&keys(), date());
    let other =
        signable("POST", "/admin/gql", "Application/JSON; charset=utf-8").sign(&keys(), date());
    assert_eq!(plain, other);
}

#[test]
fn any_other_change_changes_the_signature() {
    let (method, target, content_type) = ANNOUNCEMENT;
    let signed = signable(method, target, content_type);
    let credential = signed.sign(&keys(), date());
    for changed in [
        Signable {
            method: "POST",
            ..signed
        },
        Signable {
            target: "/manager/announcement?",
            ..signed
        },
        Signable {
            date: "2026-11-22T08:43:43.138001+00:00",
            ..signed
        },
        Signable {
            authority: "127.0.0.1:8091",
            ..signed
        },
        Signable {
            content_type: "text/html",
            ..signed
        },
        Signable {
            version: "v8.20240915",
            ..signed
        },
    ] {
        assert!(!changed.is_signed_by(&keys(), date(), &credential));
    }
    let next_day = date() + chrono::Days::new(1);
    assert!(!signed.is_signed_by(&keys(), next_day, &credential));
    for other in [
        KeyPair {
            access: "AKIATESTKEY000000002".to_owned(),
            ..keys()
        },
        KeyPair {
            secret: "guessed".to_owned(),
            ..keys()
        },
    ] {
        assert!(!signed.is_signed_by(&other, date(), &credential));
    }
}

#[test]
fn an_invalid_credential_is_none() {
    let nothing = [
        "",
        "Bearer abc",
        "BackendAI signMethod=HMAC-SHA256, credential=",
        "BackendAI signMethod=HMAC-SHA256, credential=AKIA",
        "BackendAI signMethod=HMAC-SHA256, credential=AKIA:xyz",
        "BackendAI signMethod=HMAC-MD5, credential=AKIA:00",
    ];
    for header in nothing {
        assert_eq!(Credential::parse(header), None, "{header}");
    }
}

#[test]
fn both_date_formats_are_parsed() {
    let same = parse_date("Sun, 22 Nov 2026 08:43:43 GMT").unwrap();
    assert_eq!(same, parse_date("2026-11-22T17:43:43+09:00").unwrap());
    assert_eq!(parse_date("yesterday"), None);
    assert_eq!(parse_date("2026-11-22T08:43:43"), None);
}
