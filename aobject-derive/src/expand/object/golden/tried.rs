struct App {
    config: Config,
    #[aobject(
        init = Pool::connect(&config.url).await?,
        retry = config.delays(),
        init_timeout = MINUTE
    )]
    pool: Pool,
    #[aobject(init = Cache::over(pool).await?, optional, given)]
    cache: Option<Cache>,
    #[aobject(init = Mirror::of(cache).await?, optional, retry = [SECOND;3])]
    mirror: Option<Mirror>,
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
        config: ::core::option::Option<Config>,
        pool: __aobject::OnceLock<Pool>,
        cache: __aobject::OnceLock<Option<Cache>>,
        mirror: ::core::option::Option<Option<Mirror>>,
    }
    #[automatically_derived]
    impl __aobject::Derived for App {
        type Parts = __Parts;
        type States = [__aobject::State; 4usize];
        const STATES: Self::States = [const { __aobject::State::Waiting }; 4usize];
        const PLAN: &'static __aobject::Plan = &__aobject::Plan {
            object: <Self as __krate::AObject>::blueprint,
            names: &["config", "pool", "cache", "mirror"],
            needs: &[&[], &[0usize], &[1usize], &[2usize]],
            users: &[&[1usize], &[2usize], &[3usize], &[]],
        };
        fn take_apart(self) -> Self::Parts {
            #[allow(unused_imports)]
            use __aobject::{ByDrop as _, ByFields as _};
            __aobject::take_apart(&self, (&__aobject::Ending::of(&self)).ending());
            __Parts {
                config: ::core::convert::From::from(self.config),
                pool: ::core::convert::From::from(self.pool),
                cache: ::core::convert::From::from(self.cache),
                mirror: ::core::convert::From::from(self.mirror),
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
                    let __slot = __parts.config.take_made();
                    (&__aobject::Probe::of(&__slot)).close_job(__slot)
                }
                1usize => {
                    let __slot = __parts.pool.take_made();
                    (&__aobject::Probe::of(&__slot)).close_job(__slot)
                }
                2usize => {
                    let __slot = __parts.cache.take_made();
                    (&__aobject::Probe::of(&__slot)).close_job(__slot)
                }
                3usize => {
                    let __slot = __parts.mirror.take_made();
                    (&__aobject::Probe::of(&__slot)).close_job(__slot)
                }
                _ => ::core::option::Option::None,
            }
        }
    }
    #[automatically_derived]
    impl __krate::AObject for App {
        type Seed = __aobject::Seed<Self>;
        #[allow(closure_returning_async_block)]
        fn init(
            mut __seed: Self::Seed,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<Self, __krate::BoxError>,
        > + ::core::marker::Send {
            async move {
                let __Parts {
                    config: __config,
                    pool: __pool,
                    cache: __cache,
                    mirror: __mirror,
                } = __aobject::Seed::parts(&mut __seed);
                let __config = &*__config;
                let __pool = &*__pool;
                let __cache = &*__cache;
                __aobject::Starting::new(
                        <Self as __aobject::Derived>::PLAN,
                        [
                            __aobject::attempts(
                                    __aobject::FieldOf::new::<Self>("pool"),
                                    __pool,
                                    move || async move {
                                        #[allow(unused_variables)]
                                        let config = __aobject::made(__config.as_ref());
                                        #[allow(unused_braces)]
                                        let __value: Pool = Pool::connect(&config.url).await?;
                                        #[allow(unreachable_code)]
                                        return ::core::result::Result::Ok::<
                                            Pool,
                                            __krate::BoxError,
                                        >(__value);
                                    },
                                )
                                .retry({
                                    #[allow(unused_variables)]
                                    let config = __aobject::made(__config.as_ref());
                                    config.delays()
                                })
                                .within(MINUTE),
                            __aobject::attempt(
                                __aobject::FieldOf::new::<Self>("cache"),
                                __aobject::or_none(__cache),
                                async move {
                                    #[allow(unused_variables)]
                                    let pool = __aobject::made(__pool.get());
                                    #[allow(unused_braces)]
                                    let __value: <Option<
                                        Cache,
                                    > as __aobject::Optional>::Value = Cache::over(pool).await?;
                                    #[allow(unreachable_code)]
                                    return ::core::result::Result::Ok::<
                                        <Option<Cache> as __aobject::Optional>::Value,
                                        __krate::BoxError,
                                    >(__value);
                                },
                            ),
                            __aobject::attempts(
                                    __aobject::FieldOf::new::<Self>("mirror"),
                                    __aobject::or_none(__mirror),
                                    move || async move {
                                        #[allow(unused_variables)]
                                        let cache = __aobject::made(__cache.get());
                                        #[allow(unused_braces)]
                                        let __value: <Option<
                                            Mirror,
                                        > as __aobject::Optional>::Value = Mirror::of(cache).await?;
                                        #[allow(unreachable_code)]
                                        return ::core::result::Result::Ok::<
                                            <Option<Mirror> as __aobject::Optional>::Value,
                                            __krate::BoxError,
                                        >(__value);
                                    },
                                )
                                .retry([SECOND; 3]),
                        ],
                    )
                    .await?;
                #[allow(unused_mut, unused_variables)]
                let mut __parts = __aobject::Seed::into_parts(__seed);
                ::core::result::Result::Ok(Self {
                    config: __aobject::taken(__parts.config.take_made()),
                    pool: __aobject::taken(__parts.pool.take_made()),
                    cache: __aobject::taken(__parts.cache.take_made()),
                    mirror: __aobject::taken(__parts.mirror.take_made()),
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
                "App",
                const {
                    &[
                        __aobject::described(
                            __krate::blueprint::Field::new("config")
                                .made_by(__aobject::Made::Argument),
                            &[],
                            <__aobject::Probe<Config>>::OBJECTS,
                            false,
                        ),
                        __aobject::described(
                            __krate::blueprint::Field::new("pool").needing(&["config"]),
                            &["retry"],
                            <__aobject::Probe<Pool>>::OBJECTS,
                            false,
                        ),
                        __aobject::described(
                            __krate::blueprint::Field::new("cache").needing(&["pool"]),
                            &["given", "optional"],
                            <__aobject::Probe<Option<Cache>>>::OBJECTS,
                            false,
                        ),
                        __aobject::described(
                            __krate::blueprint::Field::new("mirror").needing(&["cache"]),
                            &["optional", "retry"],
                            <__aobject::Probe<Option<Mirror>>>::OBJECTS,
                            false,
                        ),
                    ]
                },
            )
        }
    }
    #[automatically_derived]
    #[allow(clippy::too_many_arguments)]
    impl App {
        ///Makes a [`App`]: the sync constructor has run when this returns, the async init runs when it is awaited.
        #[track_caller]
        fn new(
            config: Config,
            cache: ::core::option::Option<Option<Cache>>,
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
                config: ::core::option::Option::Some(config),
                pool: ::core::default::Default::default(),
                cache: ::core::option::Option::map_or_else(
                    cache,
                    ::core::default::Default::default,
                    ::core::convert::From::from,
                ),
                mirror: ::core::default::Default::default(),
            });
            <Self as __krate::AObject>::start(__seed)
        }
    }
};
