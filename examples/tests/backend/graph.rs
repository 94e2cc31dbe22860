//! `backend manager graph`.

use crate::program::run;

#[tokio::test]
async fn the_readme_shows_the_graph() {
    let ended = run(["manager", "graph"]).await;
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""));
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once("```mermaid\n").expect("a diagram");
    let (diagram, _) = rest.split_once("```").expect("its end");
    assert_eq!(
        ended.stdout, diagram,
        "`cargo run -- manager graph` prints what belongs into the README"
    );
}
