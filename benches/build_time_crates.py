"""The crates that `build_time` builds: the same struct in three forms."""

WORKSPACE = """\
[workspace]
resolver = "3"
members = ["crates/*"]

[workspace.dependencies]
aobject = {{ path = "{aobject}" }}
bon = "3"
futures = "0.3"
parts = {{ path = "crates/parts" }}
tokio = {{ version = "1", features = ["rt"] }}
"""

# The types of the fields: connections of ten types, because the fields of a real struct differ in type.
PARTS = """\
pub use std::fmt::Debug;
use std::io;

pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
pub type Life = std::pin::Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;

pub struct Conn<const N: usize>(Vec<u8>);

impl<const N: usize> Conn<N> {
    pub async fn open(to: &(impl Debug + Sync)) -> io::Result<Self> {
        tokio::task::yield_now().await;
        Ok(Self(format!("{to:?}").into_bytes()))
    }

    pub async fn over<const M: usize>(to: &(impl Debug + Sync), conn: &Conn<M>) -> io::Result<Self> {
        tokio::task::yield_now().await;
        Ok(Self(format!("{to:?} {}", conn.0.len()).into_bytes()))
    }

    pub async fn close(self) -> io::Result<()> {
        tokio::task::yield_now().await;
        if self.0.is_empty() { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(()) }
    }
}
"""

ARGUMENTS = ["u64", "String", "std::path::PathBuf"]
CHAIN = 3


def manifest(name):
    needs = {"parts": ["tokio"]}.get(name, ["aobject", "bon", "futures", "parts", "tokio"])
    lines = [f"{need}.workspace = true" for need in needs]
    return f'[package]\nname = "{name}"\nversion = "0.0.0"\nedition = "2024"\n\n[dependencies]\n' + "\n".join(lines) + "\n"


def argument(i):
    return ARGUMENTS[i % len(ARGUMENTS)]


def conn(i):
    return f"Conn<{i % 10}>"


def opened(i):
    """The call that opens connection i: from its argument and, unless it begins a chain, over the previous connection."""
    if i % CHAIN == 0:
        return f"<{conn(i)}>::open(LEND a{i})"
    return f"<{conn(i)}>::over(LEND a{i}, LEND c{i - 1})"


def each(count, text):
    return "".join(f"        {text(i)}\n" for i in range(count))


def struct(head, half, attribute):
    fields = each(half, lambda i: f"pub a{i}: {argument(i)},\n        {attribute(i)}pub c{i}: {conn(i)},")
    return f"use parts::*;\n{head}\npub struct Object {{\n{fields}}}\n"


def aobject(size):
    """Concurrent, with every error returned and a rollback."""
    half = size // 2

    def attribute(i):
        return f"#[aobject(init = {opened(i).replace('LEND ', '')}.await?, close = c{i}.close().await)]\n        "

    defaults = "Default::default(), " * half
    return struct("#[derive(aobject::AObject)]", half, attribute) + f"""
pub fn life() -> Life {{
    Box::pin(async move {{ Ok(Object::new({defaults}).await?.close().await?) }})
}}
"""


def hand(size):
    """Concurrent stage by stage, with the first error returned and no rollback: the usual code."""
    half = size // 2
    stages = [range(first, half, CHAIN) for first in range(min(CHAIN, half))]
    arguments = ", ".join(f"a{i}: {argument(i)}" for i in range(half))
    opens = [f"let ({''.join(f'c{i}, ' for i in stage)}) = futures::try_join!({', '.join(opened(i).replace('LEND ', '&') for i in stage)})?;" for stage in stages]
    closes = [f"let ({''.join(f'r{i}, ' for i in stage)}) = futures::join!({', '.join(f'c{i}.close()' for i in stage)});" for stage in reversed(stages)]
    everything = ", ".join(f"a{i}, c{i}" for i in range(half))
    conns = ", ".join(f"c{i}" for i in range(half))
    results = ", ".join(f"r{i}" for i in range(half))
    defaults = "Default::default(), " * half
    newline = "\n        "
    return struct("", half, lambda i: "") + f"""
impl Object {{
    pub async fn new({arguments}) -> Result<Self, BoxError> {{
        {newline.join(opens)}
        Ok(Self {{ {everything} }})
    }}

    pub async fn close(self) -> Result<(), BoxError> {{
        let Self {{ {conns}, .. }} = self;
        {newline.join(closes)}
        for result in [{results}] {{
            result?;
        }}
        Ok(())
    }}
}}

pub fn life() -> Life {{
    Box::pin(async move {{ Ok(Object::new({defaults}).await?.close().await?) }})
}}
"""


def bon(size):
    """A builder with the same number of fields, which opens and closes nothing. Only this crate needs a `recursion_limit`."""
    half = size // 2
    fields = each(size, lambda i: f"pub a{i}: {argument(i)},")
    setters = "".join(f".a{i}(Default::default())" for i in range(2 * half))
    return f"""#![recursion_limit = "512"]
#[derive(bon::Builder)]
pub struct Object {{
{fields}}}

pub fn life() -> Object {{
    Object::builder(){setters}.build()
}}
"""


KINDS = {"aobject": aobject, "hand": hand, "bon": bon}
