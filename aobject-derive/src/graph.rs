//! Who waits for whom.

use proc_macro2::Span;

use crate::model::{Made, Model};

impl Model<'_> {
    /// The fields that field `field` waits for: sorted, each once. None unless it is made by `init`.
    pub(crate) fn needs(&self, field: usize) -> Vec<usize> {
        let Made::Init(init) = &self.fields[field].made else { return Vec::new() };
        let mut needs: Vec<usize> = init.uses.iter().chain(&init.after).map(|of| of.field).collect();
        needs.sort_unstable();
        needs.dedup();
        needs
    }

    /// Where `field` says that it needs `need`.
    pub(crate) fn reason(&self, field: usize, need: usize) -> Span {
        let init = if let Made::Init(init) = &self.fields[field].made { Some(init) } else { None };
        let mut uses = init.into_iter().flat_map(|init| init.uses.iter().chain(&init.after));
        uses.find(|of| of.field == need).map_or_else(|| self.fields[field].name.span(), |of| of.ident.span())
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
        let needs: Vec<_> = (0..self.fields.len()).map(|field| self.needs(field)).collect();
        let mut order = Vec::new();
        let ready = |field: &usize, order: &[usize]| {
            !order.contains(field) && needs[*field].iter().all(|need| order.contains(need))
        };
        while let Some(next) = (0..needs.len()).find(|field| ready(field, &order)) {
            order.push(next);
        }
        order
    }

    /// Cycles, each as the fields on it in the order of waiting, from the one declared first. Every field is on one of them at most, so that
    /// of cycles that overlap the first is given; the others show once it is gone.
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
    model: &'a Model<'a>,
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
        let mut cycle: Vec<usize> = self.path.iter().copied().skip_while(|on| *on != field).collect();
        let first = (0..cycle.len()).min_by_key(|at| cycle[*at]);
        cycle.rotate_left(first.unwrap_or_default());
        if !self.cycles.iter().flatten().any(|told| cycle.contains(told)) {
            self.cycles.push(cycle);
        }
    }
}

#[cfg(test)]
mod tests;
