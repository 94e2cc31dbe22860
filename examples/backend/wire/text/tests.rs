use super::*;

#[test]
fn a_text_is_cut_between_its_letters_and_never_longer_than_the_limit() {
    assert_eq!(short("", 10), "");
    assert_eq!(short("0123456789", 10), "0123456789");
    assert_eq!(short("0123456789a", 10), "0123456…");
    for limit in 3..20 {
        let text = short("äöüäöüäöüäöü", limit);
        assert!(text.len() <= limit && text.ends_with('…'), "{text}");
    }
}

#[test]
fn a_reason_that_is_none_leaves_no_colon() {
    assert_eq!(because("no disk"), ": no disk");
    assert_eq!(because(""), "");
    assert_eq!(because(" \n"), "");
}
