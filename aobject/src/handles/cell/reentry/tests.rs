use crate::ground::blueprint::Blueprint;
use crate::ground::shared_build::next_id;

use super::*;

fn node() -> Node {
    Node {
        id: next_id(),
        blueprint: || Blueprint::named("Cell"),
    }
}

#[test]
fn waits_that_have_ended_leave_nothing() {
    let [from, one, other] = [(); 3].map(|()| node());
    let mut waits = [one, other].map(|to| {
        callers::within(Some(from), || {
            let mut wait = None;
            Wait::note(&mut wait, to).expect("no cell waits for this one");
            wait
        })
    });
    for left in [Some(1), None] {
        Wait::end(&mut waits[left.unwrap_or_default()]);
        assert_eq!(lock().get(&from.id).map(Vec::len), left);
    }
}
