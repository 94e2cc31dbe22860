//! Usage messages and help.

use crate::program::{run, run_with_keys, run_without_keys};

#[tokio::test]
async fn wrong_usage_is_reported_and_exits_with_2() {
    for (arguments, message) in [
        (&["frobnicate"][..], "unrecognized subcommand 'frobnicate'"),
        (&["manager", "serve"], "--database <FILE>"),
        (
            &["manager", "serve", "--database", "x", "--listen", "here"],
            "invalid value 'here' for '--listen <ADDR>'",
        ),
        (
            &[
                "manager",
                "serve",
                "--database",
                "x",
                "--registry",
                "stable",
            ],
            "expected NAME=FOLDER",
        ),
        (&["image"], "rescan"),
        (
            &["--svg", "x", "image", "list"],
            "the subcommand 'image' cannot be used with '--svg <FILE>'",
        ),
        (
            &["image", "list", "--endpoint", "nonsense"],
            "invalid value 'nonsense' for '--endpoint <URL>'",
        ),
        (
            &["image", "list", "--timeout", "soon"],
            "'--timeout <SECONDS>'",
        ),
        (&["image", "list", "--timeout=-1"], "'--timeout <SECONDS>'"),
    ] {
        let ended = run(arguments).await;
        assert_eq!((ended.code, &*ended.stdout), (Some(2), ""));
        assert!(ended.stderr.contains(message), "{}", ended.stderr);
    }
}

#[tokio::test]
async fn without_keys_no_request_is_sent() {
    for arguments in [
        &["image", "list"][..],
        &["manager", "serve", "--database", "x"],
    ] {
        let ended = run_without_keys(arguments).await;
        assert_eq!((ended.code, &*ended.stdout), (Some(2), ""));
        assert!(
            ended.stderr.contains("--access-key <KEY>")
                && ended.stderr.contains("--secret-key <KEY>")
        );
    }
}

#[tokio::test]
async fn help_shows_the_commands_and_the_environment_but_not_the_secret() {
    let ended = run(["--help"]).await;
    for part in ["manager", "image", "a tour", "Example:", "Exit codes:"] {
        assert!(
            ended.stdout.contains(part),
            "no {part:?} in {}",
            ended.stdout
        );
    }
    let ended = run(["image", "rescan", "--help"]).await;
    for part in [
        "-r, --registry <NAME>",
        "BACKEND_ENDPOINT",
        "BACKEND_ACCESS_KEY",
        "[env: BACKEND_SECRET_KEY]",
    ] {
        assert!(
            ended.stdout.contains(part),
            "no {part:?} in {}",
            ended.stdout
        );
    }
    assert_eq!(ended.code, Some(0));
}

#[tokio::test]
async fn invalid_keys_are_refused_at_the_start() {
    for command in [
        &["image", "list", "--endpoint", "http://127.0.0.1:1/"][..],
        &["manager", "serve", "--database", "/nowhere/x"],
    ] {
        for (key, why) in [
            (["--access-key", ""], "it is empty"),
            (["--access-key", "me:you"], "no colon"),
            (["--access-key", "naïve"], "ASCII"),
            (["--access-key", "a b"], "ASCII"),
            (["--access-key", "a\r\nDate: b"], "ASCII"),
            (["--secret-key", ""], "it is empty"),
            (["--secret-key", " \n"], "it is empty"),
        ] {
            let ended = run([command, &key].concat()).await;
            assert_eq!((ended.code, &*ended.stdout), (Some(2), ""), "{key:?}");
            assert!(ended.stderr.contains(why), "{}", ended.stderr);
            assert!(ended.stderr.contains(key[0]), "{}", ended.stderr);
        }
        let ended = run_with_keys(command, "", "s3cr3t").await;
        assert_eq!(ended.code, Some(2), "{ended:#?}");
        let ended = run_with_keys(command, "me", "").await;
        assert_eq!(ended.code, Some(2), "{ended:#?}");
        // Any other text may be a secret, and no secret is shown.
        let ended = run_with_keys(command, "me", "pass: wörd").await;
        assert_eq!(ended.code, Some(1), "{ended:#?}");
        assert!(!ended.stderr.contains("wörd"), "{}", ended.stderr);
    }
}
