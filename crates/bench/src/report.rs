//! The figures of a run: a table for people, or one JSON object.

use serde_json::{Map, Value, json};

/// One measured thing.
struct Figure {
    /// Its name in the JSON object.
    key: String,
    /// What it is, for people.
    what: String,
    value: f64,
    unit: &'static str,
    beside: Vec<Beside>,
}

/// What stands beside a figure, of the same run: a raw limit, or what another gets out of the machine.
#[derive(Clone)]
pub struct Beside {
    what: &'static str,
    value: f64,
}

impl Beside {
    pub fn new(what: &'static str, value: f64) -> Self {
        Self { what, value }
    }
}

/// All figures, in the order of their measuring.
#[derive(Default)]
pub struct Report {
    figures: Vec<Figure>,
    goals: Vec<(&'static str, bool)>,
    notes: Vec<String>,
}

impl Report {
    /// Adds a figure, and says it at once: a run takes minutes.
    pub fn add(
        &mut self,
        key: impl Into<String>,
        what: impl Into<String>,
        value: f64,
        unit: &'static str,
        beside: &[Beside],
    ) {
        let figure = Figure { key: key.into(), what: what.into(), value, unit, beside: beside.to_vec() };
        eprintln!("  {}: {} {unit}", figure.what, number(value));
        self.figures.push(figure);
    }

    /// Whether a goal holds; `None` where it was not measured.
    pub fn goal(&mut self, what: &'static str, holds: Option<bool>) {
        self.goals.extend(holds.map(|holds| (what, holds)));
    }

    /// Something that a reader must know beside the figures.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    pub fn value(&self, key: &str) -> Option<f64> {
        self.figures.iter().find(|figure| figure.key == key).map(|figure| figure.value)
    }

    /// `{"figures": {key: {"what", "value", "unit", "beside": [{"what", "value", "ratio"}]}},
    /// "goals": [{"what", "holds"}], "notes": [text]}`
    pub fn json(&self) -> Value {
        let mut figures = Map::new();
        for figure in &self.figures {
            let beside = figure.beside.iter().map(|beside| {
                json!({"what": beside.what, "value": beside.value, "ratio": figure.value / beside.value})
            });
            let beside: Vec<Value> = beside.collect();
            let object =
                json!({"what": figure.what, "value": figure.value, "unit": figure.unit, "beside": beside});
            figures.insert(figure.key.clone(), object);
        }
        let goals = self.goals.iter().map(|(what, holds)| json!({"what": what, "holds": holds}));
        let goals: Vec<Value> = goals.collect();
        json!({"figures": figures, "goals": goals, "notes": self.notes})
    }

    /// The table for people.
    pub fn table(&self) -> String {
        let mut rows = vec![["figure", "value", "unit", "beside it", "", "ratio"].map(str::to_owned)];
        for figure in &self.figures {
            let mut named = [figure.what.clone(), number(figure.value), figure.unit.to_owned()];
            let mut beside = figure.beside.iter();
            let mut next = beside.next();
            loop {
                let [what, value, unit] = std::mem::take(&mut named);
                let last = next.map_or_else(Default::default, |beside| {
                    let ratio = format!("{:.2}", figure.value / beside.value);
                    [beside.what.to_owned(), number(beside.value), ratio]
                });
                let [beside_what, beside_value, ratio] = last;
                rows.push([what, value, unit, beside_what, beside_value, ratio]);
                next = beside.next();
                if next.is_none() {
                    break;
                }
            }
        }
        let mut text = aligned(&rows);
        for (what, holds) in &self.goals {
            text.push_str(&format!("{}  {what}\n", if *holds { "holds" } else { "FAILS" }));
        }
        for note in &self.notes {
            text.push_str(&format!("{note}\n"));
        }
        text
    }
}

fn aligned(rows: &[[String; 6]]) -> String {
    let mut widths = [0; 6];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
            let is_number = matches!(column, 1 | 4 | 5);
            let padded = if is_number { format!("{cell:>width$}") } else { format!("{cell:<width$}") };
            text.push_str(&padded);
            text.push_str("  ");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

/// Thousands apart; as many decimals as are worth reading.
fn number(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{value:.decimals$}");
    let (whole, part) =
        text.split_once('.').map_or((text.as_str(), None), |(whole, part)| (whole, Some(part)));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match part {
        Some(part) => format!("{grouped}.{part}"),
        None => grouped,
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn large_figures_are_grouped_and_small_ones_keep_decimals() {
        assert_eq!(number(1_234_567.8), "1,234,568");
        assert_eq!(number(12.345), "12.3");
        assert_eq!(number(4.5678), "4.57");
        assert_eq!(number(100.0), "100");
    }
}
