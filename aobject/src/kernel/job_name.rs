//! What reports call a job.

use crate::ground::path::PathSegment;
use crate::kernel::job::{Job, Member, Work};

impl Job {
    /// What is closed, as far as it is known here: its path, or the first few of its parts'.
    pub(crate) fn name(&self) -> String {
        let mut paths = Vec::new();
        self.add_paths(&mut paths);
        match paths.len() {
            0 => "an object".to_owned(),
            _ => format!("`{}`", paths.join("`, `")),
        }
    }

    fn add_paths(&self, paths: &mut Vec<String>) {
        const FEW: usize = 8;
        if paths.len() == FEW {
            return;
        }
        match (&self.name, &self.work) {
            (PathSegment::None, Work::InOrder(in_order)) => {
                in_order
                    .jobs
                    .iter()
                    .rev()
                    .for_each(|job| job.add_paths(paths));
            }
            (PathSegment::None, Work::Concurrently(jobs)) => {
                for Member { job, name } in &jobs.members {
                    let from = paths.len();
                    job.add_paths(paths);
                    paths[from..]
                        .iter_mut()
                        .for_each(|path| *path = name.apply(path));
                }
            }
            (PathSegment::None, Work::Within(within)) => within.job.add_paths(paths),
            (
                PathSegment::None,
                Work::Close(_) | Work::Wait(_) | Work::Released(_) | Work::Remark(_) | Work::Ended,
            ) => {}
            (name, _) => paths.push(name.apply("")),
        }
    }
}
