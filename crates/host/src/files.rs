//! Makes the files that a component lists readable to it, and only to read.

use std::path::{Component as PathPart, Path, PathBuf};

use crate::error::HostError;
use crate::manifest::{Component, Files, Placement};

/// A folder of the machine that a component sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mount {
    pub host: PathBuf,
    /// The path by which the component knows it.
    pub guest: String,
}

/// Prepares the `files` of one component.
///
/// When every entry places a whole folder, the folders themselves are mounted, so that a changed
/// page shows at once. Otherwise the files are copied into `staging`, as Spin does, and that is
/// mounted as `/`.
pub(crate) fn prepare(
    name: &str,
    component: &Component,
    app_dir: &Path,
    staging: &Path,
) -> Result<Vec<Mount>, HostError> {
    if component.files.is_empty() {
        return Ok(Vec::new());
    }
    if component.exclude_files.is_empty()
        && let Some(mounts) = direct_mounts(component, app_dir)
    {
        return Ok(mounts);
    }
    if staging.exists() {
        std::fs::remove_dir_all(staging).map_err(HostError::io(staging))?;
    }
    std::fs::create_dir_all(staging).map_err(HostError::io(staging))?;
    for entry in &component.files {
        Staging { name, component, app_dir, staging }.copy(entry)?;
    }
    Ok(vec![Mount { host: staging.to_owned(), guest: "/".to_owned() }])
}

fn direct_mounts(component: &Component, app_dir: &Path) -> Option<Vec<Mount>> {
    component
        .files
        .iter()
        .map(|entry| match entry {
            Files::Placement(Placement { source, destination }) => {
                let host = app_dir.join(source);
                host.is_dir().then(|| Mount { host, guest: destination.clone() })
            }
            Files::Pattern(_) => None,
        })
        .collect()
}

struct Staging<'a> {
    name: &'a str,
    component: &'a Component,
    app_dir: &'a Path,
    staging: &'a Path,
}

impl Staging<'_> {
    fn copy(&self, entry: &Files) -> Result<(), HostError> {
        match entry {
            Files::Pattern(pattern) => self.copy_pattern(pattern),
            Files::Placement(placement) => self.copy_placement(placement),
        }
    }

    fn copy_pattern(&self, pattern: &str) -> Result<(), HostError> {
        let path = self.app_dir.join(pattern);
        if path.is_file() {
            return self.copy_file(&path, Path::new(pattern), pattern);
        }
        if path.is_dir() {
            return self.copy_matching(&path.join("**/*"), self.app_dir, Path::new(""), pattern);
        }
        if !pattern.contains(['*', '?', '[']) {
            return Err(self.refusal(pattern, "it does not exist and is not a pattern"));
        }
        self.copy_matching(&path, self.app_dir, Path::new(""), pattern)
    }

    fn copy_placement(&self, placement: &Placement) -> Result<(), HostError> {
        let source = self.app_dir.join(&placement.source);
        let destination = Path::new(&placement.destination);
        if !destination.has_root() {
            return Err(self.refusal(&placement.source, "its destination must begin with '/'"));
        }
        let destination = destination.strip_prefix("/").unwrap_or(destination);
        if source.is_dir() {
            let everything = source.join("**/*");
            self.copy_matching(&everything, &source, destination, &placement.source)
        } else if source.is_file() {
            self.copy_file(&source, destination, &placement.source)
        } else {
            Err(self.refusal(&placement.source, "it does not exist"))
        }
    }

    /// Copies what matches `pattern`, keeping the path below `root`, to below `destination`.
    fn copy_matching(
        &self,
        pattern: &Path,
        root: &Path,
        destination: &Path,
        entry: &str,
    ) -> Result<(), HostError> {
        let refuse = |reason: String| self.refusal(entry, &reason);
        let pattern = pattern.to_str().ok_or_else(|| refuse("it is not UTF-8".into()))?;
        let found = glob::glob(pattern).map_err(|error| refuse(error.to_string()))?;
        for path in found {
            let path = path.map_err(|error| refuse(error.to_string()))?;
            if !path.is_file() {
                continue;
            }
            let below =
                path.strip_prefix(root).map_err(|_| refuse("it leaves the application's folder".into()))?;
            self.copy_file(&path, &destination.join(below), entry)?;
        }
        Ok(())
    }

    fn copy_file(&self, from: &Path, to: &Path, entry: &str) -> Result<(), HostError> {
        if self.is_excluded(from, entry)? {
            return Ok(());
        }
        // A component must not be able to make the host write elsewhere.
        if to.components().any(|part| !matches!(part, PathPart::Normal(_))) {
            return Err(self.refusal(entry, "it leaves the application's folder"));
        }
        let target = self.staging.join(to);
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder).map_err(HostError::io(folder))?;
        }
        std::fs::copy(from, &target).map_err(HostError::io(from))?;
        Ok(())
    }

    fn is_excluded(&self, path: &Path, entry: &str) -> Result<bool, HostError> {
        let below = path.strip_prefix(self.app_dir).unwrap_or(path);
        for pattern in &self.component.exclude_files {
            let pattern =
                glob::Pattern::new(pattern).map_err(|error| self.refusal(entry, &error.to_string()))?;
            if pattern.matches_path(below) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn refusal(&self, entry: &str, reason: &str) -> HostError {
        HostError::Files {
            component: self.name.to_owned(),
            entry: entry.to_owned(),
            reason: reason.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;

    /// An application folder with three pages, and room for the staged copy.
    struct Site {
        folder: tempfile::TempDir,
    }

    impl Site {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let app = folder.path().join("app");
            std::fs::create_dir_all(app.join("pages/kk")).expect("folders");
            for page in ["pages/a.html", "pages/kk/b.html", "pages/kk/draft.txt"] {
                std::fs::write(app.join(page), page).expect("a page");
            }
            Self { folder }
        }

        fn prepare(&self, files: &str) -> Result<Vec<Mount>, HostError> {
            let text = format!(
                "spin_manifest_version = 2\n[application]\nname = \"site\"\n\
                 [component.site]\nsource = \"site.wasm\"\n{files}"
            );
            let manifest = Manifest::parse(&text).expect("the manifest is good");
            let component = &manifest.component["site"];
            prepare("site", component, &self.folder.path().join("app"), &self.staging())
        }

        fn staging(&self) -> PathBuf {
            self.folder.path().join("staging")
        }

        fn is_staged(&self, path: &str) -> bool {
            self.staging().join(path).is_file()
        }
    }

    #[test]
    fn a_placed_folder_is_mounted_as_it_is() {
        let site = Site::new();
        let mounts = site.prepare(r#"files = [{ source = "pages", destination = "/www" }]"#);
        let host = site.folder.path().join("app/pages");
        assert_eq!(mounts.expect("mounted"), [Mount { host, guest: "/www".to_owned() }]);
    }

    #[test]
    fn a_pattern_is_copied_with_its_path_and_without_what_is_excluded() {
        let site = Site::new();
        let mounts = site.prepare("files = [\"pages/**/*\"]\nexclude_files = [\"**/*.txt\"]");
        assert_eq!(mounts.expect("mounted")[0].guest, "/");
        assert!(site.is_staged("pages/a.html"));
        assert!(site.is_staged("pages/kk/b.html"));
        assert!(!site.is_staged("pages/kk/draft.txt"));
    }

    #[test]
    fn a_file_that_is_not_there_is_an_error() {
        let site = Site::new();
        assert!(site.prepare(r#"files = ["nothing.html"]"#).is_err());
        let placed = r#"files = ["pages/a.html", { source = "gone", destination = "/" }]"#;
        assert!(site.prepare(placed).is_err());
    }

    #[test]
    fn no_destination_leads_out_of_the_components_own_folder() {
        let site = Site::new();
        let outside = r#"files = [{ source = "pages/a.html", destination = "/../out.html" }]"#;
        assert!(site.prepare(outside).is_err());
        assert!(!site.folder.path().join("out.html").exists());
    }
}
