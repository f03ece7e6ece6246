//! What was measured, and whether it keeps its budget.

use serde::Serialize;

use super::load::Driven;

/// What a figure must be.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Budget {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
}

/// Whether a figure keeps its budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It does.
    Met,
    /// It does not.
    Missed,
}

/// One thing measured.
#[derive(Debug, Serialize)]
pub struct Figure {
    /// What.
    pub what: String,
    /// The unit; `ratio` for a share of another throughput.
    pub unit: &'static str,
    /// What it must be.
    pub budget: Budget,
    /// What it is.
    pub measured: f64,
    /// Whether that is good.
    pub verdict: Verdict,
    /// The two throughputs of a ratio.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beside: Option<Beside>,
    /// How the figure came about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The throughputs behind a ratio.
#[derive(Debug, Serialize)]
pub struct Beside {
    /// The server itself.
    pub own: Side,
    /// What it is compared with.
    pub other: Side,
    /// Who that is.
    pub against: &'static str,
}

/// The medians of one server's rounds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Side {
    /// Requests answered per second.
    pub per_second: f64,
    /// Latency in microseconds: half of the requests.
    pub p50: f64,
    /// Latency in microseconds: all but one in a hundred.
    pub p99: f64,
}

impl Side {
    fn of(rounds: &[Driven]) -> Self {
        let of = |read: &dyn Fn(&Driven) -> f64| median(rounds.iter().map(read).collect());
        Self {
            per_second: of(&Driven::throughput),
            p50: of(&|one| one.p50 as f64),
            p99: of(&|one| one.p99 as f64),
        }
    }
}

impl Figure {
    /// The throughput of `own` as a share of `other`'s: the median over the rounds, each compared with its own.
    pub fn ratio(
        what: &str,
        against: &'static str,
        budget: Budget,
        own: &[Driven],
        other: &[Driven],
    ) -> Self {
        let rounds = own.iter().zip(other);
        let ratios = rounds.map(|(own, other)| own.throughput() / other.throughput());
        let beside = Beside {
            own: Side::of(own),
            other: Side::of(other),
            against,
        };
        Self {
            beside: Some(beside),
            ..Self::single(what, "ratio", budget, median(ratios.collect()))
        }
    }

    /// A figure by itself.
    pub fn single(what: &str, unit: &'static str, budget: Budget, measured: f64) -> Self {
        let met = match budget {
            Budget::AtLeast(least) => measured >= least,
            Budget::AtMost(most) => measured <= most,
        };
        Self {
            what: what.to_owned(),
            unit,
            budget,
            measured,
            verdict: if met { Verdict::Met } else { Verdict::Missed },
            beside: None,
            note: None,
        }
    }

    /// With a word on how it came about.
    pub fn noting(self, note: String) -> Self {
        Self {
            note: Some(note),
            ..self
        }
    }
}

/// The middle one; of an even number, the mean of the two in the middle.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        even if even % 2 == 0 => f64::midpoint(values[middle - 1], values[middle]),
        _ => values[middle],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn driven(requests: u64) -> Driven {
        Driven {
            requests,
            micros: 1_000_000,
            failed: 0,
            p50: 1,
            p99: 2,
        }
    }

    #[test]
    fn a_ratio_compares_each_round_with_its_own() {
        let own = [driven(50), driven(10), driven(60)];
        let other = [driven(100), driven(10), driven(100)];
        let figure = Figure::ratio("x", "bare", Budget::AtLeast(0.6), &own, &other);
        assert_eq!(figure.measured, 0.6);
        assert_eq!(figure.verdict, Verdict::Met);
    }

    #[test]
    fn a_figure_beyond_its_budget_is_missed() {
        let figure = Figure::single("x", "ms", Budget::AtMost(30.0), 30.5);
        assert_eq!(figure.verdict, Verdict::Missed);
    }

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        assert_eq!(median(vec![4.0, 1.0, 3.0, 2.0]), 2.5);
    }
}
