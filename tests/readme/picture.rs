use aobject::timeline::Timeline;

use super::{App, Config};
use crate::README;

async fn start(config: Config) -> Result<String, aobject::Error> {
    // README
    let timeline = Timeline::record();
    let app = App::new(config).await?;
    println!("{timeline:#}");
    // README
    let printed = format!("{timeline:#}");
    app.close().await?;
    Ok(printed)
}

/// The timeline shows every object of the process, so its text includes the objects of other tests.
#[aobject::test(start_paused = true)]
async fn the_picture_of_a_start_is_what_the_timeline_prints() {
    let printed = start(Config::default()).await.unwrap();
    let (_, picture) = README.split_once("```text\n").unwrap();
    let (picture, _) = picture.split_once("```").unwrap();
    assert!(
        printed.contains(picture),
        "the README has another picture:\n{printed}"
    );
}
