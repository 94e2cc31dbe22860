#[aobject(init = Self::warm_up, close = Self::flush, new = open, vis = pub(crate))]
#[aobject(init_timeout = MINUTE, close_timeout = MINUTE)]
struct App {
    config: Config,
    #[aobject(init = Store::new(config.url.clone()).await?, init_timeout = SECOND)]
    store: Live<Store>,
    #[aobject(init = Cache::new().await?, close_timeout = SECOND)]
    cache: Live<Cache>,
    #[aobject(init = Index::build(store).await?, after(cache))]
    index: Index,
}
#[allow(deprecated)]
const _: () = {
    use ::aobject::__private as __aobject;
    use ::aobject as __krate;
    #[allow(unused_imports)]
    use __aobject::Slot as _;
    #[doc(hidden)]
    #[allow(missing_debug_implementations, unreachable_pub)]
    pub struct __Parts {
        config: ::core::option::Option<Config>,
        store: __aobject::OnceLock<Live<Store>>,
        cache: ::core::option::Option<Live<Cache>>,
        index: ::core::option::Option<Index>,
    }
    #[automatically_derived]
    impl __aobject::Derived for App {
        type Parts = __Parts;
        type States = [__aobject::State; 4usize];
        const STATES: Self::States = [const { __aobject::State::Waiting }; 4usize];
        const PLAN: __aobject::Plan = __aobject::Plan {
            names: &["config", "store", "cache", "index"],
            users: &[&[1usize], &[3usize], &[3usize], &[]],
            order: &[3usize, 2usize, 1usize, 0usize],
        };
        fn take_apart(self) -> Self::Parts {
            __Parts {
                config: ::core::convert::From::from(self.config),
                store: ::core::convert::From::from(self.store),
                cache: ::core::convert::From::from(self.cache),
                index: ::core::convert::From::from(self.index),
            }
        }
        #[allow(unused_variables)]
        fn close_field(
            __parts: &mut Self::Parts,
            __index: usize,
        ) -> ::core::option::Option<__aobject::Job> {
            #[allow(unused_imports)]
            use __aobject::{ViaClose as _, ViaDrop as _};
            match __index {
                0usize => {
                    let __slot = __parts.config.take_made();
                    (&__aobject::Probe::of(&__slot)).close_job(__slot)
                }
                1usize => {
                    let __slot = __parts.store.take_made();
                    (&__aobject::Probe::of(&__slot)).close_job(__slot)
                }
                2usize => {
                    ::core::option::Option::map(
                        {
                            let __slot = __parts.cache.take_made();
                            (&__aobject::Probe::of(&__slot)).close_job(__slot)
                        },
                        |__job| __job.of_field_within(|| SECOND, "cache"),
                    )
                }
                3usize => {
                    let __slot = __parts.index.take_made();
                    (&__aobject::Probe::of(&__slot)).close_job(__slot)
                }
                _ => ::core::option::Option::None,
            }
        }
    }
    #[automatically_derived]
    impl __krate::AObject for App {
        type Seed = __aobject::Seed<Self>;
        fn init(
            mut __seed: Self::Seed,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<Self, __krate::BoxError>,
        > + ::core::marker::Send {
            async move {
                let __Parts {
                    config: __config,
                    store: __store,
                    cache: __cache,
                    index: __index,
                } = __aobject::Seed::parts(&mut __seed);
                let __config = &*__config;
                let __store = &*__store;
                const __STARTS: &[__aobject::Start; 3usize] = &[
                    __aobject::Start {
                        name: "store",
                        needs: &[],
                    },
                    __aobject::Start {
                        name: "cache",
                        needs: &[],
                    },
                    __aobject::Start {
                        name: "index",
                        needs: &[0usize, 1usize],
                    },
                ];
                __aobject::Starting::new(
                        __STARTS,
                        [
                            __aobject::shared_field(
                                    __store,
                                    async move {
                                        #[allow(unused_variables)]
                                        let config = __aobject::made(__config.as_ref());
                                        #[allow(unused_braces)]
                                        let __value: Live<Store> = Store::new(config.url.clone())
                                            .await?;
                                        #[allow(unreachable_code)]
                                        return ::core::result::Result::Ok::<
                                            Live<Store>,
                                            __krate::BoxError,
                                        >(__value);
                                    },
                                )
                                .within(SECOND),
                            __aobject::field(
                                __cache,
                                async move {
                                    #[allow(unused_braces)]
                                    let __value: Live<Cache> = Cache::new().await?;
                                    #[allow(unreachable_code)]
                                    return ::core::result::Result::Ok::<
                                        Live<Cache>,
                                        __krate::BoxError,
                                    >(__value);
                                },
                            ),
                            __aobject::field(
                                __index,
                                async move {
                                    #[allow(unused_variables)]
                                    let store = __aobject::made(__store.get());
                                    #[allow(unused_braces)]
                                    let __value: Index = Index::build(store).await?;
                                    #[allow(unreachable_code)]
                                    return ::core::result::Result::Ok::<
                                        Index,
                                        __krate::BoxError,
                                    >(__value);
                                },
                            ),
                        ],
                    )
                    .await?;
                #[allow(unused_mut, unused_variables)]
                let mut __parts = __aobject::Seed::into_parts(__seed);
                let mut __object = __aobject::Assembled::new(Self {
                    config: __aobject::taken(__parts.config.take_made()),
                    store: __aobject::taken(__parts.store.take_made()),
                    cache: __aobject::taken(__parts.cache.take_made()),
                    index: __aobject::taken(__parts.index.take_made()),
                });
                __aobject::hook(
                        ::core::pin::pin!(
                            Self::warm_up(__aobject::Assembled::object(& mut __object))
                        ),
                    )
                    .await?;
                ::core::result::Result::Ok(__aobject::Assembled::into_object(__object))
            }
        }
        fn close(
            self,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<(), __krate::BoxError>,
        > + ::core::marker::Send {
            __aobject::close_within::<
                Self,
                _,
            >(
                || MINUTE,
                async move {
                    let mut __object = __aobject::Assembled::new(self);
                    __aobject::hook(
                            ::core::pin::pin!(
                                Self::flush(__aobject::Assembled::object(& mut __object))
                            ),
                        )
                        .await?;
                    __aobject::Teardown::of(__aobject::Assembled::into_object(__object))
                        .await
                },
            )
        }
        fn blueprint() -> __krate::Blueprint {
            __aobject::blueprint("App")
        }
    }
    #[automatically_derived]
    #[allow(clippy::too_many_arguments)]
    impl App {
        ///Makes a [`App`]: the sync constructor has run when this returns, the async init runs when it is awaited.
        #[track_caller]
        pub(crate) fn open(
            config: Config,
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
                store: ::core::default::Default::default(),
                cache: ::core::default::Default::default(),
                index: ::core::default::Default::default(),
            });
            <Self as __krate::AObject>::start(__seed).timeout(MINUTE)
        }
    }
};
