use std::fmt;

use super::*;

#[derive(Debug)]
struct Outer(&'static str, Option<Box<Outer>>);

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Outer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|cause| cause as _)
    }
}

fn chain(texts: &[&'static str]) -> String {
    let mut error = None;
    for text in texts.iter().rev() {
        error = Some(Box::new(Outer(text, error)));
    }
    causes(&*error.expect("an error"))
}

#[test]
fn the_line_contains_every_cause_once() {
    assert_eq!(chain(&["no answer"]), "no answer");
    assert_eq!(
        chain(&["no answer", "cannot connect", "refused"]),
        "no answer: cannot connect: refused"
    );
    // Some errors include their cause in their own text.
    assert_eq!(
        chain(&["no answer: refused", "refused"]),
        "no answer: refused"
    );
}

#[test]
fn an_error_of_an_object_writes_itself() {
    let error = aobject::Error::new(
        aobject::Phase::Close,
        Outer("late", Some(Box::new(Outer("refused", None)))),
    );
    assert_eq!(causes(&error), format!("{error:#}"));
}
