//! The search for images.

use aobject::dynamic::Dyn;
use aobject::{BoxError, Shared};

use crate::causes::causes;
use crate::manager::faults::Faults;
use crate::manager::images::Images;
use crate::manager::registries::Registries;
use crate::manager::registry::Registry;
use crate::manager::runner::{Report, Reporter};
use crate::oci::Damage;
use crate::oci::descriptor::Descriptor;
use crate::oci::layout::{Found, Layout, Sound};
use crate::oci::reference::Reference;
use crate::wire::image::Image;

/// A task that reads registries, and stores the images that it finds.
///
/// Damage is reported, and intact images in a damaged registry are stored.
pub(super) struct Rescan {
    pub(super) images: Shared<Dyn<dyn Images>>,
    pub(super) registries: Shared<Registries>,
    /// The names of the registries to read.
    pub(super) names: Vec<String>,
    /// If set, only images of this project are stored.
    pub(super) project: Option<String>,
}

impl Rescan {
    /// Stores one whole registry at a time, even if the future is dropped.
    pub(super) async fn run(self, reporter: Reporter) -> Result<Report, BoxError> {
        let mut scan = Scan {
            reporter,
            project: self.project,
            done: 0,
            total: 0,
            faults: Faults::default(),
        };
        let layouts = scan.open(&self.registries, self.names).await;
        if layouts.is_empty() && !scan.faults.is_empty() {
            let faults = scan.faults.into_lines().join("; ");
            return Err(format!("no registry could be read: {faults}").into());
        }
        let mut found = 0;
        for Open { name, layout, .. } in &layouts {
            let images = scan.read(name, layout).await;
            scan.say(&format!("{name}: {} found", images.len()));
            self.images.upsert(&images).await?;
            found += images.len();
        }
        let message = format!("images found: {found}, in registries: {}", layouts.len());
        Ok(Report {
            message,
            faults: scan.faults,
        })
    }
}

/// A registry that is being read. This share keeps the registry open.
struct Open {
    name: String,
    _registry: Shared<Registry>,
    layout: Layout,
}

impl Open {
    async fn of(registries: &Registries, name: &String) -> Result<Self, String> {
        let registry = registries.get(name).await.map_err(|error| causes(&error))?;
        let layout = registry
            .layout()
            .await
            .map_err(|damage| damage.to_string())?;
        Ok(Self {
            name: name.clone(),
            _registry: registry,
            layout,
        })
    }
}

struct Scan {
    reporter: Reporter,
    project: Option<String>,
    done: u32,
    total: u32,
    faults: Faults,
}

impl Scan {
    fn say(&self, message: &str) {
        self.reporter.progress(message, self.done, self.total);
    }

    /// Reads all indexes, so that the amount of work is known.
    async fn open(&mut self, registries: &Registries, names: Vec<String>) -> Vec<Open> {
        let mut layouts = Vec::new();
        for name in names {
            match Open::of(registries, &name).await {
                Ok(open) => {
                    let entries = u32::try_from(open.layout.entries().len()).unwrap_or(u32::MAX);
                    self.total = self.total.saturating_add(entries);
                    layouts.push(open);
                }
                Err(why) => self.faults.push(format!("{name}: {why}")),
            }
        }
        layouts
    }

    async fn read(&mut self, registry: &str, layout: &Layout) -> Vec<Image> {
        let mut images = Vec::new();
        for (name, entry) in layout.entries() {
            match self.entry(registry, layout, name, entry).await {
                Ok(found) => images.extend(found),
                Err(damage) => self.faults.push(format!("{registry}: {damage}")),
            }
            self.done += 1;
        }
        images
    }

    async fn entry(
        &mut self,
        registry: &str,
        layout: &Layout,
        name: Option<&str>,
        entry: &Descriptor,
    ) -> Result<Vec<Image>, Damage> {
        if entry.is_attestation() {
            return Ok(Vec::new());
        }
        let Some(name) = name else {
            return Err(Damage::new(format_args!("{:?} has no name", entry.digest)));
        };
        let reference = Reference::parse(name, registry)?;
        if self
            .project
            .as_deref()
            .is_some_and(|project| !reference.is_of(project))
        {
            return Ok(Vec::new());
        }
        self.say(&format!("{registry}: {reference}"));
        let Found { images, damage } = layout.read(entry).await;
        for damage in damage {
            self.faults
                .push(format!("{registry}: {reference}: {damage}"));
        }
        Ok(images
            .into_iter()
            .map(|image| row(registry, &reference, image))
            .collect())
    }
}

fn row(registry: &str, reference: &Reference, image: Sound) -> Image {
    let Reference { name, tag } = reference.clone();
    Image {
        registry: registry.to_owned(),
        name,
        tag,
        architecture: image.architecture,
        digest: image.digest.to_string(),
        // Databases count up to 8 EiB.
        size_bytes: image.size.try_into().unwrap_or(i64::MAX),
    }
}
