//! A struct of 100 fields, each made by an `init` that names the previous one.
#![deny(warnings)]

use aobject::AObject;

macro_rules! wide {
    ($first:ident $($before:ident $field:ident,)*) => {
        #[derive(AObject)]
        pub struct Wide {
            #[aobject(init = 0)]
            pub $first: u8,
            $(
                #[aobject(init = *$before + 1)]
                pub $field: u8,
            )*
        }
    };
}

wide! {
    f0
    f0 f1, f1 f2, f2 f3, f3 f4, f4 f5, f5 f6, f6 f7, f7 f8, f8 f9, f9 f10, f10 f11, f11 f12, f12 f13,
    f13 f14, f14 f15, f15 f16, f16 f17, f17 f18, f18 f19, f19 f20, f20 f21, f21 f22, f22 f23, f23 f24,
    f24 f25, f25 f26, f26 f27, f27 f28, f28 f29, f29 f30, f30 f31, f31 f32, f32 f33, f33 f34, f34 f35,
    f35 f36, f36 f37, f37 f38, f38 f39, f39 f40, f40 f41, f41 f42, f42 f43, f43 f44, f44 f45, f45 f46,
    f46 f47, f47 f48, f48 f49, f49 f50, f50 f51, f51 f52, f52 f53, f53 f54, f54 f55, f55 f56, f56 f57,
    f57 f58, f58 f59, f59 f60, f60 f61, f61 f62, f62 f63, f63 f64, f64 f65, f65 f66, f66 f67, f67 f68,
    f68 f69, f69 f70, f70 f71, f71 f72, f72 f73, f73 f74, f74 f75, f75 f76, f76 f77, f77 f78, f78 f79,
    f79 f80, f80 f81, f81 f82, f82 f83, f83 f84, f84 f85, f85 f86, f86 f87, f87 f88, f88 f89, f89 f90,
    f90 f91, f91 f92, f92 f93, f93 f94, f94 f95, f95 f96, f96 f97, f97 f98, f98 f99,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let wide = tokio::spawn(Wide::new()).await.unwrap().unwrap();
    assert_eq!(wide.f99, 99);
    wide.close().await.unwrap();
}
