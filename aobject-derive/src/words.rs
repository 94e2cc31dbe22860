//! Every keyword of `#[aobject(...)]` and of the macros' options, and every message of the macros.
//!
//! Wording: lower-case, no final period, code in backticks; *what is wrong; what to write instead*. A second line,
//! after `help:`, is for a rarer cause.

use std::fmt::{self, Display};

use crate::nearest::nearest;

mod arguments;
mod fields;
mod interface;

pub(crate) use arguments::*;
pub(crate) use fields::*;
pub(crate) use interface::*;

pub(crate) const ATTRIBUTE: &str = "aobject";

pub(crate) const INTO: &str = "into";
pub(crate) const DEFAULT: &str = "default";
pub(crate) const INIT: &str = "init";
pub(crate) const CLOSE: &str = "close";
pub(crate) const AFTER: &str = "after";
pub(crate) const FIRST: &str = "first";
pub(crate) const GIVEN: &str = "given";
pub(crate) const OPTIONAL: &str = "optional";
pub(crate) const RETRY: &str = "retry";
pub(crate) const INIT_TIMEOUT: &str = "init_timeout";
pub(crate) const CLOSE_TIMEOUT: &str = "close_timeout";
pub(crate) const ARGS: &str = "args";
pub(crate) const NEW: &str = "new";
pub(crate) const VIS: &str = "vis";
pub(crate) const CRATE: &str = "crate";

pub(crate) const FLAVOR: &str = "flavor";
pub(crate) const WORKER_THREADS: &str = "worker_threads";
pub(crate) const START_PAUSED: &str = "start_paused";
pub(crate) const LIMIT: &str = "limit";
pub(crate) const GRACE: &str = "grace";
pub(crate) const SIGNALS: &str = "signals";

pub(crate) const MULTI_THREAD: &str = "multi_thread";
pub(crate) const CURRENT_THREAD: &str = "current_thread";

/// The macros that run a function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Macro {
    Main,
    Test,
}

impl Display for Macro {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Main => "`#[aobject::main]`",
            Self::Test => "`#[aobject::test]`",
        })
    }
}

/// The places where options can be written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Field,
    Struct,
    Macro(Macro),
    Dynamic,
}

/// The options of a field, each with its syntax.
const FIELD: &[(&str, &str)] = &[
    (INIT, "`init = EXPR`"),
    (INTO, "`into`"),
    (DEFAULT, "`default` or `default = EXPR`"),
    (CLOSE, "`close = EXPR`"),
    (AFTER, "`after(FIELD, …)`"),
    (FIRST, "`first`"),
    (GIVEN, "`given`"),
    (OPTIONAL, "`optional`"),
    (RETRY, "`retry = EXPR`"),
    (INIT_TIMEOUT, "`init_timeout = EXPR`"),
    (CLOSE_TIMEOUT, "`close_timeout = EXPR`"),
];

/// The options of the struct, each with its syntax.
const STRUCT: &[(&str, &str)] = &[
    (INIT, "`init = PATH`"),
    (CLOSE, "`close = PATH`"),
    (ARGS, "`args(NAME: TYPE, …)`"),
    (NEW, "`new = NAME`"),
    (VIS, "`vis = VIS`"),
    (INIT_TIMEOUT, "`init_timeout = EXPR`"),
    (CLOSE_TIMEOUT, "`close_timeout = EXPR`"),
    (CRATE, "`crate = PATH`"),
];

/// The options of `#[aobject::main]`, each with its syntax.
const MAIN: &[(&str, &str)] = &[
    (FLAVOR, FLAVOR_FORM),
    (WORKER_THREADS, "`worker_threads = N`"),
    (LIMIT, "`limit = EXPR`"),
    (GRACE, "`grace = EXPR`"),
    (SIGNALS, "`signals = false`"),
    (CRATE, "`crate = PATH`"),
];

/// The options of `#[aobject::test]`, each with its syntax.
const TEST: &[(&str, &str)] = &[
    (FLAVOR, FLAVOR_FORM),
    (WORKER_THREADS, "`worker_threads = N`"),
    (START_PAUSED, "`start_paused = true`"),
    (LIMIT, "`limit = EXPR`"),
    (CRATE, "`crate = PATH`"),
];

/// The options of `#[aobject::dynamic]`, each with its syntax.
const DYNAMIC: &[(&str, &str)] = &[(CRATE, "`crate = PATH`")];

const FLAVORS: [&str; 2] = [MULTI_THREAD, CURRENT_THREAD];

const FLAVOR_FORM: &str = "`flavor = \"multi_thread\"` or `flavor = \"current_thread\"`";

impl Place {
    const fn options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Field => FIELD,
            Self::Struct => STRUCT,
            Self::Macro(Macro::Main) => MAIN,
            Self::Macro(Macro::Test) => TEST,
            Self::Dynamic => DYNAMIC,
        }
    }

    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Field => Self::Struct,
            Self::Struct => Self::Field,
            Self::Macro(Macro::Main) => Self::Macro(Macro::Test),
            Self::Macro(Macro::Test) => Self::Macro(Macro::Main),
            // This is the only macro for traits.
            Self::Dynamic => Self::Dynamic,
        }
    }

    pub(crate) fn words(self) -> impl Iterator<Item = &'static str> {
        self.options().iter().map(|(word, _)| *word)
    }

    /// The constant that `found` spells.
    pub(crate) fn word(self, found: &str) -> Option<&'static str> {
        self.words().find(|word| *word == found)
    }

    fn form(self, word: &str) -> &'static str {
        self.options()
            .iter()
            .find(|option| option.0 == word)
            .map_or("", |option| option.1)
    }
}

// Messages about one option.

/// `rest` are the tokens after the attribute's name.
pub(crate) fn not_a_list(rest: &str) -> String {
    format!("expected `#[aobject(…)]`, found `#[aobject{rest}]`")
}

pub(crate) fn not_an_option(place: Place) -> String {
    expected_one(place.words())
}

/// The list of options is left out if one of them was probably meant.
pub(crate) fn unknown(found: &str, place: Place, meant: Option<&str>) -> String {
    let instead = match (place, meant) {
        (Place::Macro(_), _) if FLAVORS.contains(&found) => {
            format!("write `{}`", with_flavor(found))
        }
        (_, Some(meant)) => did_you_mean(meant),
        (_, None) => expected_one(place.words()),
    };
    format!("unknown option `{found}`; {instead}")
}

pub(crate) fn duplicate(word: &str) -> String {
    format!("duplicate option `{word}`; keep one of them")
}

/// `place` is where the option was found.
pub(crate) fn wrong_place(word: &str, place: Place) -> String {
    match place {
        Place::Field => format!("`#[aobject({word})]` belongs on the struct, not on a field"),
        Place::Struct => format!("`#[aobject({word})]` belongs on a field, not on the struct"),
        Place::Dynamic => format!("`{word}` belongs on a struct or a field, not on a trait"),
        Place::Macro(Macro::Main) => format!(
            "`{word}` is an option of {}, not of {}; remove it",
            Macro::Test,
            Macro::Main
        ),
        Place::Macro(Macro::Test) => format!(
            "`{word}` is an option of {}, not of {}; remove it",
            Macro::Main,
            Macro::Test
        ),
    }
}

/// `rest` are the tokens after the keyword.
pub(crate) fn wrong_shape(word: &str, place: Place, rest: &str) -> String {
    format!("expected {}, found `{word}{rest}`", place.form(word))
}

pub(crate) fn no_comma(word: &str) -> String {
    format!("expected `,` or `)` after the value of `{word}`")
}

pub(crate) fn conflict(later: &str, earlier: &str) -> String {
    format!("`{later}` cannot be combined with `{earlier}`; keep one of them")
}

pub(crate) fn needs_init(word: &str) -> String {
    format!(
        "`{word}` has no effect on a field without `init`; add `init = EXPR` or remove `{word}`"
    )
}

/// `value` is the text of a string literal that is valid without its quotes.
pub(crate) fn quoted(word: &str, value: &str) -> String {
    format!("`{word}` takes no string; write `{word} = {value}`")
}

pub(crate) fn not_a_path(word: &str) -> String {
    format!(
        "expected a path to an `async fn(&mut self)`; move this code into such a method and write `{word} = Self::METHOD`"
    )
}

pub(crate) fn not_a_name() -> String {
    "expected a name for the constructor; write `new = NAME`".into()
}

pub(crate) fn not_a_visibility() -> String {
    "expected a visibility; write `vis = pub`, `vis = pub(crate)` or, for a private constructor, `vis = pub(self)`"
        .into()
}

pub(crate) fn not_a_crate() -> String {
    "expected a path to the crate `aobject`; write `crate = PATH`".into()
}

/// `keywords` are those of the block.
pub(crate) fn async_init(keywords: &str) -> String {
    format!("`init` is already the body of an `async` block; remove `{keywords}`")
}

/// `found` is the text of a string literal.
pub(crate) fn unknown_flavor(found: &str) -> String {
    let instead =
        nearest(found, FLAVORS).map_or_else(|| expected_one(FLAVORS.into_iter()), did_you_mean);
    format!("unknown flavor `{found}`; {instead}")
}

pub(crate) fn flavor_without_quotes() -> String {
    format!("expected a string; write {FLAVOR_FORM}")
}

pub(crate) fn with_flavor(flavor: &str) -> String {
    format!("{FLAVOR} = \"{flavor}\"")
}

pub(crate) fn needs_flavor(word: &str, flavor: &str) -> String {
    format!(
        "`{word}` has no effect without `{0}`; add `{0}` or remove `{word}`",
        with_flavor(flavor)
    )
}

pub(crate) fn no_workers() -> String {
    "a runtime needs at least one worker thread; write `worker_threads = 1` or more".into()
}

// Messages about the item.

pub(crate) fn not_a_struct(item: &str) -> String {
    format!("`AObject` can only be derived for structs; wrap the {item} in a struct")
}

pub(crate) fn borrowed(lifetime: Option<&str>) -> String {
    let borrow = lifetime.map_or("this is a borrow".to_owned(), |lifetime| {
        format!("this borrows for `{lifetime}`")
    });
    format!("an object must be `'static`, but {borrow}; use an owned type or an `Arc`")
}

pub(crate) fn lifetime_parameter(lifetime: impl Display) -> String {
    format!(
        "an object must be `'static`, so its type cannot have a lifetime parameter; remove `{lifetime}`"
    )
}

/// `missing` are bounds.
pub(crate) fn unbounded_parameter(parameter: impl Display, missing: &str) -> String {
    format!(
        "an object must be `Send + 'static`, but `{parameter}` may not be; add the bound `{parameter}: {missing}`"
    )
}

pub(crate) fn not_a_function(of: Macro) -> String {
    format!("{of} belongs on an `async fn` with a body")
}

pub(crate) fn not_async(of: Macro) -> String {
    format!("{of} can only run an `async fn`; add `async` before `fn`")
}

pub(crate) fn panics_and_returns() -> String {
    "a test with `#[should_panic]` must return `()`; remove the return type".into()
}

pub(crate) fn method(of: Macro) -> String {
    format!("{of} cannot run a method; move it out of the `impl` and remove `self`")
}

pub(crate) fn with_arguments(of: Macro) -> String {
    format!("{of} calls the function without arguments; remove the parameters")
}

pub(crate) fn not_plain(of: Macro, what: &str) -> String {
    format!("{of} can only run a plain `async fn`; remove {what}")
}

pub(crate) fn run_twice(of: Macro, other: &str) -> String {
    format!("{of} already runs this function; remove `#[{other}]`")
}

// Parts of messages.

/// A likely cause if a field or an argument is in the way, because it was found by its name alone.
pub(crate) fn rename(name: impl Display) -> String {
    format!("\nhelp: if `{name}` is a local variable or a function here, rename it")
}

/// ``expected one of `a`, `b` or `c` ``
fn expected_one<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.map(|word| format!("`{word}`")).collect();
    match words.as_slice() {
        [first, second] => format!("expected {first} or {second}"),
        [rest @ .., last] if !rest.is_empty() => {
            format!("expected one of {} or {last}", rest.join(", "))
        }
        words => format!("expected {}", words.concat()),
    }
}

fn did_you_mean(word: &str) -> String {
    format!("did you mean `{word}`?")
}
