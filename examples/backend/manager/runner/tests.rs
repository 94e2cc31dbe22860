use super::*;

async fn last(runner: &Runner, task_id: Uuid) -> Event {
    let mut said = runner.follow(task_id).unwrap();
    said.wait_for(|event| matches!(event, Event::Ended(..)))
        .await
        .unwrap()
        .clone()
}

fn ended(ending: Ending, task_id: Uuid, message: &str, errors: &[&str]) -> Event {
    let errors = errors.iter().map(ToString::to_string).collect();
    Event::Ended(
        ending,
        Outcome {
            task_id,
            message: message.to_owned(),
            errors,
        },
    )
}

#[aobject::test]
async fn a_task_reports_its_progress_and_its_end() {
    let runner = Runner::shared().await.unwrap();
    let (go_on, gone_on) = tokio::sync::oneshot::channel();
    let work = |reporter: Reporter| async move {
        reporter.progress("half", 1, 2);
        gone_on.await?;
        let mut report = Report::of("all");
        report.faults.push("but one".to_owned());
        Ok(report)
    };
    let task_id = runner.start(work).unwrap();
    let mut said = runner.follow(task_id).unwrap();
    let half = said.wait_for(|event| *event == progress(task_id, "half", 1, 2));
    half.await.unwrap();
    go_on.send(()).unwrap();
    assert_eq!(
        last(&runner, task_id).await,
        ended(Ending::Done, task_id, "all", &["but one"])
    );
    runner.close().await.unwrap();
}

#[aobject::test]
async fn a_failure_or_a_panic_of_a_task_is_reported() {
    let runner = Runner::shared().await.unwrap();
    let failing = runner.start(|_| async { Err("no disk".into()) }).unwrap();
    assert_eq!(
        last(&runner, failing).await,
        ended(Ending::Failed, failing, "no disk", &[])
    );
    let panicking = runner.start(|_| async { panic!("oops") }).unwrap();
    assert_eq!(
        last(&runner, panicking).await,
        ended(Ending::Failed, panicking, "the task panicked", &[])
    );
    runner.close().await.unwrap();
}

#[aobject::test]
async fn no_event_is_longer_than_clients_accept() {
    let runner = Runner::shared().await.unwrap();
    let long = "\"".repeat(1 << 20);
    let (reporting, reported) = tokio::sync::oneshot::channel();
    let work = |reporter: Reporter| async move {
        reporter.progress(&long, 1, 2);
        reported.await?;
        let mut report = Report::of(long.clone());
        for _ in 0..2500 {
            report.faults.push(long.clone());
        }
        Ok(report)
    };
    let task_id = runner.start(work).unwrap();
    let mut said = runner.follow(task_id).unwrap();
    let updated = said.wait_for(|event| *event != progress(task_id, "starting", 0, 0));
    let (_, data) = updated.await.unwrap().write();
    assert!(data.len() < 3 * LINE, "{}", data.len());
    reporting.send(()).unwrap();
    let (_, data) = last(&runner, task_id).await.write();
    assert!(data.len() < 128 << 10, "{}", data.len());
    assert!(data.contains("and 2400 more"));
    let failing = runner.start(|_| async { Err("x".repeat(1 << 20).into()) });
    let (_, data) = last(&runner, failing.unwrap()).await.write();
    assert!(data.len() < 3 * LINE, "{}", data.len());
    runner.close().await.unwrap();
}

#[aobject::test]
async fn the_close_cancels_running_tasks_and_waits_for_them() {
    let runner = Runner::shared().await.unwrap();
    let (dropped, mut alive) = tokio::sync::mpsc::channel::<()>(1);
    let work = |_: Reporter| async move {
        let _dropped = dropped;
        std::future::pending().await
    };
    let task_id = runner.start(work).unwrap();
    let said = runner.follow(task_id).unwrap();
    runner.close().await.unwrap();
    assert_eq!(
        alive.try_recv(),
        Err(tokio::sync::mpsc::error::TryRecvError::Disconnected)
    );
    assert_eq!(
        *said.borrow(),
        ended(Ending::Cancelled, task_id, "the manager is stopping", &[])
    );
}

#[aobject::test]
async fn a_stopping_runner_starts_no_task() {
    let runner = Runner::shared().await.unwrap();
    runner.stop();
    assert_eq!(runner.start(|_| std::future::pending()), None);
    runner.close().await.unwrap();
}

#[aobject::test]
async fn only_the_oldest_outcomes_are_forgotten() {
    let runner = Runner::shared().await.unwrap();
    let running = runner.start(|_| std::future::pending()).unwrap();
    let mut ids = Vec::new();
    for _ in 0..=REMEMBERED {
        let done = |_: Reporter| async { Ok(Report::of("")) };
        let task_id = runner.start(done).unwrap();
        last(&runner, task_id).await;
        ids.push(task_id);
    }
    assert!(runner.follow(running).is_some());
    assert!(runner.follow(ids[0]).is_none());
    assert!(runner.follow(ids[REMEMBERED]).is_some());
    runner.close().await.unwrap();
}
