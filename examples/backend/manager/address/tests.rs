use super::*;

#[test]
fn the_driver_gets_a_path_unchanged() {
    let file = Address::File("/a b/c?d#e%41/ü.db".into());
    let url = file.to_url().unwrap();
    assert_eq!(url, "sqlite:///a%20b/c%3Fd%23e%2541/%C3%BC.db?mode=rwc");
    let relative = Address::File("images.db".into()).to_url().unwrap();
    assert!(relative.ends_with("/images.db?mode=rwc"), "{relative}");
}

#[cfg(feature = "postgres")]
#[test]
fn a_password_is_not_shown() {
    let server = Address::server("postgres://me:secret@here:5433/images?password=hidden").unwrap();
    assert_eq!(server.to_string(), "postgres://here:5433/images");
    assert!(server.to_url().unwrap().contains("me:secret@"));
}
