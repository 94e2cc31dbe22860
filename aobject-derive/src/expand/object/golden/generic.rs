#[aobject(crate = crate::reexported)]
struct Pair<T, const N: usize>(
    [T; N],
    #[aobject(init = Self::first(_0).await?)]
    T,
    #[aobject(init = "{_1}".len())]
    usize,
)
where
    T: Clone + Send + Sync + 'static;
#[allow(deprecated)]
const _: () = {
    use crate::reexported::__private as __aobject;
    use crate::reexported as __krate;
    #[allow(unused_imports)]
    use __aobject::{PassedOn as _, Slot as _};
    #[doc(hidden)]
    #[allow(missing_debug_implementations, unreachable_pub)]
    pub struct __Parts<T, const N: usize>
    where
        T: Clone + Send + Sync + 'static,
    {
        _0: ::core::option::Option<[T; N]>,
        _1: __aobject::OnceLock<T>,
        _2: ::core::option::Option<usize>,
    }
    #[automatically_derived]
    impl<T, const N: usize> __aobject::Derived for Pair<T, N>
    where
        T: Clone + Send + Sync + 'static,
    {
        type Parts = __Parts<T, N>;
        type States = [__aobject::State; 3usize];
        const STATES: Self::States = [const { __aobject::State::Waiting }; 3usize];
        const PLAN: &'static __aobject::Plan = &__aobject::Plan {
            object: || __krate::Blueprint::new("Pair", &[]),
            names: &["_0", "_1", "_2"],
            needs: &[&[], &[0usize], &[1usize]],
            users: &[&[1usize], &[2usize], &[]],
        };
        fn take_apart(self) -> Self::Parts {
            #[allow(unused_imports)]
            use __aobject::{ByDrop as _, ByFields as _};
            __aobject::take_apart(&self, (&__aobject::Ending::of(&self)).ending());
            __Parts {
                _0: ::core::convert::From::from(self.0),
                _1: ::core::convert::From::from(self.1),
                _2: ::core::convert::From::from(self.2),
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
                    let __slot = __parts._0.take_made();
                    (&__aobject::Probe::of(&__slot)).close_job(__slot)
                }
                1usize => {
                    let __slot = __parts._1.take_made();
                    (&__aobject::Probe::of(&__slot)).close_job(__slot)
                }
                2usize => {
                    let __slot = __parts._2.take_made();
                    (&__aobject::Probe::of(&__slot)).close_job(__slot)
                }
                _ => ::core::option::Option::None,
            }
        }
    }
    #[automatically_derived]
    impl<T, const N: usize> __krate::AObject for Pair<T, N>
    where
        T: Clone + Send + Sync + 'static,
    {
        type Seed = __aobject::Seed<Self>;
        fn init(
            mut __seed: Self::Seed,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<Self, __krate::BoxError>,
        > + ::core::marker::Send {
            async move {
                let __Parts { _0: ___0, _1: ___1, _2: ___2 } = __aobject::Seed::parts(
                    &mut __seed,
                );
                let ___0 = &*___0;
                let ___1 = &*___1;
                __aobject::Starting::new(
                        <Self as __aobject::Derived>::PLAN,
                        [
                            __aobject::shared_field(
                                __aobject::shared_slot(___1),
                                async move {
                                    #[allow(unused_variables)]
                                    let _0 = __aobject::made(___0.as_ref());
                                    #[allow(unused_braces)]
                                    let __value: T = __aobject::Awaited(Self::first(_0))
                                        .passed_on()
                                        .await?;
                                    #[allow(unreachable_code)]
                                    return ::core::result::Result::Ok::<
                                        T,
                                        __krate::BoxError,
                                    >(__value);
                                },
                            ),
                            __aobject::field(
                                ___2,
                                async move {
                                    #[allow(unused_variables)]
                                    let _1 = __aobject::made(___1.get());
                                    #[allow(unused_braces)]
                                    let __value: usize = "{_1}".len();
                                    #[allow(unreachable_code)]
                                    return ::core::result::Result::Ok::<
                                        usize,
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
                    0: __aobject::taken(__parts._0.take_made()),
                    1: __aobject::taken(__parts._1.take_made()),
                    2: __aobject::taken(__parts._2.take_made()),
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
                "Pair",
                const {
                    &[
                        __aobject::described(
                            __krate::blueprint::Field::new("_0")
                                .made_by(__krate::blueprint::Made::Argument),
                            &[],
                            <__aobject::Probe<[T; N]>>::OBJECTS,
                            false,
                        ),
                        __aobject::described(
                            __krate::blueprint::Field::new("_1").needing(&["_0"]),
                            &[],
                            <__aobject::Probe<T>>::OBJECTS,
                            false,
                        ),
                        __aobject::described(
                            __krate::blueprint::Field::new("_2").needing(&["_1"]),
                            &[],
                            <__aobject::Probe<usize>>::OBJECTS,
                            false,
                        ),
                    ]
                },
            )
        }
    }
    #[automatically_derived]
    #[allow(clippy::too_many_arguments)]
    impl<T, const N: usize> Pair<T, N>
    where
        T: Clone + Send + Sync + 'static,
    {
        ///Makes a [`Pair`]: the sync constructor has run when this returns, the async init runs when it is awaited.
        #[track_caller]
        fn new(
            _0: [T; N],
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
                _0: ::core::option::Option::Some(_0),
                _1: ::core::default::Default::default(),
                _2: ::core::default::Default::default(),
            });
            <Self as __krate::AObject>::start(__seed)
        }
    }
};
