//! Who waits for whom.

use std::collections::{BTreeSet, VecDeque};

use proc_macro2::Span;

use crate::model::object::{Made, Object, Use};

impl Object<'_> {
    /// The fields that must be there before field `field` is made, and that close after it: sorted, each once.
    pub(crate) fn needs(&self, field: usize) -> Vec<usize> {
        let (uses, after): (&[Use], &[Use]) = match &self.fields[field].made {
            Made::Argument { .. } => (&[], &[]),
            Made::Default { uses, .. } => (uses, &[]),
            Made::Init(init) => (&init.uses, &init.after),
        };
        let mut needs: Vec<usize> = uses.iter().chain(after).map(|of| of.field).collect();
        needs.sort_unstable();
        needs.dedup();
        needs
    }

    /// Where `field` says that it needs `need`.
    pub(crate) fn reason(&self, field: usize, need: usize) -> Span {
        let init = if let Made::Init(init) = &self.fields[field].made {
            Some(init)
        } else {
            None
        };
        let mut uses = init
            .into_iter()
            .flat_map(|init| init.uses.iter().chain(&init.after));
        uses.find(|of| of.field == need)
            .map_or_else(|| self.fields[field].name.span(), |of| of.ident.span())
    }

    /// Whether the `init` expression of another field names this one, and so borrows it.
    pub(crate) fn is_named(&self, field: usize) -> bool {
        self.fields.iter().any(|other| match &other.made {
            Made::Init(init) => init.uses.iter().any(|of| of.field == field),
            Made::Argument { .. } | Made::Default { .. } => false,
        })
    }

    /// All fields, each after those that it needs, else as declared. For a graph without cycles.
    pub(crate) fn order(&self) -> Vec<usize> {
        let mut missing: Vec<usize> = Vec::new();
        let mut users: Vec<Vec<usize>> = vec![Vec::new(); self.fields.len()];
        for field in 0..self.fields.len() {
            let needs = self.needs(field);
            missing.push(needs.len());
            for need in needs {
                users[need].push(field);
            }
        }
        let mut ready: BTreeSet<usize> = (0..missing.len())
            .filter(|field| missing[*field] == 0)
            .collect();
        let mut order = Vec::new();
        while let Some(next) = ready.pop_first() {
            order.push(next);
            for user in &users[next] {
                missing[*user] -= 1;
                if missing[*user] == 0 {
                    ready.insert(*user);
                }
            }
        }
        order
    }

    /// Cycles, each as the fields on it in the order of waiting, from the one declared first: for each step that is on
    /// a cycle a shortest one, unless a cycle before has that step. So every step shows that can be removed.
    pub(crate) fn cycles(&self) -> Vec<Vec<usize>> {
        if self.order().len() == self.fields.len() {
            return Vec::new();
        }
        let needs: Vec<_> = (0..self.fields.len()).map(|of| self.needs(of)).collect();
        let mut cycles: Vec<Vec<usize>> = Vec::new();
        for (from, to) in
            (0..needs.len()).flat_map(|from| needs[from].iter().map(move |to| (from, *to)))
        {
            if cycles.iter().any(|cycle| has_step(cycle, from, to)) {
                continue;
            }
            if let Some(mut cycle) = path(&needs, to, from) {
                let first = (0..cycle.len()).min_by_key(|at| cycle[*at]);
                cycle.rotate_left(first.unwrap_or_default());
                cycles.push(cycle);
            }
        }
        cycles
    }
}

/// A shortest way of waiting from one field to another, both included.
fn path(needs: &[Vec<usize>], from: usize, to: usize) -> Option<Vec<usize>> {
    let mut seen = vec![false; needs.len()];
    let mut paths = VecDeque::from([vec![from]]);
    while let Some(path) = paths.pop_front() {
        let end = path[path.len() - 1];
        if end == to {
            return Some(path);
        }
        for &next in &needs[end] {
            if !std::mem::replace(&mut seen[next], true) {
                paths.push_back(path.iter().copied().chain([next]).collect());
            }
        }
    }
    None
}

/// Whether a field of the cycle waits for another in it directly.
fn has_step(cycle: &[usize], from: usize, to: usize) -> bool {
    let next = cycle.iter().cycle().skip(1);
    cycle.iter().zip(next).any(|step| step == (&from, &to))
}

#[cfg(test)]
mod tests;
