//! What a file is, told by the ending of its name: only files of a known kind are served.

/// The `content-type` of a file under `static/`, or `None` for an ending that is not served.
pub fn of(path: &str) -> Option<&'static str> {
    let (_, ending) = path.rsplit_once('.')?;
    Some(match ending {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "md" => "text/markdown; charset=utf-8",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_script_is_javascript_in_utf8() {
        assert_eq!(of("scripts/api.js"), Some("text/javascript; charset=utf-8"));
    }

    #[test]
    fn the_last_ending_decides() {
        assert_eq!(of("documents/offer/1.0/kk.md"), Some("text/markdown; charset=utf-8"));
    }

    #[test]
    fn a_file_of_an_unknown_kind_is_not_served() {
        assert_eq!(of("backup.sqlite"), None);
        assert_eq!(of("LICENSE"), None);
    }
}
