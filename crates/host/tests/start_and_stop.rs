//! The host around its components: what keeps it from starting, and what it answers itself.

use std::path::Path;

use host::{Host, HostError, HostOptions, LogLines, LogTarget, RunningHost};

const EMPTY_APP: &str = "spin_manifest_version = 2\n[application]\nname = \"shop\"\nversion = \"1\"\n";

async fn start(folder: &Path, manifest: &str) -> Result<(RunningHost, LogLines), HostError> {
    let path = folder.join("spin.toml");
    std::fs::write(&path, manifest).expect("a manifest");
    let log = LogLines::default();
    let mut options = HostOptions::new(path, folder.join("state"));
    options.listen = ([127, 0, 0, 1], 0).into();
    options.log = LogTarget::Memory(log.clone());
    Ok((Host::start(options).await?, log))
}

async fn refusal(manifest: &str) -> HostError {
    let folder = tempfile::tempdir().expect("a folder");
    match start(folder.path(), manifest).await {
        Ok(_) => panic!("the host started"),
        Err(error) => error,
    }
}

fn request(path: &str) -> http::Request<bytes::Bytes> {
    http::Request::get(path).body(bytes::Bytes::new()).expect("a request")
}

#[tokio::test]
async fn a_component_whose_file_is_missing_is_named() {
    let manifest = format!(
        "{EMPTY_APP}[[trigger.http]]\nroute = \"/\"\ncomponent = \"front\"\n\
         [component.front]\nsource = \"gone.wasm\"\n"
    );
    let error = refusal(&manifest).await;
    assert!(error.to_string().contains("\"front\""), "{error}");
    assert!(error.to_string().contains("gone.wasm"), "{error}");
}

#[tokio::test]
async fn a_required_variable_without_a_value_is_named() {
    let manifest = format!("{EMPTY_APP}[variables]\nmaster_key = {{ required = true }}\n");
    let error = refusal(&manifest).await;
    assert!(error.to_string().contains("master_key"), "{error}");
}

#[tokio::test]
async fn a_taken_port_is_an_error_that_names_it() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("spin.toml");
    std::fs::write(&path, EMPTY_APP).expect("a manifest");
    let mut options = HostOptions::new(path, folder.path().join("state"));
    options.listen = address;
    let error = Host::start(options).await.err().map(|error| error.to_string());
    assert_eq!(error, Some(format!("cannot listen on {address}")));
}

#[tokio::test]
async fn health_and_info_are_answered_and_unknown_paths_are_not_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let (running, _) = start(folder.path(), EMPTY_APP).await.expect("started");
    for (path, status, body) in [
        ("/.well-known/spin/health", 200, "OK"),
        ("/.well-known/spin/info", 200, r#"{"name":"shop","version":"1"}"#),
        ("/.well-known/spin/other", 404, ""),
        ("/nowhere", 404, ""),
    ] {
        let answer = running.call(request(path)).await.expect("answered");
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(answer.body(), body, "{path}");
    }
    running.shutdown().await.expect("stopped");
}

#[tokio::test]
async fn the_log_of_a_request_holds_neither_its_path_nor_its_query() {
    let folder = tempfile::tempdir().expect("a folder");
    let (running, log) = start(folder.path(), EMPTY_APP).await.expect("started");
    running.call(request("/verify/s3cret?token=s3cret")).await.expect("answered");
    running.shutdown().await.expect("stopped");
    let lines = log.lines();
    assert_eq!(lines.len(), 1);
    assert!(!lines[0].contains("s3cret"), "{}", lines[0]);
}

#[tokio::test]
async fn a_stopped_host_gives_its_port_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let (running, _) = start(folder.path(), EMPTY_APP).await.expect("started");
    let address = running.address();
    assert!(tokio::net::TcpStream::connect(address).await.is_ok());
    running.shutdown().await.expect("stopped");
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

/// Logs say who asked for what and when: they are nobody else's either.
#[cfg(unix)]
#[tokio::test]
async fn what_the_host_writes_is_private_to_its_user() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("spin.toml");
    std::fs::write(&path, EMPTY_APP).expect("a manifest");
    let state = folder.path().join("state");
    let mut options = HostOptions::new(path, &state);
    options.listen = ([127, 0, 0, 1], 0).into();
    options.log = LogTarget::File(state.join("logs/requests.jsonl"));
    let running = Host::start(options).await.expect("started");
    running.call(request("/nowhere")).await.expect("answered");
    running.shutdown().await.expect("stopped");
    for (path, mode) in [("", 0o700), ("logs", 0o700), ("logs/requests.jsonl", 0o600)] {
        let metadata = std::fs::metadata(state.join(path)).expect("it is there");
        assert_eq!(metadata.permissions().mode() & 0o777, mode, "{path}");
    }
}
