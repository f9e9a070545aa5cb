//! The figures of a run: a table for people, or one JSON object.

use serde_json::{Map, Value, json};

/// One measured thing.
pub struct Figure {
    /// Its name in the JSON object.
    pub key: &'static str,
    /// What it is, for people.
    pub what: String,
    pub value: f64,
    pub unit: &'static str,
    /// What stands beside it, of the same run.
    pub beside: Option<Beside>,
}

/// A raw limit, or what another gets out of the same machine.
#[derive(Clone)]
pub struct Beside {
    pub what: String,
    pub value: f64,
}

/// All figures, in the order of their measuring.
#[derive(Default)]
pub struct Report {
    figures: Vec<Figure>,
    notes: Vec<String>,
}

impl Report {
    /// Adds a figure, and says it at once: a run takes minutes.
    pub fn add(
        &mut self,
        key: &'static str,
        what: impl Into<String>,
        value: f64,
        unit: &'static str,
        beside: Option<(&str, f64)>,
    ) {
        let beside = beside.map(|(what, value)| Beside { what: what.to_owned(), value });
        let figure = Figure { key, what: what.into(), value, unit, beside };
        eprintln!("  {}: {} {}", figure.what, number(value), unit);
        self.figures.push(figure);
    }

    /// Something that a reader must know beside the figures.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    pub fn value(&self, key: &str) -> Option<f64> {
        self.figures.iter().find(|figure| figure.key == key).map(|figure| figure.value)
    }

    /// `{"figures": {key: {"value", "unit", "what", "beside"?: {"what", "value", "ratio"}}}, "notes": […]}`
    pub fn json(&self) -> Value {
        let mut figures = Map::new();
        for figure in &self.figures {
            let mut object = json!({"value": figure.value, "unit": figure.unit, "what": figure.what});
            if let Some(beside) = &figure.beside {
                object["beside"] =
                    json!({"what": beside.what, "value": beside.value, "ratio": figure.value / beside.value});
            }
            figures.insert(figure.key.to_owned(), object);
        }
        json!({"figures": figures, "notes": self.notes})
    }

    /// The table for people.
    pub fn table(&self) -> String {
        let mut rows = vec![["figure", "value", "unit", "beside it", "", "ratio"].map(str::to_owned)];
        for figure in &self.figures {
            let (what, value, ratio) = match &figure.beside {
                Some(beside) => {
                    let ratio = format!("{:.3}", figure.value / beside.value);
                    (beside.what.clone(), number(beside.value), ratio)
                }
                None => Default::default(),
            };
            rows.push([
                figure.what.clone(),
                number(figure.value),
                figure.unit.to_owned(),
                what,
                value,
                ratio,
            ]);
        }
        let mut widths = [0; 6];
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut text = String::new();
        for row in &rows {
            for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
                let right = matches!(column, 1 | 4 | 5);
                let padded = if right { format!("{cell:>width$}") } else { format!("{cell:<width$}") };
                text.push_str(&padded);
                text.push_str("  ");
            }
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
        for note in &self.notes {
            text.push_str(note);
            text.push('\n');
        }
        text
    }
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
