//! Keeps campaigns and their history, reports on them, and takes staff's decisions about them.

mod advertising;
mod campaigns;
mod content;
mod estimate;
mod history;
mod lifecycle;
mod links;
mod measure;
mod pricing;
mod report;
mod reports;
mod text_links;
mod unknown;
mod window;
mod window_overrides;

use edge::{Answer, Route, routes};
use spin_sdk::http::Request;
use spin_sdk::http_service;

const ROUTES: &[Route] = routes![
    api::campaigns::MEASURE => measure::post,
    api::campaigns::LIST => campaigns::list,
    api::campaigns::CREATE => campaigns::create,
    api::campaigns::GET => campaigns::get,
    api::campaigns::DELETE => campaigns::delete,
    api::campaigns::ESTIMATE => estimate::post,
    api::campaigns::START => lifecycle::start,
    api::campaigns::PAUSE => lifecycle::pause,
    api::campaigns::RESUME => lifecycle::resume,
    api::campaigns::CANCEL => lifecycle::cancel,
    api::campaigns::DECIDE_UNKNOWN => unknown::decide,
    api::campaigns::REPORT => report::get,
    api::reports::CAMPAIGN_CSV => reports::campaign_csv,
    api::reports::CAMPAIGN_SVG => reports::campaign_svg,
    api::reports::ACCOUNT => reports::account,
    api::reports::ACCOUNT_CSV => reports::account_csv,
    api::reports::ACCOUNT_SVG => reports::account_svg,
    api::reports::COMPARE => reports::compare,
    api::reports::COMPARE_CSV => reports::compare_csv,
    api::reports::COMPARE_SVG => reports::compare_svg,
    api::messages::LIST => history::get,
    api::decisions::ADVERTISING => advertising::list,
    api::decisions::DECIDE_ADVERTISING => advertising::decide,
    api::decisions::WINDOWS => window_overrides::list,
    api::decisions::DECIDE_WINDOW => window_overrides::decide,
    api::decisions::REVOKE_WINDOW => window_overrides::revoke,
];

#[http_service]
async fn handle(request: Request) -> Answer {
    edge::serve(request, ROUTES).await
}
