//! `cargo xtask cells N`: how many cells a deployment has, in the manifest and for Spin's runtime configuration.

use std::path::Path;

use anyhow::{Context, bail};
use domain::cell_name::{CELLS_MAX, CellName};

/// Ends the manifest's lines that name the cells' databases.
const MARK: &str = "# the cells";

/// What Spin needs besides the manifest where there is more than one.
const RUNTIME: &str = "deploy/runtime-cells.toml";

/// Writes the manifest, and the runtime configuration where Spin needs one.
pub fn write(root: &Path, count: &str) -> anyhow::Result<()> {
    let count: u16 = count
        .parse()
        .ok()
        .filter(|count| (1..=CELLS_MAX).contains(count))
        .with_context(|| format!("`{count}` is not a number of cells: 1 to {CELLS_MAX}"))?;
    let path = root.join("spin.toml");
    let manifest = std::fs::read_to_string(&path).context("spin.toml")?;
    std::fs::write(&path, with_cells(&manifest, count)?).context("spin.toml")?;
    let runtime = root.join(RUNTIME);
    if count == 1 {
        if runtime.is_file() {
            std::fs::remove_file(&runtime).context(RUNTIME)?;
        }
        println!("One cell: spin.toml says so, and Spin needs no runtime configuration for it.");
        return Ok(());
    }
    std::fs::write(&runtime, runtime_config(count)).context(RUNTIME)?;
    println!("{count} cells: spin.toml says so. On Spin: `spin up --runtime-config-file {RUNTIME}`.");
    Ok(())
}

/// The labels of so many cells, the first of which lies beside the directory.
fn labels(count: u16) -> Vec<String> {
    (1..=count).filter_map(CellName::numbered).map(CellName::label).collect()
}

/// The manifest with so many cells.
fn with_cells(manifest: &str, count: u16) -> anyhow::Result<String> {
    let labels = labels(count);
    let quoted: Vec<String> = labels.iter().map(|label| format!("\"{label}\"")).collect();
    let variable = format!("cells = {{ default = \"{}\" }}", labels.join(","));
    let databases = format!("sqlite_databases = [{}] {MARK}", quoted.join(", "));
    let (mut written, mut variables, mut components) = (String::new(), 0, 0);
    for line in manifest.lines() {
        let line = if line.starts_with("cells = { default") {
            variables += 1;
            &variable
        } else if line.starts_with("sqlite_databases") && line.ends_with(MARK) {
            components += 1;
            &databases
        } else {
            line
        };
        written.push_str(line);
        written.push('\n');
    }
    if variables != 1 || components == 0 {
        bail!(
            "spin.toml has {variables} variables of the cells, and {components} lines that end with `{MARK}`"
        );
    }
    Ok(written)
}

/// Files of their own beside the one of the first cell, which Spin gives without being told.
fn runtime_config(count: u16) -> String {
    let mut text = "# Several cells on Spin, over files: `spin up --runtime-config-file deploy/runtime-cells.toml`.\n\
                    # Written by `cargo xtask cells`. Over servers give each cell a database of its own there.\n"
        .to_owned();
    for label in labels(count).iter().skip(1) {
        text.push_str(&format!(
            "\n[sqlite_database.{label}]\ntype = \"spin\"\npath = \"../.spin-state/{label}.db\"\n"
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> String {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        std::fs::read_to_string(root.join("spin.toml")).expect("spin.toml")
    }

    #[test]
    fn the_manifest_as_it_is_committed_has_one_cell() {
        assert_eq!(with_cells(&manifest(), 1).expect("written"), manifest());
    }

    #[test]
    fn every_component_that_reaches_cells_reaches_all_of_them() {
        let three = with_cells(&manifest(), 3).expect("written");
        assert!(three.contains("cells = { default = \"default,cell2,cell3\" }"));
        let databases = "sqlite_databases = [\"default\", \"cell2\", \"cell3\"] # the cells\n";
        let reached = three.matches("cells = \"{{ cells }}\"").count();
        assert_eq!(three.matches(databases).count(), reached);
        assert_eq!(with_cells(&three, 1).expect("written"), manifest());
    }

    #[test]
    fn a_manifest_without_the_marks_is_left_alone() {
        with_cells("sqlite_databases = [\"default\"]\n", 3).expect_err("no marks");
    }
}
