//! The names of images.

use crate::oci::Damage;

/// `library/python:3.13`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// `library/python`
    pub name: String,
    /// `3.13`
    pub tag: String,
}

impl Reference {
    /// Parses the annotation of an image: a name and a tag, or only a tag. In that case, the name is `name`.
    ///
    /// The specification allows only letters, digits and `-._:@/+`, so the text is harmless on a terminal.
    pub fn parse(annotation: &str, name: &str) -> Result<Self, Damage> {
        let allowed = |letter: char| letter.is_ascii_alphanumeric() || "-._:@/+".contains(letter);
        let (name, tag) = annotation.rsplit_once(':').unwrap_or((name, annotation));
        if name.is_empty()
            || tag.is_empty()
            || tag.contains('/')
            || !annotation.chars().all(allowed)
        {
            return Err(Damage::new(format_args!(
                "{annotation:?} is not the name of an image"
            )));
        }
        Ok(Self {
            name: name.to_owned(),
            tag: tag.to_owned(),
        })
    }

    /// Whether the name begins with `project`, as in `project/name`.
    pub fn is_of(&self, project: &str) -> bool {
        self.name
            .strip_prefix(project)
            .is_some_and(|rest| rest.starts_with('/'))
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.name, self.tag)
    }
}

#[cfg(test)]
mod tests;
