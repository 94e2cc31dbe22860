use std::path::Path;

use super::*;

#[test]
fn a_file_is_given_as_a_path_or_as_a_url() {
    for (text, path) in [
        ("sqlite:images.db", "images.db"),
        ("sqlite://images.db", "images.db"),
        ("sqlite:/var/images.db", "/var/images.db"),
        ("sqlite:///var/images.db", "/var/images.db"),
        ("sqlite::memory:", ":memory:"),
        ("sqlite:a:b?c#d%41", "a:b?c#d%41"),
    ] {
        let Ok(Place::Database(Address::File(file))) = text.parse() else {
            panic!("{text} is no file")
        };
        assert_eq!(file, Path::new(path), "{text}");
    }
    assert!(matches!("memory".parse(), Ok(Place::Memory)));
}

#[test]
fn an_unknown_place_is_refused() {
    for text in [
        "",
        "images.db",
        "Memory",
        "memory:",
        "mysql://a/b",
        "sqlite",
    ] {
        let refused = text.parse::<Place>().err();
        assert!(refused.is_some_and(|why| why.starts_with("expected memory, sqlite:FILE or")));
    }
}

#[cfg(feature = "postgres")]
#[test]
fn both_schemes_of_a_server_are_accepted() {
    for text in ["postgres://me@here/images", "postgresql://me@here/images"] {
        let place = text.parse();
        assert!(matches!(place, Ok(Place::Database(Address::Server(_)))));
    }
}

#[cfg(not(feature = "postgres"))]
#[test]
fn the_error_names_the_feature_that_a_server_needs() {
    let refused = "postgres://here/images".parse::<Place>().err();
    assert_eq!(
        refused,
        Some("PostgreSQL needs `cargo run --features postgres`")
    );
}
