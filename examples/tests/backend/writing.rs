//! Output that cannot be written.

use crate::folder::Folder;
use crate::program::{Running, Serving};
#[cfg(target_os = "linux")]
use crate::program::{full, run_writing};
use crate::scripted::{Answer, STREAM, Server, TASK};

/// A manager whose task stays half-way.
async fn half_way() -> Server {
    let update = |progress: u32| {
        format!(
            "event: bgtask_updated\ndata: {{\"task_id\": \"{TASK}\", \"message\": \"\", \
             \"current_progress\": {progress}, \"total_progress\": 2}}\n\n"
        )
    };
    let events = [STREAM, &update(0), &update(1)].concat();
    Server::start(move |path, _| match path {
        "/" => Answer::version(),
        "/admin/gql" => Answer::started(),
        _ => Answer::hangs(events.clone()),
    })
    .await
}

#[tokio::test]
async fn a_closed_pipe_ends_a_command_silently_with_141() {
    for all in [false, true] {
        let server = half_way().await;
        let mut program = Running::start(["image", "rescan", "--endpoint", &server.endpoint]);
        program.stop_reading(all);
        let ended = program.end().await;
        assert_eq!((ended.code, &*ended.stderr), (Some(141), ""));
        server.all_closed().await;
    }
}

#[tokio::test]
async fn a_closed_error_pipe_ends_a_command_with_141() {
    let mut program = Running::start(["image", "list", "--endpoint", "http://127.0.0.1:1/"]);
    program.stop_reading(true);
    assert_eq!(program.end().await.code, Some(141));
}

#[cfg(unix)]
#[tokio::test]
async fn a_manager_with_a_closed_pipe_closes_everything_and_ends_with_141() {
    let folder = Folder::new("unread");
    for before in [true, false] {
        let arguments = ["manager", "serve", "--listen", "127.0.0.1:0", "--database"];
        let database = folder.file("images.db");
        let arguments = arguments.map(std::ffi::OsStr::new).into_iter();
        let mut program = Running::start(arguments.chain([database.as_os_str()]));
        if !before {
            program.wait_for("listening on ").await;
        }
        program.stop_reading(false);
        if !before {
            program.signal("TERM").await;
        }
        let ended = program.end().await;
        assert_eq!((ended.code, &*ended.stderr), (Some(141), ""));
        // SQLite leaves a journal next to a database that was not closed.
        assert_eq!(folder.names(), ["images.db"]);
    }
}

#[tokio::test]
async fn a_tour_with_a_closed_pipe_closes_everything_and_ends_with_141() {
    let temp = Folder::new("unread_tour");
    for moment in [
        None,
        Some("Tour.session (Session) is ready"),
        Some("The close. "),
    ] {
        let mut program = Running::start_with_temp(temp.path().as_os_str());
        if let Some(moment) = moment {
            program.wait_for(moment).await;
        }
        program.stop_reading(false);
        let ended = program.end().await;
        assert_eq!((ended.code, &*ended.stderr), (Some(141), ""), "{moment:?}");
        assert_eq!(temp.names(), Vec::<String>::new());
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_reported() {
    let folder = Folder::new("full");
    folder.layout("stable", &["a:1"]).await;
    let serving = Serving::start(&folder, &["stable"]).await;
    let endpoint = serving.endpoint();
    assert_eq!(serving.ask(&["image", "rescan"]).await.code, Some(0));
    for arguments in [
        &["image", "list", "--endpoint", &endpoint][..],
        &["image", "rescan", "--endpoint", &endpoint],
        &["--help"],
        &["image", "list", "--help"],
        &["--version"],
        &[],
    ] {
        let ended = run_writing(arguments, Some(full()), None).await;
        let error = "error: cannot write to standard output: No space left on device (os error 28)";
        ended.assert_one_error(error, "");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn errors_that_cannot_be_written_still_set_the_exit_code() {
    for arguments in [
        &["image", "list", "--endpoint", "http://127.0.0.1:1/"][..],
        &["nonsense"],
    ] {
        let ended = run_writing(arguments, None, Some(full())).await;
        assert_eq!((ended.code, &*ended.stdout), (Some(1), ""));
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_warning_that_cannot_be_written_is_an_error() {
    let folder = Folder::new("unwarned");
    let layout = folder.layout("stable", &["a:1", "b:1"]).await;
    std::fs::remove_file(layout.layer(0)).unwrap();
    let serving = Serving::start(&folder, &["stable"]).await;
    let arguments = ["image", "rescan", "--endpoint", &serving.endpoint()];
    let ended = run_writing(arguments, None, Some(full())).await;
    assert_eq!(ended.code, Some(1));
    assert!(!ended.stdout.contains("done"), "{}", ended.stdout);
}
