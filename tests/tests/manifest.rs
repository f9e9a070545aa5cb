//! The manifest as it is written: each component may touch what it needs, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use sendbox_tests::workspace;
use toml::{Table, Value};

fn manifest() -> Table {
    let path = workspace().join("spin.toml");
    let text = std::fs::read_to_string(&path).expect("spin.toml");
    text.parse().expect("spin.toml is TOML")
}

fn components(manifest: &Table) -> BTreeMap<String, Table> {
    let all = manifest["component"].as_table().expect("components");
    let table = |value: &Value| value.as_table().expect("a component is a table").clone();
    all.iter().map(|(name, value)| (name.clone(), table(value))).collect()
}

fn list(component: &Table, key: &str) -> BTreeSet<String> {
    let values = component.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn variables(component: &Table) -> BTreeSet<String> {
    let table = component.get("variables").and_then(Value::as_table).cloned().unwrap_or_default();
    table.keys().cloned().collect()
}

/// R191: no component may reach everything.
#[test]
fn no_component_may_reach_every_host() {
    for (name, component) in components(&manifest()) {
        for host in list(&component, "allowed_outbound_hosts") {
            assert!(!host.contains('*'), "{name} may reach {host}");
        }
    }
}

/// What a component may touch, in one line: stores, database, hosts, and the secrets it is told.
type Grant = (&'static str, &'static [&'static str], bool, &'static [&'static str], &'static [&'static str]);

/// R191: the whole of what each component may touch. A wider manifest must be written here too, and
/// so be seen by whoever reviews it.
const GRANTS: [Grant; 17] = [
    ("accounts", &["default"], true, &[], &["master_key"]),
    ("audio", &["default"], true, &[], &["master_key"]),
    ("campaigns", &["default"], true, &[], &["master_key", "staff_token"]),
    ("consent", &["default"], true, &[], &["master_key"]),
    ("contacts", &["default"], true, &[], &["master_key"]),
    (
        "delivery",
        &[],
        true,
        &[],
        &[
            "master_key",
            "mobizon_notice_secret",
            "operator_sandbox_secret",
            "smsc_report_secret",
            "twilio_auth_token",
        ],
    ),
    (
        "dispatch",
        &[],
        true,
        &[
            "{{ jasmin_url }}",
            "{{ kannel_url }}",
            "{{ mobizon_url }}",
            "{{ sandbox_operator_url }}",
            "{{ smsc_url }}",
            "{{ twilio_url }}",
        ],
        &[
            "jasmin_password",
            "kannel_password",
            "master_key",
            "mobizon_api_key",
            "smsc_api_key",
            "tick_token",
            "twilio_auth_token",
        ],
    ),
    ("exports", &["default"], true, &[], &["master_key"]),
    ("people", &["default"], true, &[], &["master_key", "staff_token"]),
    ("proof", &["default"], true, &[], &["master_key"]),
    ("requests", &["default"], true, &[], &["master_key"]),
    (
        "sandbox",
        &[],
        true,
        &["http://audio.spin.internal", "http://delivery.spin.internal", "http://topup.spin.internal"],
        &["operator_sandbox_secret", "payments_standard_secret", "tick_token"],
    ),
    ("scoring", &["default"], true, &[], &["master_key"]),
    ("site", &[], false, &[], &[]),
    ("topup", &["default"], true, &[], &["master_key", "payments_standard_secret", "staff_token"]),
    ("workbooks", &["default"], true, &[], &["master_key"]),
    (
        "worker",
        &["default"],
        true,
        &["{{ mobizon_url }}", "{{ smsc_url }}"],
        &["master_key", "mobizon_api_key", "smsc_api_key", "tick_token"],
    ),
];

#[test]
fn each_component_touches_exactly_what_it_needs() {
    let manifest = manifest();
    let secrets: BTreeSet<String> = manifest["variables"]
        .as_table()
        .expect("variables")
        .iter()
        .filter(|(_, variable)| variable.get("secret").and_then(Value::as_bool) == Some(true))
        .map(|(name, _)| name.clone())
        .collect();
    let components = components(&manifest);
    let named: BTreeSet<&str> = GRANTS.iter().map(|grant| grant.0).collect();
    let there: BTreeSet<&str> = components.keys().map(String::as_str).collect();
    assert_eq!(named, there);
    let set = |names: &[&str]| -> BTreeSet<String> { names.iter().map(|name| (*name).to_owned()).collect() };
    for (name, stores, database, hosts, told) in GRANTS {
        let component = &components[name];
        assert_eq!(list(component, "key_value_stores"), set(stores), "{name}");
        let databases = if database { set(&["default"]) } else { set(&[]) };
        assert_eq!(list(component, "sqlite_databases"), databases, "{name}");
        assert_eq!(list(component, "allowed_outbound_hosts"), set(hosts), "{name}");
        let secrets_told: BTreeSet<String> = variables(component).intersection(&secrets).cloned().collect();
        assert_eq!(secrets_told, set(told), "{name}");
    }
}

/// R191: whatever is secret is marked so, and none has a value in the manifest.
#[test]
fn no_secret_has_a_value_in_the_manifest() {
    let manifest = manifest();
    let variables = manifest["variables"].as_table().expect("variables");
    for (name, variable) in variables {
        let looks_secret = ["key", "token", "secret"].iter().any(|word| name.contains(word));
        let default = variable.get("default").and_then(Value::as_str).unwrap_or("");
        if looks_secret {
            let marked = variable.get("secret").and_then(Value::as_bool).unwrap_or(false);
            assert!(marked && default.is_empty(), "{name}");
        }
    }
}

/// R189, R190: in production nothing stands in for a bank, no data are served from nowhere, and none leave the
/// country.
#[test]
fn the_defaults_are_those_of_production() {
    let manifest = manifest();
    let default = |name: &str| manifest["variables"][name]["default"].as_str().unwrap_or("").to_owned();
    assert_eq!(default("sandbox"), "off");
    assert_eq!(default("data_region"), "");
    assert_eq!(default("send_abroad"), "");
    assert_eq!(default("clock_shift_seconds"), "0");
}

/// Every route leads to a component that is there, and every component is led to.
#[test]
fn routes_and_components_belong_together() {
    let manifest = manifest();
    let triggers = manifest["trigger"]["http"].as_array().expect("routes");
    let led_to: BTreeSet<String> =
        triggers.iter().filter_map(|trigger| trigger["component"].as_str()).map(str::to_owned).collect();
    let there: BTreeSet<String> = components(&manifest).into_keys().collect();
    assert_eq!(led_to, there);
    for (name, component) in components(&manifest) {
        let source = component["source"].as_str().expect("a source");
        assert_eq!(source, format!("target/wasm32-wasip2/component/{}.wasm", name.replace('-', "_")));
    }
}

/// Files are given out folder by folder.
#[test]
fn no_component_is_given_the_whole_project() {
    for (name, component) in components(&manifest()) {
        let files = component.get("files").and_then(Value::as_array).cloned().unwrap_or_default();
        for file in files {
            let source = match &file {
                Value::String(pattern) => pattern.clone(),
                table => table["source"].as_str().expect("a source").to_owned(),
            };
            assert!(source.starts_with("static"), "{name} is given {source}");
        }
    }
}
