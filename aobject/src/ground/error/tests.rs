use super::*;
use crate::ground::blueprint::Blueprint;

fn failed(text: &str) -> Error {
    Error::from_cause(Phase::Init, text.into())
}

fn close_failed(text: &str) -> Error {
    Error::from_cause(Phase::Close, text.into())
}

#[test]
fn an_error_is_one_word_large() {
    assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
}

#[test]
fn an_error_of_the_library_passes_through_as_itself() {
    let error = failed("no route").named(&PathSegment::Field("pool"));
    let passed = Error::from_cause(Phase::Init, BoxError::from(error));
    assert_eq!(passed.path(), "pool");
    assert_eq!(
        passed.summary().to_string(),
        "init of `pool` failed: no route"
    );
}

#[test]
fn a_new_name_goes_to_everything_that_is_related() {
    let error =
        failed("no route").with_related([close_failed("busy").named(&PathSegment::Field("cache"))]);
    let error = error
        .named(&PathSegment::Field("store"))
        .named(&PathSegment::Field("deep"));
    assert_eq!(error.related()[0].path(), "deep");
}

#[test]
fn related_errors_are_flat_and_in_order_of_time() {
    let second = close_failed("2").with_related([close_failed("3")]);
    let error = Error::merge([close_failed("1"), second, close_failed("4")]).unwrap();
    let texts: Vec<_> = error
        .related()
        .iter()
        .map(|error| error.source().unwrap().to_string())
        .collect();
    assert_eq!(texts, ["2", "3", "4"]);
    assert!(
        error
            .related()
            .iter()
            .all(|error| error.related().is_empty())
    );
}

#[test]
fn one_failure_is_not_a_list() {
    let error = Error::merge([close_failed("busy")]).unwrap();
    assert!(error.related().is_empty());
    assert!(Error::merge([]).is_none());
}

#[test]
fn a_line_is_one_line_even_if_its_cause_is_not() {
    assert_eq!(
        failed("first\n  second").summary().to_string(),
        "init failed: first second"
    );
}

/// G11.
#[test]
fn the_report_says_what_happened_while_rolling_back() {
    let error = failed("no route").named(&PathSegment::Field("pool"));
    let error = error.with_related([close_failed("busy").named(&PathSegment::Field("cache"))]);
    let error = error.named(&PathSegment::Object(|| Blueprint::named("App")));
    assert_eq!(
        error.to_string(),
        "init of `App.pool` failed (and 1 more error)"
    );
    assert_eq!(
        error.summary().to_string(),
        "init of `App.pool` failed: no route (and 1 more error)"
    );
    assert_eq!(
        format!("{error:#}"),
        "init of `App.pool` failed: no route\n  while rolling back: close of `App.cache` failed: busy",
    );
    assert_eq!(format!("{error:?}"), format!("{error:#}"));
}

#[test]
fn a_panic_keeps_its_message() {
    let formatted = Error::panicked(Phase::Close, Box::new("disk gone".to_owned()));
    assert_eq!(formatted.summary().to_string(), "close panicked: disk gone");
    let literal = Error::panicked(Phase::Init, Box::new("disk gone"));
    assert_eq!(
        (literal.summary().to_string().as_str(), literal.kind()),
        ("init panicked: disk gone", ErrorKind::Panicked)
    );
    struct Bomb {
        _fuse: Arc<()>,
    }
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("injected");
        }
    }
    let fuse = Arc::new(());
    let bomb = Error::panicked(
        Phase::Init,
        Box::new(Bomb {
            _fuse: Arc::clone(&fuse),
        }),
    );
    assert_eq!(
        (bomb.kind(), Arc::strong_count(&fuse)),
        (ErrorKind::Panicked, 1),
        "dropped, and its panic ended"
    );
    let other = Error::panicked(Phase::Init, Box::new(7));
    assert_eq!(other.summary().to_string(), "init panicked: no message");
}

#[test]
fn a_timeout_names_what_was_in_flight() {
    let in_flight = vec!["store.pool".to_owned(), "cache".to_owned()];
    let error = Error::timed_out(Phase::Init, Duration::from_secs(2), in_flight);
    let error = error.named(&PathSegment::Object(|| Blueprint::named("App")));
    assert_eq!(
        error.to_string(),
        "init of `App.store.pool` timed out after 2s"
    );
    assert!(format!("{error:#}").ends_with("\n  also in flight: `App.cache`"));
}

#[test]
fn a_cause_that_repeats_its_own_is_printed_once() {
    #[derive(Debug)]
    struct Outer(std::num::ParseIntError);
    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "bad port: {}", self.0)
        }
    }
    impl StdError for Outer {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            Some(&self.0)
        }
    }
    let error = Error::new(Phase::Close, Outer("x".parse::<u16>().unwrap_err()));
    assert_eq!(
        error.summary().to_string(),
        "close failed: bad port: invalid digit found in string"
    );
    assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
}
