//! Short links in a campaign's text: where they may lead, and what the text is measured with (R50, R96).

use std::borrow::Cow;

use api::campaigns::{LinkCounts, NewTextLink};
use domain::links::{
    LINKS_MAX, LinksError, check_names, names_in, read_address, read_expiry, visit_base, with_any_links,
};
use edge::{Call, Code, Problem, Result, Time};
use store::cell::{TextLink, TextLinks};

/// The links of a new campaign; `None` without any.
pub async fn read(call: &Call, links: Vec<NewTextLink>, now: i64) -> Result<Option<TextLinks>> {
    if links.is_empty() {
        return Ok(None);
    }
    if links.len() > LINKS_MAX {
        return Err(Problem::field(Code::TooManyLinks, "links"));
    }
    let public_url = call.settings.get("public_url").await?;
    let base = base(&public_url)?;
    let read = |(place, link): (usize, NewTextLink)| {
        let field = |name: &str| format!("links[{place}].{name}");
        let address = read_address(&link.url, &public_url);
        let expires_at = read_expiry(link.expires_at.map(Time::unix_ms), now);
        Ok(TextLink {
            name: link.name,
            address: address.map_err(|error| Problem::field(error, field("url")))?,
            expires_at: expires_at.map_err(|error| Problem::field(error, field("expires_at")))?,
        })
    };
    let links = links.into_iter().enumerate().map(read).collect::<Result<Vec<_>>>()?;
    Ok(Some(TextLinks { base, links }))
}

/// A text as long as it is sent, if it and its links go together.
pub fn longest<'t>(text: &'t str, links: Option<&TextLinks>) -> Result<Cow<'t, str>> {
    let names = links.map(TextLinks::names).unwrap_or_default();
    check_names(text, &names).map_err(|error| {
        let field = match error {
            LinksError::TooMany => "links".to_owned(),
            LinksError::Name(place) | LinksError::NotInText(place) => format!("links[{place}].name"),
            LinksError::NotGiven => "text".to_owned(),
        };
        Problem::field(&error, field)
    })?;
    let sent = links.and_then(|links| with_any_links(text, &names, &links.base));
    Ok(sent.map_or(Cow::Borrowed(text), Cow::Owned))
}

/// A text as long as it is sent, with a link in each place that it names.
pub async fn any_in<'t>(call: &Call, text: &'t str) -> Result<Cow<'t, str>> {
    let names = names_in(text);
    if names.is_empty() {
        return Ok(Cow::Borrowed(text));
    }
    let base = base(&call.settings.get("public_url").await?)?;
    Ok(with_any_links(text, &names, &base).map_or(Cow::Borrowed(text), Cow::Owned))
}

/// What stands before every token of this deployment.
fn base(public_url: &str) -> Result<String> {
    visit_base(public_url).ok_or_else(|| Problem::new(Code::PublicUrlNotConfigured))
}

/// How often each of them was opened.
pub fn counted(links: &TextLinks, counts: &[store::cell::LinkCounts]) -> Vec<LinkCounts> {
    let counted = |(place, name): (usize, &str)| {
        let opened = counts.iter().find(|counts| counts.place == place).copied().unwrap_or_default();
        LinkCounts {
            name: name.to_owned(),
            visits: opened.visits,
            visitors: opened.visitors,
            previews: opened.previews,
            unknown: opened.unknown,
        }
    };
    links.names().into_iter().enumerate().map(counted).collect()
}
