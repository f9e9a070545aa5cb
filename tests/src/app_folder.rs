//! What a platform of the tests runs from: the manifest, the built components and the static files,
//! in a folder of their own.
//!
//! So nothing is built or changed under a running test, and no `.env` of whoever works here is read.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::platform::workspace;

/// Copies what the manifest names into a folder, without the manifest's build commands and with these cells, and adds
/// components, each a name and a built file, at the routes of their names. Answers the path of the manifest there.
pub fn fill(folder: &Path, more: &[(&str, &str)], cells: &[String]) -> PathBuf {
    let text = std::fs::read_to_string(workspace().join("spin.toml")).expect("spin.toml");
    let mut manifest: Table = text.parse().expect("spin.toml is TOML");
    let components = manifest.get_mut("component").and_then(|all| all.as_table_mut());
    for (name, component) in components.expect("spin.toml has components").iter_mut() {
        let component = component.as_table_mut().expect("a component is a table");
        component.remove("build");
        let reaches_cells = |variables: &toml::Value| variables.get("cells").is_some();
        if component.get("variables").is_some_and(reaches_cells) {
            let labels = cells.iter().map(|label| toml::Value::String(label.clone())).collect();
            component.insert("sqlite_databases".to_owned(), toml::Value::Array(labels));
        }
        let source = component["source"].as_str().expect("a component has a source");
        let built = workspace().join(source);
        assert!(
            built.is_file(),
            "the component {name} is not built: run `cargo xtask build`, or the tests by `cargo xtask test`"
        );
        copy(&built, &folder.join(source));
    }
    for (name, source) in more {
        add(&mut manifest, name, source);
        copy(&workspace().join(source), &folder.join(source));
    }
    copy_all(&workspace().join("static"), &folder.join("static"));
    let path = folder.join("spin.toml");
    std::fs::write(&path, manifest.to_string()).expect("the manifest is written");
    path
}

fn add(manifest: &mut Table, name: &str, source: &str) {
    let text = |text: &str| Value::String(text.to_owned());
    let component = Table::from_iter([("source".to_owned(), text(source))]);
    let route = [("route".to_owned(), text(&format!("/{name}"))), ("component".to_owned(), text(name))];
    let components = manifest["component"].as_table_mut().expect("spin.toml has components");
    components.insert(name.to_owned(), Value::Table(component));
    let routes = manifest["trigger"]["http"].as_array_mut().expect("spin.toml has routes");
    routes.push(Value::Table(Table::from_iter(route)));
}

fn copy_all(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder of static files") {
        let entry = entry.expect("an entry of it");
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() { copy_all(&path, &target) } else { copy(&path, &target) }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to.parent().expect("a file stands in a folder")).expect("the folder");
    std::fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
}
