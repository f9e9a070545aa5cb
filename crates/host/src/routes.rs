//! Finds the component behind a path, and says so to it in `spin-*` request headers.

use http::header::{HeaderMap, HeaderName, HeaderValue};

use crate::error::HostError;
use crate::manifest::{Manifest, Route};

/// Paths under this prefix belong to the runtime itself.
pub(crate) const WELL_KNOWN_PREFIX: &str = "/.well-known/spin/";

/// All public routes of an application.
#[derive(Debug)]
pub(crate) struct Router {
    routes: routefinder::Router<Target>,
}

#[derive(Debug, Clone)]
struct Target {
    component: String,
    /// The pattern as the manifest has it.
    raw: String,
    /// The pattern with a leading slash and without a trailing one.
    based: String,
}

/// What a path led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RouteMatch {
    /// The component behind the path.
    pub component: String,
    /// The pattern as the manifest has it: safe for logs, since it holds nothing of the request.
    pub raw_route: String,
    based_route: String,
    /// What the trailing wildcard stands for, with its leading slash.
    path_info: String,
    /// What each `:name` stands for.
    captures: Vec<(String, String)>,
}

impl Router {
    /// The routes of `manifest`. Of two equal patterns the later wins.
    ///
    /// # Errors
    /// When a pattern is malformed.
    pub(crate) fn new(manifest: &Manifest) -> Result<Self, HostError> {
        let mut routes = routefinder::Router::new();
        let triggers = &manifest.trigger.http;
        for (at, trigger) in triggers.iter().enumerate() {
            let Route::Path(raw) = &trigger.route else {
                continue;
            };
            if triggers[at + 1..].iter().any(|later| later.route == trigger.route) {
                continue;
            }
            let based = with_leading_slash(raw);
            let based = based.strip_suffix('/').unwrap_or(&based).to_owned();
            let pattern = match based.strip_suffix("/...") {
                Some(prefix) => format!("{prefix}/*"),
                None => based.clone(),
            };
            let target = Target { component: trigger.component.clone(), raw: raw.clone(), based };
            routes.add(pattern, target).map_err(|reason| HostError::Route {
                route: raw.clone(),
                component: trigger.component.clone(),
                reason,
            })?;
        }
        Ok(Self { routes })
    }

    /// Where `path` leads: an exact route first, then the wildcard with the longest prefix.
    pub(crate) fn find(&self, path: &str) -> Option<RouteMatch> {
        let found = self.routes.best_match(path)?;
        let captures = found.captures();
        let target = found.handler();
        // The router drops a trailing slash; Spin's components have always been shown it.
        let path_info = match captures.wildcard() {
            None => String::new(),
            Some(rest) => {
                let lead = if rest.is_empty() { "" } else { "/" };
                let trail = if path.ends_with('/') { "/" } else { "" };
                format!("{lead}{rest}{trail}")
            }
        };
        Some(RouteMatch {
            component: target.component.clone(),
            raw_route: target.raw.clone(),
            based_route: target.based.clone(),
            path_info,
            captures: captures.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        })
    }
}

impl RouteMatch {
    /// The match of a request that one component sends to another: everything is wildcard.
    pub(crate) fn chained(component: &str, path: &str) -> Self {
        Self {
            component: component.to_owned(),
            raw_route: "/...".to_owned(),
            based_route: "/...".to_owned(),
            path_info: path.to_owned(),
            captures: Vec::new(),
        }
    }

    /// Appends the headers by which the component learns of its route. They are appended, not
    /// set: a header of the same name that the client sent stays, and comes first.
    pub(crate) fn append_headers(
        &self,
        headers: &mut HeaderMap,
        uri: &http::Uri,
        client: std::net::SocketAddr,
    ) {
        let host = headers.get(http::header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        let scheme = uri.scheme_str().unwrap_or("http");
        let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        let full_url = format!("{scheme}://{host}{path}");
        let route_or_prefix = self.raw_route.strip_suffix("/...").unwrap_or(&self.raw_route);
        let fixed = [
            ("spin-path-info", self.path_info.as_str()),
            ("spin-full-url", full_url.as_str()),
            ("spin-matched-route", self.based_route.as_str()),
            ("spin-base-path", "/"),
            ("spin-raw-component-route", self.raw_route.as_str()),
            ("spin-component-route", route_or_prefix),
            ("spin-client-addr", &client.to_string()),
        ];
        for (name, value) in fixed {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.append(HeaderName::from_static(name), value);
            }
        }
        for (name, value) in &self.captures {
            // The name was upper-cased and lower-cased again on its way through Spin.
            let name = format!("spin-path-match-{}", name.to_ascii_lowercase()).replace('_', "-");
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                headers.append(name, value);
            }
        }
    }
}

fn with_leading_slash(route: &str) -> String {
    if route.starts_with('/') { route.to_owned() } else { format!("/{route}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn router(routes: &[(&str, &str)]) -> Router {
        let mut text = String::from("spin_manifest_version = 2\n[application]\nname = \"shop\"\n");
        for (route, component) in routes {
            text += &format!("[[trigger.http]]\nroute = {route}\ncomponent = \"{component}\"\n");
        }
        let mut components: Vec<_> = routes.iter().map(|(_, component)| component).collect();
        components.sort();
        components.dedup();
        for component in components {
            text += &format!("[component.{component}]\nsource = \"c.wasm\"\n");
        }
        let manifest = Manifest::parse(&text).expect("the manifest is good");
        Router::new(&manifest).expect("the routes are good")
    }

    fn target(router: &Router, path: &str) -> Option<String> {
        router.find(path).map(|found| found.component)
    }

    #[test]
    fn an_exact_route_beats_the_longest_wildcard_and_that_beats_a_shorter_one() {
        let router = router(&[
            (r#""/...""#, "all"),
            (r#""/v1/...""#, "api"),
            (r#""/v1/messages""#, "exact"),
            (r#""/v1/messages/:id""#, "one"),
            (r#""/v1/messages/...""#, "under"),
        ]);
        assert_eq!(target(&router, "/").as_deref(), Some("all"));
        assert_eq!(target(&router, "/v1").as_deref(), Some("api"));
        assert_eq!(target(&router, "/v1/messages").as_deref(), Some("exact"));
        assert_eq!(target(&router, "/v1/messages/m1").as_deref(), Some("one"));
        assert_eq!(target(&router, "/v1/messages/m1/parts").as_deref(), Some("under"));
    }

    #[test]
    fn of_two_equal_routes_the_later_wins() {
        let router = router(&[(r#""/a""#, "first"), (r#""/a""#, "second")]);
        assert_eq!(target(&router, "/a").as_deref(), Some("second"));
    }

    #[test]
    fn a_private_route_is_not_reachable_by_any_path() {
        let router = router(&[(r#""/a""#, "open"), ("{ private = true }", "closed")]);
        assert_eq!(target(&router, "/closed"), None);
        assert_eq!(target(&router, "/"), None);
    }

    fn headers_for(route: &str, path: &str, sent: &[(&'static str, &str)]) -> HeaderMap {
        let router = router(&[(route, "front")]);
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("shop.test:3000"));
        for (name, value) in sent {
            headers.append(*name, HeaderValue::from_str(value).expect("a header value"));
        }
        let uri: http::Uri = format!("http://shop.test:3000{path}").parse().expect("a uri");
        let found = router.find(uri.path()).expect("the route matches");
        found.append_headers(&mut headers, &uri, ([127, 0, 0, 1], 4000).into());
        headers
    }

    #[test]
    fn a_component_is_told_its_route_and_what_the_pattern_stood_for() {
        let headers = headers_for(r#""/v1/:account_id/...""#, "/v1/acc_1/lists/7?x=1", &[]);
        assert_eq!(headers["spin-path-info"], "/lists/7");
        assert_eq!(headers["spin-full-url"], "http://shop.test:3000/v1/acc_1/lists/7?x=1");
        assert_eq!(headers["spin-matched-route"], "/v1/:account_id/...");
        assert_eq!(headers["spin-raw-component-route"], "/v1/:account_id/...");
        assert_eq!(headers["spin-component-route"], "/v1/:account_id");
        assert_eq!(headers["spin-base-path"], "/");
        assert_eq!(headers["spin-path-match-account-id"], "acc_1");
    }

    #[test]
    fn the_true_client_address_comes_after_what_the_client_claims() {
        let headers = headers_for(r#""/a""#, "/a", &[("spin-client-addr", "10.9.9.9:1")]);
        let addresses: Vec<_> = headers.get_all("spin-client-addr").iter().collect();
        assert_eq!(addresses, ["10.9.9.9:1", "127.0.0.1:4000"]);
    }

    #[test]
    fn a_trailing_slash_is_shown_under_a_wildcard() {
        for (path, expected) in [("/a", ""), ("/a/", "/"), ("/a/b", "/b"), ("/a/b/", "/b/")] {
            let headers = headers_for(r#""/a/...""#, path, &[]);
            assert_eq!(headers["spin-path-info"], expected, "for {path}");
        }
    }
}
