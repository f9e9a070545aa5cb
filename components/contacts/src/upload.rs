//! The upload of a file of text: kept as it comes, and read at once as far as that goes (R61).

use api::ids::ImportId;
use edge::{Answer, Call, Result};
use store::cell::FileForm;

/// `PUT /v1/contacts/imports/{import}/file`
pub async fn put(mut call: Call, import: ImportId) -> Result<Answer> {
    let caller = call.caller().await?;
    let tenant = caller.working_tenant().await?.with_room(call.settings.file_room().await?);
    let received = uploads::receive(&mut call, &caller, &tenant, &import, FileForm::Text).await?;
    match received.is_last {
        true => uploads::finish(&call, &caller, &tenant, &import, &received).await,
        false => uploads::answer(&call, &tenant, &import).await,
    }
}
