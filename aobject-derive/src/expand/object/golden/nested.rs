#[aobject(init = Self::warm_up, close = Self::flush, new = open, vis = pub(crate))]
#[aobject(init_timeout = MINUTE, close_timeout = MINUTE)]
struct App {
    config: Config,
    #[aobject(init = Store::new(config.url.clone()).await?, init_timeout = SECOND)]
    store: Live<Store>,
    #[aobject(init = Cache::new().await?, given, close_timeout = config.stop)]
    cache: Live<Cache>,
    #[aobject(init = Index::build(store).await?, after(cache))]
    index: Index,
    #[aobject(init = Tasks::of(store.share(), async move|store|store.poll().await))]
    tasks: Tasks,
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
        store: __aobject::OnceLock<Live<Store>>,
        cache: ::core::option::Option<Live<Cache>>,
        index: ::core::option::Option<Index>,
        tasks: ::core::option::Option<Tasks>,
    }
    #[automatically_derived]
    impl __aobject::Derived for App {
        type Parts = __Parts;
        type States = [__aobject::State; 5usize];
        const STATES: Self::States = [const { __aobject::State::Waiting }; 5usize];
        const PLAN: &'static __aobject::Plan = &__aobject::Plan {
            object: || __krate::Blueprint::new("App", &[]),
            names: &["config", "store", "cache", "index", "tasks"],
            needs: &[&[], &[0usize], &[0usize], &[1usize, 2usize], &[1usize]],
            users: &[&[1usize, 2usize], &[3usize, 4usize], &[3usize], &[], &[]],
        };
        fn take_apart(self) -> Self::Parts {
            #[allow(unused_imports)]
            use __aobject::{ByDrop as _, ByFields as _};
            __aobject::take_apart(&self, (&__aobject::Ending::of(&self)).ending());
            __Parts {
                config: ::core::convert::From::from(self.config),
                store: ::core::convert::From::from(self.store),
                cache: ::core::convert::From::from(self.cache),
                index: ::core::convert::From::from(self.index),
                tasks: ::core::convert::From::from(self.tasks),
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
                    let __slot = __parts.store.take_made();
                    (&__aobject::Probe::of(&__slot)).close_job(__slot)
                }
                2usize => {
                    let __limit = ::std::panic::catch_unwind(
                        ::std::panic::AssertUnwindSafe(|| {
                            let config = ::core::option::Option::as_ref(
                                &__parts.config,
                            )?;
                            ::core::option::Option::Some(
                                (|| -> __aobject::Duration { config.stop })(),
                            )
                        }),
                    );
                    ::core::option::Option::map(
                        {
                            let __slot = __parts.cache.take_made();
                            (&__aobject::Probe::of(&__slot)).close_job(__slot)
                        },
                        |__job| match __limit {
                            ::core::result::Result::Ok(
                                ::core::option::Option::Some(__limit),
                            ) => __job.of_field_within(|| __limit, "cache"),
                            ::core::result::Result::Ok(::core::option::Option::None) => {
                                __job
                            }
                            ::core::result::Result::Err(__panic) => {
                                __job
                                    .of_field_within(
                                        || ::std::panic::resume_unwind(__panic),
                                        "cache",
                                    )
                            }
                        },
                    )
                }
                3usize => {
                    let __slot = __parts.index.take_made();
                    (&__aobject::Probe::of(&__slot)).close_job(__slot)
                }
                4usize => {
                    let __slot = __parts.tasks.take_made();
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
                    tasks: __tasks,
                } = __aobject::Seed::parts(&mut __seed);
                let __config = &*__config;
                let __store = &*__store;
                let __cache_given = &mut ::core::option::Option::<()>::None;
                __aobject::Starting::new(
                        <Self as __aobject::Derived>::PLAN,
                        [
                            __aobject::shared_field(
                                    __aobject::shared_slot(__store),
                                    async move {
                                        #[allow(unused_variables)]
                                        let config = __aobject::made(__config.as_ref());
                                        #[allow(unused_braces)]
                                        let __value: Live<Store> = __aobject::Awaited(
                                                Store::new(config.url.clone()),
                                            )
                                            .passed_on()
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
                                __cache_given,
                                async move {
                                    if ::core::option::Option::is_none(&__cache.as_ref()) {
                                        let __made = async move {
                                            #[allow(unused_braces)]
                                            let __value: Live<Cache> = __aobject::Awaited(Cache::new())
                                                .passed_on()
                                                .await?;
                                            #[allow(unreachable_code)]
                                            return ::core::result::Result::Ok::<
                                                Live<Cache>,
                                                __krate::BoxError,
                                            >(__value);
                                        }
                                            .await?;
                                        *__cache = ::core::option::Option::Some(__made);
                                    }
                                    return ::core::result::Result::Ok::<
                                        (),
                                        __krate::BoxError,
                                    >(());
                                },
                            ),
                            __aobject::field(
                                __index,
                                async move {
                                    #[allow(unused_variables)]
                                    let store = __aobject::made(__store.get());
                                    #[allow(unused_braces)]
                                    let __value: Index = __aobject::Awaited(Index::build(store))
                                        .passed_on()
                                        .await?;
                                    #[allow(unreachable_code)]
                                    return ::core::result::Result::Ok::<
                                        Index,
                                        __krate::BoxError,
                                    >(__value);
                                },
                            ),
                            Self::__make_tasks(__store, __tasks),
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
                    tasks: __aobject::taken(__parts.tasks.take_made()),
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
            #[allow(unused_imports)]
            use __aobject::Unclosed as _;
            __krate::Blueprint::new(
                "App",
                const {
                    &[
                        __aobject::described(
                            __krate::blueprint::Field::new("config")
                                .made_by(__krate::blueprint::Made::Argument),
                            &[],
                            <__aobject::Probe<Config>>::OBJECTS,
                            false,
                        ),
                        __aobject::described(
                            __krate::blueprint::Field::new("store").needing(&["config"]),
                            &[],
                            <__aobject::Probe<Live<Store>>>::OBJECTS,
                            false,
                        ),
                        __aobject::described(
                            __krate::blueprint::Field::new("cache").needing(&["config"]),
                            &["given"],
                            <__aobject::Probe<Live<Cache>>>::OBJECTS,
                            false,
                        ),
                        __aobject::described(
                            __krate::blueprint::Field::new("index")
                                .needing(&["store", "cache"]),
                            &[],
                            <__aobject::Probe<Index>>::OBJECTS,
                            false,
                        ),
                        __aobject::described(
                            __krate::blueprint::Field::new("tasks").needing(&["store"]),
                            &[],
                            <__aobject::Probe<Tasks>>::OBJECTS,
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
        pub(crate) fn open(
            config: Config,
            cache: ::core::option::Option<Live<Cache>>,
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
                cache: ::core::option::Option::map_or_else(
                    cache,
                    ::core::default::Default::default,
                    ::core::convert::From::from,
                ),
                index: ::core::default::Default::default(),
                tasks: ::core::default::Default::default(),
            });
            <Self as __krate::AObject>::start(__seed).timeout(MINUTE)
        }
    }
    #[automatically_derived]
    #[allow(non_snake_case, closure_returning_async_block)]
    impl App {
        fn __make_tasks<'clone_what_a_task_keeps>(
            store: &'clone_what_a_task_keeps __aobject::OnceLock<Live<Store>>,
            __tasks: &'clone_what_a_task_keeps mut ::core::option::Option<Tasks>,
        ) -> __aobject::Field<'clone_what_a_task_keeps> {
            let __store = store;
            __aobject::field(
                __tasks,
                async move {
                    #[allow(unused_variables)]
                    let store = __aobject::made(__store.get());
                    #[allow(unused_braces)]
                    let __value: Tasks = Tasks::of(
                        store.share(),
                        async move |store| store.poll().await,
                    );
                    #[allow(unreachable_code)]
                    return ::core::result::Result::Ok::<
                        Tasks,
                        __krate::BoxError,
                    >(__value);
                },
            )
        }
    }
};
