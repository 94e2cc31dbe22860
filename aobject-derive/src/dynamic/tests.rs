use proc_macro2::TokenStream;

use super::find;

/// The type that was found, as text.
fn found(ty: &str) -> Option<String> {
    let found = find(ty.parse().unwrap())?;
    let text = TokenStream::from_iter(found).to_string();
    Some(text.replace(' ', ""))
}

#[test]
fn an_object_behind_a_trait_is_found_however_deep() {
    for (ty, expected) in [
        ("Live<dyn Cache>", "Live<dynCache>"),
        (
            "Vec<(u8, aobject::Shared<dyn Cache>)>",
            "aobject::Shared<dynCache>",
        ),
        (
            "Option<::aobject::Live<dyn Fn(u8) -> Vec<u8>>>",
            "aobject::Live<dynFn(u8)->Vec<u8>>",
        ),
    ] {
        assert_eq!(found(ty).as_deref(), Some(expected), "{ty}");
    }
}

#[test]
fn other_types_are_not() {
    for ty in [
        "Live<Store>",
        "Box<dyn Cache>",
        "Live<Box<dyn Cache>>",
        "Dyn<dyn Cache>",
    ] {
        assert_eq!(found(ty), None, "{ty}");
    }
}
