use super::*;

#[test]
fn a_reference_is_a_name_and_a_tag_or_a_tag() {
    for (annotation, name, tag) in [
        ("library/python:3.13", "library/python", "3.13"),
        (
            "localhost:5000/python:3.13",
            "localhost:5000/python",
            "3.13",
        ),
        ("3.13", "stable", "3.13"),
    ] {
        let reference = Reference::parse(annotation, "stable").unwrap();
        assert_eq!((&*reference.name, &*reference.tag), (name, tag));
    }
}

#[test]
fn anything_else_is_refused_and_quoted() {
    for annotation in [
        "",
        ":",
        "a:",
        ":b",
        "library/python",
        "localhost:5000/python",
        "a b:1",
        "\u{1b}[2J:1",
    ] {
        let error = Reference::parse(annotation, "stable").unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{annotation:?} is not the name of an image")
        );
    }
}

#[test]
fn a_project_is_a_whole_part_of_the_name() {
    let reference = Reference::parse("library/python:3.13", "stable").unwrap();
    assert!(reference.is_of("library"));
    assert!(!reference.is_of("lib") && !reference.is_of("library/python"));
}
