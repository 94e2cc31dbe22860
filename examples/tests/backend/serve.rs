//! `backend manager serve`.

use std::ffi::OsStr;
use std::path::Path;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::folder::Folder;
use crate::program::{Ended, Serving, run};

const REQUEST: &str = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

async fn serve(listen: &str, database: &Path) -> Ended {
    let arguments = ["manager", "serve", "--listen", listen, "--database"].map(OsStr::new);
    run(arguments.into_iter().chain([database.as_os_str()])).await
}

/// Opens a session. By then, the manager has accepted every earlier connection.
async fn assert_answers(serving: &Serving) {
    let ended = serving.ask(&["image", "list"]).await;
    assert_eq!(
        (ended.code, &*ended.stdout, &*ended.stderr),
        (Some(0), "", "")
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_stops_the_manager_in_order() {
    let folder = Folder::new("signal");
    for signal in ["TERM", "INT"] {
        let serving = Serving::start(&folder, &[]).await;
        assert_answers(&serving).await;
        serving.program.signal(signal).await;
        let ended = serving.program.end().await;
        assert_eq!((ended.code, &*ended.stderr), (Some(0), ""), "{ended:#?}");
        ended.assert_order(&[
            "close of Manager started",
            "Manager.server (Server) is closed",
            "close of Manager.runner started",
            "Manager.runner (Runner) is closed",
            "close of Manager.images started",
            "Manager.images (Database) is closed",
        ]);
        ended.assert_all_closed();
        assert_eq!(folder.names(), ["images.db"]);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn an_open_request_is_finished_first() {
    let folder = Folder::new("graceful");
    let mut serving = Serving::start(&folder, &[]).await;
    let mut client = TcpStream::connect(&serving.address).await.unwrap();
    let (half, rest) = REQUEST.split_at(10);
    client.write_all(half.as_bytes()).await.unwrap();
    assert_answers(&serving).await;
    serving.program.signal("TERM").await;
    serving
        .program
        .wait_for("close of Manager.server started")
        .await;
    client.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(
        answer.ends_with(r#"{"manager":"26.9.6","version":"v9.20250722"}"#),
        "{answer}"
    );
    let ended = serving.program.end().await;
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""), "{ended:#?}");
    ended.assert_all_closed();
}

#[cfg(unix)]
#[tokio::test]
async fn connections_that_are_cut_off_after_the_grace_are_not_a_failure() {
    let folder = Folder::new("stuck");
    for sent in [1, 10] {
        let serving = Serving::start(&folder, &[]).await;
        let mut client = TcpStream::connect(&serving.address).await.unwrap();
        client.write_all(&REQUEST.as_bytes()[..sent]).await.unwrap();
        assert_answers(&serving).await;
        serving.program.signal("TERM").await;
        let ended = serving.program.end().await;
        assert_eq!((ended.code, &*ended.stderr), (Some(0), ""), "{ended:#?}");
        ended.assert_order(&[
            "close of Manager.server started",
            "Manager.server (Server) is closed",
            "close of Manager.images started",
            "Manager.images (Database) is closed",
        ]);
        ended.assert_all_closed();
    }
}

#[tokio::test]
async fn a_port_in_use_is_reported_and_the_start_is_rolled_back() {
    let folder = Folder::new("port");
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let ended = serve(&listen, &folder.file("images.db")).await;
    let cause = format!(
        "error: init of `Manager.server.address.serve` failed: cannot listen on {listen}: Address already in use"
    );
    ended.assert_one_error(&cause, "");
    ended.assert_order(&[
        "Manager.images (Database) is ready",
        "init of Manager.server (Server) failed: cannot listen",
        "Manager.runner (Runner) is closed",
        "Manager.images (Database) is closed",
    ]);
    ended.assert_all_closed();
    assert_eq!(folder.names(), ["images.db"]);
}

#[tokio::test]
async fn a_directory_instead_of_a_database_is_reported() {
    let folder = Folder::new("directory");
    let ended = serve("127.0.0.1:0", folder.path()).await;
    let beginning = format!(
        "error: init of `Manager.images.pool.open` failed: {}: ",
        folder.path().display()
    );
    ended.assert_one_error(&beginning, "unable to open database file");
    ended.assert_all_closed();
}

#[tokio::test]
async fn a_file_that_is_not_a_database_is_reported_and_not_changed() {
    let folder = Folder::new("garbage");
    let file = folder.file("notes.txt");
    std::fs::write(&file, "not a database").unwrap();
    let ended = serve("127.0.0.1:0", &file).await;
    let beginning = format!(
        "error: init of `Manager.images` failed: {}: ",
        file.display()
    );
    ended.assert_one_error(&beginning, "file is not a database");
    ended.assert_all_closed();
    assert_eq!(std::fs::read(&file).unwrap(), b"not a database");
    assert_eq!(folder.names(), ["notes.txt"]);
}

#[cfg(unix)]
#[tokio::test]
async fn registries_can_be_read_from_a_file() {
    let folder = Folder::new("registries");
    folder.layout("layouts/stable", &["a:1"]).await;
    let file = folder.file("layouts/registries.json");
    std::fs::write(&file, r#"{"stable": "stable"}"#).unwrap();
    let serving =
        Serving::start_with(&folder, [OsStr::new("--registries"), file.as_os_str()]).await;
    let ended = serving
        .ask(&["image", "rescan", "--registry", "stable"])
        .await;
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""));
    assert!(
        ended
            .stdout
            .ends_with("done: images found: 1, in registries: 1\n"),
        "{}",
        ended.stdout
    );
}

#[tokio::test]
async fn an_unreadable_file_of_registries_is_reported() {
    let folder = Folder::new("bad_registries");
    let file = folder.file("registries.json");
    let arguments = ["manager", "serve", "--database", "x", "--registries"].map(OsStr::new);
    let ended = run(arguments.into_iter().chain([file.as_os_str()])).await;
    ended.assert_one_error(&format!("error: {}: No such file", file.display()), "");
    std::fs::write(&file, "[]").unwrap();
    let ended = run(arguments.into_iter().chain([file.as_os_str()])).await;
    ended.assert_one_error(&format!("error: {}: invalid type", file.display()), "");
}

#[tokio::test]
async fn a_registry_without_a_folder_is_refused_before_anything_is_opened() {
    let folder = Folder::new("missing_registry");
    std::fs::write(folder.file("file"), "").unwrap();
    std::fs::create_dir(folder.file("there")).unwrap();
    let database = folder.file("images.db");
    for (registry, why) in [
        ("missing", "No such file or directory (os error 2)"),
        ("file", "is not a folder"),
    ] {
        let missing = format!("stable={}", folder.file(registry).display());
        let there = format!("nightly={}", folder.file("there").display());
        let arguments = ["manager", "serve", "--listen", "127.0.0.1:0", "--database"];
        let arguments = arguments.map(OsStr::new).into_iter();
        let registries = ["-r", &*there, "-r", &*missing].map(OsStr::new);
        let ended = run(arguments.chain([database.as_os_str()]).chain(registries)).await;
        let beginning = format!(
            "error: init of `Manager.registries.Registry[\"stable\"]` failed: {}: ",
            folder.file(registry).display()
        );
        ended.assert_one_error(&beginning, why);
        ended.assert_all_closed();
    }
    assert!(!database.exists());
}
