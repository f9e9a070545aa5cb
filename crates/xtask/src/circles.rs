//! Circles between the modules of a crate: files that need each other cannot be understood, or tested, alone.
//!
//! A module needs another if a `use` of it, or a path that begins with `crate::`, names something there. Names that
//! a module only hands on (`pub use`) are looked up where they come from, and handing them on is no need. Nor is it
//! one to tell a macro which type stands for a resource of generated code (`"…": crate::…`). Tests may need what they
//! like.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::rust_source::test_lines;

/// A module's place in its crate: nothing for `lib.rs`, `cell`, `messages`, `queue` for `cell/messages/queue.rs`.
type Module = Vec<String>;

/// What one file says of others.
#[derive(Default)]
struct Source {
    /// The paths that it names.
    named: Vec<Module>,
    /// What it hands on: by which name, from where.
    handed_on: BTreeMap<String, Module>,
}

/// One line for each circle of each crate among these files.
pub fn faults(root: &Path, files: &[PathBuf]) -> anyhow::Result<Vec<String>> {
    let mut crates: BTreeMap<PathBuf, BTreeMap<Module, String>> = BTreeMap::new();
    for path in files {
        let Some((package, module)) = module_of(path) else { continue };
        let full = root.join(path);
        let text = std::fs::read_to_string(&full).with_context(|| full.display().to_string())?;
        let tests = test_lines(path, &text);
        let code = text.lines().zip(tests).filter(|(_, is_test)| !is_test).map(|(line, _)| line);
        crates.entry(package).or_default().insert(module, code.collect::<Vec<_>>().join("\n"));
    }
    let circles = crates.iter().flat_map(|(package, modules)| {
        let package = package.display();
        circles(modules).into_iter().map(move |circle| format!("{package}: these need each other: {circle}"))
    });
    Ok(circles.collect())
}

/// The package in which a source file lies, and its module there. Tests and build scripts are none.
fn module_of(path: &Path) -> Option<(PathBuf, Module)> {
    if path.extension()? != "rs" {
        return None;
    }
    let parts: Vec<&str> = path.iter().filter_map(|part| part.to_str()).collect();
    let source = parts.iter().position(|part| *part == "src")?;
    let mut module: Module =
        parts[source + 1..].iter().map(|part| part.trim_end_matches(".rs").to_owned()).collect();
    if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        module.pop();
    }
    if module.iter().any(|part| part.ends_with("tests") || part == "bin") {
        return None;
    }
    Some((parts[..source].iter().collect(), module))
}

/// The circles among the modules of one crate, each as `a -> b -> a`.
fn circles(modules: &BTreeMap<Module, String>) -> Vec<String> {
    let read = |(module, code): (&Module, &String)| (module.clone(), read(module, code, modules));
    let sources: BTreeMap<Module, Source> = modules.iter().map(read).collect();
    let mut needs: BTreeMap<&Module, BTreeSet<Module>> = BTreeMap::new();
    for (module, source) in &sources {
        let named = source.named.iter().filter_map(|path| defined_in(path, &sources));
        needs.insert(module, named.filter(|other| other != module).collect());
    }
    let mut found = Vec::new();
    // What needs nobody is in no circle, nor is what needs only such modules.
    loop {
        let free: Vec<&Module> =
            needs.iter().filter(|(_, needs)| needs.is_empty()).map(|(module, _)| *module).collect();
        if free.is_empty() {
            let Some(circle) = one_circle(&needs) else { return found };
            found.push(circle.iter().map(name).collect::<Vec<_>>().join(" -> "));
            // One circle is told of once; what else there is shows without its last step.
            if let [.., from, to] = circle.as_slice()
                && let Some(needs) = needs.get_mut(from)
            {
                needs.remove(to);
            }
            continue;
        }
        for module in free {
            needs.remove(module);
            for others in needs.values_mut() {
                others.remove(module);
            }
        }
    }
}

/// From any module on along what it needs, until one comes again.
fn one_circle(needs: &BTreeMap<&Module, BTreeSet<Module>>) -> Option<Vec<Module>> {
    let mut way: Vec<Module> = vec![(*needs.keys().next()?).clone()];
    loop {
        let next = needs.get(way.last()?)?.first()?.clone();
        if let Some(begin) = way.iter().position(|module| *module == next) {
            let mut circle = way.split_off(begin);
            circle.push(next);
            return Some(circle);
        }
        way.push(next);
    }
}

fn name(module: &Module) -> String {
    if module.is_empty() { "the crate's root".to_owned() } else { module.join("::") }
}

/// In which module a path's last name is defined, as far as names are handed on.
fn defined_in(path: &Module, sources: &BTreeMap<Module, Source>) -> Option<Module> {
    let mut path = path.clone();
    // A name is handed on a few times at most.
    for _ in 0..8 {
        let depth = (0..=path.len()).rev().find(|depth| sources.contains_key(&path[..*depth]))?;
        let (module, rest) = path.split_at(depth);
        let Some((first, rest)) = rest.split_first() else { return Some(module.to_vec()) };
        match sources.get(module)?.handed_on.get(first) {
            Some(from) => path = from.iter().chain(rest).cloned().collect(),
            None => return Some(module.to_vec()),
        }
    }
    None
}

/// Reads which paths of its own crate a file names.
fn read(module: &Module, code: &str, modules: &BTreeMap<Module, String>) -> Source {
    let mut source = Source::default();
    let code: Vec<&str> = code.lines().map(|line| line.split("//").next().unwrap_or("")).collect();
    let mut statement = String::new();
    for line in code {
        let begins = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
        let begins = begins.trim_start_matches("pub(super) ").starts_with("use ");
        if begins || !statement.is_empty() {
            statement.push_str(line.trim());
            statement.push(' ');
            if line.trim_end().ends_with(';') {
                take_use(&statement, module, modules, &mut source);
                statement.clear();
            }
            continue;
        }
        let mut rest = line;
        while let Some((before, behind)) = rest.split_once("crate::") {
            if before.ends_with("\": ") {
                break;
            }
            let end = behind.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
            let path = &behind[..end.unwrap_or(behind.len())];
            source.named.push(path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect());
            rest = behind;
        }
    }
    source
}

/// Notes what one `use` names, or hands on.
fn take_use(statement: &str, module: &Module, modules: &BTreeMap<Module, String>, source: &mut Source) {
    let Some((visibility, tree)) = statement.split_once("use ") else { return };
    for (path, alias) in paths(tree.trim().trim_end_matches(';')) {
        let Some(path) = absolute(&path, module, modules) else { continue };
        let name = alias.or_else(|| path.last().cloned());
        match name.filter(|_| visibility.contains("pub")) {
            Some(name) => {
                source.handed_on.insert(name, path);
            }
            None => source.named.push(path),
        }
    }
}

/// A path from the crate's root; `None` for one of another crate.
fn absolute(path: &[String], module: &Module, modules: &BTreeMap<Module, String>) -> Option<Module> {
    let (first, rest) = path.split_first()?;
    let mut base = match first.as_str() {
        "crate" => Vec::new(),
        "self" => module.clone(),
        "super" => module.split_last()?.1.to_vec(),
        child => {
            let below: Module = module.iter().chain([&child.to_owned()]).cloned().collect();
            return modules
                .contains_key(&below)
                .then(|| below.into_iter().chain(rest.iter().cloned()).collect());
        }
    };
    for part in rest {
        match part.as_str() {
            "super" => drop(base.pop()),
            // Of `crate::a::{self, …}`: the module itself.
            "self" => {}
            part => base.push(part.to_owned()),
        }
    }
    Some(base)
}

/// The single paths of a tree such as `a::{b, c::{d, e as f}}`, each with its new name, if it has one.
fn paths(tree: &str) -> Vec<(Vec<String>, Option<String>)> {
    let mut found = Vec::new();
    grow(tree, &[], &mut found);
    found
}

fn grow(tree: &str, stem: &[String], found: &mut Vec<(Vec<String>, Option<String>)>) {
    let tree = tree.trim();
    if tree.is_empty() {
        return;
    }
    if let Some((before, inside)) = tree.split_once('{') {
        let stem: Vec<String> = stem.iter().cloned().chain(parts(before)).collect();
        for branch in branches(inside.trim_end().strip_suffix('}').unwrap_or(inside)) {
            grow(branch, &stem, found);
        }
        return;
    }
    let (path, alias) =
        tree.split_once(" as ").map_or((tree, None), |(path, alias)| (path, Some(alias.trim().to_owned())));
    found.push((stem.iter().cloned().chain(parts(path)).collect(), alias));
}

fn parts(path: &str) -> impl Iterator<Item = String> {
    path.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned)
}

/// Cuts at the commas that stand in no inner braces.
fn branches(inside: &str) -> Vec<&str> {
    let (mut depth, mut from, mut found) = (0_usize, 0, Vec::new());
    for (place, c) in inside.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                found.push(&inside[from..place]);
                from = place + 1;
            }
            _ => {}
        }
    }
    found.push(&inside[from..]);
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::{circles, module_of};

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let modules = files.iter().map(|(path, code)| {
            let (_, module) = module_of(Path::new(path)).expect("a source");
            (module, (*code).to_owned())
        });
        circles(&modules.collect::<BTreeMap<_, _>>())
    }

    #[test]
    fn two_files_that_use_each_other_are_a_circle() {
        let files =
            [("crates/a/src/b.rs", "use crate::c::C;"), ("crates/a/src/c.rs", "use crate::b::{self, B};")];
        assert_eq!(found(&files), ["b -> c -> b"]);
    }

    #[test]
    fn files_that_use_each_other_in_one_direction_are_none() {
        let files = [
            ("crates/a/src/lib.rs", "mod b;\nmod c;\npub use b::B;"),
            ("crates/a/src/b.rs", "use crate::c::C;"),
            ("crates/a/src/c.rs", "use std::fmt;"),
        ];
        assert_eq!(found(&files), [""; 0]);
    }

    #[test]
    fn a_name_that_is_handed_on_is_looked_up_where_it_comes_from() {
        let files = [
            ("crates/a/src/lib.rs", "pub use b::B;\npub use c::{\n    C,\n};"),
            ("crates/a/src/b.rs", "use crate::C;"),
            ("crates/a/src/c.rs", "fn c() {\n    crate::B::new();\n}"),
        ];
        assert_eq!(found(&files), ["b -> c -> b"]);
    }

    #[test]
    fn a_folder_and_a_file_below_it_are_two_modules() {
        let files = [
            ("crates/a/src/b/mod.rs", "mod c;\nuse c::C;\npub struct B;"),
            ("crates/a/src/b/c.rs", "use super::B;"),
        ];
        assert_eq!(found(&files), ["b -> b::c -> b"]);
    }

    #[test]
    fn what_another_crate_calls_so_is_no_module_here() {
        let files = [("crates/a/src/b.rs", "use c::C;"), ("crates/a/src/c.rs", "use crate::b::B;")];
        assert_eq!(found(&files), [""; 0]);
    }

    #[test]
    fn each_circle_is_told_of_once() {
        let files = [
            ("crates/a/src/b.rs", "use crate::c::C;"),
            ("crates/a/src/c.rs", "use crate::b::B;\nuse crate::d::D;"),
            ("crates/a/src/d.rs", "use crate::c::C;"),
        ];
        assert_eq!(found(&files), ["b -> c -> b", "c -> d -> c"]);
    }
}
