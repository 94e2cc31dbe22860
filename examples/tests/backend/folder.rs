//! Folders of their own for tests, and image layouts in them.

use std::path::{Path, PathBuf};

use backend::oci::write::Writer;
use serde_json::Value;

/// An empty folder that is gone when it is dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// `test` is the name of the test, so that no two share one.
    pub(crate) fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder for the test");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("the folder of the test");
        entries
            .map(|entry| entry.expect("a readable entry").file_name().to_string_lossy().into_owned())
            .collect()
    }

    /// Writes a layout with these images.
    pub(crate) async fn layout(&self, name: &str, images: &[&str]) -> Layout {
        let folder = self.file(name);
        let mut writer = Writer::create(&folder).await.expect("a folder for the layout");
        for image in images {
            writer.image(image, &["amd64"], &format!("hello from {image}")).await.expect("an image");
        }
        writer.finish().await.expect("a layout");
        Layout(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that stays does no harm: it is in the target directory.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A layout to be damaged.
pub(crate) struct Layout(PathBuf);

impl Layout {
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Changes the index.
    pub(crate) fn edit(&self, change: impl FnOnce(&mut Value)) {
        let file = self.0.join("index.json");
        let mut index = serde_json::from_slice(&std::fs::read(&file).expect("an index")).expect("JSON");
        change(&mut index);
        std::fs::write(file, index.to_string()).expect("an index");
    }

    /// The manifest of an image, by its place in the index.
    pub(crate) fn manifest(&self, image: usize) -> PathBuf {
        let index: Value =
            serde_json::from_slice(&std::fs::read(self.0.join("index.json")).expect("an index"))
                .expect("JSON");
        self.blob(&index["manifests"][image])
    }

    /// The layer of an image.
    pub(crate) fn layer(&self, image: usize) -> PathBuf {
        let manifest: Value =
            serde_json::from_slice(&std::fs::read(self.manifest(image)).expect("a manifest")).expect("JSON");
        self.blob(&manifest["layers"][0])
    }

    fn blob(&self, descriptor: &Value) -> PathBuf {
        let digest = descriptor["digest"].as_str().expect("a digest");
        self.0.join("blobs").join(digest.replace(':', "/"))
    }

    /// Adds an image whose layer takes longer to read than any test does: it is a hole of 64 GiB.
    pub(crate) fn add_endless(&self, reference: &str) {
        const HOLE: u64 = 64 << 30;
        let layer = format!("sha256:{}", "0".repeat(64));
        let file = std::fs::File::create(self.0.join("blobs").join(layer.replace(':', "/"))).expect("a blob");
        file.set_len(HOLE).expect("a file system that knows holes");
        let mut manifest: Value =
            serde_json::from_slice(&std::fs::read(self.manifest(0)).expect("a manifest")).expect("JSON");
        manifest["layers"][0]["digest"] = layer.into();
        manifest["layers"][0]["size"] = HOLE.into();
        let manifest = manifest.to_string();
        let digest = backend::oci::digest::Digest::of(manifest.as_bytes());
        std::fs::write(self.0.join(digest.path()), &manifest).expect("a blob");
        self.edit(|index| {
            let mut entry = index["manifests"][0].clone();
            entry["digest"] = digest.to_string().into();
            entry["size"] = manifest.len().into();
            entry["annotations"]["org.opencontainers.image.ref.name"] = reference.into();
            index["manifests"].as_array_mut().expect("a list").push(entry);
        });
    }
}
