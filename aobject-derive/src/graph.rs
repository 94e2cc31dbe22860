//! Who waits for whom.

use std::collections::BTreeSet;

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

    /// Cycles, each as the fields on it in the order of waiting, from the one declared first. Every field is on one of
    /// them at most, so that of cycles that overlap the first is given; the others show once it is gone.
    pub(crate) fn cycles(&self) -> Vec<Vec<usize>> {
        let mut search = Search {
            model: self,
            state: vec![State::New; self.fields.len()],
            path: Vec::new(),
            cycles: Vec::new(),
        };
        for field in 0..self.fields.len() {
            search.visit(field);
        }
        search.cycles
    }
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    New,
    OnPath,
    Done,
}

/// Depth first; an edge back to the path closes a cycle.
struct Search<'a> {
    model: &'a Object<'a>,
    state: Vec<State>,
    path: Vec<usize>,
    cycles: Vec<Vec<usize>>,
}

impl Search<'_> {
    fn visit(&mut self, field: usize) {
        match self.state[field] {
            State::Done => {}
            State::OnPath => self.close(field),
            State::New => {
                self.state[field] = State::OnPath;
                self.path.push(field);
                for need in self.model.needs(field) {
                    self.visit(need);
                }
                self.path.pop();
                self.state[field] = State::Done;
            }
        }
    }

    /// The path from `field` to its end is a cycle.
    fn close(&mut self, field: usize) {
        let mut cycle: Vec<usize> = self
            .path
            .iter()
            .copied()
            .skip_while(|on| *on != field)
            .collect();
        let first = (0..cycle.len()).min_by_key(|at| cycle[*at]);
        cycle.rotate_left(first.unwrap_or_default());
        if !self
            .cycles
            .iter()
            .flatten()
            .any(|told| cycle.contains(told))
        {
            self.cycles.push(cycle);
        }
    }
}

#[cfg(test)]
mod tests;
