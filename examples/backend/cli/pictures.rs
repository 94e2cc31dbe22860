//! Writes timelines to files.

use std::path::{Path, PathBuf};

use aobject::BoxError;
use aobject::timeline::Timeline;
use clap::Args;
use tokio::fs;

/// The requested files.
#[derive(Args)]
pub(crate) struct Pictures {
    /// Draws the timeline as a picture.
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Writes the timeline as a trace for Perfetto.
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
}

impl Pictures {
    pub(crate) async fn write(self, timeline: &Timeline) -> Result<(), BoxError> {
        if let Some(file) = self.svg {
            write(&file, timeline.to_svg()).await?;
        }
        if let Some(file) = self.trace {
            write(&file, timeline.to_chrome_trace()).await?;
        }
        Ok(())
    }
}

async fn write(file: &Path, text: String) -> Result<(), BoxError> {
    let written = fs::write(file, text).await;
    Ok(written.map_err(|error| format!("{}: {error}", file.display()))?)
}
