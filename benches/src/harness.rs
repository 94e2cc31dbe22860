//! Contestants in turns, many short rounds: what disturbs the machine disturbs them all.

use std::time::{Duration, Instant};

use crate::contestant::Contestant;

const ROUNDS: usize = 1000;
/// Of one contestant in one round: long against the clock, short against what disturbs.
const TURN: Duration = Duration::from_micros(50);

/// Times the contestants and prints a line for each: nanoseconds for scale, and what counts, its time as a
/// multiple of each baseline's, as the median over the rounds.
pub fn compare(title: &str, contestants: &[Contestant], baselines: &[&str]) {
    compare_for(TURN, ROUNDS, title, contestants, baselines);
}

/// The same for contestants that need longer turns, and so fewer rounds.
pub fn compare_for(
    turn: Duration,
    rounds: usize,
    title: &str,
    contestants: &[Contestant],
    baselines: &[&str],
) {
    let rounds = take_turns(turn, rounds, contestants);
    println!();
    let heads = baselines.iter().map(|name| format!("times {name}"));
    print_line(title, "median ns".to_owned(), heads);
    for (at, contestant) in contestants.iter().enumerate() {
        let time = median(rounds.iter().map(|times| times[at]));
        let ratios = baselines.iter().map(|name| {
            let base = position(contestants, name);
            format!(
                "{:.2}",
                median(rounds.iter().map(|times| times[at] / times[base]))
            )
        });
        print_line(contestant.name, format!("{time:.1}"), ratios);
    }
}

/// Prints the milliseconds of CPU that each contestant takes for one time, and their multiple of the first's: the least
/// of some rounds. Counts the calling thread alone, and nothing where the system does not say.
pub fn compare_cpu(title: &str, contestants: &[Contestant]) {
    const ROUNDS: usize = 5;
    let cpu = |contestant: &Contestant| {
        let before = cpu_time()?;
        (contestant.run)(1);
        Some(cpu_time()?.checked_sub(before)?.as_secs_f64() * 1e3)
    };
    let rounds: Option<Vec<Vec<f64>>> = (0..ROUNDS)
        .map(|_| contestants.iter().map(cpu).collect())
        .collect();
    println!(
        "\n{title:<28}{:>20}{:>20}",
        "CPU ms",
        format!("times {}", contestants[0].name)
    );
    let Some(rounds) = rounds else {
        return println!("not known here");
    };
    let least = |at: usize| {
        rounds
            .iter()
            .map(|times| times[at])
            .fold(f64::MAX, f64::min)
    };
    for (at, contestant) in contestants.iter().enumerate() {
        let times = least(at) / least(0);
        println!("{:<28}{:>20.2}{times:>20.2}", contestant.name, least(at));
    }
}

/// Of this thread, until now.
fn cpu_time() -> Option<Duration> {
    // Has the system count until now, not until its last tick.
    std::thread::yield_now();
    let schedule = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = schedule.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// Nanoseconds of each contestant, round by round.
fn take_turns(turn: Duration, rounds: usize, contestants: &[Contestant]) -> Vec<Vec<f64>> {
    let repeats: Vec<u64> = contestants
        .iter()
        .map(|contestant| repeats(contestant, turn))
        .collect();
    let in_turns = |round| {
        let mut times = vec![0.0; contestants.len()];
        for turn in 0..contestants.len() {
            // Everybody comes behind everybody else in turn.
            let at = (turn + round) % contestants.len();
            times[at] = nanoseconds(contestants[at], repeats[at]);
        }
        times
    };
    (0..rounds).map(in_turns).collect()
}

fn print_line(name: &str, time: String, ratios: impl Iterator<Item = String>) {
    let columns: Vec<String> = std::iter::once(time).chain(ratios).collect();
    let columns = columns.iter().map(|column| format!("{column:>20}"));
    println!("{name:<28}{}", columns.collect::<Vec<_>>().concat());
}

fn position(contestants: &[Contestant], name: &str) -> usize {
    contestants
        .iter()
        .position(|contestant| contestant.name == name)
        .expect("a baseline takes part")
}

/// How often a contestant fits in a turn.
fn repeats(contestant: &Contestant, turn: Duration) -> u64 {
    let mut count = 1;
    while elapsed(*contestant, count) < turn {
        count *= 2;
    }
    count
}

fn nanoseconds(contestant: Contestant, count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "far from 2^53")]
    let count_as_float = count as f64;
    elapsed(contestant, count).as_secs_f64() * 1e9 / count_as_float
}

fn elapsed(contestant: Contestant, count: u64) -> Duration {
    let start = Instant::now();
    (contestant.run)(count);
    start.elapsed()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
