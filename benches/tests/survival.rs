//! The survival table, our column: each row ends as it has to. The peers are not asked here.
#![expect(clippy::unwrap_used, reason = "tests may fail loudly")]

use std::path::Path;

use aobject_benches::survival::{Contestant, Outcome, contestants, look};

/// The rows that do not end as they have to, of those that `are_asked`.
fn wrong(name: &str, are_asked: impl Fn(u8) -> bool) -> Vec<u8> {
    let contestant = named(name);
    let mut wrong = Vec::new();
    for (at, situation) in contestant
        .situations()
        .iter()
        .enumerate()
        .filter(|(_, it)| are_asked(it.row))
    {
        let seen = look(Path::new(env!("CARGO_BIN_EXE_survival")), &contestant, at).unwrap();
        let outcome = seen.outcome();
        println!(
            "{:>2} {}, {}: {outcome}, must be: {}",
            situation.row, situation.title, situation.flavour, situation.must
        );
        // A report of ours names the place too.
        let names_the_place = seen.reports.contains("contestants/ours.rs:");
        let has_to = name == "aobject" && outcome == Outcome::Reported;
        if !situation.must.holds(&seen) || (has_to && !names_the_place) {
            println!("{seen:#?}");
            wrong.push(situation.row);
        }
    }
    wrong
}

fn named(name: &str) -> Contestant {
    contestants()
        .into_iter()
        .find(|contestant| contestant.name == name)
        .unwrap()
}

#[test]
fn every_situation_ends_as_it_has_to() {
    assert_eq!(wrong("aobject", |_| true), []);
}

/// That the test above can fail, and where a bare spawn is not enough.
#[test]
fn a_bare_spawn_does_not_pass() {
    let asked = [1, 2, 3, 4, 5, 9, 10, 11, 18, 21];
    assert_eq!(
        wrong("`tokio::spawn` in `Drop`", |row| asked.contains(&row)),
        [3, 4, 5, 5, 5, 10, 10, 11, 11, 21, 21, 21, 21]
    );
}
