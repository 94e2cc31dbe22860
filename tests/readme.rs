//! The README is the crate page. To write it anew: `UPDATE_README=1 cargo test -p aobject-ui-tests --test readme`.

use std::fmt::Write as _;
use std::path::Path;

const COMMANDS: &str = "\
## Try it

```sh
cargo run
cargo test --workspace
```

The first runs a tour of the [example](examples/README.md), a small service with its client and command line: what starts
when, what closes when, and what becomes of a start that fails. Beside it is a file for each smaller pattern. The second
runs all tests. Both need nothing but a Rust toolchain and a C compiler.

";

const LICENCE: &str = "
## Licence

[MIT](LICENSE-MIT) or [Apache 2.0](LICENSE-APACHE), as you like.
";

#[test]
fn the_readme_is_the_crate_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let source = std::fs::read_to_string(root.join("aobject/src/lib.rs"))
        .expect("the crate root can be read");
    let (rendered, readme) = (render(&source), root.join("README.md"));
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(&readme, &rendered).expect("the README can be written");
    }
    let written = std::fs::read_to_string(&readme).expect("the README can be read");
    assert!(
        written == rendered,
        "README.md is not the crate page; run this test with UPDATE_README=1"
    );
}

/// Input:   the crate root, with `//!` lines.
/// Output:  Markdown for readers outside of rustdoc.
fn render(source: &str) -> String {
    let mut text = "# aobject\n\n".to_owned();
    let mut in_code = false;
    for line in source.lines().map_while(|line| line.strip_prefix("//!")) {
        let line = line.strip_prefix(' ').unwrap_or(line);
        let line = match line {
            "```" if !in_code => "```rust".to_owned(),
            // Rustdoc hides these.
            _ if in_code && (line == "#" || line.starts_with("# ")) => continue,
            "# The pieces" => format!("{COMMANDS}## The pieces"),
            _ if !in_code && line.starts_with('#') => format!("#{line}"),
            _ if !in_code => without_links(line),
            _ => line.to_owned(),
        };
        in_code ^= line.starts_with("```");
        writeln!(text, "{line}").expect("a string takes all");
    }
    text + LICENCE
}

/// Links to items mean nothing outside of rustdoc: ``[`Live`]`` and ``[`Live`](crate::Live)`` become `` `Live` ``.
fn without_links(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, link)) = rest.split_once('[') {
        let Some((name, after)) = link.split_once(']') else {
            break;
        };
        text.push_str(before);
        text.push_str(name);
        rest = match after.strip_prefix('(') {
            Some(target) => target.split_once(')').map_or(after, |(_, after)| after),
            None => after,
        };
    }
    text + rest
}
