//! What clap refuses.

use crate::program::run;

#[tokio::test]
async fn bad_usage_is_told_and_ends_with_2() {
    for (arguments, message) in [
        (&["frobnicate"][..], "unrecognized subcommand 'frobnicate'"),
        (&["manager", "serve"], "--database <FILE>"),
        (
            &["manager", "serve", "--database", "x", "--listen", "here"],
            "invalid value 'here' for '--listen <ADDR>'",
        ),
        (&["session"], "--endpoint <URL>"),
        (&["session", "--endpoint", "nonsense"], "invalid value 'nonsense' for '--endpoint <URL>'"),
        (&["session", "--endpoint", "http://127.0.0.1:1/", "--timeout", "soon"], "'--timeout <SECONDS>'"),
    ] {
        let ended = run(arguments).await;
        assert_eq!((ended.code, &*ended.stdout), (Some(2), ""));
        assert!(ended.stderr.contains(message), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn a_scheme_that_is_not_http_is_an_error_of_the_session() {
    for endpoint in ["ftp://127.0.0.1/", "https://127.0.0.1:1/"] {
        let ended = run(["session", "--endpoint", endpoint]).await;
        ended.assert_one_error("error: init of `Session.negotiation` failed: ", "");
        assert!(ended.stderr.contains("scheme is not"), "{}", ended.stderr);
    }
}
