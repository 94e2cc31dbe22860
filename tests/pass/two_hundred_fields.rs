//! K16: a struct of 200 fields, each made by an `init` that names the two before it, without a `recursion_limit`.
#![deny(warnings)]

use aobject::AObject;

macro_rules! wide {
    ($first:ident $second:ident; $($before:ident $last:ident $field:ident,)*) => {
        #[derive(AObject)]
        pub struct Wide {
            #[aobject(init = 0)]
            pub $first: u64,
            #[aobject(init = *$first + 1)]
            pub $second: u64,
            $(
                #[aobject(init = *$last + u64::from($last > $before))]
                pub $field: u64,
            )*
        }
    };
}

wide! {
    f0 f1;
    f0 f1 f2, f1 f2 f3, f2 f3 f4, f3 f4 f5, f4 f5 f6, f5 f6 f7, f6 f7 f8, f7 f8 f9, f8 f9 f10,
    f9 f10 f11, f10 f11 f12, f11 f12 f13, f12 f13 f14, f13 f14 f15, f14 f15 f16, f15 f16 f17,
    f16 f17 f18, f17 f18 f19, f18 f19 f20, f19 f20 f21, f20 f21 f22, f21 f22 f23, f22 f23 f24,
    f23 f24 f25, f24 f25 f26, f25 f26 f27, f26 f27 f28, f27 f28 f29, f28 f29 f30, f29 f30 f31,
    f30 f31 f32, f31 f32 f33, f32 f33 f34, f33 f34 f35, f34 f35 f36, f35 f36 f37, f36 f37 f38,
    f37 f38 f39, f38 f39 f40, f39 f40 f41, f40 f41 f42, f41 f42 f43, f42 f43 f44, f43 f44 f45,
    f44 f45 f46, f45 f46 f47, f46 f47 f48, f47 f48 f49, f48 f49 f50, f49 f50 f51, f50 f51 f52,
    f51 f52 f53, f52 f53 f54, f53 f54 f55, f54 f55 f56, f55 f56 f57, f56 f57 f58, f57 f58 f59,
    f58 f59 f60, f59 f60 f61, f60 f61 f62, f61 f62 f63, f62 f63 f64, f63 f64 f65, f64 f65 f66,
    f65 f66 f67, f66 f67 f68, f67 f68 f69, f68 f69 f70, f69 f70 f71, f70 f71 f72, f71 f72 f73,
    f72 f73 f74, f73 f74 f75, f74 f75 f76, f75 f76 f77, f76 f77 f78, f77 f78 f79, f78 f79 f80,
    f79 f80 f81, f80 f81 f82, f81 f82 f83, f82 f83 f84, f83 f84 f85, f84 f85 f86, f85 f86 f87,
    f86 f87 f88, f87 f88 f89, f88 f89 f90, f89 f90 f91, f90 f91 f92, f91 f92 f93, f92 f93 f94,
    f93 f94 f95, f94 f95 f96, f95 f96 f97, f96 f97 f98, f97 f98 f99, f98 f99 f100, f99 f100 f101,
    f100 f101 f102, f101 f102 f103, f102 f103 f104, f103 f104 f105, f104 f105 f106, f105 f106 f107,
    f106 f107 f108, f107 f108 f109, f108 f109 f110, f109 f110 f111, f110 f111 f112, f111 f112 f113,
    f112 f113 f114, f113 f114 f115, f114 f115 f116, f115 f116 f117, f116 f117 f118, f117 f118 f119,
    f118 f119 f120, f119 f120 f121, f120 f121 f122, f121 f122 f123, f122 f123 f124, f123 f124 f125,
    f124 f125 f126, f125 f126 f127, f126 f127 f128, f127 f128 f129, f128 f129 f130, f129 f130 f131,
    f130 f131 f132, f131 f132 f133, f132 f133 f134, f133 f134 f135, f134 f135 f136, f135 f136 f137,
    f136 f137 f138, f137 f138 f139, f138 f139 f140, f139 f140 f141, f140 f141 f142, f141 f142 f143,
    f142 f143 f144, f143 f144 f145, f144 f145 f146, f145 f146 f147, f146 f147 f148, f147 f148 f149,
    f148 f149 f150, f149 f150 f151, f150 f151 f152, f151 f152 f153, f152 f153 f154, f153 f154 f155,
    f154 f155 f156, f155 f156 f157, f156 f157 f158, f157 f158 f159, f158 f159 f160, f159 f160 f161,
    f160 f161 f162, f161 f162 f163, f162 f163 f164, f163 f164 f165, f164 f165 f166, f165 f166 f167,
    f166 f167 f168, f167 f168 f169, f168 f169 f170, f169 f170 f171, f170 f171 f172, f171 f172 f173,
    f172 f173 f174, f173 f174 f175, f174 f175 f176, f175 f176 f177, f176 f177 f178, f177 f178 f179,
    f178 f179 f180, f179 f180 f181, f180 f181 f182, f181 f182 f183, f182 f183 f184, f183 f184 f185,
    f184 f185 f186, f185 f186 f187, f186 f187 f188, f187 f188 f189, f188 f189 f190, f189 f190 f191,
    f190 f191 f192, f191 f192 f193, f192 f193 f194, f193 f194 f195, f194 f195 f196, f195 f196 f197,
    f196 f197 f198, f197 f198 f199,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let wide = tokio::spawn(Wide::new()).await.unwrap().unwrap();
    assert_eq!(wide.f199, 199);
    wide.close().await.unwrap();
}
