use super::*;

#[test]
fn a_text_is_cut_between_characters_and_never_exceeds_the_limit() {
    assert_eq!(short("", 10), "");
    assert_eq!(short("0123456789", 10), "0123456789");
    assert_eq!(short("0123456789a", 10), "0123456…");
    for limit in 3..20 {
        let text = short("äöüäöüäöüäöü", limit);
        assert!(text.len() <= limit && text.ends_with('…'), "{text}");
    }
}

#[test]
fn an_empty_reason_leaves_no_colon() {
    assert_eq!(because("no disk"), ": no disk");
    assert_eq!(because(""), "");
    assert_eq!(because(" \n"), "");
}

#[test]
fn no_control_character_is_left() {
    let text = "red \u{1b}[31m bell \u{7}\nnext\r\tcsi \u{9b}31m turned \u{202e}drawkcab";
    let (plain, lines) = (plain(text), plain_lines(text));
    assert!(!plain.contains(char::is_control), "{plain:?}");
    assert_eq!(
        plain,
        "red \u{fffd}[31m bell \u{fffd} next  csi \u{fffd}31m turned \u{fffd}drawkcab"
    );
    assert_eq!(lines.lines().count(), 2);
    assert!(
        lines
            .chars()
            .all(|letter| letter == '\n' || !letter.is_control())
    );
    assert_eq!(super::plain("naïve 日本語 🦀"), "naïve 日本語 🦀");
}
