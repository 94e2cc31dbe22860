//! A public object with private parts. No lint reports them as leaked.
#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub)]

pub mod app {
    //! Public.

    use aobject::{AObject, Live};

    #[derive(AObject)]
    struct Store {}

    struct Index<T>(T);

    /// Public too.
    #[derive(AObject, Debug)]
    pub struct App<T: Clone + Send + Sync + 'static> {
        value: T,
        #[aobject(init = Index(value.clone()), close = drop(index.0))]
        index: Index<T>,
        #[aobject(init = Store::new().await?, after(index))]
        store: Live<Store>,
    }

    impl<T> std::fmt::Debug for Index<T> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Index")
        }
    }

    impl std::fmt::Debug for Store {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Store")
        }
    }
}

fn main() {
    drop(app::App::new(1));
}
