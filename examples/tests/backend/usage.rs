//! What clap says.

use crate::program::{run, run_without_keys};

#[tokio::test]
async fn bad_usage_is_told_and_ends_with_2() {
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
async fn without_keys_nothing_is_asked() {
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
async fn help_names_the_commands_and_the_environment_but_not_the_secret() {
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
