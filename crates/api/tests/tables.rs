//! The operations, the components' tables and spin.toml against each other: every operation is served by its one
//! component, the manifest leads there, and nothing else is served or routed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sendbox_api::operation::{Place, is_at};
use sendbox_api::{Component, Operation, SUBJECTS, operations as all_operations};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(workspace().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every operation under the name that tables call it by: `campaigns::LIST`.
fn operations() -> BTreeMap<String, Operation> {
    let named = |(subject, operations): &(&str, &[(&str, Operation)])| {
        let subject = (*subject).to_owned();
        operations
            .iter()
            .map(move |(name, operation)| (format!("{subject}::{name}"), *operation))
            .collect::<Vec<_>>()
    };
    SUBJECTS.iter().flat_map(named).collect()
}

/// What a component's table names, in its order.
fn table(component: &str) -> Vec<String> {
    let source = read(&format!("components/{component}/src/lib.rs"));
    let rows = source.lines().filter_map(|line| line.trim().strip_prefix("api::")?.split_once(" =>"));
    rows.map(|(operation, _)| operation.to_owned()).collect()
}

/// The routes of the manifest, with the component that each leads to.
fn manifest() -> Vec<(String, String)> {
    let manifest: toml::Table = read("spin.toml").parse().expect("spin.toml is TOML");
    let triggers = manifest["trigger"]["http"].as_array().expect("HTTP triggers");
    let text = |trigger: &toml::Value, key: &str| trigger[key].as_str().expect("a text").to_owned();
    triggers.iter().map(|trigger| (text(trigger, "route"), text(trigger, "component"))).collect()
}

/// Whether a route of the manifest takes a path, and how much of it is said exactly: an exact route goes before a
/// wildcard, a longer wildcard before a shorter one.
fn takes(route: &str, path: &str) -> Option<usize> {
    match route.strip_suffix("/...") {
        Some(prefix) => {
            let rest = path.strip_prefix(prefix)?;
            (rest.is_empty() || rest.starts_with('/')).then_some(prefix.len())
        }
        None => (route == path).then_some(usize::MAX),
    }
}

/// Where the manifest leads a path.
fn leads_to<'m>(manifest: &'m [(String, String)], path: &str) -> Option<&'m (String, String)> {
    manifest
        .iter()
        .filter(|(route, _)| takes(route, path).is_some())
        .max_by_key(|(route, _)| takes(route, path))
}

/// The names of the folders under `components`.
fn components() -> Vec<String> {
    let folders = std::fs::read_dir(workspace().join("components")).expect("components");
    let names = folders.map(|folder| folder.expect("a folder").file_name().into_string().expect("a name"));
    names.collect()
}

#[test]
fn every_operation_stands_in_the_table_of_its_component_once() {
    for (name, operation) in operations() {
        if operation.component == Component::Site {
            continue;
        }
        let rows = table(operation.component.as_str()).iter().filter(|row| **row == name).count();
        assert_eq!(
            rows,
            1,
            "{operation} ({name}): rows in components/{}/src/lib.rs",
            operation.component.as_str()
        );
    }
}

#[test]
fn no_table_serves_what_is_not_its_own() {
    let operations = operations();
    for component in components() {
        for name in table(&component) {
            let operation = operations.get(&name);
            let operation = operation.unwrap_or_else(|| {
                panic!("components/{component} serves api::{name}, which its subject's list leaves out")
            });
            assert_eq!(operation.component.as_str(), component, "api::{name} says another component");
        }
    }
}

#[test]
fn the_manifest_leads_every_operation_to_its_component() {
    let manifest = manifest();
    for operation in all_operations() {
        let led = leads_to(&manifest, operation.path).map(|(_, component)| component.as_str());
        assert_eq!(led, Some(operation.component.as_str()), "{operation}: where spin.toml leads it");
    }
}

#[test]
fn the_manifest_routes_nothing_that_no_operation_needs() {
    let manifest = manifest();
    let needed: BTreeSet<&str> = all_operations()
        .filter_map(|operation| leads_to(&manifest, operation.path))
        .map(|(route, _)| route.as_str())
        .collect();
    for (route, component) in &manifest {
        // The pages are files: they are described nowhere.
        let pages = component == Component::Site.as_str();
        assert!(
            pages || needed.contains(route.as_str()),
            "spin.toml routes {route}, and no operation is there"
        );
    }
}

/// A caller may rely on a name for the same operation in every program that is made from the description.
#[test]
fn no_two_operations_have_one_name_or_one_place() {
    let mut ids = BTreeSet::new();
    let mut places = BTreeSet::new();
    for operation in all_operations() {
        assert!(ids.insert(operation.id), "two operations are called {}", operation.id);
        // What a part is called makes no other path of it.
        let place = operation.path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
        let place: Vec<&str> = place.collect();
        assert!(places.insert((operation.method, place)), "two operations are {operation}");
    }
}

/// Of paths that fit both, the earlier row wins: what is written out goes before what varies.
#[test]
fn no_row_of_a_table_hides_behind_one_that_varies() {
    let operations = operations();
    for component in components() {
        let rows: Vec<&str> = table(&component).iter().map(|name| operations[name].path).collect();
        for (place, path) in rows.iter().enumerate() {
            let hiding = rows[..place].iter().find(|earlier| *earlier != path && is_at(earlier, path));
            assert_eq!(hiding, None, "{component}: {path} is never reached");
        }
    }
}

#[test]
fn every_varying_part_of_a_path_is_described_in_its_order() {
    for operation in all_operations() {
        let parts = operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let described = operation.parameters.iter().filter(|one| one.place == Place::Path);
        let described: Vec<&str> = described.map(|parameter| parameter.name).collect();
        assert_eq!(parts.collect::<Vec<_>>(), described, "{operation}");
    }
}

#[test]
fn every_operation_says_what_it_is_for_and_what_it_answers() {
    for operation in all_operations() {
        let sentences = operation.summary.starts_with(char::is_uppercase) && operation.summary.ends_with('.');
        assert!(sentences, "{operation}: {:?}", operation.summary);
        assert!(!operation.answers.is_empty(), "{operation} answers nothing");
    }
}
