use std::path::Path;

use super::*;

#[test]
fn a_file_may_be_written_as_a_path_or_as_a_url() {
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
fn what_is_none_of_the_classes_is_refused() {
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
fn a_server_may_be_written_in_both_ways() {
    for text in ["postgres://me@here/images", "postgresql://me@here/images"] {
        let place = text.parse();
        assert!(matches!(place, Ok(Place::Database(Address::Server(_)))));
    }
}

#[cfg(not(feature = "postgres"))]
#[test]
fn a_server_says_which_feature_it_needs() {
    let refused = "postgres://here/images".parse::<Place>().err();
    assert_eq!(
        refused,
        Some("PostgreSQL needs `cargo run --features postgres`")
    );
}
