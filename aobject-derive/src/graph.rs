//! Which field waits for which.

use std::collections::{BTreeSet, VecDeque};

use proc_macro2::Span;

use crate::model::object::{Field, Init, Made, Object, Use};

impl Object<'_> {
    /// The fields that must exist before field `field` is made, and that close after it. Sorted, each field once.
    pub(crate) fn needs(&self, field: usize) -> Vec<usize> {
        let mut needs = self.named_needs(field);
        let firsts: Vec<usize> = (0..self.fields.len())
            .filter(|of| self.is_first(*of))
            .collect();
        if !firsts.is_empty() && self.fields[field].is_init() && !self.is_awaited_by(field, &firsts)
        {
            needs.extend(firsts);
            needs.sort_unstable();
            needs.dedup();
        }
        needs
    }

    fn is_first(&self, field: usize) -> bool {
        matches!(&self.fields[field].made, Made::Init(init) if init.first)
    }

    /// Whether a field is one of `waiting`, or one of them waits for it.
    fn is_awaited_by(&self, field: usize, waiting: &[usize]) -> bool {
        let mut seen = vec![false; self.fields.len()];
        let mut next = waiting.to_vec();
        while let Some(of) = next.pop() {
            if !std::mem::replace(&mut seen[of], true) {
                next.extend(self.named_needs(of));
            }
        }
        seen[field]
    }

    /// Without the order that `first` adds.
    fn named_needs(&self, field: usize) -> Vec<usize> {
        let reasons = self.reasons(field).map(|of| of.field);
        let mut needs: Vec<usize> = reasons.filter(|need| *need != field).collect();
        needs.sort_unstable();
        needs.dedup();
        needs
    }

    /// Where field `field` names other fields: in its expression, in `after`, or in its limit.
    fn reasons(&self, field: usize) -> impl Iterator<Item = &Use> {
        let Field {
            made,
            close_timeout,
            ..
        } = &self.fields[field];
        let (uses, after, init): (&[Use], &[Use], Option<&Init>) = match made {
            Made::Argument { .. } => (&[], &[], None),
            Made::Default { uses, .. } => (uses, &[], None),
            Made::Init(init) => (&init.uses, &init.after, Some(init)),
        };
        let limits = init
            .into_iter()
            .flat_map(Init::limits)
            .map(|(_, limit)| limit);
        let by_limits = limits.chain(close_timeout).flat_map(|limit| &limit.uses);
        uses.iter().chain(after).chain(by_limits)
    }

    /// Where `field` states that it needs `need`.
    pub(crate) fn reason(&self, field: usize, need: usize) -> Span {
        let reason = self.reasons(field).find(|of| of.field == need);
        reason.map_or_else(|| self.fields[field].name.span(), |of| of.ident.span())
    }

    /// Whether the `init` expression or limit of another field names this field, and so borrows it.
    pub(crate) fn is_named(&self, field: usize) -> bool {
        self.fields.iter().any(|other| match &other.made {
            Made::Init(init) => {
                let by_limits = init.limits().flat_map(|(_, limit)| &limit.uses);
                init.uses
                    .iter()
                    .chain(by_limits)
                    .any(|of| of.field == field)
            }
            Made::Argument { .. } | Made::Default { .. } => false,
        })
    }

    /// All fields, each after those that it needs, otherwise in declaration order. For a graph without cycles.
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

    /// The fields as the plan lists them, in start order. Those without an `init` exist beforehand and come first.
    pub(crate) fn planned(&self) -> Vec<usize> {
        let order = self.order().into_iter();
        let (mut planned, inits): (Vec<_>, Vec<_>) =
            order.partition(|field| !self.fields[*field].is_init());
        planned.extend(inits);
        planned
    }

    /// The cycles. Each one lists its fields in the order of waiting, starting with the field declared first. For
    /// each step on a cycle there is a shortest cycle, unless an earlier cycle contains that step, so that every
    /// removable step is shown.
    pub(crate) fn cycles(&self) -> Vec<Vec<usize>> {
        if self.order().len() == self.fields.len() {
            return Vec::new();
        }
        let needs: Vec<_> = (0..self.fields.len())
            .map(|of| self.named_needs(of))
            .collect();
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

/// A shortest path of waiting from one field to another, including both.
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

/// Whether a field of the cycle waits directly for another field in it.
fn has_step(cycle: &[usize], from: usize, to: usize) -> bool {
    let next = cycle.iter().cycle().skip(1);
    cycle.iter().zip(next).any(|step| step == (&from, &to))
}

#[cfg(test)]
mod tests;
