pub struct Store {
    url: String,
    #[aobject(into)]
    name: String,
    #[aobject(default = Counter::of(url))]
    hits: Counter,
    #[aobject(init = Pool::connect(url).await?, close = pool.close().await)]
    pool: Pool,
}
#[allow(deprecated)]
const _: () = {
    use ::aobject::__private as __aobject;
    use ::aobject as __krate;
    #[allow(unused_imports)]
    use __aobject::{PassedOn as _, Slot as _};
    #[doc(hidden)]
    #[allow(missing_debug_implementations, unreachable_pub)]
    pub struct __Parts {
        url: ::core::option::Option<String>,
        name: ::core::option::Option<String>,
        hits: ::core::option::Option<Counter>,
        pool: ::core::option::Option<Pool>,
    }
    #[automatically_derived]
    impl __aobject::Derived for Store {
        type Parts = __Parts;
        type States = [__aobject::State; 4usize];
        const STATES: Self::States = [const { __aobject::State::Waiting }; 4usize];
        const PLAN: &'static __aobject::Plan = &__aobject::Plan {
            object: || __krate::Blueprint::new("Store", &[]),
            names: &["url", "name", "hits", "pool"],
            needs: &[&[], &[], &[0usize], &[0usize]],
            users: &[&[2usize, 3usize], &[], &[], &[]],
        };
        fn take_apart(self) -> Self::Parts {
            #[allow(unused_imports)]
            use __aobject::{ByDrop as _, ByFields as _};
            __aobject::take_apart(&self, (&__aobject::Ending::of(&self)).ending());
            __Parts {
                url: ::core::convert::From::from(self.url),
                name: ::core::convert::From::from(self.name),
                hits: ::core::convert::From::from(self.hits),
                pool: ::core::convert::From::from(self.pool),
            }
        }
        #[allow(unused_variables, closure_returning_async_block)]
        fn close_field(
            __parts: &mut Self::Parts,
            __at: usize,
        ) -> ::core::option::Option<__aobject::Job> {
            #[allow(unused_imports)]
            use __aobject::{ViaClose as _, ViaDrop as _};
            match __at {
                0usize => {
                    let __slot = __parts.url.take_made();
                    (&__aobject::Probe::of(&__slot)).close_job(__slot)
                }
                1usize => {
                    let __slot = __parts.name.take_made();
                    (&__aobject::Probe::of(&__slot)).close_job(__slot)
                }
                2usize => {
                    let __slot = __parts.hits.take_made();
                    (&__aobject::Probe::of(&__slot)).close_job(__slot)
                }
                3usize => {
                    __aobject::close_by(
                        __parts.pool.take_made(),
                        |pool| async move {
                            #[allow(unused_mut)]
                            let mut pool = pool;
                            #[allow(unused_braces)]
                            __aobject::Outcome::into_result(pool.close().await)
                        },
                    )
                }
                _ => ::core::option::Option::None,
            }
        }
    }
    #[automatically_derived]
    impl __krate::AObject for Store {
        type Seed = __aobject::Seed<Self>;
        fn init(
            mut __seed: Self::Seed,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<Self, __krate::BoxError>,
        > + ::core::marker::Send {
            async move {
                let __Parts { url: __url, name: _, hits: _, pool: __pool } = __aobject::Seed::parts(
                    &mut __seed,
                );
                let __url = &*__url;
                __aobject::Starting::new(
                        <Self as __aobject::Derived>::PLAN,
                        [
                            __aobject::field(
                                __pool,
                                async move {
                                    #[allow(unused_variables)]
                                    let url = __aobject::made(__url.as_ref());
                                    #[allow(unused_braces)]
                                    let __value: Pool = __aobject::Awaited(Pool::connect(url))
                                        .passed_on()
                                        .await?;
                                    #[allow(unreachable_code)]
                                    return ::core::result::Result::Ok::<
                                        Pool,
                                        __krate::BoxError,
                                    >(__value);
                                },
                            ),
                        ],
                    )
                    .await?;
                #[allow(unused_mut, unused_variables)]
                let mut __parts = __aobject::Seed::into_parts(__seed);
                ::core::result::Result::Ok(Self {
                    url: __aobject::taken(__parts.url.take_made()),
                    name: __aobject::taken(__parts.name.take_made()),
                    hits: __aobject::taken(__parts.hits.take_made()),
                    pool: __aobject::taken(__parts.pool.take_made()),
                })
            }
        }
        fn close(
            self,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<(), __krate::BoxError>,
        > + ::core::marker::Send {
            __aobject::Teardown::of(self)
        }
        fn blueprint() -> __krate::Blueprint {
            #[allow(unused_imports)]
            use __aobject::Unclosed as _;
            __krate::Blueprint::new(
                "Store",
                const {
                    &[
                        __aobject::described(
                            __krate::blueprint::Field::new("url")
                                .made_by(__krate::blueprint::Made::Argument),
                            &[],
                            <__aobject::Probe<String>>::OBJECTS,
                            false,
                        ),
                        __aobject::described(
                            __krate::blueprint::Field::new("name")
                                .made_by(__krate::blueprint::Made::Argument),
                            &[],
                            <__aobject::Probe<String>>::OBJECTS,
                            false,
                        ),
                        __aobject::described(
                            __krate::blueprint::Field::new("hits")
                                .needing(&["url"])
                                .made_by(__krate::blueprint::Made::Constructor),
                            &[],
                            <__aobject::Probe<Counter>>::OBJECTS,
                            false,
                        ),
                        __aobject::described(
                            __krate::blueprint::Field::new("pool").needing(&["url"]),
                            &[],
                            <__aobject::Probe<Pool>>::OBJECTS,
                            true,
                        ),
                    ]
                },
            )
        }
    }
    #[automatically_derived]
    #[allow(clippy::too_many_arguments)]
    impl Store {
        ///Makes a [`Store`]: the sync constructor has run when this returns, the async init runs when it is awaited.
        #[track_caller]
        pub fn new(
            url: String,
            name: impl ::core::convert::Into<String>,
        ) -> __krate::New<
            Self,
            impl ::core::future::Future<
                Output = ::core::result::Result<Self, __krate::BoxError>,
            > + ::core::marker::Send + 'static,
        > {
            #[allow(unused_mut)]
            let mut __seed = __aobject::Seed::<
                Self,
            >::new(__Parts {
                url: ::core::option::Option::Some(url),
                name: ::core::default::Default::default(),
                hits: ::core::default::Default::default(),
                pool: ::core::default::Default::default(),
            });
            __aobject::Seed::parts(&mut __seed).name = ::core::option::Option::Some(
                ::core::convert::Into::<String>::into(name),
            );
            __aobject::Seed::parts(&mut __seed).hits = {
                let __parts = &*__aobject::Seed::parts(&mut __seed);
                let __url = &__parts.url;
                #[allow(unused_variables)]
                let url = __aobject::made(__url.as_ref());
                #[allow(unused_braces)]
                let __value: Counter = Counter::of(url);
                ::core::option::Option::Some(__value)
            };
            <Self as __krate::AObject>::start(__seed)
        }
    }
};
