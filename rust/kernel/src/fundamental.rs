//! Fundamental values: what a share would be worth if everybody knew everything.
//!
//! A path is drawn once, on a grid of times, before anybody looks. So what it says does not depend on who looks
//! when, and an agent that is added does not change it. Between two points of the grid it stands still.
//!
//! Models: a constant; mean-reverting with megashocks (Byrd 2019, arXiv:1909.11650; Wah, Wright and Wellman
//! 2017, doi:10.1613/jair.5453), an Ornstein-Uhlenbeck process taken exactly from point to point; geometric
//! Brownian motion, correlated between symbols; geometric with stochastic volatility, whose logarithm is a sum of
//! Ornstein-Uhlenbeck factors, each drawn against by the return itself (Masoliver and Perelló 2006,
//! doi:10.1080/14697680600727547, gives the one-factor form, its long memory and its leverage); and given values.

use serde::Deserialize;

use crate::spec::Error;
use crate::stream::{Purpose, Stream};

/// Most points of one path: eight bytes each.
const POINTS_MAX: i64 = 1 << 24;

/// How the value of one symbol moves. Values are in ticks, times in nanoseconds.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Fundamental {
    /// It never moves.
    Constant { value: f64 },
    /// It reverts to a mean.
    MeanReverting {
        mean: f64,
        /// Where it starts; the mean when left out.
        #[serde(default)]
        start: Option<f64>,
        /// Rate of reversion for a nanosecond.
        kappa: f64,
        /// Deviation in ticks for the square root of a nanosecond.
        volatility: f64,
        /// Megashocks for a nanosecond.
        #[serde(default)]
        shock_rate: f64,
        /// Mean size of a megashock, up or down alike.
        #[serde(default)]
        shock_mean: f64,
        /// Variance of that size.
        #[serde(default)]
        shock_variance: f64,
    },
    /// Its logarithm is Brownian motion.
    Geometric {
        start: f64,
        /// Deviation of the logarithm over `per_ns`.
        volatility: f64,
        /// Drift of the logarithm over `per_ns`.
        #[serde(default)]
        drift: f64,
        per_ns: f64,
    },
    /// As geometric, with a volatility that moves.
    StochasticVolatility {
        start: f64,
        /// Typical deviation of the logarithm over `per_ns`.
        volatility: f64,
        per_ns: f64,
        factors: Vec<Factor>,
    },
    /// Given values, each from its time on. They are the whole truth: news moves them no further.
    Given { times: Vec<i64>, values: Vec<f64> },
}

/// One factor of a moving volatility.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Factor {
    /// Time over which it forgets, in nanoseconds.
    pub(crate) memory_ns: f64,
    /// Its own deviation, in units of the logarithm of volatility.
    pub(crate) deviation: f64,
    /// Correlation of its steps with those of the value: below zero, volatility rises when the value falls.
    pub(crate) leverage: f64,
}

/// A piece of news: at its time the value jumps, and those who listen are told.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct News {
    pub(crate) time_ns: i64,
    pub(crate) symbol: u16,
    /// By how many ticks the value jumps.
    pub(crate) jump: f64,
    pub(crate) text: String,
}

/// What becomes of a jump on the grid after it.
#[derive(Clone, Copy, Debug)]
enum Lasting {
    /// It is forgotten at a rate for a nanosecond; at a rate of zero it stays.
    Fades(f64),
    /// The value goes on in proportion.
    Scales,
    /// Given values are the whole truth.
    Not,
}

#[derive(Clone, Debug)]
struct Path {
    lasting: Lasting,
    times: Vec<i64>,
    /// Zero where the times are not a grid.
    step: i64,
    values: Vec<f64>,
    /// News of the symbol by time; a value of the grid has what came before it, not what comes until the next.
    jumps: Vec<(i64, f64)>,
}

/// The paths of all symbols.
#[derive(Clone, Debug)]
pub struct Paths {
    paths: Vec<Path>,
}

/// What is needed to draw paths.
pub(crate) struct Plan<'a> {
    pub(crate) seed: u64,
    pub(crate) start_ns: i64,
    pub(crate) end_ns: i64,
    pub(crate) step_ns: i64,
    pub(crate) symbols: &'a [(String, Fundamental)],
    /// Correlation of the geometric steps between symbols; empty for none.
    pub(crate) correlation: &'a [Vec<f64>],
    pub(crate) news: &'a [News],
}

impl Plan<'_> {
    /// The news of a symbol from the start on, by time.
    fn jumps(&self, symbol: usize) -> Vec<(i64, f64)> {
        let concerned = |news: &&News| usize::from(news.symbol) == symbol && news.time_ns >= self.start_ns;
        let mut jumps: Vec<_> =
            self.news.iter().filter(concerned).map(|news| (news.time_ns, news.jump)).collect();
        jumps.sort_by_key(|jump| jump.0);
        jumps
    }
}

impl Path {
    /// A value of the grid and the news that came since.
    fn after_news(&self, place: usize, time: i64) -> f64 {
        let from = self.times[0] + place as i64 * self.step;
        let first = self.jumps.partition_point(|jump| jump.0 < from);
        let since = self.jumps[first..].iter().take_while(|jump| jump.0 <= time);
        since.fold(self.values[place], |value, jump| value + jump.1)
    }
}

impl Paths {
    /// Draws every path.
    pub(crate) fn draw(plan: &Plan<'_>) -> Result<Self, Error> {
        let points = (plan.end_ns - plan.start_ns) / plan.step_ns.max(1) + 1;
        if plan.step_ns < 1 || points > POINTS_MAX {
            return Err(Error::new("fundamental_step_ns", format!("a path may have {POINTS_MAX} points")));
        }
        let mixing = cholesky(plan.correlation, plan.symbols.len())?;
        let mut streams: Vec<Stream> = plan
            .symbols
            .iter()
            .map(|(name, _)| Stream::named(plan.seed, name, 0, Purpose::Fundamental))
            .collect();
        let mut walkers: Vec<Walker<'_>> = plan.symbols.iter().map(|(_, model)| Walker::new(model)).collect();
        let mut values = vec![Vec::with_capacity(points as usize); plan.symbols.len()];
        let mut shared = vec![0.0; plan.symbols.len()];
        let mut jumps: Vec<_> = (0..plan.symbols.len()).map(|symbol| plan.jumps(symbol)).collect();
        let mut jumped = vec![0; plan.symbols.len()];
        for point in 0..points {
            for (stream, draw) in streams.iter_mut().zip(&mut shared) {
                *draw = stream.normal(0.0, 1.0);
            }
            for (index, walker) in walkers.iter_mut().enumerate() {
                if point > 0 {
                    let step = plan.step_ns as f64;
                    let mixed = mixing.as_ref().map_or(shared[index], |rows| {
                        rows[index].iter().zip(&shared).map(|(weight, draw)| weight * draw).sum()
                    });
                    walker.step(step, mixed, &mut streams[index]);
                }
                values[index].push(walker.value);
                let next = (plan.start_ns + point * plan.step_ns).saturating_add(plan.step_ns);
                while let Some(&(_, jump)) = jumps[index].get(jumped[index]).filter(|jump| jump.0 < next) {
                    walker.value += jump;
                    jumped[index] += 1;
                }
            }
        }
        let paths =
            plan.symbols.iter().zip(values).zip(&mut jumps).map(
                |(((_, model), values), jumps)| match model {
                    Fundamental::Given { times, values } => Path {
                        lasting: Lasting::Not,
                        times: times.clone(),
                        step: 0,
                        values: values.clone(),
                        jumps: Vec::new(),
                    },
                    _ => Path {
                        lasting: model.lasting(),
                        times: vec![plan.start_ns],
                        step: plan.step_ns,
                        values,
                        jumps: core::mem::take(jumps),
                    },
                },
            );
        Ok(Self { paths: paths.collect() })
    }

    /// The value of a symbol at a time, in ticks.
    #[inline(always)]
    #[must_use]
    pub fn at(&self, symbol: u16, time: i64) -> f64 {
        let path = &self.paths[usize::from(symbol)];
        let place = if path.step == 0 {
            path.times.partition_point(|&from| from <= time).saturating_sub(1)
        } else {
            ((time - path.times[0]).max(0) / path.step) as usize
        };
        let place = place.min(path.values.len() - 1);
        if path.jumps.is_empty() { path.values[place] } else { path.after_news(place, time) }
    }

    /// A value jumps at a time, by so many ticks, and goes on from there. Nothing before that time changes.
    pub(crate) fn jump(&mut self, symbol: u16, time: i64, jump: f64) {
        let before = self.at(symbol, time);
        let path = &mut self.paths[usize::from(symbol)];
        if matches!(path.lasting, Lasting::Not) {
            return;
        }
        let place = path.jumps.partition_point(|news| news.0 <= time);
        path.jumps.insert(place, (time, jump));
        let next = (time - path.times[0]).max(0) / path.step + 1;
        let next = usize::try_from(next).unwrap_or(usize::MAX).min(path.values.len());
        for (steps, value) in (1..).zip(&mut path.values[next..]) {
            match path.lasting {
                Lasting::Fades(rate) => {
                    *value += jump * libm::exp(-rate * path.step as f64 * f64::from(steps))
                }
                // A value of zero stays zero whatever it is multiplied by.
                Lasting::Scales if before > 0.0 => *value *= ((before + jump) / before).max(0.0),
                Lasting::Scales | Lasting::Not => {}
            }
        }
    }

    /// The grid points of a symbol, at most about `most` of them: time in nanoseconds and value in ticks.
    #[must_use]
    pub fn points(&self, symbol: u16, most: usize) -> Vec<(i64, f64)> {
        let path = &self.paths[usize::from(symbol)];
        let stride = path.values.len().div_ceil(most.max(1)).max(1);
        let time = |place: usize| {
            if path.step == 0 { path.times[place] } else { path.times[0] + place as i64 * path.step }
        };
        let point = |place: usize| (time(place), self.at(symbol, time(place)));
        (0..path.values.len()).step_by(stride).map(point).collect()
    }
}

/// One value on its way.
struct Walker<'a> {
    model: &'a Fundamental,
    value: f64,
    factors: Vec<f64>,
}

impl<'a> Walker<'a> {
    fn new(model: &'a Fundamental) -> Self {
        let (value, factors) = match model {
            Fundamental::Constant { value } => (*value, 0),
            Fundamental::MeanReverting { mean, start, .. } => (start.unwrap_or(*mean), 0),
            Fundamental::Geometric { start, .. } => (*start, 0),
            Fundamental::StochasticVolatility { start, factors, .. } => (*start, factors.len()),
            Fundamental::Given { values, .. } => (values.first().copied().unwrap_or(0.0), 0),
        };
        Self { model, value, factors: vec![0.0; factors] }
    }

    fn step(&mut self, step: f64, draw: f64, stream: &mut Stream) {
        match self.model {
            Fundamental::Constant { .. } | Fundamental::Given { .. } => {}
            Fundamental::MeanReverting {
                mean,
                kappa,
                volatility,
                shock_rate,
                shock_mean,
                shock_variance,
                ..
            } => {
                let keep = libm::exp(-kappa * step);
                let variance =
                    if *kappa == 0.0 { step } else { -libm::expm1(-2.0 * kappa * step) / (2.0 * kappa) };
                self.value = mean + (self.value - mean) * keep + volatility * variance.sqrt() * draw;
                if *shock_rate > 0.0 && stream.chance(-libm::expm1(-shock_rate * step)) {
                    let size = stream.normal(*shock_mean, shock_variance.sqrt());
                    self.value += if stream.chance(0.5) { size } else { -size };
                }
            }
            Fundamental::Geometric { volatility, drift, per_ns, .. } => {
                let part = step / per_ns;
                self.value *= libm::exp(drift * part + volatility * part.sqrt() * draw);
            }
            Fundamental::StochasticVolatility { volatility, per_ns, factors, .. } => {
                // The factors are centred so that the mean variance is the square of `volatility`.
                let mut log = 0.0;
                for (factor, state) in factors.iter().zip(&self.factors) {
                    log += state - factor.deviation * factor.deviation;
                }
                let deviation = volatility * (step / per_ns).sqrt() * libm::exp(log);
                self.value *= libm::exp(deviation * draw - 0.5 * deviation * deviation);
                for (factor, state) in factors.iter().zip(&mut self.factors) {
                    let keep = libm::exp(-step / factor.memory_ns);
                    let own = stream.normal(0.0, 1.0);
                    let rest = (1.0 - factor.leverage * factor.leverage).max(0.0).sqrt();
                    let mixed = factor.leverage * draw + rest * own;
                    *state = *state * keep + factor.deviation * (1.0 - keep * keep).sqrt() * mixed;
                }
            }
        }
    }
}

/// The lower triangle whose product with its transpose is the matrix; `None` for an empty matrix.
fn cholesky(matrix: &[Vec<f64>], size: usize) -> Result<Option<Vec<Vec<f64>>>, Error> {
    if matrix.is_empty() {
        return Ok(None);
    }
    let flaw = |what: &str| Error::new("correlation", what.to_owned());
    if matrix.len() != size || matrix.iter().any(|row| row.len() != size) {
        return Err(flaw("needs a row and a column for each symbol"));
    }
    let mut lower = vec![vec![0.0; size]; size];
    for row in 0..size {
        if matrix[row][row] != 1.0 || (0..size).any(|column| matrix[row][column] != matrix[column][row]) {
            return Err(flaw("must be symmetric with ones on the diagonal"));
        }
        for column in 0..=row {
            let sum: f64 = (0..column).map(|inner| lower[row][inner] * lower[column][inner]).sum();
            let rest = matrix[row][column] - sum;
            lower[row][column] = if row == column {
                if rest <= 0.0 {
                    return Err(flaw("is not positive definite"));
                }
                rest.sqrt()
            } else {
                rest / lower[column][column]
            };
        }
    }
    Ok(Some(lower))
}

impl Fundamental {
    const fn lasting(&self) -> Lasting {
        match self {
            Self::Constant { .. } => Lasting::Fades(0.0),
            Self::MeanReverting { kappa, .. } => Lasting::Fades(*kappa),
            Self::Geometric { .. } | Self::StochasticVolatility { .. } => Lasting::Scales,
            Self::Given { .. } => Lasting::Not,
        }
    }

    /// What is wrong with the model, if anything.
    pub(crate) fn flaw(&self) -> Option<&'static str> {
        let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
        let sound = match self {
            Self::Constant { value } => finite(&[*value]),
            Self::MeanReverting {
                mean,
                start,
                kappa,
                volatility,
                shock_rate,
                shock_mean,
                shock_variance,
            } => {
                finite(&[*mean, start.unwrap_or(*mean), *shock_mean])
                    && finite(&[*kappa, *volatility, *shock_rate, *shock_variance])
                    && [kappa, volatility, shock_rate, shock_variance].iter().all(|&&value| value >= 0.0)
            }
            Self::Geometric { start, volatility, drift, per_ns } => {
                finite(&[*start, *volatility, *drift, *per_ns])
                    && *start > 0.0
                    && *volatility >= 0.0
                    && *per_ns > 0.0
            }
            Self::StochasticVolatility { start, volatility, per_ns, factors } => {
                finite(&[*start, *volatility, *per_ns])
                    && *start > 0.0
                    && *volatility >= 0.0
                    && *per_ns > 0.0
                    && factors.iter().all(|factor| {
                        finite(&[factor.memory_ns, factor.deviation, factor.leverage])
                            && factor.memory_ns > 0.0
                            && factor.deviation >= 0.0
                            && factor.leverage.abs() <= 1.0
                    })
            }
            Self::Given { times, values } => {
                !values.is_empty()
                    && times.len() == values.len()
                    && times.is_sorted_by(|one, two| one < two)
                    && finite(values)
            }
        };
        if sound { None } else { Some("a number of the fundamental is out of its range") }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::float_cmp)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    fn paths(symbols: &[(String, Fundamental)], correlation: &[Vec<f64>], seed: u64) -> Paths {
        let plan = Plan {
            seed,
            start_ns: 0,
            end_ns: 20_000 * SECOND,
            step_ns: SECOND,
            symbols,
            correlation,
            news: &[],
        };
        Paths::draw(&plan).expect("sound")
    }

    fn values(paths: &Paths, symbol: u16) -> Vec<f64> {
        paths.points(symbol, usize::MAX).into_iter().map(|(_, value)| value).collect()
    }

    #[test]
    fn a_mean_reverting_path_has_the_variance_and_memory_of_its_formula() {
        // Reversion over 100 s, so 20,000 s are 200 independent looks; sigma chosen for a deviation of 50.
        let (kappa, deviation) = (1e-11, 50.0);
        let volatility = deviation * (2.0_f64 * kappa).sqrt();
        let model = Fundamental::MeanReverting {
            mean: 1_000.0,
            start: None,
            kappa,
            volatility,
            shock_rate: 0.0,
            shock_mean: 0.0,
            shock_variance: 0.0,
        };
        let (mut variance, mut lagged, mut count) = (0.0, 0.0, 0.0);
        for seed in 0..10 {
            let path = values(&paths(&[("A".to_owned(), model.clone())], &[], seed), 0);
            for pair in path[500..].windows(101) {
                variance += (pair[0] - 1_000.0) * (pair[0] - 1_000.0);
                lagged += (pair[0] - 1_000.0) * (pair[100] - 1_000.0);
                count += 1.0;
            }
        }
        let deviation_seen = (variance / count).sqrt();
        assert!((deviation_seen / deviation - 1.0).abs() < 0.06, "{deviation_seen}");
        let memory = lagged / variance;
        assert!((memory - libm::exp(-1.0)).abs() < 0.06, "{memory}");
    }

    #[test]
    fn geometric_paths_correlate_as_asked() {
        let model = |start| Fundamental::Geometric { start, volatility: 0.01, drift: 0.0, per_ns: 1e12 };
        let symbols = [("A".to_owned(), model(100.0)), ("B".to_owned(), model(50.0))];
        let drawn = paths(&symbols, &[vec![1.0, 0.6], vec![0.6, 1.0]], 3);
        let steps = |symbol| -> Vec<f64> {
            values(&drawn, symbol).windows(2).map(|pair| libm::log(pair[1] / pair[0])).collect()
        };
        let (one, two) = (steps(0), steps(1));
        let product = |left: &[f64], right: &[f64]| -> f64 {
            left.iter().zip(right).map(|(left, right)| left * right).sum()
        };
        let correlation = product(&one, &two) / (product(&one, &one) * product(&two, &two)).sqrt();
        assert!((correlation - 0.6).abs() < 0.02, "{correlation}");
        let per_second = (product(&one, &one) / one.len() as f64).sqrt();
        assert!((per_second / (0.01 / 1_000_f64.sqrt()) - 1.0).abs() < 0.02, "{per_second}");
    }

    #[test]
    fn a_moving_volatility_has_the_mean_variance_asked_for_and_rises_when_the_value_falls() {
        let model = Fundamental::StochasticVolatility {
            start: 100.0,
            volatility: 0.02,
            per_ns: 20_000.0 * SECOND as f64,
            factors: vec![Factor { memory_ns: 60e9, deviation: 0.5, leverage: -0.6 }],
        };
        let (mut variance, mut lever) = (0.0, 0.0);
        for seed in 0..20 {
            let path = values(&paths(&[("A".to_owned(), model.clone())], &[], seed), 0);
            let steps: Vec<f64> = path.windows(2).map(|pair| libm::log(pair[1] / pair[0])).collect();
            variance += steps.iter().map(|step| step * step).sum::<f64>() / 20.0;
            lever += steps.windows(2).map(|pair| pair[0] * pair[1] * pair[1]).sum::<f64>();
        }
        assert!((variance.sqrt() / 0.02 - 1.0).abs() < 0.1, "{}", variance.sqrt());
        assert!(lever < 0.0);
    }

    #[test]
    fn megashocks_come_at_their_rate_and_size() {
        let model = Fundamental::MeanReverting {
            mean: 0.0,
            start: None,
            kappa: 0.0,
            volatility: 0.0,
            shock_rate: 1e-11,
            shock_mean: 1_000.0,
            shock_variance: 100.0,
        };
        let path = values(&paths(&[("A".to_owned(), model)], &[], 1), 0);
        let jumps: Vec<f64> =
            path.windows(2).map(|pair| (pair[1] - pair[0]).abs()).filter(|&jump| jump > 0.0).collect();
        assert!((150..250).contains(&jumps.len()), "{}", jumps.len());
        assert!(jumps.iter().all(|jump| (950.0..1_050.0).contains(jump)));
    }

    #[test]
    fn a_matrix_that_is_no_correlation_is_refused() {
        let model = Fundamental::Geometric { start: 1.0, volatility: 0.1, drift: 0.0, per_ns: 1e9 };
        let symbols = [("A".to_owned(), model.clone()), ("B".to_owned(), model)];
        for matrix in
            [vec![vec![1.0, 2.0], vec![2.0, 1.0]], vec![vec![1.0, 0.1], vec![0.2, 1.0]], vec![vec![1.0, 0.1]]]
        {
            assert!(cholesky(&matrix, symbols.len()).is_err());
        }
    }

    #[test]
    fn news_moves_a_value_at_its_own_moment() {
        let news = |time_ns, symbol, jump| News { time_ns, symbol, jump, text: String::new() };
        let constant = |value| Fundamental::Constant { value };
        let plan = Plan {
            seed: 1,
            start_ns: 100 * SECOND,
            end_ns: 110 * SECOND,
            step_ns: SECOND,
            symbols: &[("A".to_owned(), constant(50.0)), ("B".to_owned(), constant(70.0))],
            correlation: &[],
            news: &[
                news(105 * SECOND + 7, 0, 3.0),
                news(102 * SECOND, 0, 1.0),
                news(105 * SECOND + 9, 0, -2.0),
                news(104 * SECOND, 1, 5.0),
                news(3 * SECOND, 0, 100.0),
            ],
        };
        let paths = Paths::draw(&plan).expect("sound");
        let rows = [
            (100 * SECOND, 50.0, 70.0),
            (102 * SECOND - 1, 50.0, 70.0),
            (102 * SECOND, 51.0, 70.0),
            (104 * SECOND, 51.0, 75.0),
            (105 * SECOND + 6, 51.0, 75.0),
            (105 * SECOND + 7, 54.0, 75.0),
            (105 * SECOND + 9, 52.0, 75.0),
            (200 * SECOND, 52.0, 75.0),
        ];
        for (time, one, two) in rows {
            assert_eq!((paths.at(0, time), paths.at(1, time)), (one, two), "at {time}");
        }
        let points: Vec<f64> = paths.points(0, usize::MAX).into_iter().map(|point| point.1).collect();
        assert_eq!(points, [50.0, 50.0, 51.0, 51.0, 51.0, 51.0, 52.0, 52.0, 52.0, 52.0, 52.0]);
    }
}
