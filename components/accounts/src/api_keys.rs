//! API keys: made and revoked by a person, shown once (R18).

use api::accounts;
use api::ids::ApiKeyId;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::campaign::LABEL_CHARACTERS_MAX;
use domain::ids::IdKind;
use edge::{Answer, Call, Page, Result, Time, bounded, json, no_content, token_hash};
use store::directory::{ApiKey, Bearer};
use store::{SealingKey, new_id};

fn view(key: ApiKey, sealing: &SealingKey, secret: Option<String>) -> Result<accounts::ApiKey> {
    Ok(accounts::ApiKey {
        name: sealing.open_text(&place(&key.key), &key.name)?,
        id: ApiKeyId::stored(key.key),
        created_at: Time::of(key.created_at),
        last_four: key.last_four,
        key: secret,
    })
}

fn place(key: &str) -> String {
    format!("api key name {key}")
}

/// `GET /v1/api-keys`
pub async fn list(call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let keys = caller.deployment.directory().api_keys(&caller.bearer.account).await?;
    let sealing = caller.deployment.keys().directory_key()?;
    let items = keys.into_iter().map(|key| view(key, &sealing, None)).collect::<Result<_>>()?;
    json(200, &Page { items, next_cursor: None })
}

/// `POST /v1/api-keys`
pub async fn create(mut call: Call) -> Result<Answer> {
    let caller = call.caller().await?;
    let form: accounts::NewApiKey = call.json().await?;
    let name = bounded(&form.name, "name", LABEL_CHARACTERS_MAX)?;
    let tenant = caller.working_tenant().await?;
    let secret = format!("sbk_{}", URL_SAFE_NO_PAD.encode(store::random::<32>()?));
    let id = new_id(IdKind::ApiKey, caller.act.now)?;
    let sealing = caller.deployment.keys().directory_key()?;
    let key = ApiKey {
        name: sealing.seal(&place(&id), name.as_bytes())?,
        key: id,
        last_four: secret[secret.len() - 4..].to_owned(),
        created_at: caller.act.now,
    };
    let Bearer { account, actor, .. } = &caller.bearer;
    caller.deployment.directory().add_api_key(account, actor, &key, &token_hash(&secret)).await?;
    let fields = serde_json::json!({"key": key.key});
    tenant.record_act(caller.deployment.keys(), &caller.act, "api_key_made", fields).await?;
    json(201, &view(key, &sealing, Some(secret))?)
}

/// `DELETE /v1/api-keys/{key}`
pub async fn revoke(call: Call, key: ApiKeyId) -> Result<Answer> {
    let caller = call.caller().await?;
    let Bearer { account, actor, .. } = &caller.bearer;
    caller.deployment.directory().revoke_api_key(account, actor, &key, caller.act.now).await?;
    let fields = serde_json::json!({"key": &*key});
    caller
        .tenant()
        .await?
        .record_act(caller.deployment.keys(), &caller.act, "api_key_revoked", fields)
        .await?;
    Ok(no_content())
}
