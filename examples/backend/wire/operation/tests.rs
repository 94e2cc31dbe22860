use super::*;

#[test]
fn an_operation_is_known_by_its_kind_and_first_field() {
    assert_eq!(parse(RESCAN_IMAGES), Some(("mutation", "rescan_images")));
    assert_eq!(parse(IMAGES), Some(("query", "images")));
    assert_eq!(parse("{images{name}}"), Some(("query", "images")));
    assert_eq!(
        parse("mutation Rescan($r: String){rescan_images(registry: $r){ok}}"),
        Some(("mutation", "rescan_images"))
    );
    assert_eq!(parse("images"), None);
    assert_eq!(parse("{}"), Some(("query", "")));
    assert_eq!(parse(""), None);
}
