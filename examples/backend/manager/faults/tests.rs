use super::*;

fn lines(number: usize) -> Vec<String> {
    let mut faults = Faults::default();
    for fault in 0..number {
        faults.push(fault.to_string());
    }
    faults.into_lines()
}

#[test]
fn a_hundred_are_listed_and_the_others_are_counted() {
    assert_eq!(lines(0), [""; 0]);
    assert_eq!(lines(100).last().unwrap(), "99");
    assert_eq!(lines(101)[99..], ["99", "and 1 more"]);
    assert_eq!(lines(2500)[99..], ["99", "and 2400 more"]);
}
