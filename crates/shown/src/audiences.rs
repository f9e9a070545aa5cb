//! Audiences that are kept.

use api::Time;
use api::audiences::SavedAudience;
use api::ids::AudienceId;
use store::cell;

/// An audience under its name.
pub fn saved_audience(saved: cell::SavedAudience) -> SavedAudience {
    SavedAudience {
        id: AudienceId::stored(saved.id),
        name: saved.name,
        audience: saved.audience,
        created_at: Time::of(saved.created_at),
    }
}
