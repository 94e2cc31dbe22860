use super::captures;

#[test]
fn names_with_and_without_a_spec() {
    assert_eq!(captures("{a} {b:?} { c } {d:>8.3}"), ["a", "b", "c", "d"]);
}

#[test]
fn doubled_braces_are_text() {
    assert_eq!(captures("{{a}} {{{b}}}"), ["b"]);
}

#[test]
fn width_and_precision_are_captures_too() {
    assert_eq!(captures("{a:width$}"), ["a", "width"]);
    assert_eq!(captures("{a:.precision$}"), ["a", "precision"]);
    assert_eq!(captures("{a:x>+#0w$.p$?}"), ["a", "w", "p"]);
    assert_eq!(captures("{:0w_2$}"), ["", "w_2"]);
}

#[test]
fn text_that_is_no_format_string_is_survived() {
    assert_eq!(captures("{"), [""; 0]);
    assert_eq!(captures("}{ {é:é>é$}"), ["é", "é"]);
    assert_eq!(captures("{{"), [""; 0]);
}
