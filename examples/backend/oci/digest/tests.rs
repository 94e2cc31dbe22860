use super::*;

const ABC: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

#[test]
fn a_digest_is_computed_from_the_content() {
    assert_eq!(Digest::of(b"abc").to_string(), ABC);
    let mut hasher = ABC.parse::<Digest>().unwrap().hasher();
    hasher.update(b"a");
    hasher.update(b"bc");
    assert_eq!(hasher.finish().to_string(), ABC);
}

#[test]
fn sha512_is_supported() {
    let text = format!("sha512:{}", hex::encode(Sha512::digest(b"abc")));
    let digest: Digest = text.parse().unwrap();
    let mut hasher = digest.hasher();
    hasher.update(b"abc");
    assert_eq!(hasher.finish(), digest);
    assert_eq!(digest.to_string(), text);
}

#[test]
fn an_invalid_digest_is_refused_and_quoted() {
    let upper = ABC.to_uppercase();
    for text in [
        "",
        "sha256",
        "sha256:",
        "sha256:../../etc/passwd",
        "md5:00",
        &ABC[..70],
        &upper,
        &format!("{ABC}0"),
    ] {
        let error = text.parse::<Digest>().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("{text:?} is not a digest that can be verified")
        );
    }
}
