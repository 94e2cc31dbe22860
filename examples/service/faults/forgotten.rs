use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use aobject::{AObject, Runner};
use service::core::{BlobConfig, Blobs, BoxError};

use super::world::Way;

/// A test that forgets the close, run as each wiring runs its tests.
pub(super) fn main(way: Way, folder: &Path) -> ExitCode {
    let config = BlobConfig::Local(folder.to_owned());
    match way {
        Way::ByHand => by_hand(&config),
        Way::Aobject => {
            let test = async {
                let store = Store::new(config).await?;
                check(&store.blobs).await
            };
            // Does what `#[aobject::test]` does, which compiles to nothing outside a test binary.
            aobject::__private::test(Runner::new().current_thread(), test)
        }
    }
}

/// Does what `#[tokio::test]` does.
fn by_hand(config: &BlobConfig) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let test = async {
        let blobs = Blobs::open(config, None).await?;
        check(&blobs).await
    };
    match runtime.map(|runtime| runtime.block_on(test)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

#[derive(AObject)]
struct Store {
    config: BlobConfig,
    #[aobject(init = Arc::new(Blobs::open(config, None).await?), close = blobs.close().await)]
    blobs: Arc<Blobs>,
}

/// The test passes, because its assertions hold.
async fn check(blobs: &Blobs) -> Result<(), BoxError> {
    blobs.put("a", b"b".to_vec()).await?;
    match blobs.get("a").await? {
        Some(bytes) if bytes == b"b" => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}
