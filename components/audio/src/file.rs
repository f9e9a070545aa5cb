//! The sound itself, whole or the part that a player asks for (R71).

use api::ids::AudioId;
use std::ops::Range;

use edge::{Answer, Call, Problem, Result, file};
use http::{HeaderValue, StatusCode, header};
use store::SpinDatabase;
use store::cell::{Audio, Tenant};

/// `GET /v1/audio/{audio}/file`
pub async fn get(call: Call, audio: AudioId) -> Result<Answer> {
    let caller = call.caller().await?;
    let tenant = caller.tenant().await?;
    let audio = tenant.audio(&audio).await?.ok_or_else(Problem::not_found)?;
    play(&call, &tenant, &audio).await
}

/// The bytes, or those of one range.
pub async fn play(call: &Call, tenant: &Tenant<'_, SpinDatabase>, audio: &Audio) -> Result<Answer> {
    let part = call.header("range").and_then(|range| part(range, audio.bytes));
    let range = part.clone().unwrap_or(0..audio.bytes);
    let bytes = tenant.audio_bytes(audio, range).await?.ok_or_else(Problem::not_found)?;
    let mut answer = file(audio.format.content_type(), bytes);
    answer.headers_mut().insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Some(part) = part {
        let range = format!("bytes {}-{}/{}", part.start, part.end - 1, audio.bytes);
        let range = HeaderValue::from_str(&range).map_err(|error| Problem::internal("a range", &error))?;
        answer.headers_mut().insert(header::CONTENT_RANGE, range);
        *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(answer)
}

/// The one range that is asked for. Whoever asks for several, or for what is not there, gets the whole: no
/// player does, and the header may be ignored.
fn part(range: &str, length: usize) -> Option<Range<usize>> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
    let part = match (first, last) {
        ("", last) => length.saturating_sub(number(last)?)..length,
        (first, "") => number(first)?..length,
        (first, last) => number(first)?..number(last)?.saturating_add(1).min(length),
    };
    (part.start < part.end).then_some(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_that_cannot_be_given_is_not_given_in_part() {
        for range in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=-0",
            "bytes=9-8",
            "bytes=10-",
            "bytes=0-1,3-4",
            "bytes=+1-2",
        ] {
            assert_eq!(part(range, 10), None, "{range}");
        }
    }

    #[test]
    fn a_range_ends_where_the_file_does() {
        assert_eq!(part("bytes=0-", 10), Some(0..10));
        assert_eq!(part("bytes=2-4", 10), Some(2..5));
        assert_eq!(part("bytes=2-99999999999999999", 10), Some(2..10));
        assert_eq!(part("bytes=-3", 10), Some(7..10));
        assert_eq!(part("bytes=-30", 10), Some(0..10));
    }
}
