//! Temporary folders for tests, and image layouts in them.

use std::path::{Path, PathBuf};

use backend::oci::digest::Digest;
use backend::oci::write::Writer;
use serde_json::Value;

/// An empty folder that is removed when dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// `test` is the name of the test, so that no two tests share a folder.
    pub(crate) fn new(test: &str) -> Self {
        let path =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{test}-{}", std::process::id()));
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
            .map(|entry| {
                entry
                    .expect("a readable entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect()
    }

    /// Writes a layout with these images.
    pub(crate) async fn layout(&self, name: &str, images: &[&str]) -> Layout {
        let folder = self.file(name);
        let mut writer = Writer::create(&folder)
            .await
            .expect("a folder for the layout");
        for image in images {
            writer
                .image(image, &["amd64"], &format!("hello from {image}"))
                .await
                .expect("an image");
        }
        writer.finish().await.expect("a layout");
        Layout(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // If this fails, the folder stays in the target directory, where it does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A layout that a test can damage.
pub(crate) struct Layout(PathBuf);

impl Layout {
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Changes the index.
    pub(crate) fn edit(&self, change: impl FnOnce(&mut Value)) {
        let file = self.0.join("index.json");
        let mut index = read(&file);
        change(&mut index);
        std::fs::write(file, index.to_string()).expect("an index");
    }

    /// Changes the configuration of an image, and updates all digests that depend on it.
    pub(crate) fn edit_configuration(&self, image: usize, change: impl FnOnce(&mut Value)) {
        let mut manifest = read(&self.manifest(image));
        let mut configuration = read(&self.blob(&manifest["config"]));
        change(&mut configuration);
        self.put(&configuration, &mut manifest["config"]);
        self.edit(|index| self.put(&manifest, &mut index["manifests"][image]));
    }

    /// Adds an image whose layer, a sparse file of 64 GiB, takes longer to read than any test takes.
    pub(crate) fn add_endless(&self, reference: &str) {
        const HOLE: u64 = 64 << 30;
        let mut manifest = read(&self.manifest(0));
        manifest["layers"][0]["digest"] = format!("sha256:{}", "0".repeat(64)).into();
        manifest["layers"][0]["size"] = HOLE.into();
        let file = std::fs::File::create(self.blob(&manifest["layers"][0])).expect("a blob");
        file.set_len(HOLE).expect("a file system that knows holes");
        self.edit(|index| {
            let mut entry = index["manifests"][0].clone();
            self.put(&manifest, &mut entry);
            entry["annotations"]["org.opencontainers.image.ref.name"] = reference.into();
            index["manifests"]
                .as_array_mut()
                .expect("a list")
                .push(entry);
        });
    }

    /// The manifest of an image, by its position in the index.
    pub(crate) fn manifest(&self, image: usize) -> PathBuf {
        self.blob(&read(&self.0.join("index.json"))["manifests"][image])
    }

    /// The layer of an image.
    pub(crate) fn layer(&self, image: usize) -> PathBuf {
        self.blob(&read(&self.manifest(image))["layers"][0])
    }

    fn blob(&self, descriptor: &Value) -> PathBuf {
        let digest = descriptor["digest"].as_str().expect("a digest");
        self.0.join("blobs").join(digest.replace(':', "/"))
    }

    /// Writes a document, and updates its descriptor.
    pub(crate) fn put(&self, document: &Value, descriptor: &mut Value) {
        let content = document.to_string();
        let digest = Digest::of(content.as_bytes());
        std::fs::write(self.0.join(digest.path()), &content).expect("a blob");
        descriptor["digest"] = digest.to_string().into();
        descriptor["size"] = content.len().into();
    }
}

fn read(file: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(file).expect("a document")).expect("JSON")
}
