//! Where a link may lead: an address of the web that everybody can reach, and that is not ours (R96).

use std::fmt::Write as _;

/// The longest address. Longer ones break on the way through mail and old telephones.
pub const ADDRESS_BYTES_MAX: usize = 2_000;

/// What browsers themselves take for the longest name of a host.
const HOST_BYTES_MAX: usize = 253;
const LABEL_BYTES_MAX: usize = 63;

/// The last label of names that stand for a machine, a house or an office and not for a place on the internet.
const NOT_PUBLIC: [&str; 15] = [
    "arpa",
    "corp",
    "domain",
    "example",
    "home",
    "host",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "onion",
    "test",
];

/// Why an address is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no address that begins with `https://` or `http://`, or it holds a user, a blank, an address of
    /// numbers or a host in letters other than Latin ones.
    #[error("not an address of the web")]
    Malformed,
    /// Its host is a name that only some network knows.
    #[error("not an address that everybody can reach")]
    NotPublic,
    /// It leads back to this deployment.
    #[error("an address of this deployment itself")]
    Ours,
}

/// An address as it is kept: scheme and host in lower case, without a port that goes without saying, and what is
/// not ASCII behind the host percent-encoded, so that a browser reads it as it is. `public_url` is the deployment's
/// own address.
pub fn read_address(given: &str, public_url: &str) -> Result<String, AddressError> {
    let given = given.trim();
    if given.len() > ADDRESS_BYTES_MAX
        || given.contains(char::is_whitespace)
        || given.contains(char::is_control)
    {
        return Err(AddressError::Malformed);
    }
    let Parts { scheme, host, port, rest } = Parts::of(given).ok_or(AddressError::Malformed)?;
    if !is_public(&host) {
        return Err(AddressError::NotPublic);
    }
    // Whatever the port: one host, one owner.
    if Parts::of(public_url.trim()).is_some_and(|ours| ours.host == host) {
        return Err(AddressError::Ours);
    }
    let mut address = format!("{}://{host}", scheme.name());
    if let Some(port) = port.filter(|port| *port != scheme.port()) {
        let _infallible = write!(address, ":{port}");
    }
    if !rest.starts_with('/') {
        address.push('/');
    }
    push_encoded(&mut address, rest);
    // Encoded it can be longer than it came.
    if address.len() > ADDRESS_BYTES_MAX { Err(AddressError::Malformed) } else { Ok(address) }
}

#[derive(Clone, Copy)]
enum Scheme {
    Http,
    Https,
}

impl Scheme {
    const fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    const fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

struct Parts<'a> {
    scheme: Scheme,
    host: String,
    port: Option<u16>,
    /// Path, query and fragment.
    rest: &'a str,
}

impl<'a> Parts<'a> {
    /// `None` where a browser could take something else for the host than is taken here.
    fn of(address: &'a str) -> Option<Self> {
        let (scheme, behind) = address.split_once("://")?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return None,
        };
        // A browser takes a backslash for a slash.
        let end = behind.find(['/', '\\', '?', '#']).unwrap_or(behind.len());
        let (authority, rest) = behind.split_at(end);
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(read_port(port)?)),
            None => (authority, None),
        };
        let host = host.to_ascii_lowercase();
        let host = host.strip_suffix('.').unwrap_or(&host);
        is_name(host).then(|| Self { scheme, host: host.to_owned(), port, rest })
    }
}

fn read_port(port: &str) -> Option<u16> {
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    if digits { port.parse().ok().filter(|port| *port > 0) } else { None }
}

/// Whether a host is a name of labels. Addresses of numbers, in all the ways in which they can be written, are none:
/// of these a browser knows those whose last label begins with a digit.
fn is_name(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= LABEL_BYTES_MAX
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    host.len() <= HOST_BYTES_MAX
        && host.split('.').all(is_label)
        && host
            .rsplit('.')
            .next()
            .is_some_and(|last| last.starts_with(|first: char| first.is_ascii_alphabetic()))
}

fn is_public(host: &str) -> bool {
    host.rsplit_once('.').is_some_and(|(_, last)| !NOT_PUBLIC.contains(&last))
}

/// Appends what stands behind a host. What no address holds as it is goes in percent.
fn push_encoded(address: &mut String, rest: &str) {
    for byte in rest.bytes() {
        if byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _infallible = write!(address, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OURS: &str = "https://send-box.com";

    /// R96: nobody is led to a script, to a file, or to a host that a browser reads otherwise than we do.
    #[test]
    fn what_is_no_address_of_the_web_is_refused() {
        for given in [
            "",
            "shop.kz",
            "//shop.kz",
            "https:shop.kz",
            "https:/shop.kz",
            "https://",
            "https:///shop.kz",
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://shop.kz",
            "intent://shop.kz",
            "tel:+77010000000",
            "https://shop.kz@evil.kz",
            "https://shop.kz:443@evil.kz",
            "https://user:word@shop.kz",
            "https://shop kz",
            "https://shop.kz/a b",
            "https://shop.kz/\u{a0}a",
            "https://shop.kz/\r\nset-cookie: a=b",
            "https://sh\top.kz",
            "https://shop.kz:0",
            "https://shop.kz:65536",
            "https://shop.kz:",
            "https://shop.kz:+80",
            "https://shop..kz",
            "https://.shop.kz",
            "https://-shop.kz",
            "https://shop_.kz",
            "https://%73hop.kz",
            "https://дүкен.қаз",
            "https://ｓhop.kz",
            "https://shop。kz",
        ] {
            assert_eq!(read_address(given, OURS), Err(AddressError::Malformed), "{given}");
        }
        let long = format!("https://shop.kz/{}", "a".repeat(ADDRESS_BYTES_MAX));
        assert_eq!(read_address(&long, OURS), Err(AddressError::Malformed));
        let long_once_encoded = format!("https://shop.kz/{}", "ә".repeat(ADDRESS_BYTES_MAX / 3));
        assert_eq!(read_address(&long_once_encoded, OURS), Err(AddressError::Malformed));
    }

    /// R96: a link cannot make a recipient's browser knock at machines in their own network.
    #[test]
    fn addresses_of_numbers_are_refused_however_they_are_written() {
        for given in [
            "http://127.0.0.1",
            "http://10.0.0.1/admin",
            "http://192.168.1.1",
            "http://169.254.169.254/latest",
            "http://8.8.8.8",
            "http://2130706433",
            "http://0x7f000001",
            "http://0x7f.1",
            "http://017700000001",
            "http://127.1",
            "http://127.0.0.1.",
            "http://[::1]/",
            "http://[fd00::1]",
            "http://[::ffff:127.0.0.1]",
        ] {
            assert_eq!(read_address(given, OURS), Err(AddressError::Malformed), "{given}");
        }
    }

    #[test]
    fn names_that_only_one_network_knows_are_refused() {
        for given in [
            "http://localhost:3000",
            "http://LOCALHOST.",
            "http://router",
            "http://printer.local",
            "http://a.localhost",
            "https://wiki.corp",
            "http://nas.home.arpa",
            "https://metadata.google.internal",
        ] {
            assert_eq!(read_address(given, OURS), Err(AddressError::NotPublic), "{given}");
        }
    }

    /// R96: a link to a link of ours would lead in a circle.
    #[test]
    fn an_address_of_ours_is_refused_whatever_its_case_scheme_port_or_path() {
        for given in [
            "https://send-box.com",
            "http://send-box.com/l/00000000000000",
            "https://SEND-BOX.com:8443/",
            "https://send-box.com./kz/",
            "https://send-box.com?x",
        ] {
            assert_eq!(read_address(given, OURS), Err(AddressError::Ours), "{given}");
        }
        assert_eq!(
            read_address("https://send-box.com.kz", OURS).as_deref(),
            Ok("https://send-box.com.kz/"),
            "another's"
        );
    }

    #[test]
    fn an_address_is_kept_as_browsers_read_it() {
        for (given, kept) in [
            ("https://shop.kz", "https://shop.kz/"),
            ("  HTTPS://Shop.KZ:443/Sale?Id=7#Top ", "https://shop.kz/Sale?Id=7#Top"),
            ("http://shop.kz:80", "http://shop.kz/"),
            ("http://shop.kz:8080?a=1&b=%D0%B0", "http://shop.kz:8080/?a=1&b=%D0%B0"),
            ("https://shop.kz./", "https://shop.kz/"),
            (
                "https://shop.kz/жеңілдік?ә",
                "https://shop.kz/%D0%B6%D0%B5%D2%A3%D1%96%D0%BB%D0%B4%D1%96%D0%BA?%D3%99",
            ),
            ("https://shop.kz\\@evil.kz", "https://shop.kz/%5C@evil.kz"),
            ("https://xn--e1afmkfd.xn--80ao21a/", "https://xn--e1afmkfd.xn--80ao21a/"),
            ("https://1.shop.kz//a/../b", "https://1.shop.kz//a/../b"),
        ] {
            assert_eq!(read_address(given, OURS).as_deref(), Ok(kept), "{given}");
        }
    }

    proptest! {
        /// What is kept can stand in a header, and leads to the host that was judged.
        #[test]
        fn what_is_kept_is_kept_the_same_again(given in "https?://[a-z.:@/\\\\?#]{1,12}\\PC{0,20}") {
            if let Ok(kept) = read_address(&given, OURS) {
                prop_assert!(kept.bytes().all(|byte| byte.is_ascii_graphic()), "{kept}");
                prop_assert_eq!(read_address(&kept, OURS), Ok(kept));
            }
        }
    }
}
