//! A struct that a macro writes, from its own tokens and its caller's.
#![deny(warnings)]

use aobject::AObject;

macro_rules! object {
    ($vis:vis $name:ident { $field:ident: $ty:ty = $init:expr }, $hook:path, $limit:literal, $($close:tt)*) => {
        #[derive(AObject)]
        #[aobject(vis = $vis, close = $hook, init_timeout = std::time::Duration::from_secs($limit))]
        $vis struct $name {
            url: String,
            #[aobject(init = $init, close = $($close)*, after(url))]
            $field: $ty,
            #[aobject(init = format!("{url}{}", $field.len()))]
            text: String,
            #[aobject(init = text.len() + url.len())]
            len: usize,
        }

        impl $name {
            async fn flush(&mut self) {
                let _ = (&self.url, &self.$field, &self.text, self.len);
            }
        }
    };
}

object!(pub(crate) App { name: String = String::new() }, Self::flush, 1, drop(name));
object!(Private { name: String = "name".to_owned() }, Private::flush, 2, name.clear());

fn main() {
    drop(App::new(String::new()));
    drop(Private::new(String::new()));
}
