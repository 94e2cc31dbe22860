//! Generated code passes every lint that a crate may turn on: this library builds, also with clippy.
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications,
    single_use_lifetimes,
    unused_lifetimes,
    elided_lifetimes_in_paths,
    unused_results,
    let_underscore_drop,
    trivial_casts,
    variant_size_differences,
    closure_returning_async_block,
    clippy::all,
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic
)]

/// Public types are documented, and so is the code generated for them.
pub mod public {
    use aobject::{AObject, Live, Tasks};

    /// A struct with one field of each kind.
    #[derive(Debug, AObject)]
    #[aobject(init = Self::opened, close = Self::closing, init_timeout = std::time::Duration::from_secs(1))]
    pub struct Kinds {
        /// An argument.
        pub argument: u32,
        /// Converted.
        #[aobject(into)]
        pub text: String,
        #[aobject(default)]
        default: u8,
        #[aobject(default = *argument + 1)]
        computed: u32,
        /// Made by an init that names another field.
        #[aobject(init = computed + 1, init_timeout = std::time::Duration::from_secs(1))]
        pub made: u32,
        #[aobject(init = (), close = { let () = unit; })]
        unit: (),
        #[aobject(init = vec![*made], close = values.clear(), close_timeout = std::time::Duration::from_secs(1))]
        values: Vec<u32>,
        #[aobject(init = format!("{made}"), after(unit))]
        label: String,
    }

    impl Kinds {
        async fn opened(&mut self) {
            tokio::task::yield_now().await;
            self.default += 1;
        }

        async fn closing(&mut self) -> Result<(), std::io::Error> {
            tokio::task::yield_now().await;
            self.values.push(self.computed + u32::from(self.default));
            self.label.clear();
            Ok(())
        }
    }

    /// Generic, and a tuple.
    #[derive(Debug, AObject)]
    pub struct Tuple<T: Send + 'static>(
        /// An argument.
        pub T,
        #[aobject(init = Kinds::new(1, "text").await?)] Live<Kinds>,
        #[aobject(init = _1.made)]
        /// Made.
        pub u32,
    );

    /// More arguments than clippy allows by default.
    #[derive(Debug, AObject)]
    pub struct Many {
        a: u8,
        b: u8,
        c: u8,
        d: u8,
        e: u8,
        f: u8,
        g: u8,
        h: u8,
        /// Made from all of them.
        #[aobject(init = { [a, b, c, d, e, f, g, h].into_iter().sum() })]
        pub sum: u8,
    }

    /// Has a deprecated field.
    #[derive(Debug, AObject)]
    pub struct Old {
        /// The new one.
        pub new: u8,
        #[deprecated]
        #[aobject(default)]
        /// The old one.
        pub old: u8,
    }

    /// Has a task that keeps a copy of a field.
    #[derive(Debug, AObject)]
    pub struct Busy {
        /// An argument.
        pub text: String,
        #[aobject(init = {
            let tasks = Tasks::new();
            let text = text.clone();
            tasks.spawn("task", async move |_| drop(text));
            tasks
        })]
        tasks: Tasks,
    }

    /// Has names and types for which lints are allowed.
    #[allow(non_snake_case)]
    #[derive(AObject)]
    #[expect(missing_debug_implementations, reason = "a function has no `Debug`")]
    pub struct Excused {
        /// An argument.
        pub camelCase: u8,
        #[expect(clippy::type_complexity)]
        #[aobject(default)]
        /// Never called.
        pub complex:
            Vec<Option<Box<dyn Fn(Vec<u8>, Option<Box<u8>>) -> Result<Vec<u8>, u8> + Send>>>,
        #[aobject(init = camelCase + 1, close = println!("{alsoCamelCase}"))]
        alsoCamelCase: u8,
    }

    /// Takes arguments that it does not hold, and limits from fields.
    #[derive(Debug, AObject)]
    #[aobject(args(words: Vec<String>, r#loop: u8), init_timeout = *limit, close_timeout = *limit)]
    pub struct Taking {
        /// An argument.
        pub limit: std::time::Duration,
        #[aobject(default = { words.sort(); words })]
        sorted: Vec<String>,
        #[aobject(init = { r#loop += 1; r#loop }, first)]
        next: u8,
        #[aobject(init = sorted.len(), given, init_timeout = *limit, close_timeout = *limit)]
        count: usize,
        /// Made from an argument.
        #[aobject(init = { let count = *count; tokio::spawn(async move { count }).await? }, given)]
        pub copy: usize,
    }

    /// Has no fields.
    #[derive(Debug, AObject)]
    pub struct Unit;

    /// Starts one and closes it, on its own runtime.
    ///
    /// # Errors
    ///
    /// Fails if the object does.
    #[aobject::main(worker_threads = 1, limit = std::time::Duration::from_secs(1))]
    pub async fn live_and_let_close() -> Result<(), aobject::Error> {
        Unit::new().await?.close().await
    }

    /// Awaits nothing.
    #[aobject::main(flavor = "current_thread", signals = false)]
    pub async fn nothing() {}
}

#[cfg(test)]
const SECOND: std::time::Duration = std::time::Duration::from_secs(1);

#[cfg(test)]
#[tokio::test]
async fn generated_code_is_silent_under_every_lint() {
    let tuple = public::Tuple::new(1_u8).await;
    assert!(tuple.is_ok());
    if let Ok(tuple) = tuple {
        assert_eq!((tuple.0, tuple.2), (1, 3));
        assert!(tuple.close().await.is_ok());
    }
    if let Ok(many) = public::Many::new(1, 1, 1, 1, 1, 1, 1, 1).await {
        assert_eq!(many.sum, 8);
        assert!(many.close().await.is_ok());
    }
    if let Ok(old) = public::Old::new(1).await {
        assert_eq!(old.new, 1);
        assert!(old.close().await.is_ok());
    }
    if let Ok(busy) = public::Busy::new(String::new()).await {
        assert_eq!(busy.text, "");
        assert!(busy.close().await.is_ok());
    }
    if let Ok(excused) = public::Excused::new(1).await {
        assert_eq!((excused.camelCase, excused.complex.len()), (1, 0));
        assert!(excused.close().await.is_ok());
    }
    let taking = public::Taking::new(vec![String::new()], 1, SECOND, None, Some(3));
    if let Ok(taking) = taking.await {
        assert_eq!((taking.limit, taking.copy), (SECOND, 3));
        assert!(taking.close().await.is_ok());
    }
    if let Ok(unit) = public::Unit::new().await {
        assert!(unit.close().await.is_ok());
    }
}

#[test]
fn a_function_is_run() {
    assert!(public::live_and_let_close().is_ok());
    public::nothing();
}

#[cfg(test)]
mod made {
    use super::public::Unit;

    /// Documented.
    #[aobject::test]
    async fn a_test_may_await_nothing() {}

    #[aobject::test(start_paused = true, limit = HOUR)]
    async fn a_test_has_a_clock() -> Result<(), aobject::Error> {
        let start = tokio::time::Instant::now();
        tokio::time::sleep(HOUR).await;
        assert_eq!(start.elapsed(), HOUR);
        Unit::new().await?.close().await
    }

    const HOUR: std::time::Duration = std::time::Duration::from_secs(3600);

    #[aobject::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_test_has_workers() {
        assert_eq!(tokio::runtime::Handle::current().metrics().num_workers(), 2);
    }

    #[aobject::test]
    #[should_panic(expected = "as it should")]
    async fn a_test_panics() {
        tokio::task::yield_now().await;
        assert_eq!(
            tokio::runtime::Handle::current().metrics().num_workers(),
            2,
            "as it should"
        );
    }

    #[aobject::test]
    #[cfg_attr(all(), should_panic = "as it should")]
    async fn a_test_panics_conditionally() {
        assert_eq!(
            tokio::runtime::Handle::current().metrics().num_workers(),
            2,
            "as it should"
        );
    }
}
