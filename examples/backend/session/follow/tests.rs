use uuid::Uuid;

use super::*;

fn updated(current_progress: f64) -> Event {
    Event::Updated(Progress {
        task_id: Uuid::nil(),
        message: String::new(),
        current_progress,
        total_progress: 2.0,
    })
}

fn left(tries: &mut Tries) -> usize {
    std::iter::repeat_with(|| tries.take())
        .take_while(|left| *left)
        .count()
}

#[test]
fn only_a_new_maximum_of_progress_resets_the_attempts() {
    let mut tries = Tries::default();
    tries.note(&updated(1.0));
    assert_eq!(left(&mut tries), 3);
    for seen in [0.0, 0.5, 1.0] {
        tries.note(&updated(seen));
        assert_eq!(left(&mut tries), 0, "{seen} is no progress");
    }
    tries.note(&updated(1.5));
    assert_eq!(left(&mut tries), 3);
}

#[test]
fn a_retry_waits_at_least_half_a_second() {
    assert_eq!(delay(Some(0)), Duration::from_millis(500));
    assert_eq!(delay(Some(5)), Duration::from_secs(5));
    assert_eq!(delay(None), Duration::from_secs(5));
    assert_eq!(delay(Some(u64::MAX)), Duration::from_mins(1));
}
