//! The whole expansion of several structs. Renew it with `UPDATE_EXPECT=1 cargo test -p aobject-derive`.

use expect_test::{ExpectFile, expect_file};
use quote::ToTokens;
use syn::{DeriveInput, File, parse_quote};

/// Formats the struct and its expansion as one file.
#[track_caller]
fn assert_expanded(input: &DeriveInput, expected: &ExpectFile) {
    let mut tokens = input.to_token_stream();
    tokens.extend(crate::derive(input));
    let file: File = syn::parse2(tokens).expect("the expansion is a list of items");
    expected.assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn a_plain_struct() {
    assert_expanded(
        &parse_quote! {
            pub struct Store {
                url: String,
                #[aobject(into)]
                name: String,
                #[aobject(default = Counter::of(url))]
                hits: Counter,
                #[aobject(init = Pool::connect(url).await?, close = pool.close().await)]
                pool: Pool,
            }
        },
        &expect_file!["golden/plain.rs"],
    );
}

#[test]
fn a_nested_struct_with_hooks_and_limits() {
    assert_expanded(
        &parse_quote! {
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
                #[aobject(init = Tasks::of(store.share(), async move |store| store.poll().await))]
                tasks: Tasks,
            }
        },
        &expect_file!["golden/nested.rs"],
    );
}

#[test]
fn a_generic_tuple_struct() {
    assert_expanded(
        &parse_quote! {
            #[aobject(crate = crate::reexported)]
            struct Pair<T, const N: usize>(
                [T; N],
                #[aobject(init = Self::first(_0).await?)] T,
                #[aobject(init = "{_1}".len())] usize,
            )
            where
                T: Clone + Send + Sync + 'static;
        },
        &expect_file!["golden/generic.rs"],
    );
}

#[test]
fn a_struct_with_fields_that_are_tried() {
    assert_expanded(
        &parse_quote! {
            struct App {
                config: Config,
                #[aobject(init = Pool::connect(&config.url).await?, retry = config.delays(), init_timeout = MINUTE)]
                pool: Pool,
                #[aobject(init = Cache::over(pool).await?, optional, given)]
                cache: Option<Cache>,
                #[aobject(init = Mirror::of(cache).await?, optional, retry = [SECOND; 3])]
                mirror: Option<Mirror>,
            }
        },
        &expect_file!["golden/tried.rs"],
    );
}

/// K16, what compile time depends on: fields in a chain, fields that all name one, and fields that name nothing.
#[test]
fn the_code_of_a_struct_grows_linearly_with_its_fields() {
    let length = |fields: usize, init: fn(usize) -> String| {
        let field = |at: usize| format!("#[aobject(init = {})] f{at}: u64,", init(at));
        let fields: String = (0..fields).map(field).collect();
        let text = format!("struct Wide {{ config: u64, {fields} }}");
        let input: DeriveInput = syn::parse_str(&text).expect("it is a struct");
        crate::derive(&input).to_string().len()
    };
    let inits: [fn(usize) -> String; 3] = [
        |at| match at {
            0 => "1".to_owned(),
            _ => format!("*f{} + 1", at - 1),
        },
        |_| "*config".to_owned(),
        |_| "1".to_owned(),
    ];
    for init in inits {
        let [some, twice, four_times] = [50, 100, 200].map(|fields| length(fields, init));
        let (growth, later) = (twice - some, four_times - twice);
        assert!(
            later < growth * 2 * 11 / 10,
            "{growth} for 50, {later} for 100"
        );
    }
}
