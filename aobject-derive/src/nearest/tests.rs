use super::{distance, nearest};

#[test]
fn a_swap_is_one_edit() {
    assert_eq!(distance("inti", "init"), 1);
    assert_eq!(distance("defualt", "default"), 1);
}

#[test]
fn distance_counts_letters_in_out_and_replaced() {
    assert_eq!(distance("", "vis"), 3);
    assert_eq!(distance("close", ""), 5);
    assert_eq!(distance("closee", "close"), 1);
    assert_eq!(distance("kitten", "sitting"), 3);
}

#[test]
fn a_short_word_is_near_at_one_edit_only() {
    assert_eq!(nearest("vix", ["new", "vis"]), Some("vis"));
    assert_eq!(nearest("vxx", ["new", "vis"]), None);
}

#[test]
fn the_nearest_wins_over_the_first() {
    assert_eq!(
        nearest("close_timeot", ["init_timeout", "close_timeout"]),
        Some("close_timeout")
    );
    assert_eq!(nearest("nonsense", ["init_timeout", "close_timeout"]), None);
}
