//! The README's code compiles and works: each block is copied word for word from a file in `readme/`.

#[path = "readme/by_hand.rs"]
mod by_hand;
#[path = "readme/ours.rs"]
mod ours;
#[path = "readme/parts.rs"]
mod parts;

mod program {
    include!("readme/program.rs");

    /// `main` itself waits for a signal, so the test does everything that surrounds it in `main`.
    #[aobject::test]
    async fn the_program_saves_its_number_when_it_is_closed() {
        // Compiled but not called.
        std::hint::black_box(main as fn() -> Result<(), Error>);
        let folder = std::env::temp_dir().join(format!("aobject-readme-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::env::set_current_dir(&folder).unwrap();
        let service = Service::new("127.0.0.1:0").await.unwrap();
        service.visits.number.fetch_add(3, Relaxed);
        service.close().await.unwrap();
        let saved = std::fs::read_to_string(folder.join("visits.txt")).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(saved, "3");
    }
}

const README: &str = include_str!("../README.md");
/// The blocks, in the order of the README.
const SOURCES: [&str; 4] = [
    include_str!("readme/by_hand.rs"),
    include_str!("readme/ours.rs"),
    include_str!("readme/program.rs"),
    include_str!("readme/picture.rs"),
];

#[test]
fn each_block_of_code_is_a_file_that_compiles() {
    let blocks: Vec<_> = README
        .split("```rust\n")
        .skip(1)
        .filter_map(|rest| rest.split_once("```"))
        .map(|(block, _)| block)
        .collect();
    assert_eq!(blocks, SOURCES.map(shown));
}

/// The lines between two lines `// README`, without their common indentation; or the whole file.
fn shown(source: &str) -> String {
    let Some((before, rest)) = source.split_once("// README\n") else {
        return source.to_owned();
    };
    let indentation = before.rsplit('\n').next().unwrap_or_default();
    let lines = rest.lines().take_while(|line| line.trim() != "// README");
    let shown = lines.map(|line| line.strip_prefix(indentation).unwrap_or(line));
    shown.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn no_link_is_relative() {
    for target in README.split("](").skip(1) {
        assert!(
            target.starts_with("https://"),
            "a relative link: {}",
            target.lines().next().unwrap_or_default()
        );
    }
}

/// Without the times, which differ from run to run.
#[test]
fn the_table_of_faults_has_the_rows_of_the_printed_one_that_differ() {
    let printed = include_str!("../examples/service/README.md");
    let differing = printed
        .lines()
        .skip_while(|line| !line.starts_with("| SQLite"))
        .take_while(|line| line.starts_with('|'))
        .filter_map(|line| line.strip_suffix(" aobject |"))
        .map(without_times);
    let shown = README
        .lines()
        .skip_while(|line| !line.starts_with("| fault |"))
        .take_while(|line| line.starts_with('|'))
        .skip(2);
    assert_eq!(shown.collect::<Vec<_>>(), differing.collect::<Vec<_>>());
}

/// `| a close fails | well, 0.2 s |` becomes `| a close fails | well |`.
fn without_times(row: &str) -> String {
    let cells = row.split(" |").map(|cell| match cell.rsplit_once(", ") {
        Some((text, time)) if time.ends_with(" s") => text,
        _ => cell,
    });
    cells.collect::<Vec<_>>().join(" |")
}
