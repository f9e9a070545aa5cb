//! Decides whether a component may send a request to a place: `allowed_outbound_hosts`.

use std::net::{IpAddr, Ipv6Addr};

use http::Uri;

use crate::error::HostError;
use crate::variables::{Template, Variables};

/// The domain under which components reach each other.
const INTERNAL_SUFFIX: &str = ".spin.internal";

/// What one component may reach.
#[derive(Debug, Clone, Default)]
pub(crate) struct AllowedHosts {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    scheme: Scheme,
    host: HostPattern,
    port: PortPattern,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Scheme {
    Any,
    Exactly(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum HostPattern {
    Any,
    /// The application itself, for requests without a host.
    Itself,
    /// `.example.kz`, with the dot.
    SubdomainOf(String),
    Name(String),
    Address(IpAddr),
    Network {
        address: IpAddr,
        prefix_bits: u8,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum PortPattern {
    Any,
    One(u16),
    /// The second is not included.
    Range(u16, u16),
}

impl AllowedHosts {
    /// Reads the entries of one component, with its templates filled in. An entry that a template
    /// leaves empty allows nothing, so that an optional endpoint may be left unset.
    ///
    /// # Errors
    /// When an entry is not `scheme://host[:port]`, with `*` allowed for each.
    pub(crate) fn parse(
        component: &str,
        entries: &[String],
        variables: &Variables,
        all_components: &[String],
    ) -> Result<Self, HostError> {
        let mut parsed = Vec::new();
        for written in entries {
            let refuse = |reason: String| HostError::AllowedHost {
                component: component.to_owned(),
                entry: written.clone(),
                reason,
            };
            let template = Template::parse(written).map_err(|error| refuse(error.to_string()))?;
            let text = variables.render(&template).map_err(|error| refuse(error.to_string()))?;
            let left_unset = matches!(text.as_str(), "" | "http://" | "https://");
            if left_unset && !template.is_literal() {
                continue;
            }
            // The reason never quotes the text: a template may have put a secret there.
            let entry = Entry::parse(&text).map_err(|reason| refuse(reason.to_owned()))?;
            parsed.extend(entry.expand_internal(all_components));
        }
        Ok(Self { entries: parsed })
    }

    /// Whether a request to the absolute `uri` may be sent.
    pub(crate) fn allows(&self, uri: &Uri) -> bool {
        let Some(host) = uri.host() else {
            return false;
        };
        let scheme = uri.scheme_str().unwrap_or("https");
        let host = host.to_ascii_lowercase();
        let Some(port) = uri.port_u16().or_else(|| well_known_port(scheme)) else {
            return false;
        };
        self.entries.iter().any(|entry| {
            entry.scheme.matches(scheme) && entry.host.matches(&host) && entry.port.matches(port)
        })
    }

    /// Whether a request to the application itself, without a host, may be sent.
    pub(crate) fn allows_itself(&self) -> bool {
        self.entries.iter().any(|entry| {
            let over_http = entry.scheme.matches("http") || entry.scheme.matches("https");
            over_http && matches!(entry.host, HostPattern::Any | HostPattern::Itself)
        })
    }
}

/// The component that a request to `NAME.spin.internal` is for.
pub(crate) fn chained_component(uri: &Uri) -> Option<&str> {
    let name = uri.host()?.strip_suffix(INTERNAL_SUFFIX)?;
    (!name.contains('.')).then_some(name)
}

/// Whether a `Host` header names a component, which only components themselves may do.
pub(crate) fn is_internal_host(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name.strip_suffix(INTERNAL_SUFFIX).is_some_and(|component| !component.contains('.'))
}

impl Entry {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let (scheme_text, rest) =
            text.trim().split_once("://").ok_or("it has no scheme, such as 'http://' or '*://'")?;
        let scheme = match scheme_text {
            "*" => Scheme::Any,
            word if !word.is_empty() && word.chars().all(char::is_alphabetic) => {
                Scheme::Exactly(word.to_owned())
            }
            _ => return Err("its scheme is not a word or '*'"),
        };
        let (host, port) = split_port(rest)?;
        let port = PortPattern::parse(port, scheme_text)?;
        Ok(Self { scheme, host: HostPattern::parse(host)?, port })
    }

    /// `*.spin.internal` stands for the application's own components, and nothing else.
    fn expand_internal(self, all_components: &[String]) -> Vec<Self> {
        if self.host != HostPattern::SubdomainOf(INTERNAL_SUFFIX.to_owned()) {
            return vec![self];
        }
        all_components
            .iter()
            .map(|name| Self { host: HostPattern::Name(format!("{name}{INTERNAL_SUFFIX}")), ..self.clone() })
            .collect()
    }
}

/// Splits `host[:port][/]`; the port is empty when there is none.
fn split_port(text: &str) -> Result<(&str, &str), &'static str> {
    if HostPattern::parse(text).is_ok() {
        return Ok((text, ""));
    }
    let Some((host, port)) = text.rsplit_once(':') else {
        return Ok((text, ""));
    };
    match port.split_once('/') {
        None => Ok((host, port)),
        Some((port, "")) => Ok((host, port)),
        Some(_) => Err("it has a path"),
    }
}

impl Scheme {
    fn matches(&self, scheme: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exactly(only) => only == scheme,
        }
    }
}

impl HostPattern {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        match text {
            "*" => return Ok(Self::Any),
            "self" | "self.alt" => return Ok(Self::Itself),
            "" => return Err("it has no host"),
            _ => {}
        }
        if let Some((address, prefix_bits)) = text.split_once('/')
            && let (Ok(address), Ok(prefix_bits)) = (address.parse::<IpAddr>(), prefix_bits.parse())
        {
            let most = if address.is_ipv4() { 32 } else { 128 };
            if prefix_bits > most {
                return Err("its network prefix is too long");
            }
            return Ok(Self::Network { address, prefix_bits });
        }
        let text = text.strip_suffix('/').unwrap_or(text);
        if text.contains('/') {
            return Err("it has a path");
        }
        if let Some(domain) = text.strip_prefix("*.") {
            if domain.contains('*') || domain.parse::<IpAddr>().is_ok() || !is_domain(domain) {
                return Err("'*' may only stand for subdomains, as in '*.example.kz'");
            }
            return Ok(Self::SubdomainOf(format!(".{}", domain.to_ascii_lowercase())));
        }
        if text.contains('*') {
            return Err("'*' may only stand for subdomains, as in '*.example.kz'");
        }
        if let Some(address) = parse_address(text) {
            return Ok(Self::Address(address));
        }
        if is_domain(text) {
            Ok(Self::Name(text.to_ascii_lowercase()))
        } else {
            Err("its host is not a name or an address")
        }
    }

    fn matches(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Itself => false,
            Self::SubdomainOf(suffix) => parse_address(host).is_none() && host.ends_with(suffix),
            Self::Name(name) => name == host,
            Self::Address(only) => parse_address(host).is_some_and(|address| address == *only),
            Self::Network { address, prefix_bits } => {
                parse_address(host).is_some_and(|candidate| same_network(candidate, *address, *prefix_bits))
            }
        }
    }
}

impl PortPattern {
    fn parse(text: &str, scheme: &str) -> Result<Self, &'static str> {
        const BAD: &str = "its port is not a number, a range such as '8000..9000', or '*'";
        match text {
            "" => well_known_port(scheme)
                .map(Self::One)
                .ok_or("it has no port, and its scheme has no usual one"),
            "*" => Ok(Self::Any),
            _ => match text.split_once("..") {
                Some((first, end)) => {
                    Ok(Self::Range(first.parse().map_err(|_| BAD)?, end.parse().map_err(|_| BAD)?))
                }
                None => Ok(Self::One(text.parse().map_err(|_| BAD)?)),
            },
        }
    }

    fn matches(&self, port: u16) -> bool {
        match self {
            Self::Any => true,
            Self::One(only) => *only == port,
            Self::Range(first, end) => (*first..*end).contains(&port),
        }
    }
}

fn well_known_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        "postgres" => Some(5432),
        "mysql" => Some(3306),
        "redis" => Some(6379),
        "mqtt" => Some(1883),
        _ => None,
    }
}

fn is_domain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// An address as it stands in a URI: IPv6 in brackets.
fn parse_address(host: &str) -> Option<IpAddr> {
    let bracketed = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match bracketed {
        Some(inner) => inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => host.parse::<std::net::Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

fn same_network(candidate: IpAddr, network: IpAddr, prefix_bits: u8) -> bool {
    let bits = |address: IpAddr| match address {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()) << 96, 4),
        IpAddr::V6(v6) => (v6.to_bits(), 6),
    };
    let ((candidate, candidate_family), (network, family)) = (bits(candidate), bits(network));
    let differing = candidate ^ network;
    candidate_family == family && differing.leading_zeros() >= u32::from(prefix_bits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;
    use std::collections::BTreeMap;

    fn variables(operator_url: &str) -> Variables {
        let manifest = Manifest::parse(
            "spin_manifest_version = 2\n[application]\nname = \"shop\"\n\
             [variables]\noperator_url = { default = \"\" }",
        )
        .expect("the manifest is good");
        let overrides = BTreeMap::from([("operator_url".to_owned(), operator_url.to_owned())]);
        Variables::gather(&manifest, std::path::Path::new("/nowhere"), &overrides)
            .expect("the variable has a value")
    }

    fn allowed(entries: &[&str]) -> AllowedHosts {
        allowed_with(entries, "").expect("the entries are good")
    }

    fn allowed_with(entries: &[&str], operator_url: &str) -> Result<AllowedHosts, HostError> {
        let entries: Vec<_> = entries.iter().map(|&entry| entry.to_owned()).collect();
        let components = ["front".to_owned(), "back".to_owned()];
        AllowedHosts::parse("front", &entries, &variables(operator_url), &components)
    }

    fn uri(text: &str) -> Uri {
        text.parse().expect("a uri")
    }

    #[test]
    fn a_listed_host_is_allowed_on_its_scheme_and_port_only() {
        let hosts = allowed(&["https://sms.example.kz"]);
        assert!(hosts.allows(&uri("https://sms.example.kz/send")));
        assert!(hosts.allows(&uri("https://SMS.example.kz:443/send")));
        assert!(!hosts.allows(&uri("http://sms.example.kz/send")));
        assert!(!hosts.allows(&uri("https://sms.example.kz:8443/send")));
        assert!(!hosts.allows(&uri("https://example.kz/send")));
        assert!(!hosts.allows(&uri("https://sms.example.kz.evil.test/send")));
    }

    #[test]
    fn nothing_listed_allows_nothing() {
        let hosts = allowed(&[]);
        assert!(!hosts.allows(&uri("https://sms.example.kz/")));
        assert!(!hosts.allows(&uri("http://back.spin.internal/")));
        assert!(!hosts.allows_itself());
    }

    #[test]
    fn a_wildcard_stands_for_any_scheme_subdomain_or_port() {
        assert!(allowed(&["*://*:*"]).allows(&uri("http://10.1.2.3:99/")));
        let subdomains = allowed(&["https://*.example.kz:*"]);
        assert!(subdomains.allows(&uri("https://a.b.example.kz:8443/")));
        assert!(!subdomains.allows(&uri("https://example.kz/")));
        assert!(!subdomains.allows(&uri("https://notexample.kz/")));
    }

    #[test]
    fn a_port_range_leaves_its_end_out() {
        let hosts = allowed(&["http://127.0.0.1:8000..8002"]);
        assert!(hosts.allows(&uri("http://127.0.0.1:8001/")));
        assert!(!hosts.allows(&uri("http://127.0.0.1:8002/")));
        assert!(!hosts.allows(&uri("http://127.0.0.1:7999/")));
    }

    #[test]
    fn addresses_and_networks_match_addresses() {
        let hosts = allowed(&["http://10.0.0.0/8:*", "http://[::1]:3000"]);
        assert!(hosts.allows(&uri("http://10.200.0.1:81/")));
        assert!(!hosts.allows(&uri("http://11.0.0.1:81/")));
        assert!(hosts.allows(&uri("http://[::1]:3000/")));
        assert!(!hosts.allows(&uri("http://[::2]:3000/")));
    }

    #[test]
    fn a_template_takes_the_host_from_a_variable_and_may_be_left_unset() {
        let set = allowed_with(&["{{ operator_url }}"], "http://127.0.0.1:9000");
        assert!(set.is_ok_and(|hosts| hosts.allows(&uri("http://127.0.0.1:9000/send"))));
        let unset = allowed_with(&["{{ operator_url }}"], "");
        assert!(unset.is_ok_and(|hosts| hosts.entries.is_empty()));
        assert!(allowed_with(&["{{ operator_url }}"], "127.0.0.1").is_err());
    }

    #[test]
    fn another_component_is_reached_only_when_it_is_listed() {
        let one = allowed(&["http://back.spin.internal"]);
        assert!(one.allows(&uri("http://back.spin.internal/x")));
        assert!(!one.allows(&uri("http://front.spin.internal/x")));
        let every = allowed(&["http://*.spin.internal"]);
        assert!(every.allows(&uri("http://front.spin.internal/x")));
        assert!(!every.allows(&uri("http://stranger.spin.internal/x")));
        assert_eq!(chained_component(&uri("http://back.spin.internal/x")), Some("back"));
        assert_eq!(chained_component(&uri("http://a.back.spin.internal/x")), None);
    }

    #[test]
    fn the_application_itself_is_reached_only_by_self_or_everything() {
        assert!(allowed(&["http://self"]).allows_itself());
        assert!(allowed(&["https://self.alt"]).allows_itself());
        assert!(allowed(&["*://*:*"]).allows_itself());
        assert!(!allowed(&["http://127.0.0.1:3000"]).allows_itself());
    }

    #[test]
    fn an_entry_that_spin_would_refuse_is_refused() {
        for entry in [
            "*",
            "example.kz",
            "https://example.kz/path",
            "https://a.*.kz",
            "ftp://example.kz",
            "http://example.kz:port",
            "http://example.kz:80/path",
            "",
            "http://",
        ] {
            assert!(allowed_with(&[entry], "").is_err(), "{entry:?} was accepted");
        }
    }
}
