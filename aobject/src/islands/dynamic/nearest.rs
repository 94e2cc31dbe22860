//! Finds the word that was probably meant.

/// The first of `words` that is nearest to `found`, if it is near enough for a word of its length.
pub(super) fn nearest<'a>(found: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let distances = words.map(|word| (distance(found, word), word));
    let near = distances.filter(|(distance, word)| *distance <= if word.len() > 4 { 2 } else { 1 });
    near.min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// The number of letters that have to be inserted, removed or replaced to turn one word into the other. One row
/// of the table is enough.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, to) in b.chars().enumerate() {
            let replaced = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn a_distance_counts_letters() {
        for (a, b, letters) in [
            ("", "", 0),
            ("", "ab", 2),
            ("redis", "reds", 1),
            ("ab", "ba", 2),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(a, b), letters, "{a} {b}");
            assert_eq!(distance(b, a), letters, "{b} {a}");
        }
    }

    #[test]
    fn a_word_is_meant_if_it_is_near() {
        let words = || ["redis", "memory", "disk"].into_iter();
        assert_eq!(nearest("rediss", words()), Some("redis"));
        assert_eq!(nearest("memroy", words()), Some("memory"));
        assert_eq!(nearest("dsik", words()), None);
        assert_eq!(nearest("postgres", words()), None);
    }
}
