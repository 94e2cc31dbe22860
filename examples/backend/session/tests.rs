use super::*;

fn agreed(theirs: &str) -> (String, Option<String>) {
    let agreed = Negotiation::of(theirs.parse().unwrap());
    (agreed.version.to_string(), agreed.warning)
}

#[test]
fn the_earlier_version_is_spoken() {
    assert_eq!(agreed("v8.20240915"), ("v8.20240915".to_owned(), None));
    assert_eq!(agreed("v9.20250722"), ("v9.20250722".to_owned(), None));
    assert_eq!(agreed("v10.20260101"), ("v9.20250722".to_owned(), None));
}

#[test]
fn an_outdated_manager_is_warned_of() {
    let (version, warning) = agreed("v6.20230315");
    assert_eq!(version, "v6.20230315");
    assert_eq!(warning.as_deref(), Some("the manager speaks v6.20230315, which is outdated"));
}
